"""JSON as items: lists as Radarr and Sonarr import them, Trakt's rows, and Plex's feed as JSON.

A list of objects, or an object with such a list in it. An id has a field of its own, such as
``imdb_id``, in ``ids``, or in Plex's ``guids``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from reconciler.core.model import Ids, Item, Kind
from reconciler.sources import fields, trakt_items
from reconciler.sources.title_types import classify

_TYPES = ("mediatype", "media_type", "mediaType", "type", "kind", "category")
_RELEASED = ("release_year", "releaseYear", "release_date")
_TOTALS = ("total_results", "totalResults", "total_items", "totalItems", "item_count", "total")
# What speaks of a list's pages, without case and separators, in the body and in headers.
_MARK = re.compile(r"^x[_-]|pagination|[_-]", re.IGNORECASE)
_COUNTS = {*(_MARK.sub("", name).lower() for name in _TOTALS), "totalcount", "itemscount"}
_COUNTS_OF_A_KIND = {"totalmovies", "totalshows", "totalseries"}
_PAGES = {"totalpages", "pages", "pagecount", "numpages", "lastpage"}
_ONWARD = {"next", "nextpage", "nextcursor", "nextpagetoken", "nexttoken", "nextlink", "nexturl"}
_ONWARD |= {"hasmore", "hasnext", "hasnextpage", "truncated", "istruncated"}
_NO = (None, False, 0, "", "0", "false", "none", "null")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_BELOW = {"movies": Kind.MOVIE, "shows": Kind.TV, "series": Kind.TV, "items": None, "results": None}
_GUIDS = ("guids", "Guid")
_TRAKT_PARTS = ("movie", "show", "person")  # a season and an episode bring their show along


def parse(body: object, kind: Kind | None = None) -> tuple[Item, ...] | None:
    """The items of a list; None: this is none. ``kind``: of those that do not say it."""
    listed = fields.rows(body)
    if listed is not None:
        return _joined([_item(place, row, kind) for place, row in enumerate(listed, start=1)])
    below = fields.mapping(body)
    if fields.either(below, "error", "errors"):
        return None
    groups = [(rows, _BELOW[name]) for name in _BELOW if (rows := fields.rows(below.get(name)))]
    if groups:
        return _joined([_item(0, row, of or kind) for rows, of in groups for row in rows])
    return () if any(below.get(name) == [] for name in _BELOW) else None


def declared_total(body: object) -> int | None:
    """How many entries the whole list has, where the answer says so."""
    return fields.count(fields.mapping(body), *_TOTALS)


def has_further_pages(body: object, entries: int, headers: Mapping[str, str] = _NO_HEADERS) -> bool:
    """Whether an answer declares, outside its rows, more than its ``entries``."""
    of_kinds = 0
    for name, value in _marks(body, headers):
        number = fields.number(value) or 0
        of_kinds += number if name in _COUNTS_OF_A_KIND else 0
        if name in _ONWARD and (value.lower() if isinstance(value, str) else value) not in _NO:
            return True
        if (name in _COUNTS and number > entries) or (name in _PAGES and number > 1):
            return True
    return of_kinds > entries


def _marks(body: object, headers: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """The fields around a list's rows, whatever object they are in, and the headers of its own."""
    around: list[Mapping[str, object]] = [fields.mapping(body)]
    around.append({name: value for name, value in headers.items() if name.lower()[:2] == "x-"})
    for node in around:
        for name, value in node.items():
            yield _MARK.sub("", name).lower(), value
            if isinstance(value, Mapping):
                around.append(value)


def is_feed(body: object) -> bool:
    """Whether this is Plex's feed as JSON, which shows the newest entries and gives no total."""
    page = fields.mapping(body)
    return "links" in page and any("guids" in row for row in fields.rows(page.get("items")) or ())


def next_link(body: object) -> str:
    """The next page; empty if there is none."""
    return fields.text(fields.mapping(fields.mapping(body).get("links")).get("next"))


def is_half(body: object) -> bool:
    """Whether the field for films or shows is not a list."""
    page = fields.mapping(body)
    return any(page.get(name) and isinstance(page[name], Mapping | str) for name in _BELOW)


def _item(place: int, row: Mapping[str, object], kind: Kind | None) -> Item:
    if _is_trakt(row):
        return replace(trakt_items.item_of(row), position=place)
    get = row.get  # not ``either``: this is what a long list's time goes into
    of, unsupported = classify(fields.text(fields.either(row, *_TYPES)))
    ids = _ids(row)
    if not of and (isinstance(get("seasons"), list) or (ids.tvdb and not (ids.imdb or ids.tmdb))):
        of = Kind.TV  # as Sonarr has them: what TVDB numbers here are series
    title = fields.text(get("title") or get("name"))
    released = fields.year(get("year") or fields.either(row, *_RELEASED))
    if not released and "guids" in row:
        title, released = fields.title_and_year(title)
    original = fields.other(get("original_title") or get("originalTitle"), title)
    return Item(place, title, released, of or kind, ids, original, unsupported)


def _ids(row: Mapping[str, object]) -> Ids:
    get = row.get
    imdb = get("imdb_id") or get("imdbId") or get("imdbid") or get("imdb")
    tmdb = get("tmdb_id") or get("tmdbId") or get("tmdbid") or get("tmdb")
    tvdb = get("tvdb_id") or get("tvdbId") or get("tvdbid") or get("tvdb")
    if "ids" in row or "guids" in row or "Guid" in row:
        more = _ids_below(row)
        imdb, tmdb, tvdb = (
            value or more.get(name)
            for name, value in (("imdb", imdb), ("tmdb", tmdb), ("tvdb", tvdb))
        )
    return Ids(imdb=fields.imdb_id(imdb), tmdb=fields.number(tmdb), tvdb=fields.number(tvdb))


def _ids_below(row: Mapping[str, object]) -> dict[str, object]:
    """The ids in ``ids``, under names such as ``imdb`` or ``imdb_id``, and in Plex's ``guids``."""
    guids = [guid for name in _GUIDS for guid in _texts(row.get(name))]
    nested = {
        name.lower().removesuffix("id").rstrip("_"): value
        for name, value in fields.mapping(row.get("ids")).items()
    }
    return {
        **fields.ids_of_guids(guids),
        **{name: value for name, value in nested.items() if value},
    }


def _texts(value: object) -> list[str]:
    """Plex gives a ``guid`` as a text, or as an object with an ``id``."""
    entries = value if isinstance(value, list) else ()
    return [fields.text(fields.mapping(entry).get("id") or entry) for entry in entries]


def _is_trakt(row: Mapping[str, object]) -> bool:
    return any("ids" in fields.mapping(row[name]) for name in _TRAKT_PARTS if name in row)


def _joined(items: list[Item]) -> tuple[Item, ...]:
    """The seasons and episodes of one show are one item."""
    return tuple(trakt_items.joined(items) if any(item.seasons for item in items) else items)
