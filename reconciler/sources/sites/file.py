"""Files: CSV exports, JSON such as Trakt's export, and plain text with one title a line.

``file:EXPORT.zip/NAME.json`` is a file in a ZIP. A CSV of one column without a header, of
addresses or ids, is read as text.

In a text file a line is an item of the item grammar, ``Title (Year)``, an IMDb id or an IMDb
title's address. A line is a comment when it is ``#`` alone or begins with ``# `` or ``##``;
``#Alive (2020)`` is a title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import SplitResult, unquote

from reconciler.core.completeness import is_readable, numbered
from reconciler.core.items import GRAMMAR, parse_item, parse_title
from reconciler.core.model import Item, ListRef, Outcome, Snapshot
from reconciler.http import payload
from reconciler.http.limits import LimitError
from reconciler.http.payload import CUT_OFF, is_cut_json
from reconciler.sources import json_items
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.exports.archives import unpacked
from reconciler.sources.exports.reading import ROUTE, decoded, judged, read_list_file, zip_member
from reconciler.sources.exports.table import (
    TITLE_ID,
    Lines,
    Unreadable,
    find_header,
    read_table,
    split_lines,
)
from reconciler.sources.failure import FetchFailure

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "file:PATH"

_EXPECTED = "Const (IMDb), Name and Year (Letterboxd), or imdb_id, tmdb_id, title and year (Trakt)"
_TABLES = {".csv", ".tsv"}
_JSON = {".json", ".zip"}  # of a ZIP by itself Trakt's watchlist is read

_ADDRESS = re.compile(r"//(?:localhost)?(/.*)", re.IGNORECASE | re.DOTALL)
_ADDRESS_COLUMNS = {"address", "link", "links", "url", "urls"}
_COMMENT = re.compile(r"#($|[#\s])")
_SCHEME = re.compile(r"(imdb|tmdb|tvdb|trakt|title):")
_ADDRESS_FLAGS = re.ASCII | re.IGNORECASE
_TITLE_URL = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?imdb\.com/(?:[a-z-]{2,5}/)?title/(tt\d{7,})\b.*", _ADDRESS_FLAGS
)
_TMDB_URL = re.compile(
    r"(?:https?://)?(?:www\.)?themoviedb\.org/(?P<kind>movie|tv)/(?P<id>[1-9]\d{0,9})\b.*",
    _ADDRESS_FLAGS,
)
_TRAKT_URL = re.compile(
    r"(?:https?://)?(?:www\.|app\.)?trakt\.tv/(?P<kind>movie|show)s/(?P<id>[a-z0-9][a-z0-9_-]*)"
    r"/?(?:[?#].*)?",
    _ADDRESS_FLAGS,
)
_TITLE_WITH_YEAR = re.compile(r".*\S\s*\(\d{4}\)")


def parse_id(text: str) -> ListRef:
    """The file that ``file:TEXT`` means. Raises ValueError with a sentence."""
    found = _ADDRESS.fullmatch(text)  # as a browser shows a file
    written = unquote(found[1]) if found else text
    path = str(PurePosixPath(written))
    if path in {".", "/"} or "\0" in path or path.startswith("//"):
        raise ValueError(f"no path: {f'file:{text}'!r}; write file:NAME.csv or file:/path/NAME.txt")
    return ListRef("file", path, is_local=True)


def parse_url(url: SplitResult) -> ListRef:
    """A file has no address on the web."""
    raise ValueError(f"not a file: {url.geturl()}; write file:PATH")


def objection(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """Every list there is can be read."""
    return None


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """Files are read as they are."""
    return False


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a file to its end."""
    file = read_list_file(ref, context)
    path, inside = zip_member(ref.id)
    if not isinstance(file, FetchFailure) and path.lower().endswith(".zip"):
        file = unpacked(file, inside or "lists-watchlist.json")
    if isinstance(file, FetchFailure):
        return file.snapshot(ROUTE)
    text = decoded(file)
    if isinstance(text, FetchFailure):
        return text.snapshot(ROUTE)
    suffix = PurePosixPath(ref.id).suffix.lower()
    is_json = suffix in _JSON
    with payload.turn_to_parse(len(text)):
        lines = parse_json(text) if is_json else parse(text, is_table=suffix in _TABLES)
        if isinstance(lines, Unreadable):
            what = f"{ref}: {lines.describe(quoting=file.is_ours)}"
            return FetchFailure(Outcome.UNREACHABLE, what).snapshot(ROUTE)
        return judged(file, lines)


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
        return Unreadable(f"{error}, which no list has", "check the file")
    if body is None:
        what = f"the JSON was {CUT_OFF}" if is_cut_json(text.encode()) else "this is not JSON"
        return Unreadable(what, "export the list again")
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
        bad.append(Unreadable("it speaks of more titles than it holds", "export the whole list"))
    return Lines(numbered(filter(is_readable, items)), tuple(bad))


def _only_column(lines: Sequence[str]) -> list[str]:
    """The lines of a table without a header that begin with a title's address or id; else none."""
    cells = [line.strip(" \t,;").strip('"').strip() for line in lines]
    first = next((place for place, cell in enumerate(cells) if cell), 0)
    if cells[first].casefold() in _ADDRESS_COLUMNS:
        cells[first] = ""
    named = next((cell for cell in cells if cell), "")
    return cells if TITLE_ID.fullmatch(named) or _at_address(named) else []


def _text(lines: Sequence[str]) -> Lines:
    items: list[Item] = []
    bad: list[Unreadable] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or _COMMENT.match(text):
            continue
        if item := _line(text):
            items.append(replace(item, position=len(items) + 1))
        else:
            column = line.index(text) + 1
            bad.append(replace(_not_item(text), place=f"line {number}", column=column))
    return Lines(tuple(items), tuple(bad))


def _at_address(text: str) -> Item | None:
    """The title at an address of IMDb, TMDB or Trakt."""
    if found := _TITLE_URL.fullmatch(text):
        return parse_item(f"imdb:{found[1].lower()}")
    if found := _TMDB_URL.fullmatch(text):
        return parse_item(f"tmdb:{found['kind'].lower()}:{int(found['id'])}")
    if found := _TRAKT_URL.fullmatch(text):
        return parse_item(f"trakt:{found['kind'].lower()}:{found['id'].lower()}")
    return None


def _line(text: str) -> Item | None:
    """The item a line names; None: it names none."""
    if _SCHEME.match(text):
        with suppress(ValueError):
            return parse_item(text)
        return None
    if TITLE_ID.fullmatch(text):
        return parse_item(f"imdb:{text}")
    if item := _at_address(text):
        return item
    if _TITLE_WITH_YEAR.fullmatch(text):
        return parse_title(text)
    return None


def _not_item(text: str) -> Unreadable:
    if _SCHEME.match(text):
        return Unreadable("not an item", f"write {GRAMMAR}", excerpt=text[:60])
    advice = "write Title (Year) or an id like tt0111161"
    return Unreadable("not a title", advice, excerpt=text[:60])
