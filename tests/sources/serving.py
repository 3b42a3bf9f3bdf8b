"""The paged sources, each served the same pages in the shape of its own site.

A row is a title's number, or what a site sends in place of a title. After the last page every site
gives an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests_mock
from requests_mock.request import _RequestObjectProxy as Request
from requests_mock.response import _Context as Context

from reconciler.core.model import Snapshot
from reconciler.ports import BlockedRoutes
from reconciler.sources.context import ALL_OPEN, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.asking import API, KEY, SITE
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage, edge, next_data


@dataclass
class Served:
    """A list in pages, and the total that each of them declares."""

    pages: list[list[Any]]
    totals: list[int]
    browser: dict[str, FakePage] = field(default_factory=dict)

    def page(self, at: int) -> list[Any]:
        return self.pages[at] if at < len(self.pages) else []

    def total(self, at: int) -> int:
        return self.totals[min(at, len(self.totals) - 1)]

    def more(self, at: int) -> bool:
        return at + 1 < len(self.pages)


@dataclass(frozen=True)
class Source:
    """A source, and how its site serves a list.

    ``totals``: whether it declares any. ``says``: whether it says by itself that more follows, so
    that neither totals nor short pages end it.
    """

    text: str
    size: int
    serve: Callable[[requests_mock.Mocker, Served], None]
    totals: bool = True
    says: bool = True
    via: str | None = None
    key: str = KEY
    verified: bool = True  # whether its site says in some way where a list ends
    counts_pages: bool = False  # alone, so that an empty page hides nothing of the next

    def read(
        self, mock: requests_mock.Mocker, served: Served, routes: BlockedRoutes = ALL_OPEN
    ) -> Snapshot:
        self.serve(mock, served)
        ref = recognize_list(self.text)
        providers = {ref.provider: Provider(SITE, API, self.via, key=self.key)}
        sources = SiteSources(FakeBrowser(served.browser), providers, Path(), NO_PATIENCE, routes)
        return sources.fetch(ref)


def _row_of(row: object, make: Callable[[int], object]) -> object:
    return make(row) if type(row) is int else row


def _rows(rows: Sequence[object], make: Callable[[int], object]) -> list[object]:
    return [_row_of(row, make) for row in rows]


def _number(request: Request, name: str) -> int:
    return int(request.qs.get(name, ["0"])[0])


def _at_offset(served: Served, offset: int) -> int:
    """Which page begins there; what begins nowhere is after the last."""
    starts = [sum(len(page) for page in served.pages[:at]) for at in range(len(served.pages))]
    return starts.index(offset) if offset in starts else len(served.pages)


def mdblist_row(number: int) -> object:
    return {"id": number, "imdb_id": f"tt{number:07}", "title": f"T {number}", "mediatype": "movie"}


def _mdblist_open(mock: requests_mock.Mocker, served: Served) -> None:
    def answer(request: Request, _: object) -> object:
        return _rows(served.page(_at_offset(served, _number(request, "offset"))), mdblist_row)

    mock.get(f"{SITE}/lists/anna/night/json", json=answer)


def _mdblist_keyed(mock: requests_mock.Mocker, served: Served) -> None:
    def answer(request: Request, context: Context) -> object:
        at = _number(request, "cursor")
        context.headers["X-Total-Items"] = str(served.total(at))
        context.headers["X-Has-More"] = str(served.more(at)).lower()
        pagination = {"next_cursor": str(at + 1)} if served.more(at) else {}
        return {"movies": _rows(served.page(at), mdblist_row), "pagination": pagination}

    mock.get(f"{API}/lists/anna/night/items", json=answer)


def trakt_row(number: int, kind: str = "movie") -> object:
    part = {"title": f"T {number}", "year": 2001, "ids": {"trakt": number, "tmdb": number}}
    return {"rank": number, "id": 9000 + number, "type": kind, kind: part}


def _trakt(path: str, kind: str, size: int = 250) -> Callable[[requests_mock.Mocker, Served], None]:
    def serve(mock: requests_mock.Mocker, served: Served) -> None:
        def answer(request: Request, context: Context) -> object:
            at = _number(request, "page") - 1
            pagination = {
                "Page": at + 1,
                "Limit": size,
                "Page-Count": len(served.pages),
                "Item-Count": served.total(at),
            }
            context.headers |= {
                f"X-Pagination-{name}": str(value) for name, value in pagination.items()
            }
            return _rows(served.page(at), lambda number: trakt_row(number, kind))

        mock.get(f"{API}{path}", json=answer)

    return serve


def tmdb_row(number: int) -> object:
    return {"id": number, "title": f"T {number}", "media_type": "movie"}


def _tmdb(mock: requests_mock.Mocker, served: Served) -> None:
    def answer(request: Request, _: object) -> object:
        at = _number(request, "page") - 1
        return {
            "items": _rows(served.page(at), tmdb_row),
            "page": at + 1,
            "total_pages": len(served.pages),
            "total_results": served.total(at),
        }

    mock.get(f"{API}/3/list/7", json=answer)


def anilist_row(number: int) -> object:
    return {"media": {"id": number, "format": "TV", "title": {"romaji": f"T {number}"}}}


def _anilist(mock: requests_mock.Mocker, served: Served) -> None:
    def answer(request: Request, _: object) -> object:
        at = request.json()["variables"]["chunk"] - 1
        entries = _rows(served.page(at), anilist_row)
        lists = [{"isCustomList": False, "entries": entries}]
        return {"data": {"MediaListCollection": {"hasNextChunk": served.more(at), "lists": lists}}}

    mock.post(API, json=answer)


def imdb_row(number: int) -> object:
    return edge(number, f"tt{number:07}")


def _imdb_search(served: Served, at: int) -> dict[str, object]:
    more = served.more(at)
    return {
        "total": served.total(at),
        "pageInfo": {"hasNextPage": more, "endCursor": str(at + 1) if more else None},
        "edges": _rows(served.page(at), imdb_row),
    }


def _imdb_api(mock: requests_mock.Mocker, served: Served) -> None:
    def answer(request: Request, _: object) -> object:
        at = int(request.json()["variables"]["after"] or 0)
        return {"data": {"list": {"titleListItemSearch": _imdb_search(served, at)}}}

    mock.post(API, json=answer)


def _imdb_pages(_: requests_mock.Mocker, served: Served) -> None:
    for at in range(len(served.pages) + 1):
        query = f"?page={at + 1}" if at else ""
        payload = next_data({"list": {"titleListItemSearch": _imdb_search(served, at)}})
        served.browser[f"{SITE}/list/ls000001/{query}"] = FakePage(payload)


def _letterboxd(_: requests_mock.Mocker, served: Served) -> None:
    for at in range(len(served.pages) + 1):
        below = f"page/{at + 1}/" if at else ""
        names = _rows(served.page(at), lambda number: f"T {number} (2001)")
        page = FakePage({"names": names, "total": str(served.total(at))})
        served.browser[f"{SITE}/anna/watchlist/{below}"] = page


def _rss(mock: requests_mock.Mocker, served: Served) -> None:
    for at in range(len(served.pages) + 1):
        rows = _rows(served.page(at), lambda number: f"<title>T {number} (2001)</title>")
        items = "".join(f"<item>{row}</item>" for row in rows)
        onward = f'<a:link xmlns:a="http://a.test" rel="next" href="/feed/{at + 1}"/>'
        text = f"<rss><channel>{onward if served.more(at) else ''}{items}</channel></rss>"
        mock.get(f"{SITE}/feed/{at}", text=text)


SOURCES = {
    "mdblist, open": Source(
        "mdblist:anna/night", 1000, _mdblist_open, totals=False, says=False, key=""
    ),
    "mdblist, key": Source("mdblist:anna/night", 1000, _mdblist_keyed),
    "trakt": Source("trakt:anna/night", 250, _trakt("/users/anna/lists/night/items", "movie")),
    "trakt, one kind": Source(
        "trakt:anna/watchlist?mode=show",
        250,
        _trakt("/users/anna/watchlist/shows", "show"),
        totals=False,
        says=False,
        counts_pages=True,
    ),
    "tmdb": Source("tmdb:list/7", 20, _tmdb),
    "anilist": Source("anilist:anna/planning", 500, _anilist, totals=False),
    "imdb, interface": Source("imdb:ls000001", 250, _imdb_api, via="api"),
    "imdb, pages": Source("imdb:ls000001", 250, _imdb_pages, via="browser"),
    "letterboxd, pages": Source(
        "letterboxd:anna/watchlist", 100, _letterboxd, says=False, via="browser"
    ),
    "rss": Source(f"rss:{SITE}/feed/0", 50, _rss, totals=False, verified=False),
}

# What a site may send in place of a title: of the right type, and not, and with parts missing.
NOTHINGS: tuple[object, ...] = (None, 5.5, "text", [], {})
UNREADABLE: dict[str, tuple[object, ...]] = {
    "mdblist": (*NOTHINGS, {"title": None, "id": None}, {"title": 5, "mediatype": "movie"}),
    "trakt": (
        *NOTHINGS,
        {"type": "movie", "id": 1},
        {"type": "movie", "movie": None},
        {"type": "movie", "movie": "text"},
        {"type": "movie", "movie": {"title": None, "year": None, "ids": {"slug": None}}},
        {"type": "movie", "movie": {"title": " ", "ids": {}}},
        {"type": "show", "show": {}},
        {"type": "season", "show": {"title": "A"}},
        {"type": "season", "season": {"number": "x"}, "show": {"title": "A"}},
        {"type": "season", "season": {"number": 1}, "show": None},
        {"type": "episode", "episode": {"season": 1, "title": "Pilot"}, "show": []},
        {"type": "person", "person": None},
        {"type": 5, "movie": []},
    ),
    "tmdb": (*NOTHINGS, {"media_type": "movie", "id": None}, {"id": "x", "title": ""}),
    "anilist": (
        *({"media": nothing} for nothing in NOTHINGS),
        *NOTHINGS,
        {"media": {"id": 4_000, "format": "TV", "title": {"romaji": None}}},
        {"media": {"id": 4_000, "title": "text"}},
    ),
    "imdb": (
        *NOTHINGS,
        *({"listItem": nothing} for nothing in NOTHINGS),
        {"listItem": {"id": None, "titleText": {"text": "A"}}},
        {"listItem": {"id": "nm0000001"}},
    ),
    "letterboxd": (None, 5.5, [], {}, ""),
    "rss": ("", "<title/>", "<guid>x</guid>", "<category>movie</category>"),
}
