"""Each source that asks an interface or reads an export, beside the same pages fetched and parsed.

The bare thing is a loop of `requests` that makes the very same calls, over one connection, and
parses what comes: JSON, or a feed's XML. Of an export it unpacks the file and reads its rows.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import requests

from examples.sandbox.interfaces import KEY, TOKEN
from examples.sandbox.trakt_accounts import CLIENT_ID
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import ListRef, Outcome
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.bench.interface_site import LISTS, Call
from tests.bench.promises import Reading, Sizes

WHOLE = {Outcome.COMPLETE, Outcome.UNVERIFIED}
EXPORT = "export.zip"
# What a client sends by itself.
OWN_HEADERS = {"host", "connection", "content-length", "user-agent", "accept", "accept-encoding"}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the lists are."""

    imdb: str
    trakt: str
    others: str

    def source(self, name: str) -> str:
        """What one would write in the file to read a list."""
        match name:
            case "json" | "big json":
                return f"{self.others}/json/{LISTS[name].removeprefix('json:')}.json"
            case "rss":
                return f"rss:{self.others}/feeds/bench"
            case "export":
                return f"letterboxd:{EXPORT}"
        return LISTS[name]

    def providers(self) -> dict[str, Provider]:
        """What the file would say of the sites."""
        return {
            "imdb": Provider(api_url=f"{self.imdb}/graphql", via="api"),
            "trakt": Provider(api_url=f"{self.trakt}/api", key=CLIENT_ID),
            "mdblist": Provider(f"{self.others}/mdblist"),
            "tmdb": Provider(api_url=f"{self.others}/tmdb", key=KEY),
            "anilist": Provider(api_url=f"{self.others}/anilist"),
            "simkl": Provider(api_url=f"{self.others}/simkl", key=KEY, token=TOKEN),
            "tvdb": Provider(api_url=f"{self.others}/tvdb", key=KEY),
            "stevenlu": Provider(f"{self.others}/stevenlu"),
        }

    def calls(self, name: str) -> tuple[str, list[Call]]:
        """The calls that were made since this was last asked, and where."""
        url = {"imdb": self.imdb, "trakt": self.trakt}.get(name, self.others)
        calls: list[Call] = requests.get(f"{url}/calls", timeout=60).json()
        return url, calls


def measure(sizes: Sizes) -> dict[str, Reading]:
    """Titles a second, in turns: bare, ours, bare, ours; medians."""
    readings = {}
    with served(sizes.sources, sizes.latency) as site, TemporaryDirectory() as folder:
        _write_export(Path(folder, EXPORT), sizes.sources["export"])
        sources = SiteSources(Sessions(ChromiumBrowser), site.providers(), Path(folder))
        for name, titles in sizes.sources.items():
            ref = recognize_list(site.source(name))
            site.calls(name)

            ours = partial(listed, sources, ref, titles)
            ours()
            bare = _bare(name, site, Path(folder))
            seconds = in_turns((ours, bare), sizes.source_rounds, sizes.source_seconds)
            readings[f"source {name}"] = Reading(titles / seconds[0], titles / seconds[1])
    return readings


def listed(sources: SiteSources, ref: ListRef, titles: int) -> None:
    """Read a list. Raises SystemExit where it is not read whole."""
    snapshot = sources.fetch(ref)
    if snapshot.outcome not in WHOLE or len(snapshot.items) != titles:
        raise SystemExit(f"{ref}: {snapshot.outcome}, {snapshot.error}")


def in_turns(readers: tuple[Callable[[], None], ...], rounds: int, least: float) -> list[float]:
    """The median of the seconds that each reader takes, in so many turns and at ``least`` so long.

    What takes a moment is read often, so that a busy one does not decide.
    """
    seconds: list[list[float]] = [[] for _ in readers]
    started = time.perf_counter()
    while len(seconds[0]) < rounds or time.perf_counter() - started < least:
        for read, times in zip(readers, seconds, strict=True):
            began = time.perf_counter()
            read()
            times.append(time.perf_counter() - began)
    return [median(times) for times in seconds]


def _bare(name: str, site: Site, folder: Path) -> Callable[[], None]:
    """What reads the same as was read just now."""
    if name == "export":
        return lambda: _rows_of(folder / EXPORT)
    url, calls = site.calls(name)
    return lambda: _replayed(url, calls, is_feed=name == "rss")


def _replayed(url: str, calls: list[Call], *, is_feed: bool) -> None:
    with requests.Session() as session:
        for method, target, sent, body in calls:
            headers = {key: value for key, value in sent.items() if key.lower() not in OWN_HEADERS}
            answer = session.request(
                method, url + target, headers=headers, data=body or None, timeout=60
            )
            answer.raise_for_status()
            if is_feed:
                ET.fromstring(answer.content)  # noqa: S314 - our own
            else:
                answer.json()


def _rows_of(export: Path) -> None:
    with zipfile.ZipFile(export) as file, file.open("watchlist.csv") as rows:
        list(csv.DictReader(TextIOWrapper(rows, encoding="utf-8", newline="")))


def _write_export(path: Path, titles: int) -> None:
    rows = "".join(f"2026-05-04,Title {n},2001,https://boxd.it/{n}\n" for n in range(titles))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("watchlist.csv", f"Date,Name,Year,Letterboxd URI\n{rows}")


@contextmanager
def served(sizes: Mapping[str, int], latency: float) -> Iterator[Site]:
    """Lists of these sizes, each answer taking its time."""
    lists = {name: titles for name, titles in sizes.items() if name in LISTS}
    command = (sys.executable, "-m", "tests.bench.interface_site", json.dumps(lists), str(latency))
    with subprocess.Popen(  # noqa: S603 - this package's own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Site(**json.loads(process.stdout.readline()))
        process.stdin.close()
