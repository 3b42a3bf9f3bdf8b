"""The other data of an IMDb page: a chart's JSON-LD, and the visible rows.

The second and third way to read a page. Neither has positions to check; ids are IMDb's own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape

from reconciler.core.completeness import Page
from reconciler.core.model import IMDB_ID, YEAR, Ids, Item, Kind, ListRef
from reconciler.http.foreign import dig, valid_text
from reconciler.sources import fields
from reconciler.sources.sites.imdb.titles import facts
from reconciler.sources.title_types import classify

ROWS = (
    '[data-testid="chart-layout-main-column"] li.ipc-metadata-list-summary-item,'
    ' [data-testid="list-page-mc-list-content"] li.ipc-metadata-list-summary-item'
)
"""Only rows in the column of a chart or a list: a search has rows of the same kind."""

TOTAL = '[data-testid="chart-layout-total-items"], [data-testid="list-page-mc-total-items"]'

PROBE = (
    f"const rows = [...document.querySelectorAll('{ROWS}')];"
    f"const total = document.querySelector('{TOTAL}');"
    """
const text = (node) => node ? node.textContent : '';
const named = document.querySelector('link[rel="canonical"], meta[property="og:url"]');
return {
  data_ld: [...document.querySelectorAll('script[type="application/ld+json"]')].map(text),
  total: text(total),
  address: named ? named.href || named.content || '' : '',
  stray: !rows.length && Boolean(
    document.querySelector('li.ipc-metadata-list-summary-item a[href*="/title/tt"]')),
  rows: rows.map((row) => {
    const link = row.querySelector('a.ipc-title-link-wrapper[href*="/title/tt"]')
      || row.querySelector('a[href*="/title/tt"]');
    const seen = row.querySelector('[data-testid^="inline-watched-button-tt"]');
    return {
      link: link ? link.getAttribute('href') : seen ? seen.dataset.testid : '',
      text: text(row.querySelector('.ipc-title__text')),
      rank: text(row.querySelector('[data-testid="title-list-item-ranking"]')),
      cells: [...row.querySelectorAll(
        '.cli-title-metadata-item, .dli-title-metadata-item')].map(text),
      type: text(row.querySelector('.cli-title-type-data, .dli-title-type-data')),
    };
  }),
};
"""
)

_LD_TYPES = {"Movie": Kind.MOVIE, "TVSeries": Kind.TV}
_SHOWS = frozenset({"toptv", "tvmeter"})
_GROUPED = re.compile(r"\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+(?!\d)|\d+")  # "1,234", "1.234", "130"
_LONGEST_TOTAL = 200  # characters; finding a range takes quadratic time
_RANGE = re.compile(rf"(?:{_GROUPED.pattern})\s*[-–—]\s*(?:{_GROUPED.pattern})")  # "1 - 25"
_PREFIX = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\.\s")
_YEAR = re.compile(rf"({YEAR})(?:\s*[-–—].*)?")  # "1994", "2023– ", "2008–2013"
_ID_IN_LINK = re.compile(rf"(?:/title/|inline-watched-button-)({IMDB_ID})")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the page. ``rank``: 0 where only the title's text may hold it."""

    imdb: str
    text: str
    rank: int
    year: int | None
    type: str


def total_of(payload: object) -> int | None:
    """How many titles the page says the list has: "130 titles", "1 - 25 of 130", "1.234 Titel".

    A range alone says what is shown, and not how much there is.
    """
    text = valid_text(dig(payload, "total"))[:_LONGEST_TOTAL]
    numbers = _GROUPED.findall(_RANGE.sub("", text))
    return max((_number(text) for text in numbers), default=None)


def parse_rows(payload: object, ref: ListRef, offset: int) -> Page | None:
    """The page's rows, which come after ``offset`` others; None: no rows."""
    rows = [_row(row) for row in fields.rows(dig(payload, "rows")) or ()]
    if not any(rows):
        return None
    placed = [(place, row) for place, row in enumerate(rows, start=offset + 1) if row]
    numbered = all(_prefix(row.text) == (row.rank or place) for place, row in placed if row.text)
    items = tuple(_item(row, place, ref, numbered=numbered) for place, row in placed)
    return _page(items, len(rows), total_of(payload), offset)


def parse_linked_data(payload: object) -> Page | None:
    """A chart's JSON-LD, in rank order; ``name`` is the original title; years are missing."""
    texts = dig(payload, "data_ld")
    for text in texts if isinstance(texts, list) else ():
        entries = dig(json_or_none(text), "itemListElement")
        if not isinstance(entries, list):
            continue
        ranked_items = [
            _thing(dig(entry, "item"), place) for place, entry in enumerate(entries, start=1)
        ]
        items = tuple(item for item in ranked_items if item)
        if items:
            return _page(items, len(entries), total_of(payload))
    return None


def _page(items: tuple[Item, ...], entries: int, total: int | None, offset: int = 0) -> Page:
    """What ``entries`` rows after ``offset`` others gave."""
    least = None if total is None else max(total, offset + entries)
    return Page(items, least, entries - len(items), end_unknown=total is None)


def is_ranked(payload: object, page: Page) -> bool | None:
    """Whether linked data stand in the order of the ranks that rows show; None: no row shows one.

    Where titles are numbered, all are: "1. FC" may be a title.
    """
    rows = [row for row in map(_row, fields.rows(dig(payload, "rows")) or ()) if row]
    numbered = all(_prefix(row.text) for row in rows)
    ranks = {row.imdb: row.rank or (numbered and _prefix(row.text)) or 0 for row in rows}
    shown_ranks = {imdb: rank for imdb, rank in ranks.items() if rank}
    places = {item.ids.imdb: item.position for item in page.items}
    if not shown_ranks:
        return None
    return all(places.get(imdb) == rank for imdb, rank in shown_ranks.items())


def _row(row: object) -> Row | None:
    link = _ID_IN_LINK.search(valid_text(dig(row, "link")))
    if link is None:
        return None
    rank = _GROUPED.search(valid_text(dig(row, "rank")))
    cells = dig(row, "cells")
    years = [
        _YEAR.fullmatch(valid_text(cell).strip())
        for cell in (cells[:1] if isinstance(cells, list) else ())
    ]
    return Row(
        link[1],
        " ".join(valid_text(dig(row, "text")).split()),
        _number(rank[0]) if rank else 0,
        next((int(year[1]) for year in years if year), None),
        valid_text(dig(row, "type")),
    )


def _item(row: Row, place: int, ref: ListRef, *, numbered: bool) -> Item:
    """A page numbers all its titles or none: "1. FC" may be a title."""
    title = _PREFIX.sub("", row.text, count=1) if numbered else row.text
    kind, unsupported = classify(row.type)
    if ref.chart and not row.type:
        kind = Kind.TV if ref.id in _SHOWS else Kind.MOVIE
    position = row.rank or place
    return Item(position, title or row.imdb, row.year, kind, Ids(imdb=row.imdb), None, unsupported)


def _prefix(text: str) -> int | None:
    match = _PREFIX.match(text)
    return _number(match[1]) if match else None


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text)[:9])


def _thing(thing: object, place: int) -> Item | None:
    link = _ID_IN_LINK.search(valid_text(dig(thing, "url")))
    if link is None:
        return None
    imdb = link[1]
    original = unescape(valid_text(dig(thing, "name")))
    title = unescape(valid_text(dig(thing, "alternateName"))) or original or imdb
    kind = _LD_TYPES.get(valid_text(dig(thing, "@type")))
    rating = dig(thing, "aggregateRating")
    genres = valid_text(dig(thing, "genre")).split(", ")
    item_facts = facts(dig(rating, "ratingValue"), dig(rating, "ratingCount"), genres)
    return Item(place, title, None, kind, Ids(imdb=imdb), original or None, facts=item_facts)


def json_or_none(text: object) -> object:
    """A part of a page as JSON; None: missing or not JSON."""
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):  # endless numbers, endless nesting
        return None


def shown_rows(count: int) -> str:
    """A probe that scrolls on until ``count`` rows are there: they are attached when seen."""
    return f"""
const rows = document.querySelectorAll('{ROWS}');
if (rows.length >= {count}) return true;
if (rows.length) rows[rows.length - 1].scrollIntoView({{block: 'end'}});
return false;
"""
