"""The sandbox's list sites with long lists, in a process of its own.

Each answer takes its time, and each page is made once, so that no reader waits for it to be made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack

from examples.sandbox.imdb_site import ImdbSite
from examples.sandbox.interfaces import InterfaceSite
from examples.sandbox.sites_http import JSON, Page, Site, SiteServer, Visit
from examples.sandbox.sites_lists import Fault, SiteList, row_of
from examples.sandbox.titles import Title, film, show
from examples.sandbox.trakt_site import TraktSite

Call = tuple[str, str, dict[str, str], str]  # method, target, headers, body

LISTS = {
    "mdblist": "mdblist:anna/bench",
    "tmdb": "tmdb:list/1",
    "trakt": "trakt:anna/bench",
    "imdb": "imdb:ls000000001",
    "anilist": "anilist:anna/planning",
    "simkl": "simkl:plantowatch",
    "tvdb": "tvdb:lists/bench",
    "json": "json:bench",
    "big json": "json:big",
    "stevenlu": "stevenlu:bench",
    "rss": "rss:bench",
    "letterboxd": "letterboxd:anna/list/bench",
}


class CachedSite:
    """A site whose pages are made once and given after a while. It notes its calls."""

    def __init__(self, site: Site, delay: float) -> None:
        """``delay``: seconds that each answer takes."""
        self._site = site
        self._fault = Fault(delay=delay)
        self._pages: dict[tuple[str, bytes], Page] = {}
        self._calls: list[Call] = []

    def answer(self, visit: Visit) -> tuple[Page, Fault]:
        """A page of the site, after its time."""
        self._calls.append((visit.method, visit.target, dict(visit.headers), visit.body.decode()))
        key = (visit.target, visit.body)
        if key not in self._pages:
            self._pages[key] = self._site.answer(visit)[0]
        return self._pages[key], self._fault

    def call_log(self) -> CallLog:
        """A site that reports the calls since it was last asked."""
        return CallLog(self._calls)


class CallLog:
    """Reports the calls that were made since it was last asked."""

    def __init__(self, calls: list[Call]) -> None:
        self._calls = calls

    def answer(self, visit: Visit) -> Page | None:
        """Answer ``/calls``; the site answers everything else."""
        if visit.path != "/calls":
            return None
        calls, self._calls[:] = json.dumps(self._calls), []
        return Page(calls, content_type=JSON)


def titles(count: int) -> list[Title]:
    """Films, and each fifth a show."""
    return [_title(number) for number in range(1, count + 1)]


def _title(number: int) -> Title:
    name, imdb = f"Title {number}", f"tt{number:07}"
    if number % 5:
        return film(number, imdb, name, "2001-05-04")
    return show(number, imdb, number, name, "2001-05-04", (8,))


def main(sizes: Mapping[str, int], delay: float) -> None:
    """Serve lists of these sizes until stdin ends. Says where on stdout."""
    catalogue = titles(2 * max(sizes.values()))  # enough of them are films
    films = [title for title in catalogue if title.kind == "movie"]
    of_films = {"stevenlu", "letterboxd"}
    lists = {
        LISTS[name]: SiteList(
            "bench", tuple(map(row_of, (films if name in of_films else catalogue)[:size]))
        )
        for name, size in sizes.items()
    }
    sites = {
        "imdb": ImdbSite(lists),
        "trakt": TraktSite(lists, catalogue),
        "others": InterfaceSite(lists),
    }
    with ExitStack() as stack:
        urls = {}
        for name, site in sites.items():
            cached_site = CachedSite(site, delay)
            urls[name] = stack.enter_context(SiteServer(cached_site, cached_site.call_log())).url
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), float(sys.argv[2]))
