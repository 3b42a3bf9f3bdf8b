"""Run the whole sandbox until a signal: `python -m examples.sandbox`.

Once all servers listen, it prints their addresses as one line of JSON. SIGTERM and Ctrl-C end it.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from threading import Event
from typing import get_args
from urllib.request import urlopen

from examples.sandbox.media_server import Flavour, SandboxServer
from examples.sandbox.sites import SandboxSites


def main() -> None:
    """Serve until a signal arrives."""
    options = _options()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sites = SandboxSites(imdb_port=options.imdb_port, trakt_port=options.trakt_port)
    server = SandboxServer(flavour=options.flavour, version=options.version, port=options.port)
    with server, sites:
        for probe in (
            f"{server.url}/api/v1/status",
            f"{sites.imdb_url}/sandbox/lists",
            f"{sites.trakt_url}/sandbox/lists",
            f"{sites.others_url}/sandbox/lists",
        ):
            urlopen(probe, timeout=10).close()  # noqa: S310 - our own http addresses
        where = {"url": server.url, "api_key": server.api_key}
        where |= {"imdb_url": sites.imdb_url, "trakt_url": sites.trakt_url}
        where |= {"others_url": sites.others_url}
        print(json.dumps(where), flush=True)
        stop.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.sandbox",
        description="A media server and list sites on 127.0.0.1, to try listsync on.",
    )
    parser.add_argument("--port", type=int, default=0, help="of the media server (0: a free one)")
    parser.add_argument("--imdb-port", type=int, default=0, help="of the IMDb site")
    parser.add_argument("--trakt-port", type=int, default=0, help="of the Trakt site")
    parser.add_argument("--flavour", choices=get_args(Flavour), default="seerr")
    parser.add_argument("--version", help="of the media server, such as 3.4.1 (what was recorded)")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"the sandbox cannot start: {error.strerror}; choose other ports")
