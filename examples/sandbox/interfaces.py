"""The APIs of the sandbox's other list sites, each under its own name on one port.

MDBList, TMDB, AniList, Simkl, TVDB, StevenLu, lists as JSON, feeds, and Letterboxd's pages. Sites
that need a key accept `KEY`, and `TOKEN` as a user's token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, ClassVar, TypeAlias
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from examples.sandbox import interface_rows as rows
from examples.sandbox.catalogue import Title
from examples.sandbox.sites_http import JSON, Page, Site, Visit
from examples.sandbox.sites_lists import Fault, SiteList, row_of

KEY, TOKEN, USER = "sandbox-interface-key-0123", "sandbox-access-token-4567", 42
"""What opens the sites that want a key, who the key's user is, and their number at Simkl."""

_XML = "application/xml; charset=utf-8"
_MDBLIST_PAGE, _TMDB_PAGE, _FEED_PAGE, _LETTERBOXD_PAGE = 1000, 20, 50, 100
_ANILIST_STATUSES = {"PLANNING": "planning", "CURRENT": "watching", "COMPLETED": "completed"}
_GROUPS = {"movies": "movie", "shows": "tv", "anime": ""}
# The list at an address, written like a source.
_KEYS = (
    (re.compile(r"/mdblist(?:/api)?/lists/(.+)/(?:json|items)"), "mdblist"),
    (re.compile(r"/mdblist/api/(watchlist)/items"), "mdblist"),
    (re.compile(r"/tmdb/[34]/(.+)"), "tmdb"),
    (re.compile(r"/anilist/(.+)"), "anilist"),
    (re.compile(r"/simkl/sync/all-items/[a-z]+/(.+)"), "simkl"),
    (re.compile(r"/tvdb/v4/user/(favorites)"), "tvdb"),
    (re.compile(r"/tvdb/v4/(lists/.+?)(?:/extended)?"), "tvdb"),
    (re.compile(r"/stevenlu/(.+)\.json"), "stevenlu"),
    (re.compile(r"/json/(.+)\.json"), "json"),
    (re.compile(r"/feeds/(.+)"), "rss"),
    (re.compile(r"/letterboxd/(.+?)(?:/page/[0-9]+)?"), "letterboxd"),
)


def interface_lists(catalogue: Sequence[Title]) -> dict[str, SiteList]:
    """A list of each site, and for each site a private list and one that returns 429."""
    named = [title for title in catalogue if title.imdb and title.year and title.tmdb < 9_000_000]
    films = [title for title in named if title.kind == "movie"]
    shows = [title for title in named if title.kind == "tv" and title.tvdb]
    mixed, alone = [*films[10:14], shows[3], *films[14:16]], films[10:16]
    kept = {
        "mdblist:anna/night": mixed,
        "mdblist:watchlist": mixed[1:],
        "tmdb:list/8136": [*films[20:42], shows[4]],
        "tmdb:movie/popular": films[:60],
        "anilist:anna/planning": mixed,
        "simkl:plantowatch": mixed,
        "tvdb:lists/night": mixed,
        "tvdb:favorites": mixed[:3],
        "stevenlu:movies": alone,
        "json:films": mixed,
        "rss:watchlist": mixed,
        "letterboxd:anna/list/night": alone,
    }
    lists = {key: SiteList(key.partition(":")[2], _rows(titles)) for key, titles in kept.items()}
    for key, fault in _FAULTS.items():
        lists[key] = SiteList(key.partition(":")[2], _rows(mixed), fault)
    return lists


_LATER = Fault(status=429, retry_after=90)
_FAULTS = {
    "mdblist:anna/private": Fault("private"),
    "mdblist:anna/later": _LATER,
    "tmdb:list/429": _LATER,
    "anilist:hidden/planning": Fault("private"),
    "anilist:later/planning": _LATER,
    "simkl:dropped": _LATER,
    "tvdb:lists/later": _LATER,
    "stevenlu:later": _LATER,
    "json:later": _LATER,
    "rss:later": _LATER,
}


class InterfaceSite(Site):
    """Responds like the APIs of several sites."""

    name: ClassVar[str] = "interfaces"

    def address(self, visit: Visit) -> str:
        """Return the path; for AniList, which has one address for all lists, the query is added."""
        if visit.path != "/anilist":
            return visit.path
        asked = json.loads(visit.body)["variables"]
        status = _ANILIST_STATUSES.get(asked.get("status", ""), "")
        return f"/anilist/{asked['user']}" + (f"/{status}" if status else "")

    def key(self, address: str) -> str | None:
        """Return the key of a list; lists of TVDB have a number as well as a name."""
        for pattern, provider in _KEYS:
            if found := pattern.fullmatch(address):
                name = found[1].removeprefix("lists/slug/")
                wanted = f"lists/{name}" if name != found[1] else name
                if provider == "tvdb" and wanted.rpartition("/")[2].isdecimal():
                    number = int(wanted.rpartition("/")[2])
                    return next((key for key in self.lists if list_number(key) == number), None)
                return f"{provider}:{wanted}"
        return None

    def page(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a request as the site at this address would."""
        site = visit.path.split("/")[1]
        if not _opens(site, visit):
            return _json({"status_message": "Invalid API key."}, 401)
        if visit.path == "/simkl/users/settings":
            return _json({"account": {"id": USER}})
        if fault.outcome == "changed-layout":
            return _json({"something": "else"})
        if site == "tvdb":
            return self._tvdb(visit, wanted)
        if fault.outcome == "private":
            return _private(site)
        if wanted is None:
            return _missing(site)
        if site == "mdblist":
            return _mdblist(visit, wanted, counts_list=fault.outcome == "total-of-list")
        answer: Answer = _ANSWERS.get(site, _nowhere)
        return answer(visit, wanted)

    def _tvdb(self, visit: Visit, wanted: SiteList | None) -> Page:
        key = self.key(visit.path) or ""
        match visit.path.split("/")[3:]:
            case ["login"]:
                return _json({"status": "success", "data": {"token": TOKEN}})
            case ["user"]:
                return _json({"status": "success", "data": {"id": USER}})
            case ["movies", number, "extended"]:
                films = (film for kept in self.lists.values() for film in kept.titles)
                found = (film for film in films if str(rows.tvdb_film(film)) == number)
                if film := next(found, None):
                    return _json({"status": "success", "data": rows.tvdb_details(film)})
            case ["lists", "slug", _] if wanted:
                return _json({"status": "success", "data": {"id": list_number(key)}})
            case ["lists", _, "extended"] if wanted:
                entities = [rows.tvdb_entity(one, at) for at, one in enumerate(wanted.titles, 1)]
                return _json({"status": "success", "data": {"entities": entities}})
            case ["user", "favorites"] if wanted:
                series = [one.tvdb for one in wanted.titles if one.kind == "tv"]
                films_ = [rows.tvdb_film(one) for one in wanted.titles if one.kind == "movie"]
                return _json({"status": "success", "data": {"series": series, "movies": films_}})
        return _missing("tvdb")


def list_number(key: str) -> int:
    """The number of a list at TVDB."""
    return 1_000 + crc32(key.encode()) % 1_000_000


def _rows(titles: Sequence[Title]) -> tuple[Any, ...]:
    return tuple(row_of(title) for title in titles)


def _opens(site: str, visit: Visit) -> bool:
    """Whether a client may read anything there."""
    sent = {name.lower(): value for name, value in visit.headers.items()}
    query = parse_qs(urlsplit(visit.target).query)
    bearer = sent.get("authorization", "").removeprefix("Bearer ")
    match site:
        case "mdblist" if visit.path.startswith("/mdblist/api/"):
            return query.get("apikey") == [KEY]
        case "tmdb":
            return query.get("api_key") == [KEY] or bearer == TOKEN
        case "simkl":
            return sent.get("simkl-api-key") == KEY and bearer == TOKEN
        case "tvdb" if visit.path.endswith("/login"):
            return bool(json.loads(visit.body).get("apikey") == KEY)
        case "tvdb":
            return bearer == TOKEN
    return True


def _mdblist(visit: Visit, wanted: SiteList, *, counts_list: bool) -> Page:
    """A page. Its total counts the page, as measured, unless a fault makes it count the list."""
    limit = min(visit.number("limit", _MDBLIST_PAGE), _MDBLIST_PAGE)
    offset = visit.number("offset", 0)
    every = [rows.mdblist(title, rank) for rank, title in enumerate(wanted.titles, start=1)]
    here = every[offset : offset + limit]
    if visit.path.endswith("/json"):
        return _json(here)
    for kind in ("movie", "show"):  # each kind has its own ranks here
        of_kind = [row for row in every if row["mediatype"] == kind]
        for rank, row in enumerate(of_kind, start=1):
            row["rank"] = rank
    apart: dict[str, Any] = {
        name: [row for row in here if row["mediatype"] == kind]
        for name, kind in (("movies", "movie"), ("shows", "show"))
    }
    more = offset + limit < len(every)
    apart["pagination"] = {"has_more": more}
    total = len(every if counts_list else here)
    told = (("X-Total-Items", str(total)), ("X-Has-More", str(more).lower()))
    return Page(json.dumps(apart), content_type=JSON, headers=told)


def _tmdb(visit: Visit, wanted: SiteList) -> Page:
    number, titles = visit.number("page", 1), wanted.titles
    here = [rows.tmdb(title) for title in titles[(number - 1) * _TMDB_PAGE : number * _TMDB_PAGE]]
    listed = "/list/" in visit.path
    page = {"page": number, "total_pages": ceil(len(titles) / _TMDB_PAGE)}
    page |= {"total_results": len(titles)} | ({"item_count": len(titles)} if listed else {})
    return _json({**page, "items" if listed and "/3/" in visit.path else "results": here})


def _anilist(visit: Visit, wanted: SiteList) -> Page:
    asked = json.loads(visit.body)["variables"]
    chunk, size = asked["chunk"], asked["rows"]
    here = wanted.titles[(chunk - 1) * size : chunk * size]
    entries = [{"media": rows.anilist(title)} for title in here]
    found = {
        "hasNextChunk": chunk * size < len(wanted.titles),
        "lists": [{"isCustomList": False, "entries": entries}],
    }
    return _json({"data": {"MediaListCollection": found}})


def _simkl(visit: Visit, wanted: SiteList) -> Page:
    group = visit.path.split("/")[-2]
    titles = [title for title in wanted.titles if title.kind == _GROUPS[group]]
    return _json({group: [rows.simkl(title) for title in titles]} if titles else None)


def _feed(visit: Visit, wanted: SiteList) -> Page:
    number = visit.number("page", 1)
    here = wanted.titles[(number - 1) * _FEED_PAGE : number * _FEED_PAGE]
    more = number * _FEED_PAGE < len(wanted.titles)
    if visit.text("format") == "json":
        onward = f"{visit.path}?format=json&page={number + 1}" if more else ""
        return _json(rows.feed_as_json(here, visit.path, onward))
    return Page(
        rows.feed(here, f"{visit.path}?page={number + 1}" if more else ""), content_type=_XML
    )


def _letterboxd(visit: Visit, wanted: SiteList) -> Page:
    found = re.search(r"/page/([0-9]+)$", visit.path)
    before = (int(found[1]) - 1 if found else 0) * _LETTERBOXD_PAGE
    return Page(rows.posters(wanted.titles[before : before + _LETTERBOXD_PAGE], len(wanted.titles)))


def _nowhere(visit: Visit, wanted: SiteList) -> Page:  # noqa: ARG001 - as all answers
    return _json({"error": "Not found"}, 404)


Answer: TypeAlias = "Callable[[Visit, SiteList], Page]"
_ANSWERS: Mapping[str, Answer] = {
    "tmdb": _tmdb,
    "anilist": _anilist,
    "simkl": _simkl,
    "json": lambda _, wanted: _json([rows.importable(title) for title in wanted.titles]),
    "stevenlu": lambda _, wanted: _json([rows.stevenlu(title) for title in wanted.titles]),
    "feeds": _feed,
    "letterboxd": _letterboxd,
}


def _private(site: str) -> Page:
    """The response for a private list; most sites answer as for a missing one."""
    if site == "mdblist":
        return _json([{"error": "empty or private list"}])
    if site == "anilist":
        return _json({"errors": [{"message": "Private User", "status": 404}], "data": None}, 404)
    return _missing(site)


def _missing(site: str) -> Page:
    match site:
        case "anilist":
            said = {"message": "User not found", "status": 404}
            return _json({"errors": [said], "data": {"MediaListCollection": None}}, 404)
        case "tmdb":
            what = "The resource you requested could not be found."
            return _json({"success": False, "status_code": 34, "status_message": what}, 404)
    return _json({"error": "Not found"}, 404)


def _json(content: object, status: int = 200) -> Page:
    return Page(json.dumps(content), status=status, content_type=JSON)
