"""A first run and quiet ones, as a user runs them, beside the same calls made by a bare loop.

The command is the real one, its start included; the bare loop has its imports done. The server is
the sandbox's, in a process of its own, and takes its time for each call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from tests.bench.media_server import imdb
from tests.bench.promises import Reading, Sizes

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 4


@dataclass(frozen=True, slots=True)
class Server:
    """The sandbox from outside."""

    url: str
    key: str

    def tell(self, path: str, **settings: object) -> None:
        """Set the sandbox up."""
        requests.post(f"{self.url}/sandbox/{path}", json=settings, timeout=60).raise_for_status()

    def calls(self) -> list[tuple[str, str]]:
        """Method and path of each call so far."""
        state = requests.get(f"{self.url}/sandbox/state", timeout=60).json()
        return [(call["method"], call["path"]) for call in state["calls"]]


def measure(sizes: Sizes) -> dict[str, Reading]:
    """A first run over an empty server, quiet ones after it, quiet ones on a full server."""
    films = max(sizes.titles, sizes.rows)
    with _server(films) as server, TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, server, sizes.titles, rate="1000/s", concurrency=WORKERS)
        server.tell("faults", latency=sizes.latency)
        first, made = _watched(folder, server)
        quiet = _quiet(folder, server, sizes.quiet_rounds)
        server.tell("reset")
        server.tell("faults", latency=sizes.latency)
        bare = _bare(server, made, WORKERS)
        server.tell("reset")
        titles = [["movie", number] for number in range(1, sizes.rows + 1)]
        server.tell("seed", titles=titles, status=3, requested_by=1)
        server.tell("faults", latency=sizes.latency)
        full = _quiet(folder, server, sizes.quiet_rounds)
        default = _with_defaults(server, sizes)
        outside = _many_lists(server, sizes)
    return {
        "default wall": Reading(default),
        "many lists": Reading(outside),
        "first calls": Reading(len(made)),
        "first wall": Reading(first, bare),
        "quiet calls": Reading(quiet.calls),
        "quiet wall": Reading(quiet.wall, quiet.bare),
        "full calls": Reading(full.calls),
        "full wall": Reading(full.wall, full.bare),
    }


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Passes that found nothing to do, and the server's two tables read bare."""

    calls: int
    wall: float
    bare: float


def _quiet(folder: Path, server: Server, rounds: int) -> _Quiet:
    ours, theirs, most = [], [], 0
    for _ in range(rounds):
        seconds, made = _watched(folder, server)
        if any(method != "GET" for method, _ in made):
            raise SystemExit("a run that should have been quiet acted")
        tables = [call for call in made if "take=" in call[1]]
        ours.append(seconds)
        theirs.append(_bare(server, tables, 1))
        most = max(most, len(made))
    return _Quiet(most, median(ours), median(theirs))


def _with_defaults(server: Server, sizes: Sizes) -> float:
    """A first sync whose config names no rate and no concurrency."""
    server.tell("reset")
    server.tell("faults", latency=sizes.latency)
    with TemporaryDirectory() as name:
        _write(Path(name), server, sizes.default_titles)
        return _watched(Path(name), server)[0]


def _many_lists(server: Server, sizes: Sizes) -> float:
    """The time that ``plan`` over many lists spends outside the server's answers."""
    server.tell("reset")
    outside = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, server, sizes.file_titles, files=sizes.files)
        for _ in range(sizes.quiet_rounds):
            seconds, made = _watched(folder, server, "plan")
            outside.append(seconds - _bare(server, made, 1))
    return median(outside)


def _watched(folder: Path, server: Server, *command: str) -> tuple[float, list[tuple[str, str]]]:
    """How long a command (``apply --yes`` unless given) took, and the calls it made."""
    before = len(server.calls())
    began = time.perf_counter()
    words = command or ("apply", "--yes")
    subprocess.run(  # noqa: S603 - this project's own command
        (sys.executable, "-m", "reconciler", *words, "--ledger", "listsync.db"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "API_KEY": server.key},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began, server.calls()[before:]


def _bare(server: Server, calls: list[tuple[str, str]], workers: int) -> float:
    """The same calls again, so many at a time, over kept-alive connections."""
    session = requests.Session()
    session.headers["X-Api-Key"] = server.key
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=workers))
    numbers = iter(range(1, len(calls) + 1))
    bodies = [_body(next(numbers)) if method == "POST" else None for method, _ in calls]

    def call(endpoint: tuple[str, str], body: dict[str, Any] | None) -> None:
        answer = session.request(endpoint[0], server.url + endpoint[1], json=body, timeout=60)
        answer.raise_for_status()
        answer.json()

    began = time.perf_counter()
    with session, ThreadPoolExecutor(workers) as pool:
        list(pool.map(call, calls, bodies))
    return time.perf_counter() - began


def _body(tmdb: int) -> dict[str, Any]:
    return {"mediaType": "movie", "mediaId": tmdb, "is4k": False}


def _write(folder: Path, server: Server, titles: int, *, files: int = 1, **options: object) -> None:
    """The config, and lists of so many IMDb ids each. JSON is YAML, too.

    ``options``: of the ``server`` section.
    """
    lists = {}
    for index in range(files):
        numbers = range(index * titles + 1, (index + 1) * titles + 1)
        text = "".join(f"imdb:{imdb(number)}\n" for number in numbers)
        (folder / f"{index}.txt").write_text(text, encoding="utf-8")
        lists[f"list{index}"] = {"source": f"file:{index}.txt", "max_per_run": titles}
    config = {
        "server": {"url": server.url, "api_key": "${API_KEY}", **options},
        "lists": lists,
    }
    (folder / "listsync.yaml").write_text(json.dumps(config), encoding="utf-8")


@contextmanager
def _server(films: int) -> Iterator[Server]:
    command = (sys.executable, "-m", "tests.bench.media_server", str(films))
    with subprocess.Popen(  # noqa: S603 - this package's own module
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Server(**json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()
