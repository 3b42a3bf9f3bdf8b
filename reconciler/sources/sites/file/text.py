"""The items of a file's text: a table, JSON, or one title a line.

In a text file a line is an item of the item grammar, ``Title (Year)``, an IMDb id or the address of
a title at IMDb, TMDB or Trakt. A line is a comment when it is ``#`` alone or begins with ``# `` or
``##``; ``#Alive (2020)`` is a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from reconciler.core.completeness import is_readable, numbered
from reconciler.core.items import GRAMMAR, parse_item, parse_title
from reconciler.core.model import Item
from reconciler.http import payload
from reconciler.http.limits import LimitError
from reconciler.http.payload import CUT_OFF, is_cut_json
from reconciler.sources import json_items
from reconciler.sources.exports.table import (
    TITLE_ID,
    Lines,
    Unreadable,
    find_header,
    read_table,
    split_lines,
)

_EXPECTED = "Const (IMDb), Name and Year (Letterboxd), or imdb_id, tmdb_id, title and year (Trakt)"
_ADDRESS_COLUMNS = {"address", "link", "links", "url", "urls"}
_COMMENT = re.compile(r"#($|[#\s])")
_SCHEME = re.compile(r"(imdb|tmdb|tvdb|trakt|title):")
_SITE = r"(?:https?://)?(?:www\.|m\.|app\.)?"
_TITLE_ADDRESSES = {
    rf"{_SITE}imdb\.com/(?:[a-z-]{{2,5}}/)?title/({TITLE_ID.pattern})\b.*": "imdb:{}",
    rf"{_SITE}themoviedb\.org/(movie|tv)/([1-9]\d{{0,9}})\b.*": "tmdb:{}:{}",
    rf"{_SITE}trakt\.tv/(movie|show)s/([a-z0-9][a-z0-9_-]*)/?(?:[?#].*)?": "trakt:{}:{}",
}
_TITLE_WITH_YEAR = re.compile(r".*\S\s*\(\d{4}\)")


def parse(text: str, *, is_table: bool) -> Lines | Unreadable:
    """The items of a file; Unreadable where it cannot be read as a list."""
    lines = split_lines(text)
    if isinstance(lines, Unreadable):
        return lines
    # In a text file a single word is a bad line, not a header.
    header = find_header(lines, least=1 if is_table else 2)
    if header is not None:
        return read_table(lines, header)
    if not is_table or not text.strip():
        return _text(lines)
    if column := _only_column(lines):
        return _text(column)
    first = next(line for line in lines if line.strip())
    advice = f"write a header with {_EXPECTED}"
    return Unreadable("no known columns", advice, excerpt=first[:120])


def parse_json(text: str) -> Lines | Unreadable:
    """The items of a JSON file; Unreadable where it contains no list."""
    try:
        body = payload.parse_json(text)
    except LimitError as error:
        return Unreadable(f"{error}, too much for a list", "check the file")
    if body is None:
        problem = f"the JSON was {CUT_OFF}" if is_cut_json(text.encode()) else "this is not JSON"
        return Unreadable(problem, "export the list again")
    items = json_items.parse(body)
    if items is None:
        advice = "export a list of titles from Trakt, Radarr or Plex"
        return Unreadable("no list in this JSON", advice)
    bad = [
        Unreadable("neither a title nor an id", place=f"entry {item.position or place}")
        for place, item in enumerate(items, start=1)
        if not is_readable(item)
    ]
    if json_items.has_further_pages(body, len(items)) or json_items.is_half(body):
        bad.append(Unreadable("it declares more titles than it contains", "export the whole list"))
    return Lines(numbered(filter(is_readable, items)), tuple(bad))


def _only_column(lines: Sequence[str]) -> list[str]:
    """The lines of a table without a header that begin with a title's address or id; else none."""
    cells = [line.strip(" \t,;").strip('"').strip() for line in lines]
    first = next((place for place, cell in enumerate(cells) if cell), 0)
    if cells[first].casefold() in _ADDRESS_COLUMNS:
        cells[first] = ""
    first_cell = next((cell for cell in cells if cell), "")
    return cells if TITLE_ID.fullmatch(first_cell) or _at_address(first_cell) else []


def _text(lines: Sequence[str]) -> Lines:
    items: list[Item] = []
    bad: list[Unreadable] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or _COMMENT.match(text):
            continue
        if item := _line(text):
            items.append(replace(item, position=len(items) + 1))
            continue
        problem, advice = "not a title", "write Title (Year) or an id like tt0111161"
        if _SCHEME.match(text):
            problem, advice = "not an item", f"write {GRAMMAR}"
        column = line.index(text) + 1
        bad.append(Unreadable(problem, advice, f"line {number}", text[:60], column))
    return Lines(tuple(items), tuple(bad))


def _at_address(text: str) -> Item | None:
    """The title at an address of IMDb, TMDB or Trakt."""
    for pattern, item in _TITLE_ADDRESSES.items():
        if match := re.fullmatch(pattern, text, re.ASCII | re.IGNORECASE):
            return parse_item(item.format(*map(str.lower, match.groups())))
    return None


def _line(text: str) -> Item | None:
    """The item a line names; None: it names none."""
    if _SCHEME.match(text):
        with suppress(ValueError):
            return parse_item(text)
        return None
    if TITLE_ID.fullmatch(text):
        return parse_item(f"imdb:{text}")
    with_year = parse_title(text) if _TITLE_WITH_YEAR.fullmatch(text) else None
    return _at_address(text) or with_year
