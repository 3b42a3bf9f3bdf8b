"""Any address that gives a list as JSON, as Radarr and Sonarr import them.

A list of objects with ``imdb_id``, ``tmdb_id`` or ``tvdb_id`` (also ``imdbId`` and so on),
``title`` and ``year``; or an object with such a list in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.core.completeness import TRY_LATER
from reconciler.core.model import Ids, Item, Kind, ListRef
from reconciler.sources import fields
from reconciler.sources.documents import MEANINGS, document, kind_of
from reconciler.sources.paging import Call, Part, open_to_all, read, without_browser
from reconciler.sources.title_types import classify

if TYPE_CHECKING:
    import re
    from urllib.parse import SplitResult

    from reconciler.core.model import Snapshot
    from reconciler.sources.scrape import Reach
    from reconciler.sources.web import Answer

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "json:https://HOST/LIST.json"
needs_browser = without_browser
objection = open_to_all

_TYPES = ("mediatype", "media_type", "mediaType", "type", "kind")
_RELEASED = ("release_year", "releaseYear", "release_date")
_TOTALS = ("total_results", "totalResults", "total_items", "totalItems", "item_count", "total")
_ONWARD = ("next", "next_page", "nextPage", "next_cursor", "has_more", "hasMore")
_ONE_ANSWER = "one answer is read here: paste an address that gives the whole list in one"
_BELOW = {"movies": Kind.MOVIE, "shows": Kind.TV, "series": Kind.TV, "items": None, "results": None}


def parse_id(text: str) -> ListRef:
    """The list that ``json:TEXT`` means. Raises ValueError with a sentence."""
    return document("json", text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence."""
    return document("json", url.geturl())


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a list: one answer, which is whole where it is JSON."""

    def part(answer: Answer) -> Part | None:
        items = parse(answer.body, kind_of(ref))
        return None if items is None else _part(items, answer.body)

    return read(Call(ref.address), part, ref, reach, meanings=MEANINGS)


def parse(body: object, kind: Kind | None = None) -> tuple[Item, ...] | None:
    """The items of a list; None: this is none. ``kind``: of those that do not say it."""
    listed = fields.rows(body)
    if listed is not None:
        return tuple(_item(place, row, kind) for place, row in enumerate(listed, start=1))
    below = fields.mapping(body)
    if fields.either(below, "error", "errors"):
        return None
    found = [(rows, _BELOW[name]) for name in _BELOW if (rows := fields.rows(below.get(name)))]
    if found:
        return tuple(_item(0, row, of or kind) for rows, of in found for row in rows)
    return () if any(below.get(name) == [] for name in _BELOW) else None


def _part(items: tuple[Item, ...], body: object) -> Part:
    """An answer's items, and what it says that it is not all of the list."""
    page = fields.mapping(body)
    total = fields.count(page, *_TOTALS)
    pages = fields.number(fields.either(page, "total_pages", "totalPages")) or 1
    if pages > 1 or fields.either(page, *_ONWARD) or (total or 0) > len(items):
        return Part(items, total, cut_off=_ONE_ANSWER)
    half = any(page.get(name) and isinstance(page[name], Mapping | str) for name in _BELOW)
    return Part(items, total, cut_off=TRY_LATER if half else "")


def _item(place: int, row: Mapping[str, object], kind: Kind | None) -> Item:
    get = row.get  # not ``either``: this is what a long list's time goes into
    of, unsupported = classify(fields.text(fields.either(row, *_TYPES)))
    ids = Ids(
        imdb=fields.imdb_id(get("imdb_id") or get("imdbId") or get("imdbid") or get("imdb")),
        tmdb=fields.number(get("tmdb_id") or get("tmdbId") or get("tmdbid") or get("tmdb")),
        tvdb=fields.number(get("tvdb_id") or get("tvdbId") or get("tvdbid") or get("tvdb")),
    )
    if not (ids.imdb or ids.tmdb):  # what TVDB numbers here are series, as Sonarr reads them
        of = of or (Kind.TV if ids.tvdb else None)
    title = fields.text(get("title") or get("name"))
    released = fields.year(get("year") or fields.either(row, *_RELEASED))
    original = fields.other(get("original_title") or get("originalTitle"), title)
    return Item(place, title, released, of or kind, ids, original, unsupported)
