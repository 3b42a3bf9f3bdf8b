"""Hostile input for every reader: nothing but its own kind of error may come out, and soon."""

from __future__ import annotations

import json
import re
import resource
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import requests_mock

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.config import effective_settings, load
from reconciler.core.model import Kind, MatchMethod, MediaKey
from reconciler.errors import ConfigError, PlanMismatchError, ServerError, UsageError
from reconciler.overseerr import OverseerrServer
from reconciler.render.config_errors import config_error_lines
from reconciler.render.layout import Look, text_of
from reconciler.render.settings import settings_yaml
from reconciler.sources.registry import recognize_list
from reconciler.sync import plan_file
from tests.e2e.household import Household
from tests.edges.made_up import request_of
from tests.project import places
from tests.sources.outcomes import TELLS, Shown, feed, read
from tests.sources.pages import FakePage
from tests.sources.pasted import PASTED
from tests.torture.attack import Attack, check
from tests.torture.hostile_server import HostileServer
from tests.torture.mutation import mutated_json, mutated_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from examples.sandbox.seerr.answers import Answer, Call
    from tests.torture.attack import Figures, Strike

SLOWEST = 5.0  # seconds of processor time for one input
LARGEST = 1024  # MB of memory for all of them
MEGABYTE = 1024  # in the units of ru_maxrss
BATCH = 3  # inputs of each kind in a round
FEED = feed("A (2001)", "Some &amp; other (1999)", "C", onward="/a?page=2")
CSV = """\
Position,Const,Title,Original Title,Title Type,IMDb Rating,Year,Genres,Num Votes
1,tt0111161,"A, B","A",Movie,8.1,2001,"Drama, Crime",1000
2,tt0903747,C,C,TV Series,9,2008,,5
"""
TEXTS = {
    "rss:http://site.test/a": FEED,
    "file:a.csv": CSV,
    "file:a.tsv": CSV.replace(",", "\t"),
    "file:a.txt": "# mine\nA (2001)\nimdb:tt0111161\ntmdb:movie:7\nhttps://www.imdb.com/title/tt0903747/\n",
}
SHELF = {"names": ["A (2001)", "B (1999)"], "total": "2 films"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the inputs are made of and written to."""

    folder: Path
    server: HostileServer
    plan: str  # a saved one
    before: float  # the peak of memory in MB, of what this process had done before


@contextmanager
def set_up() -> Iterator[Strike]:
    """One server and one folder for all rounds."""
    with TemporaryDirectory() as folder, HostileServer() as server:
        household = Household(Path(folder), server)
        household.wish([*FILMS[:3], *SHOWS[:2]])
        household.run("plan", "--out", "plan.json")
        workspace = Workspace(
            Path(folder), server, (Path(folder) / "plan.json").read_text(), _peak()
        )
        yield lambda chance: strike(chance, workspace)


def strike(chance: Random, workspace: Workspace) -> Figures:
    """A few inputs for every reader."""
    slowest = 0.0
    for name, reader in READERS.items():
        for _ in range(BATCH):
            began = time.process_time()
            reader(chance, workspace)
            seconds = time.process_time() - began
            check(seconds < SLOWEST, f"{name}: {seconds:.1f} s of processor time")
            slowest = max(slowest, seconds)
    peak = _peak()
    check(peak < max(LARGEST, workspace.before + 1), f"{peak:.0f} MB of memory")
    return {"inputs": len(READERS) * BATCH, "slowest in s": slowest, "peak in MB": peak}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def _interface(chance: Random, workspace: Workspace) -> None:
    """An answer of a site's interface."""
    shown = chance.choice(
        [answer for by_source in TELLS.values() for answer in by_source.values() if answer.json]
    )
    _read(replace(shown, json=None, text=mutated_json(chance, shown.json)), workspace)


def _page(chance: Random, workspace: Workspace) -> None:
    """What a page in the browser gives."""
    with suppress(ValueError, RecursionError):
        payload = json.loads(mutated_json(chance, SHELF))
        _read(Shown("letterboxd:anna/watchlist", page=FakePage(payload)), workspace)


def _text(chance: Random, workspace: Workspace) -> None:
    """A feed, a table or a text."""
    source, text = chance.choice(list(TEXTS.items()))
    _read(Shown(source, text=_writable(mutated_text(chance, text))), workspace)


def _json_file(chance: Random, workspace: Workspace) -> None:
    rows = [{"title": "A", "year": 2001, "ids": {"imdb": "tt0111161"}}, {"movie": {"title": "B"}}]
    _read(Shown("file:a.json", text=_writable(mutated_json(chance, rows))), workspace)


def _read(shown: Shown, workspace: Workspace) -> None:
    with requests_mock.Mocker() as mock:
        snapshot = read(
            replace(shown, text=shown.text and _writable(shown.text)), workspace.folder, mock
        )
    check("this is a bug" not in str(snapshot.error), f"{shown.source}: {snapshot.error}")


def _config(chance: Random, _: Workspace) -> None:
    text = (places.ROOT / "listsync.yaml.example").read_text(encoding="utf-8")
    text = re.sub(
        r"(?m)^( *)#(\w+:)",
        lambda match: match[0] if chance.random() < 0.5 else match[1] + match[2],
        text,
    )
    env = {"SEERR_API_KEY": chance.choice(("a-key-0123456789", "", "\n", "${X}"))}
    try:
        config = load(
            mutated_text(chance, text),
            name="a.yaml",
            env=env,
            read=lambda _: "key",
            recognize_list=recognize_list,
        )
        settings_yaml(effective_settings(config), with_origin=True)
    except ConfigError as error:
        text_of(config_error_lines(error, 80), Look(80))


def _plan(chance: Random, workspace: Workspace) -> None:
    path = workspace.folder / "mutated.json"
    document = json.loads(workspace.plan)
    make = chance.choice((mutated_json, lambda chance, _: mutated_text(chance, workspace.plan)))
    path.write_text(_writable(make(chance, document)))
    with suppress(UsageError, PlanMismatchError):
        plan_file.read(path, workspace.server.url)


def _address(chance: Random, _: Workspace) -> None:
    pasted = chance.choice([text for by_source in PASTED.values() for text in by_source])
    with suppress(ValueError):
        recognize_list(mutated_text(chance, pasted))


def _server(chance: Random, workspace: Workspace) -> None:
    """An answer of the media server, of each kind."""

    def spoil(_: Call, answer: Answer) -> Answer:
        return replace(answer, body=_writable(mutated_json(chance, answer.body)))

    workspace.server.spoil = spoil
    client = OverseerrServer(workspace.server.url, workspace.server.api_key, rate=10_000)
    with client as server, suppress(ServerError):
        chance.choice(CALLS)(server)
    workspace.server.spoil = None


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


MOVIE, SHOW = MediaKey(Kind.MOVIE, FILMS[0].tmdb), MediaKey(Kind.TV, SHOWS[0].tmdb)
CALLS: tuple[Callable[[OverseerrServer], object], ...] = (
    lambda server: server.identify(),
    lambda server: server.whoami(),
    lambda server: server.users(),
    lambda server: server.quota(1),
    lambda server: server.media(),
    lambda server: server.requests(),
    lambda server: server.blocklist(),
    lambda server: server.find(MatchMethod.IMDB, str(FILMS[0].imdb)),
    lambda server: server.search("Dune", 2021),
    lambda server: server.details(MOVIE),
    lambda server: server.details(SHOW),
    lambda server: server.look(MOVIE),
    lambda server: server.trace_request(1, MOVIE),
    lambda server: server.downloaders(Kind.MOVIE),
    lambda server: server.request(request_of()),
    lambda server: server.retry(1),
    lambda server: server.cancel(1),
)
READERS: dict[str, Callable[[Random, Workspace], None]] = {
    "interface": _interface,
    "page": _page,
    "text": _text,
    "JSON file": _json_file,
    "config": _config,
    "saved plan": _plan,
    "address": _address,
    "media server": _server,
}
ATTACK = Attack(
    "fuzz", f"only documented errors, each input < {SLOWEST:g} s, all < {LARGEST >> 10} GB", set_up
)
