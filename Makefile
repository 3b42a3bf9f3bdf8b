# The two commands of the README. Both install what they need: a virtual environment in .venv, and
# Chromium with its driver from the distribution where they are missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AXE := $(VENV)/axe/node_modules/axe-core/axe.min.js
PROMTOOL := $(VENV)/bin/promtool
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# Without compiled modules each of the tests' processes would compile them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-live test types workflows pytest bench torture format docs readme-plan
.PHONY: screenshots clean dist sbom checksums audit image-steps

demo: $(VENV)/demo.done browser
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m examples.sandbox.demo

# Until Ctrl-C.
demo-live: $(VENV)/demo.done browser
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m examples.sandbox.demo --live

test: $(VENV)/test.done browser $(AXE) $(PROMTOOL)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory --jobs 2 types workflows pytest

types: $(VENV)/test.done
	$(BIN)/mypy
	$(BIN)/lint-imports

# GitHub's workflows: syntax, expressions, permissions, pinned actions.
workflows: $(VENV)/test.done
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --persona pedantic .

# Much of the time is waiting for processes. Five at once take a minute less on two cores, but then
# a hanging page may take its browser down, and a test that counts its visits fails.
pytest: $(VENV)/test.done browser $(AXE) $(PROMTOOL)
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# Minutes, and figures that other work on the machine spoils: not part of the tests.
bench: $(VENV)/test.done browser
	@$(BIN)/python -m tests.bench

# Some minutes of attacks, e.g. `make torture SEED=1 MINUTES=10`: docs/internals/reliability.md.
torture: $(VENV)/test.done
	@$(BIN)/python -m tests.torture $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

format: $(VENV)/test.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A release's files in dist/: the packages, the JSON Schema, the list of components, the checksums.
# `make dist TAG=v1.2.3` also compares the tag with the version.
dist: $(VENV)/release.done
	@rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist
	@$(BIN)/python -m tests.release.packages dist $(if $(TAG),--tag "$$TAG")

# What `pip install 'listsync[notify]'` installs, as the images do.
sbom: $(VENV)/release.done
	@rm -rf $(VENV)/runtime && $(PYTHON) -m venv --without-pip $(VENV)/runtime
	@$(BIN)/pip --python $(VENV)/runtime install --quiet --disable-pip-version-check -c constraints.txt '.[notify]'
	@mkdir -p dist
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o dist/listsync.cdx.json $(VENV)/runtime

checksums:
	@cd dist && rm -f SHA256SUMS && sums="$$(sha256sum -- *)" && echo "$$sums" | tee SHA256SUMS

# Needs an index that knows advisories; fails if it does not.
audit: $(VENV)/release.done
	@$(BIN)/python -m tests.release.audit

# The Dockerfile's two images: built and started by Docker where its daemon runs. Elsewhere the steps
# run in overlays of this machine's files, which needs root and Debian, and the images are tried out.
image-steps: $(VENV)/test.done
	@if docker info >/dev/null 2>&1; then \
	  for target in slim full; do \
	    docker build --target $$target -t listsync:$$target . \
	      && docker run --rm --read-only --tmpfs /tmp listsync:$$target version || exit 1; \
	  done; \
	else IMAGE_STEPS=required $(BIN)/pytest tests/image; fi

# Done once for each state of the two files that say what is needed.
$(VENV)/demo.done: pyproject.toml constraints.txt | $(VENV)
	@echo "Installing listsync into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/test.done: pyproject.toml constraints.txt | $(VENV)
	@echo "Installing listsync and its checks into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/demo.done

$(VENV)/release.done: $(VENV)/test.done
	@echo "Installing what builds and checks a release into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,release]'
	@touch $@

# Debian and Ubuntu ship venv apart from Python.
$(VENV):
	@$(PYTHON) -m venv $@ || { rm -rf $@; $(SUDO) apt-get update -q && $(SUDO) apt-get install -qy python3-venv && $(PYTHON) -m venv $@; }

# Checks that the pages are accessible; npm is only needed to install it.
$(AXE): | $(VENV)
	@command -v npm >/dev/null || { echo "Installing npm ..."; $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qqy --no-install-recommends npm >/dev/null; }
	@npm install --silent --no-audit --no-fund --prefix $(VENV)/axe axe-core@4.14.0

# Tests the alerts. Unpacked from the package of Debian and Ubuntu, which would also start a service;
# where that fails, the test is skipped.
$(PROMTOOL): | $(VENV)
	@if command -v promtool >/dev/null; then ln -sf "$$(command -v promtool)" $@; else \
	  echo "Unpacking promtool ..."; mkdir -p $(VENV)/prometheus && cd $(VENV)/prometheus \
	    && { apt-get download -qq prometheus 2>/dev/null || { $(SUDO) apt-get update -qq && apt-get download -qq prometheus; }; } \
	    && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool && mv usr/bin/promtool ../bin/ && rm prometheus_*.deb \
	    || echo "promtool is not available: the test of the alerts is skipped"; fi

.PHONY: browser
browser:
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && command -v chromedriver >/dev/null || { \
	  echo "Installing Chromium and its driver ..."; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qqy --no-install-recommends chromium chromium-driver >/dev/null; }

# The parts of README.md and docs/ that are made from the code; a test compares them.
docs: $(VENV)/test.done
	$(BIN)/python -m tests.project.generated

# The plan in README.md, from a run of the demo; a test compares it.
readme-plan: $(VENV)/test.done browser
	$(BIN)/python -m tests.project.demo_plan

# The pictures of docs/images, from a run of the demo.
screenshots: $(VENV)/test.done browser
	@command -v pngquant >/dev/null || { echo "Installing pngquant ..."; $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qqy --no-install-recommends pngquant >/dev/null; }
	$(BIN)/python -m tests.project.screenshots

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
