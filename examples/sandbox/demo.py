"""Show listsync at work on the sandbox: `python -m examples.sandbox.demo [--live]`.

Starts a media server and the list sites on free ports of 127.0.0.1, puts a history on the server,
and runs `listsync plan`, `listsync apply --yes`, `listsync plan`. With `--live`, it runs
`listsync run` until Ctrl-C instead, for a look at the status page. Everything it starts ends with
it, and its files are in a temporary folder. The exit code is that of the first command that fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Demo:
    """The folder and environment of the demo's commands."""

    folder: Path  # with the config
    environment: dict[str, str]  # the variables of the config, in addition to those of this process
    sites: SandboxSites


@contextmanager
def demo() -> Iterator[Demo]:
    """Run the sandbox with its history during the block, with the demo's config in a folder."""
    with SandboxServer() as server, SandboxSites() as sites, TemporaryDirectory() as folder:
        History(server.url, server.api_key).write(sites.lists)
        shutil.copy(CONFIG, folder)
        environment = {
            "SANDBOX_URL": server.url,
            "SANDBOX_API_KEY": server.api_key,
            "SANDBOX_IMDB_URL": sites.imdb_url,
            "SANDBOX_TRAKT_URL": sites.trakt_url,
        }
        print(f"A media server at {server.url}, lists at {sites.imdb_url} and {sites.trakt_url}.")
        yield Demo(Path(folder), os.environ | environment, sites)


def add_status_page(config: Path) -> str:
    """Make `listsync run` listen on its default port, or on a free one if that is taken."""
    for port in (8099, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)) as listener:
            address = f"127.0.0.1:{listener.getsockname()[1]}"
            break
    with config.open("a", encoding="utf-8") as file:
        file.write(f"\ncontroller:\n  listen: {address}\n")
    return f"http://{address}/"


def main(arguments: Sequence[str]) -> int:
    """Run the demo and return its exit code."""
    signal.signal(signal.SIGTERM, _leave)
    command = shutil.which("listsync")
    if command is None:
        print("listsync is not on the PATH; install the project first: pip install .")
        return 1
    is_live = "--live" in arguments
    try:
        return _keep_running(command) if is_live else _show(command)
    except KeyboardInterrupt:
        return 0 if is_live else 130


def _show(command: str) -> int:
    with demo() as world:
        for number, (story, arguments) in enumerate(STEPS, start=1):
            print(f"\n({number}/{len(STEPS)}) {story}\n\n$ listsync {' '.join(arguments)}")
            if code := _run([command, *arguments], world):
                print(f"\nlistsync {' '.join(arguments)} ended with exit code {code}.")
                return code
    print("\nTo keep all of this up with `listsync run`, and open its status page: make demo-live")
    return 0


def _keep_running(command: str) -> int:
    with demo() as world:
        address = add_status_page(world.folder / CONFIG.name)
        print(f"The status page: {address}  Ctrl-C ends everything.\n\n$ listsync run")
        return _run([command, "run"], world)


def _run(command: list[str], world: Demo) -> int:
    """Run a command to its end. If the demo is interrupted, end the command first."""
    sys.stdout.flush()
    with subprocess.Popen(  # noqa: S603 - the project's own command
        command,
        cwd=world.folder,
        env=world.environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
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
        # A session of its own, so that a signal ends it with all that it started, and nothing else.
        os.killpg(process.pid, signal.SIGKILL)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
