"""The sandbox's Trakt API: lists, watchlists, favorites and charts as at api.trakt.tv.

Without a User-Agent or a known client id, every call is forbidden. A page has 100 rows by default
and 250 at most. Its headers count the whole list, even if it is filtered by type: the filtered
list is then shorter than they say. The box office is one page without such headers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any
from zlib import crc32

from examples.sandbox.catalogue import Title
from examples.sandbox.sites_http import JSON, Page, Visit
from examples.sandbox.sites_lists import Fault, SiteList, row_of
from examples.sandbox.trakt_accounts import CLIENT_ID, USER, Accounts

PREFIX = "/api"
"""Where the API is, on the site's own port."""

ODDS = "trakt:anna/bits-and-pieces"
"""A list with seasons, an episode and a person among its titles."""

_DEFAULT_LIMIT, _MOST = 100, 250
_BY_NAME = re.compile(r"/users/([^/]+)/lists/([^/]+)/items(?:/(.+))?")
_BY_NUMBER = re.compile(r"/lists/([0-9]+)/items(?:/(.+))?")
_OWN = re.compile(r"/users/([^/]+)/(watchlist|favorites)(?:/(movies|shows))?")
_CHART = re.compile(r"/(movies|shows)/([a-z]+)(?:/(daily|weekly|monthly|yearly|all))?")
_OF_A_WHILE = {"watched", "played", "collected", "favorited"}
_FIGURES = {
    "trending": ("watchers",),
    "anticipated": ("list_count",),
    "boxoffice": ("revenue",),
    "favorited": ("user_count",),
    **dict.fromkeys(
        ("watched", "played", "collected"), ("watcher_count", "play_count", "collected_count")
    ),
}
_TYPES = {"movie": "movie", "tv": "show"}

Row = dict[str, Any]


class TraktApi:
    """Answers calls to the API from the site's lists."""

    def __init__(
        self, lists: Mapping[str, SiteList], catalogue: Sequence[Title], slugs: Mapping[Title, str]
    ) -> None:
        """``slugs``: what the site calls each title in its addresses."""
        self._lists = lists
        self._catalogue = catalogue
        self._slugs = slugs
        self.accounts = Accounts()

    def key(self, path: str) -> str | None:
        """The key of the list at a path of the API."""
        path = path.replace("/users/me/", f"/users/{USER}/")
        if found := _BY_NAME.fullmatch(path):
            return f"trakt:{found[1]}/{found[2]}"
        if found := _OWN.fullmatch(path):
            return f"trakt:{found[1]}/{found[2]}"
        if found := _BY_NUMBER.fullmatch(path):
            return next((key for key in self._lists if list_number(key) == int(found[1])), None)
        return None

    def page(self, visit: Visit, path: str, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a visit to ``path``."""
        sent = {name.lower(): value for name, value in visit.headers.items()}
        if "user-agent" not in sent or fault.outcome.startswith("challenge"):
            return Page("<html><h1>Sorry, you have been blocked</h1></html>", status=403)
        if page := self.accounts.page(visit, path):
            return page
        if sent.get("trakt-api-key") != CLIENT_ID or sent.get("trakt-api-version") != "2":
            return Page("Forbidden", status=403, content_type="text/plain")
        if fault.outcome == "changed-layout":
            return Page('{"items": []}', content_type=JSON)
        if fault.outcome == "hangs":
            return Page("[", content_type=JSON, ends=False)
        chart = _CHART.fullmatch(path)
        if chart:
            return self._chart(visit, *chart.groups())
        if page := self._not_for_them(sent.get("authorization"), path, fault):
            return page
        key = self.key(path)
        if wanted is None or key is None or fault.outcome == "missing":
            return _nothing(404)
        found = _BY_NAME.fullmatch(path) or _BY_NUMBER.fullmatch(path) or _OWN.fullmatch(path)
        types = (found[found.re.groups] or "") if found else ""
        return self._list(visit, key, wanted, types, half=fault.outcome == "half-loaded")

    def _not_for_them(self, authorization: str | None, path: str, fault: Fault) -> Page | None:
        """The response to a client that may not read this."""
        user = self.accounts.user(authorization)
        if user is None and (authorization or path.startswith(("/users/me/", "/users/settings"))):
            return _nothing(401)
        if path == "/users/settings":
            return Page(json.dumps({"user": {"username": user}}), content_type=JSON)
        owner = (self.key(path) or "").removeprefix("trakt:").partition("/")[0]
        if fault.outcome == "private" and owner != user:
            return _nothing(401 if _OWN.fullmatch(path) else 403)
        return None

    def _list(self, visit: Visit, key: str, wanted: SiteList, types: str, *, half: bool) -> Page:
        full = _full(visit)
        rows = [self._listed(title, rank, full=full) for rank, title in enumerate(wanted.titles, 1)]
        if key == ODDS:
            rows += self._odds(len(rows), wanted.titles)
        kept = {word.removesuffix("s") for word in types.split(",") if word}
        shown = [row for row in rows if not kept or row["type"] in kept]
        sort = (("X-Sort-By", "rank"), ("X-Sort-How", "asc"))
        return _paged(visit, shown[:_DEFAULT_LIMIT] if half else shown, len(rows), sort)

    def _chart(self, visit: Visit, group: str, name: str, period: str | None) -> Page:
        bare = name == "popular"
        if not bare and (name not in _FIGURES or (period and name not in _OF_A_WHILE)):
            return _nothing(404)
        kind = "movie" if group == "movies" else "tv"
        titles = [title for title in self._catalogue if title.kind == kind and title.imdb]
        if name == "boxoffice":
            titles = titles[40:50] if kind == "movie" else []
        parts = [self._part(title, full=_full(visit)) for title in titles]
        figures = dict.fromkeys(_FIGURES.get(name, ()), 7)
        rows = parts if bare else [{**figures, _TYPES[kind]: part} for part in parts]
        if name == "boxoffice":
            return Page(json.dumps(rows), content_type=JSON) if rows else _nothing(404)
        return _paged(visit, rows, len(rows))

    def _listed(self, title: Title, rank: int, *, full: bool) -> Row:
        type_ = _TYPES[title.kind]
        return _row(rank, type_, self._slugs[title], **{type_: self._part(title, full=full)})

    def _odds(self, rank: int, titles: Sequence[Title]) -> list[Row]:
        """Two seasons of one show, an episode of another, specials, and a person."""
        first, second, *_ = (title for title in self._catalogue if len(title.seasons) > 2)
        one, other = self._part(first), self._part(second)
        return [
            _row(rank + 1, "season", "a", season=_season(2), show=one),
            _row(rank + 2, "person", "b", person={"name": "Anna Sand", "ids": {"slug": "anna"}}),
            _row(rank + 3, "season", "c", season=_season(1), show=one),
            _row(rank + 4, "episode", "d", episode={"season": 2, "number": 1}, show=other),
            _row(rank + 5, "movie", "e", movie={"title": "Nothing Yet", "year": None, "ids": {}}),
        ][: 5 if titles else 0]

    def _part(self, title: Title, *, full: bool = False) -> Row:
        number = crc32(f"{title.kind}{title.tmdb}".encode()) % 1_000_000
        ids: Row = {"trakt": number, "slug": self._slugs[title], "imdb": title.imdb}
        ids |= {"tmdb": title.tmdb, "plex": {"guid": None, "slug": None}}
        part: Row = {"title": title.title, "year": row_of(title).year, "ids": ids}
        if title.kind == "tv":
            ids["tvdb"] = title.tvdb
            part["aired_episodes"] = sum(season.episodes for season in title.seasons)
        if full:
            part |= {"rating": title.facts.rating, "votes": title.facts.votes}
            part |= {
                "language": title.facts.language,
                "overview": f"What happens in {title.title}.",
            }
            part["genres"] = [name.lower().replace(" ", "-") for _, name in title.facts.genres]
        return part


def _full(visit: Visit) -> bool:
    """Whether the call asks for more than names and ids."""
    return visit.text("extended") == "full"


def list_number(key: str) -> int:
    """The number of a list, which Trakt accepts in place of its name."""
    return 1_000_000 + crc32(key.encode()) % 1_000_000


def _row(rank: int, type_: str, name: str, **parts: object) -> Row:
    number = 700_000_000 + crc32(
        f"{type_} {name}".encode()
    )  # all entries of a long list are different
    listed = {"listed_at": "2026-05-04T20:15:00.000Z", "notes": None}
    return {"rank": rank, "id": number, **listed, "type": type_, **parts}


def _season(number: int) -> Row:
    return {"number": number, "ids": {"trakt": 40_000 + number, "tvdb": None, "tmdb": None}}


def _paged(
    visit: Visit, rows: Sequence[Row], total: int, more: tuple[tuple[str, str], ...] = ()
) -> Page:
    limit, page = min(visit.number("limit", _DEFAULT_LIMIT), _MOST), visit.number("page", 1)
    figures = {"Page": page, "Limit": limit, "Page-Count": ceil(total / limit), "Item-Count": total}
    headers = tuple((f"X-Pagination-{name}", str(value)) for name, value in figures.items())
    body = json.dumps(rows[(page - 1) * limit : page * limit])
    return Page(body, content_type=JSON, headers=(*headers, *more))


def _nothing(status: int) -> Page:
    return Page("", status=status, content_type=JSON)
