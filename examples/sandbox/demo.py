"""Show listsync at work on the sandbox: `python -m examples.sandbox.demo`.

Starts a media server and the list sites on free ports of 127.0.0.1, puts a history on the server,
and runs `listsync plan`, `listsync apply --yes`, `listsync plan`. Everything it starts ends with
it, and its files are in a temporary folder. The exit code is that of the first command that fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from examples.sandbox.demo_history import History
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites

CONFIG = Path(__file__).with_name("listsync.yaml")

STEPS = (
    ("What would happen? A plan only looks; nothing is sent.", ("plan",)),
    ("Do it. Each request is written down before it is sent.", ("apply", "--yes")),
    ("And again? What was done stays done: nothing is requested twice.", ("plan",)),
)

SECONDS_TO_LEAVE = 15
"""How long an interrupted command may take to end by itself (it closes a browser)."""


def main() -> int:
    """Run the demo and return its exit code."""
    signal.signal(signal.SIGTERM, _leave)
    command = shutil.which("listsync")
    if command is None:
        print("listsync is not on the PATH; install the project first: pip install .")
        return 1
    try:
        return _show(command)
    except KeyboardInterrupt:
        return 130


def _show(command: str) -> int:
    with SandboxServer() as server, SandboxSites() as sites, TemporaryDirectory() as folder:
        History(server.url, server.api_key).write(sites.lists)
        shutil.copy(CONFIG, folder)
        environment = os.environ | {
            "SANDBOX_URL": server.url,
            "SANDBOX_API_KEY": server.api_key,
            "SANDBOX_IMDB_URL": sites.imdb_url,
            "SANDBOX_TRAKT_URL": sites.trakt_url,
        }
        print(f"A media server at {server.url}, lists at {sites.imdb_url} and {sites.trakt_url}.")
        for number, (story, arguments) in enumerate(STEPS, start=1):
            print(f"\n({number}/{len(STEPS)}) {story}\n\n$ listsync {' '.join(arguments)}")
            if code := _run([command, *arguments], folder, environment):
                print(f"\nlistsync {' '.join(arguments)} ended with exit code {code}.")
                return code
    return 0


def _run(command: list[str], folder: str, environment: dict[str, str]) -> int:
    """Run a command to its end; when the demo is interrupted, have it leave first."""
    sys.stdout.flush()
    with subprocess.Popen(  # noqa: S603 - the project's own command
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait()
        except BaseException:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_LEAVE)
    except subprocess.TimeoutExpired:
        # Its own session, so that whatever it has started goes with it, and nothing else does.
        os.killpg(process.pid, signal.SIGKILL)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main())
