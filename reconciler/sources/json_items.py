"""JSON as items: lists as Radarr and Sonarr import them, Trakt's rows, and Plex's feed as JSON.

A list of objects, or an object with such a list in it. An id has a field of its own, such as
``imdb_id``, in ``ids``, or in Plex's ``guids``.

A row of Trakt's lists says its type and holds a part of that name; a row of its charts holds the
part beside figures; a row of the popular chart is the part itself. Seasons and episodes include
their show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from reconciler.core.completeness import UNREADABLE
from reconciler.core.model import Ids, Item, Kind
from reconciler.http.foreign import JsonObject, dig, integer, record, valid_text
from reconciler.sources import fields
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
_TRAKT_PARTS = ("movie", "show", "person")  # a season and an episode include their show
_TRAKT_KINDS = {"movie": Kind.MOVIE, "show": Kind.TV}


def parse(body: object, kind: Kind | None = None) -> tuple[Item, ...] | None:
    """The items of a list; None if it is not a list. ``kind``: of items that do not say theirs."""
    listed = fields.rows(body)
    if listed is not None:
        return _joined([_item(place, row, kind) for place, row in enumerate(listed, start=1)])
    below = record(body)
    if fields.either(below, "error", "errors"):
        return None
    groups = [(rows, _BELOW[name]) for name in _BELOW if (rows := fields.rows(below.get(name)))]
    if groups:
        return _joined([_item(0, row, of or kind) for rows, of in groups for row in rows])
    return () if any(below.get(name) == [] for name in _BELOW) else None


def declared_total(body: object) -> int | None:
    """How many entries the whole list has, where the answer says so."""
    return fields.count(record(body), *_TOTALS)


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
    """The fields around a list's rows, at any depth, and the ``X-`` headers of the response."""
    around: list[Mapping[str, object]] = [record(body)]
    around.append({name: value for name, value in headers.items() if name.lower()[:2] == "x-"})
    for node in around:
        for name, value in node.items():
            yield _MARK.sub("", name).lower(), value
            if isinstance(value, Mapping):
                around.append(value)


def is_feed(body: object) -> bool:
    """Whether this is Plex's feed as JSON, which shows the newest entries and gives no total."""
    page = record(body)
    return "links" in page and any("guids" in row for row in fields.rows(page.get("items")) or ())


def next_link(body: object) -> str:
    """The next page; empty after the last one."""
    return fields.text(dig(body, "links", "next"))


def is_half(body: object) -> bool:
    """Whether the field for films or shows is not a list."""
    page = record(body)
    return any(page.get(name) and isinstance(page[name], Mapping | str) for name in _BELOW)


def _item(place: int, row: Mapping[str, object], kind: Kind | None) -> Item:
    if any("ids" in record(row[name]) for name in _TRAKT_PARTS if name in row):
        return replace(trakt_item(row), position=place)
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
        imdb, tmdb = imdb or more.get("imdb"), tmdb or more.get("tmdb")
        tvdb = tvdb or more.get("tvdb")
    return Ids(imdb=fields.imdb_id(imdb), tmdb=fields.number(tmdb), tvdb=fields.number(tvdb))


def _ids_below(row: Mapping[str, object]) -> dict[str, object]:
    """The ids in ``ids``, under names such as ``imdb`` or ``imdb_id``, and in Plex's ``guids``."""
    guids = [guid for name in _GUIDS for guid in _texts(row.get(name))]
    nested = {
        name.lower().removesuffix("id").rstrip("_"): value
        for name, value in record(row.get("ids")).items()
    }
    return fields.ids_of_guids(guids) | {name: value for name, value in nested.items() if value}


def _texts(value: object) -> list[str]:
    """Plex gives a ``guid`` as a text, or as an object with an ``id``."""
    entries = value if isinstance(value, list) else ()
    return [fields.text(record(entry).get("id") or entry) for entry in entries]


def _joined(items: list[Item]) -> tuple[Item, ...]:
    return tuple(join_seasons(items) if any(item.seasons for item in items) else items)


def join_seasons(rows: Iterable[Item]) -> Iterable[Item]:
    """The items of a list: the seasons and episodes of a show are one, at the place of the first.

    It names those seasons, or none where the show stands on the list as a whole, too.
    """
    items: dict[str, Item] = {}
    for place, item in enumerate(rows):
        key = f"{place}" if item.unsupported else item.key
        items[key] = _with_seasons_of(item, items[key]) if key in items else item
    return items.values()


def _with_seasons_of(item: Item, first: Item) -> Item:
    if first.seasons is None or item.seasons is None:
        return replace(first, seasons=None)
    return replace(first, seasons=tuple(sorted({*first.seasons, *item.seasons})))


def is_trakt_row(row: JsonObject) -> bool:
    """Whether a row is one that Trakt's lists and charts are known to hold."""
    return bool(_trakt_part(row)) or "ids" in row


def trakt_item(row: JsonObject, kind: Kind | None = None) -> Item:
    """A row of Trakt's as an item. ``kind``: the only one that is on its list."""
    name = _trakt_part(row)
    part = record(row.get(name)) if name else row
    if name in _TRAKT_KINDS or (not name and kind):
        return _trakt_title(part, _TRAKT_KINDS.get(name) or kind)
    label = valid_text(part.get("name")) or valid_text(part.get("title"))
    if name in {"season", "episode"}:
        number = part.get("number" if name == "season" else "season")
        if type(number) is int:
            return replace(_trakt_title(record(row.get("show")), Kind.TV), seasons=(number,))
    elif name:
        return Item(0, label, unsupported=name)
    return Item(0, label, unsupported=UNREADABLE)


def _trakt_part(row: JsonObject) -> str:
    """What a row is: as it says, else by the part it holds; "" where it is that part itself."""
    if isinstance(row.get("type"), str):
        return valid_text(row["type"])
    return next((name for name in _TRAKT_KINDS if name in row), "")


def _trakt_title(part: JsonObject, kind: Kind | None) -> Item:
    ids = record(part.get("ids"))
    title_ids = Ids(
        imdb=fields.imdb_id(ids.get("imdb")),
        tmdb=_positive(ids.get("tmdb")),
        tvdb=_positive(ids.get("tvdb")),
        trakt=valid_text(ids.get("slug")) or None,
    )
    title = valid_text(part.get("title"))
    released = fields.year(integer(part.get("year")))
    facts = fields.facts(*map(part.get, ("rating", "votes", "genres", "language")))
    return Item(0, title, released, kind, title_ids, facts=facts)


def _positive(value: object) -> int | None:
    number = integer(value)
    return number if number and number > 0 else None
