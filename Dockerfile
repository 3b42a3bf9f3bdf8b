# Two images. The whole one is the last stage; `--target slim` has no browser: it is for lists that
# are read from files and APIs, or with a Selenium Grid (browser.remote_url).
#
#   docker build -t listsync .
#   docker build -t listsync:slim --target slim .

FROM debian:bookworm-slim AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY reconciler ./reconciler
RUN python3 -m venv /opt/listsync \
    && /opt/listsync/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[notify]'

FROM base AS slim
RUN useradd --uid 1000 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin listsync \
    && install -d -o listsync -g listsync /config /data
COPY --from=build /opt/listsync /opt/listsync
ENV PATH=/opt/listsync/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    LISTSYNC_CONFIG=/config/listsync.yaml \
    LISTSYNC_LEDGER=/data/listsync.db
USER listsync
WORKDIR /config
# /config is a folder, not a single file: a file that is mounted by itself cannot be seen changing.
VOLUME ["/config", "/data"]
EXPOSE 8099
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s \
    CMD ["python3", "-m", "reconciler.cli.health"]
ENTRYPOINT ["listsync"]
CMD ["run"]

FROM slim AS full
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium chromium-driver \
    && rm -rf /var/lib/apt/lists/*
USER listsync
