"""A household: a folder with its file, the sandbox's server, the real command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from importlib.metadata import EntryPoints, entry_points
from io import StringIO
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import structlog
import typer.main

import reconciler.cli
from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from examples.sandbox.titles import Title
from tests.e2e import fork_server

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "reconciler")
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
ADMIN, ALICE = 1, 2
DUNE, HEAT, ALIEN, JOKER = (
    next(film for film in FILMS if (film.title, film.year) == name_and_year)
    for name_and_year in (("Dune", 2021), ("Heat", 1995), ("Alien", 1979), ("Joker", 2019))
)


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished command's exit code and output."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Its output with ``-o json``."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    def results(self) -> list[str]:
        """The result of each action, in plan order."""
        return [action["result"] for action in self.document["actions"]]


class Household:
    """Runs ``listsync`` in ``folder``. No run may show a traceback or a secret."""

    def __init__(self, folder: Path, server: SandboxServer) -> None:
        self.folder = folder
        self.server = server
        self.ledger = folder / "state" / "listsync.db"
        self.secrets = [server.api_key]
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SANDBOX", "LISTSYNC"))},
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "SEERR_API_KEY": server.api_key,
        }

    def write(self, lists: dict[str, Any], *, url: str = "", **sections: Any) -> None:  # noqa: ANN401 - YAML
        """The file, from now on. JSON is YAML, too."""
        server = {"url": url or self.server.url, "api_key": "${SEERR_API_KEY}", "rate": "1000/s"}
        server |= sections.pop("server", {})
        document = {"server": server, "ledger": "state/listsync.db", "lists": lists, **sections}
        (self.folder / "listsync.yaml").write_text(json.dumps(document, indent=1))
        self.ledger.parent.mkdir(exist_ok=True)

    def wish(self, titles: Iterable[Title], **options: object) -> None:
        """One list, a text file with these titles' IMDb ids."""
        lines = [f"imdb:{title.imdb}\n" for title in titles]
        (self.folder / "wishes.txt").write_text("".join(lines))
        self.write({"wishes": {"source": "file:wishes.txt", **options}})

    def follow(self, sites: SandboxSites, **sources: str) -> None:
        """Lists of the sandbox's sites, by name."""
        imdb = {"base_url": sites.imdb_url, "api_url": sites.imdb_api_url}
        providers = {"imdb": imdb, "trakt": {"base_url": sites.trakt_url}}
        self.write(
            {name: {"source": source} for name, source in sources.items()}, providers=providers
        )

    @contextmanager
    def started(self, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:  # noqa: ANN401 - Popen's
        """The command while it runs; killed at the end if it still does.

        It is forked from a process that has imported the program, unless ``command`` is to start.
        """
        command = options.pop("command", None if fork_server.IS_SUPPORTED else COMMAND)
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        settings = {
            "cwd": self.folder,
            "env": {**self.env, **options.pop("env", {})},
            "text": True,
            "errors": "replace",
            **pipes,
            **options,
        }
        with (
            subprocess.Popen([*command, *arguments], **settings)  # noqa: S603 - the project's own command
            if command
            else fork_server.ForkedCommand(arguments, **settings)
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def finish(self, process: subprocess.Popen[str], seconds: float = 60) -> Finished:
        """Wait for a command to end, and check its output."""
        out, err = process.communicate(timeout=seconds)
        return self.checked(process.returncode, out or "", err or "")

    def apart(self, *arguments: str, **options: Any) -> Finished:  # noqa: ANN401 - Popen's
        """The command from its beginning to its end, as a process of its own from the start."""
        with self.started(*arguments, **{"command": COMMAND, **options}) as process:
            return self.finish(process)

    def run(self, *arguments: str, env: Mapping[str, str] = NOTHING_MORE) -> Finished:
        """The command from its beginning to its end, within this process: no imports to wait for.

        Nobody is at a terminal. ``env`` is added to the household's environment.
        """
        done = run_here(self.folder, arguments, {**self.env, **env})
        return self.checked(done.code, done.out, done.err)

    def checked(self, code: int, out: str, err: str) -> Finished:
        """Laws of every run: no traceback, and no secret on any way out."""
        assert "Traceback" not in out + err, err
        state_files = self.ledger.parent.glob("*") if self.ledger.parent.is_dir() else ()
        stored_bytes = b"".join(file.read_bytes() for file in state_files)
        for secret in self.secrets:
            assert secret not in out + err
            assert secret.encode() not in stored_bytes
        return Finished(code, out, err)

    def stored(self) -> list[int]:
        """The TMDB numbers of all requests on the server, oldest first."""
        return [row.media.tmdb for row in self.server.state.requests.values()]

    def person(self, method: str, path: str, body: object = None, user: int = ADMIN) -> None:
        """Somebody does something on the server by hand."""
        connection = HTTPConnection(self.server.url.removeprefix("http://"), timeout=10)
        headers = {"X-Api-Key": self.server.api_key, "X-Api-User": str(user)}
        content = None if body is None else json.dumps(body)
        if content is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, f"/api/v1{path}", content, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, text


# What each process does once and this one would do a thousand times: half of a command's time.
_commands_of = cache(typer.main.get_command)


def _entry_points(*, group: str) -> EntryPoints:
    return _entry_points_on(tuple(sys.path), group)


@cache
def _entry_points_on(_path: tuple[str, ...], group: str) -> EntryPoints:
    return entry_points(group=group)


def run_here(
    folder: Path, arguments: Sequence[str], env: Mapping[str, str] = os.environ
) -> Finished:
    """``listsync`` with ``arguments`` within this process, in a folder and an environment."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    logs = structlog.get_config()
    out, err = StringIO(), StringIO()
    with (
        patch.dict(os.environ, dict(env), clear=True),
        patch("typer.main.get_command", _commands_of),
        patch("reconciler.sources.plugins.entry_points", _entry_points),
        chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            code = reconciler.cli.run(arguments)
        except SystemExit as exit_error:  # a shell's completion leaves this way
            code = int(exit_error.code or 0)
        finally:
            structlog.configure(**logs)
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return Finished(code, out.getvalue(), err.getvalue())


def numbers(titles: Iterable[Title]) -> list[int]:
    """Their TMDB numbers."""
    return [title.tmdb for title in titles]


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Look again and again until it holds; fail when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        Event().wait(0.005)
