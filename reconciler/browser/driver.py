"""The local Chromium and its driver as processes: found, started apart, and surely gone again."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from reconciler.core.child_environment import child_environment
from reconciler.errors import BrowserError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DRIVERS = ("chromedriver", "chromium.chromedriver")
_INSTALL = "install both (Debian: apt install chromium chromium-driver) or set browser.remote_url"

# Runs the driver and waits on its own input, which closes when this process dies, however it dies;
# then the whole process group goes, and its folder. A shell can do that after a SIGKILL, an exit
# handler cannot; who removes the folder is in a session of its own, to outlive the group.
# ulimit: what one process may allocate, in KiB. A page that wants more loses its tab, not all else
# its memory.
_GUARD = """
ulimit -d "$1"; shift
"$@" </dev/null & exec >&-
read -r _
setsid sh -c 'kill -KILL "-$0"; rm -rf "$TMPDIR" || { sleep 1; rm -rf "$TMPDIR"; }' "$$" ||
  kill -KILL 0
"""
_MOST_KIB = 1536 * 1024

_PORT = re.compile(rb"on port ([1-9]\d*)\D")
_START_SECONDS = 20.0
_REMOVE_SECONDS = 5.0
_MOST_WORDS = 400  # characters of a driver's own words that an error quotes


def find_chromium() -> str:
    """The path of the installed browser. Raises BrowserError where there is none."""
    return _first_of(BROWSERS, "Chromium is not installed")


def find_driver() -> str:
    """The path of the installed driver. Raises BrowserError where there is none."""
    return _first_of(DRIVERS, "chromedriver is not installed")


def versions_hint() -> str:
    """What to look at where both are installed and do not start together. Raises BrowserError."""
    browser, driver = (Path(path).name for path in (find_chromium(), find_driver()))
    return f"check that {browser} --version and {driver} --version print the same version"


def quoted(words: str) -> str:
    """A program's own words in one line, as an error shows them, cut where they are long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= _MOST_WORDS else f"{line[:_MOST_WORDS]}…"


class ChromeDriver:
    """A running chromedriver: ``url`` is where it listens, ``profile`` what Chromium may write to.

    It runs in a session and process group of its own, so that a terminal's Ctrl-C reaches
    listsync alone, and with a temporary folder of its own, which goes with it.
    """

    def __init__(self) -> None:
        """Start it. Raises BrowserError where it is not installed or does not come up."""
        driver = find_driver()
        # A short name: Chromium puts a socket in there, and a socket's path has 108 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="listsync-"))
        self.profile = self._folder / "profile"
        self._errors = self._folder / "errors"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - a program of PATH, arguments of ours
                ["/bin/sh", "-c", _GUARD, "listsync-guard", str(_MOST_KIB), driver, "--port=0"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                env=child_environment(os.environ) | {"TMPDIR": str(self._folder)},
            )
        try:
            self.url = f"http://127.0.0.1:{self._port()}"
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the driver and every browser process it started, and remove what they wrote."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        # A process that is just dying can hold a file a moment longer than its kill.
        deadline = time.monotonic() + _REMOVE_SECONDS
        while self._folder.exists() and time.monotonic() < deadline:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _port(self) -> int:
        """Read from the driver which free port it took."""
        output = self._process.stdout
        assert output is not None  # noqa: S101 - the type of a pipe that was asked for
        deadline = time.monotonic() + _START_SECONDS
        said = b""
        while select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0]:
            piece = os.read(output.fileno(), 4096)
            said += piece
            if found := _PORT.search(said):
                return int(found[1])
            if not piece:
                break
        words = quoted(
            self._errors.read_text("utf-8", "replace") or said.decode("utf-8", "replace")
        )
        what = "chromedriver did not start"
        raise BrowserError(f'{what}: "{words}"' if words else what, hint=versions_hint())


def _first_of(names: tuple[str, ...], missing: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    raise BrowserError(missing, hint=_INSTALL)
