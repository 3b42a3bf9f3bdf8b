"""The local Chromium and its driver as programs: finding, starting and reliably ending them.

This module also tests whether Chromium can use its sandbox on this machine.
"""

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

from reconciler.core.privacy import child_environment
from reconciler.errors import BrowserError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DRIVERS = ("chromedriver", "chromium.chromedriver")
_INSTALL = (
    "install Chromium and chromedriver (Debian: apt install chromium chromium-driver),"
    " or set browser.remote_url"
)

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
_MOST_QUOTED = 400  # characters of a program's output that an error quotes

AS_ROOT = "listsync runs as root, and Chromium cannot use its sandbox as root"
NOT_ALLOWED = "the system refuses user namespaces, and Chromium has no working setuid helper"

# What Chromium does for its sandbox: namespaces of users, processes and network, and a new root.
_NAMESPACES = ("--user", "--map-root-user", "--pid", "--net", "--fork", "--root=/", "true")
_EMPTY_PAGE = ("--headless=new", "--disable-gpu", "--dump-dom", "about:blank")
_TRIAL_SECONDS = 20


def find_chromium() -> str:
    """The path of the installed browser. Raises BrowserError where none is installed."""
    return _find_program(BROWSERS, "Chromium is not installed")


def find_driver() -> str:
    """The path of the installed driver. Raises BrowserError where none is installed."""
    return _find_program(DRIVERS, "chromedriver is not installed")


def _find_program(names: tuple[str, ...], problem: str) -> str:
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise BrowserError(problem, hint=_INSTALL)
    return path


def versions_hint() -> str:
    """What to check where both are installed and do not start together. Raises BrowserError."""
    browser, driver = (Path(path).name for path in (find_chromium(), find_driver()))
    return f"check that {browser} --version and {driver} --version print the same version"


def quote_output(output: str) -> str:
    """A program's output in one line, as an error shows it, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in output).split())
    return line if len(line) <= _MOST_QUOTED else f"{line[:_MOST_QUOTED]}…"


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
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - the type of a pipe that was asked for
        deadline = time.monotonic() + _START_SECONDS
        output = b""
        while select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            piece = os.read(stdout.fileno(), 4096)
            output += piece
            if port := _PORT.search(output):
                return int(port[1])
            if not piece:
                break
        errors = self._errors.read_text("utf-8", "replace") or output.decode("utf-8", "replace")
        quoted = quote_output(errors)
        problem = "chromedriver did not start"
        raise BrowserError(f'{problem}: "{quoted}"' if quoted else problem, hint=versions_hint())


def sandbox_obstacle(chromium: str) -> str | None:
    """Why the Chromium at this path must run without its sandbox; None: it can use it.

    Namespaces are tried first, since that takes milliseconds. Where they are refused, Chromium
    itself is tried: a setuid helper, or an AppArmor rule for this program alone, may allow what
    is refused to others. Without a sandbox, Chromium exits at once.
    """
    if os.geteuid() == 0:
        return AS_ROOT
    with tempfile.TemporaryDirectory(prefix="listsync-", ignore_cleanup_errors=True) as folder:
        unshare = shutil.which("unshare")
        if unshare and _succeeds(folder, unshare, *_NAMESPACES):
            return None
        starts = _succeeds(folder, chromium, f"--user-data-dir={folder}/profile", *_EMPTY_PAGE)
    return None if starts else NOT_ALLOWED


def _succeeds(folder: str, *command: str) -> bool:
    try:
        process = subprocess.run(  # noqa: S603 - programs of PATH, arguments of ours
            command,
            env=child_environment(os.environ) | {"TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=_TRIAL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return process.returncode == 0
