"""Files: CSV exports of IMDb, Letterboxd and Trakt, and plain text with one title a line.

A CSV's columns are found by the names in its header, whatever their case and order; commas,
semicolons and tabs separate. In a text file a line is an item of the item grammar, ``Title
(Year)``, an IMDb id or an IMDb title's address. A line is a comment when it is ``#`` alone or
begins with ``# `` or ``##``; ``#Alive (2020)`` is a title.
"""

from __future__ import annotations

import csv
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.core.items import parse_item, parse_title
from reconciler.core.model import Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.sources.imdb_export import SAMPLE, columns_by_content
from reconciler.sources.scrape import Reach, Setback, numbered
from reconciler.sources.title_types import classify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from urllib.parse import SplitResult

    from reconciler.sources.scrape import Provider

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "file:PATH"
ROUTE = "file"

_COLUMNS = {
    "imdb": ("const", "imdb", "imdb id", "imdbid"),
    "tmdb": ("tmdb", "tmdb id", "tmdbid"),
    "tvdb": ("tvdb", "tvdb id", "tvdbid"),
    "title": ("title", "name"),
    "original": ("original title",),
    "year": ("year", "release year"),
    "type": ("title type", "type", "media type"),
    "position": ("position", "rank"),
    "address": ("letterboxd uri", "url"),
}
_IDS = {"imdb", "tmdb", "tvdb"}
_EXPECTED = "Const (IMDb), Name and Year (Letterboxd), or imdb_id, tmdb_id, title and year (Trakt)"
_TABLES = {".csv", ".tsv"}
_SEPARATORS = ",;\t"
_PREAMBLE_LINES = 30  # a Letterboxd list's own name and description come before its titles

_HEADER_LENGTH = 10_000

LARGEST = 50_000_000  # bytes: some half a million titles

_COMMENT = re.compile(r"#($|[#\s])")
_SCHEME = re.compile(r"(imdb|tmdb|tvdb|trakt|title):")
_TITLE_ID = re.compile(r"tt\d{7,}")  # a shorter one is a part of one
_PERSON_ID = re.compile(r"nm\d{5,}")  # stands in the same column, in the export of a list of people
_TITLE_URL = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?imdb\.com/(?:[a-z-]{2,5}/)?title/(tt\d{7,})\b.*", re.IGNORECASE
)
_LETTERBOXD = re.compile(r"\b(boxd\.it|letterboxd\.com)/")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_YEAR = re.compile(r"(18|19|20|21)\d\d")
_TITLE_WITH_YEAR = re.compile(r".*\S\s*\(\d{4}\)")


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read of a file: its items, and the lines that are none."""

    items: tuple[Item, ...]
    bad: tuple[str, ...] = ()  # "line 7: why"


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: its line from 0, and which known column is where."""

    line: int
    separator: str
    columns: Mapping[str, int]
    width: int  # columns there are


def parse_id(text: str) -> ListRef:
    """The file that ``file:TEXT`` means. Raises ValueError with a sentence."""
    path = text.removeprefix("//") if text.startswith("///") else text
    if not path or "\0" in path or path.startswith("//"):
        raise ValueError(f"no path: {f'file:{text}'!r}; write file:NAME.csv or file:/path/NAME.txt")
    return ListRef("file", path)


def parse_url(url: SplitResult) -> ListRef:
    """A file has no address on the web."""
    raise ValueError(f"not a file: {url.geturl()}; write file:PATH")


def objection(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """Every list there is can be read."""
    return None


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a file to its end."""
    name = f"file:{ref.id}"
    text = _read(ref, reach.folder)
    if isinstance(text, Setback):
        return text.snapshot(ROUTE)
    lines = parse(text, is_table=Path(ref.id).suffix.lower() in _TABLES)
    if isinstance(lines, str):
        return Setback(Outcome.UNREACHABLE, f"{name}: {lines}").snapshot(ROUTE)
    total = len(lines.items) + len(lines.bad)
    if lines.bad:
        more = f", and {len(lines.bad) - 3} more" if len(lines.bad) > 3 else ""  # noqa: PLR2004
        error = f"{name}: {'; '.join(lines.bad[:3])}{more}"
        return Snapshot(Outcome.INCOMPLETE, ROUTE, lines.items, total, error)
    outcome = Outcome.COMPLETE if lines.items else Outcome.EMPTY
    return Snapshot(outcome, ROUTE, lines.items, total)


def parse(text: str, *, is_table: bool) -> Lines | str:
    """The items of a file; a sentence where a table has no column that is known."""
    lines = re.split(r"\r\n|\n|\r", text)  # splitlines() would also split inside some titles
    # In a text file a single word is a bad line, not a header.
    header = _header(lines, least=1 if is_table else 2)
    if header is not None:
        return _table(lines, header)
    if not is_table or not text.strip():
        return _text(lines)
    first = next(line for line in lines if line.strip())
    return f"no known columns: found {first[:120]!r}; expected {_EXPECTED}"


def _read(ref: ListRef, folder: Path) -> str | Setback:
    """The file's text, or why there is none."""
    name = f"file:{ref.id}"
    try:
        path = folder / Path(ref.id).expanduser()
        data = _bytes(path)
    except FileNotFoundError:
        what = (
            f"no such file in {folder.absolute()}"
            if not Path(ref.id).is_absolute()
            else "no such file"
        )
        return Setback(Outcome.MISSING, f"{name}: {what}; check the path")
    except IsADirectoryError:
        return Setback(Outcome.UNREACHABLE, f"{name}: this is a folder; name a file in it")
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "the path cannot be resolved"
        return Setback(Outcome.UNREACHABLE, f"{name}: {why}; check the path and its permissions")
    if data is None:
        what = "this is a pipe, a device or a socket; name a file"
        return Setback(Outcome.UNREACHABLE, f"{name}: {what}")
    if len(data) > LARGEST:
        what = f"larger than {LARGEST // 1_000_000} MB, which no list is; check the path"
        return Setback(Outcome.UNREACHABLE, f"{name}: {what}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"line {line} is not UTF-8; save the file as UTF-8"
        return Setback(Outcome.UNREACHABLE, f"{name}: {what}")


def _bytes(path: Path) -> bytes | None:
    """What is in a file, a byte more than is read at most; None where it is not a file.

    Raises OSError. It looks first: to open a pipe can wait for ever, and a device may act.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return None
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _header(lines: Sequence[str], least: int) -> Header | None:
    """Where the header is and what it says; None: there is none."""
    for number, line in enumerate(lines[:_PREAMBLE_LINES]):
        separator = max(_SEPARATORS, key=line.count)
        names = next(csv.reader([line[:_HEADER_LENGTH].rstrip(separator)], delimiter=separator), [])
        columns = _columns(names)
        if len(columns) < least:
            continue
        if columns.keys() & _IDS or columns.keys() >= {"title", "year"}:
            return Header(number, separator, columns, len(names))
    return None


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_-]+", " ", name).strip().casefold() for name in names]
    return {
        column: plain.index(alias)
        for column, aliases in _COLUMNS.items()
        for alias in reversed(aliases)
        if alias in plain
    }


def _table(lines: Sequence[str], header: Header) -> Lines:
    rows: list[tuple[int, list[str]]] = []
    bad: list[str] = []
    for number, row in _rows(lines, header):
        if isinstance(row, csv.Error):
            bad.append(f"line {number}: {row}; check its quotes")
        elif number == len(lines) and len(row) < header.width:  # no line end follows this line
            bad.append(f"line {number}: the file ends within this row; end it with a line end")
        else:
            rows.append((number, row))
    columns = {**_translated([row for _, row in rows[:SAMPLE]], header), **header.columns}
    items: list[Item] = []
    for number, row in rows:
        item = _row({name: row[at] for name, at in columns.items() if at < len(row)})
        if item:
            items.append(item)
        else:
            bad.append(f"line {number}: neither a title nor an id")
    return Lines(numbered(items), tuple(bad))


def _rows(lines: Sequence[str], header: Header) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """The rows below the header that hold something, with the number of their last line."""
    # Strict: a quote that is never closed would swallow every line after it without a word.
    below = (f"{line}\n" for line in lines[header.line + 1 :])
    rows = csv.reader(below, delimiter=header.separator, strict=True)
    while True:
        row: list[str] | csv.Error
        try:
            row = [cell.strip() for cell in next(rows)]
        except StopIteration:
            return
        except csv.Error as error:
            row = error
        if isinstance(row, csv.Error) or any(row):
            yield header.line + 1 + rows.line_num, row


def _translated(rows: Sequence[Sequence[str]], header: Header) -> Mapping[str, int]:
    """Columns of an IMDb export whose names are not English."""
    const = header.columns.get("imdb")
    return {} if const is None or not rows else columns_by_content(rows, const)


def _row(cells: dict[str, str]) -> Item | None:
    imdb = cells.get("imdb", "")
    ids = Ids(
        imdb=imdb if _TITLE_ID.fullmatch(imdb) else None,
        tmdb=_number(cells.get("tmdb")),
        tvdb=_number(cells.get("tvdb")),
    )
    known = next((f"{name}:{value}" for name, value in ids.items()), None)
    title = cells.get("title") or cells.get("original") or known
    if not title:
        return None
    year = _YEAR.match(cells.get("year", ""))
    kind, unsupported = classify("person" if _PERSON_ID.fullmatch(imdb) else cells.get("type", ""))
    if _LETTERBOXD.search(cells.get("address", "")):
        kind = Kind.MOVIE  # Letterboxd is about films
    return Item(
        _number(cells.get("position")) or 0,
        title,
        int(year[0]) if year else None,
        kind,
        ids,
        cells.get("original") or None,
        unsupported,
    )


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
    if _TITLE_ID.fullmatch(text):
        return parse_item(f"imdb:{text}")
    if found := _TITLE_URL.fullmatch(text):
        return parse_item(f"imdb:{found[1].lower()}")
    if _TITLE_WITH_YEAR.fullmatch(text):
        return parse_title(text)
    raise ValueError(f"not a title: {text[:60]!r}, write Title (Year) or an id like tt0111161")


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
