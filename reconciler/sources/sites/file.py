"""Files: CSV exports of IMDb, Letterboxd and Trakt, and plain text with one title a line.

In a text file a line is an item of the item grammar, ``Title (Year)``, an IMDb id or an IMDb
title's address. A line is a comment when it is ``#`` alone or begins with ``# `` or ``##``;
``#Alive (2020)`` is a title.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from reconciler.core.items import parse_item, parse_title
from reconciler.core.model import Item, ListRef, Outcome, Snapshot
from reconciler.sources.csv_items import TITLE_ID, Lines, find_header, read_table
from reconciler.sources.files import ROUTE, decoded, judged, read_bytes
from reconciler.sources.scrape import Reach, Setback

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

    from reconciler.sources.scrape import Provider

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "file:PATH"

_EXPECTED = "Const (IMDb), Name and Year (Letterboxd), or imdb_id, tmdb_id, title and year (Trakt)"
_TABLES = {".csv", ".tsv"}

_ADDRESS = re.compile(r"//(?:localhost)?(/.*)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"#($|[#\s])")
_SCHEME = re.compile(r"(imdb|tmdb|tvdb|trakt|title):")
_TITLE_URL = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?imdb\.com/(?:[a-z-]{2,5}/)?title/(tt\d{7,})\b.*", re.IGNORECASE
)
_TITLE_WITH_YEAR = re.compile(r".*\S\s*\(\d{4}\)")


def parse_id(text: str) -> ListRef:
    """The file that ``file:TEXT`` means. Raises ValueError with a sentence."""
    found = _ADDRESS.fullmatch(text)  # as a browser shows a file
    written = unquote(found[1]) if found else text
    path = str(PurePosixPath(written))
    if path in {".", "/"} or "\0" in path or path.startswith("//"):
        raise ValueError(f"no path: {f'file:{text}'!r}; write file:NAME.csv or file:/path/NAME.txt")
    return ListRef("file", path)


def parse_url(url: SplitResult) -> ListRef:
    """A file has no address on the web."""
    raise ValueError(f"not a file: {url.geturl()}; write file:PATH")


def objection(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """Every list there is can be read."""
    return None


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """Files are read as they are."""
    return False


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a file to its end."""
    name = f"file:{ref.id}"
    data = read_bytes(name, ref.id, reach.folder)
    text = data if isinstance(data, Setback) else decoded(name, data)
    if isinstance(text, Setback):
        return text.snapshot(ROUTE)
    lines = parse(text, is_table=Path(ref.id).suffix.lower() in _TABLES)
    if isinstance(lines, str):
        return Setback(Outcome.UNREACHABLE, f"{name}: {lines}").snapshot(ROUTE)
    return judged(name, lines)


def parse(text: str, *, is_table: bool) -> Lines | str:
    """The items of a file; a sentence where a table has no column that is known."""
    lines = re.split(r"\r\n|\n|\r", text)  # splitlines() would also split inside some titles
    # In a text file a single word is a bad line, not a header.
    header = find_header(lines, least=1 if is_table else 2)
    if header is not None:
        return read_table(lines, header)
    if not is_table or not text.strip():
        return _text(lines)
    first = next(line for line in lines if line.strip())
    return f"no known columns: found {first[:120]!r}; expected {_EXPECTED}"


def _text(lines: Sequence[str]) -> Lines:
    items: list[Item] = []
    bad: list[str] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or _COMMENT.match(text):
            continue
        try:
            items.append(replace(_line(text), position=len(items) + 1))
        except ValueError as error:
            bad.append(f"line {number}: {error}")
    return Lines(tuple(items), tuple(bad))


def _line(text: str) -> Item:
    """The item a line names. Raises ValueError with a sentence."""
    if _SCHEME.match(text):
        return parse_item(text)
    if TITLE_ID.fullmatch(text):
        return parse_item(f"imdb:{text}")
    if found := _TITLE_URL.fullmatch(text):
        return parse_item(f"imdb:{found[1].lower()}")
    if _TITLE_WITH_YEAR.fullmatch(text):
        return parse_title(text)
    raise ValueError(f"not a title: {text[:60]!r}, write Title (Year) or an id like tt0111161")
