"""The rows of a CSV as items: exports of IMDb, Letterboxd and Trakt, and other tables.

Columns are found by the names in the header, whatever their case and order; commas, semicolons and
tabs separate.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.core.completeness import numbered
from reconciler.core.model import LONGEST_FILE, UNTOLD, YEAR, Facts, Ids, Item, Kind
from reconciler.sources.exports.imdb import SAMPLE, columns_by_content
from reconciler.sources.fields import imdb_id
from reconciler.sources.title_types import classify

MOST_LINES = 2 * LONGEST_FILE  # with remarks and empty lines
TITLE_ID = re.compile(r"tt\d{7,}")  # in a file, a shorter one is what is left of one

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
    "rating": ("imdb rating",),
    "votes": ("num votes", "num. votes"),  # with a dot until 2017
    "genres": ("genres",),
}
_IDS = {"imdb", "tmdb", "tvdb"}
_FACTS = {"rating", "votes", "genres"}
_NO_IDS = Ids()
_SEPARATORS = ",;\t"
_PREAMBLE_LINES = 30  # remarks of one's own may come before the header
_LETTERBOXD_LIST = "Letterboxd list export"  # begins the export of a list, before its own data
_OWN_ROWS = 2  # of a list's own data: their names, and then the data

_HEADER_LENGTH = 10_000
_IMDB_WIDTH = 10  # columns of an export of IMDb, at least; a table of one's own has fewer

_PERSON_ID = re.compile(r"nm\d{5,}")  # stands in the same column, in the export of a list of people
_LETTERBOXD = re.compile(r"\b(boxd\.it|letterboxd\.com)/")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_RATING = re.compile(r"[1-9](\.[0-9])?|10(\.0)?")
_VOTES = re.compile(r"[0-9]{1,10}")
_YEAR = re.compile(YEAR)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a file that is not an item, or a file that is not a list."""

    problem: str
    advice: str = ""
    place: str = ""  # "line 7"; empty: the file as a whole
    excerpt: str = ""  # the text there
    column: int = 1  # of the excerpt

    def describe(self, *, quoting: bool) -> str:
        """One sentence. ``quoting``: whether the file's own text may stand in it."""
        place, quoted = self.place, ""
        if self.excerpt and quoting:
            quoted = f": {self.excerpt!r}"
        elif self.excerpt and place:
            place = f"{place}, column {self.column}"
        advice = f"; {self.advice}" if self.advice else ""
        return f"{f'{place}: ' if place else ''}{self.problem}{quoted}{advice}"


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read of a file: its items, and the lines without one."""

    items: tuple[Item, ...]
    bad: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: its line from 0, and which known column is where."""

    line: int
    separator: str
    columns: Mapping[str, int]
    width: int  # columns there are
    exported: bool = False  # by IMDb or Letterboxd, which end every line with a line end


def split_lines(text: str) -> list[str] | Unreadable:
    """The lines of a table or a text; Unreadable where there are too many."""
    if max(text.count("\n"), text.count("\r")) > MOST_LINES:
        return Unreadable(f"it has more than {MOST_LINES:,} lines", "split the file")
    return re.split(r"\r\n|\n|\r", text)  # splitlines() would also split inside some titles


def find_header(lines: Sequence[str], least: int) -> Header | None:
    """Where the header is and what it says; None: no header."""
    start = _films_start(lines)
    for number, line in enumerate(lines[start : start + _PREAMBLE_LINES], start):
        separator = max(_SEPARATORS, key=line.count)
        names = next(csv.reader([line[:_HEADER_LENGTH].rstrip(separator)], delimiter=separator), [])
        columns = _columns(names)
        if len(columns) < least:
            continue
        if columns.keys() & _IDS or columns.keys() >= {"title", "year"}:
            exported = start > 0 or _is_exported(names)
            return Header(number, separator, columns, len(names), exported)
    return None


def _is_exported(names: Sequence[str]) -> bool:
    """Whether these columns are those of an export of IMDb, in any language, or of Letterboxd."""
    plain = {name.strip().casefold() for name in names}
    return "letterboxd uri" in plain or ("const" in plain and len(names) >= _IMDB_WIDTH)


def _films_start(lines: Sequence[str]) -> int:
    """The line from which the header of a list's films is looked for.

    An export of Letterboxd's begins with a table of the list's own data. Its description is one
    quoted cell, of any number of lines: a row ends where as many quotes are closed as were opened.
    """
    if not lines[0].startswith(_LETTERBOXD_LIST):
        return 0
    quotes = rows = 0
    for number, line in enumerate(lines[1:], start=2):
        quotes += line.count('"')
        rows += quotes % 2 == 0 and bool(line.strip())
        if rows == _OWN_ROWS:
            return number
    return len(lines)


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_-]+", " ", name).strip().casefold() for name in names]
    columns = {
        column: plain.index(alias)
        for column, aliases in _COLUMNS.items()
        for alias in reversed(aliases)
        if alias in plain
    }
    if "votes" not in columns:  # "Genres" is a word of other languages, too, and so are theirs
        columns.pop("genres", None)
    return columns


def read_table(lines: Sequence[str], header: Header) -> Lines:
    """The rows below the header."""
    rows: list[tuple[int, list[str]]] = []
    bad: list[Unreadable] = []
    for number, row in _rows(lines, header):
        place = f"line {number}"
        if isinstance(row, csv.Error):  # which quotes nothing but the separator
            bad.append(Unreadable(str(row), "check its quotes", place))
        elif number == len(lines) and len(row) < header.width:  # no line end follows this line
            problem = "the file ends in the middle of this row"
            bad.append(Unreadable(problem, "end the row with a line break", place))
        elif number == len(lines) and header.exported:
            problem = "the file may be cut off here"
            bad.append(Unreadable(problem, "export it again", place))
        else:
            rows.append((number, row))
    columns = dict(header.columns)
    if rows and "imdb" in columns:  # an export of IMDb, whose names may not be English
        columns = columns_by_content([row for _, row in rows[:SAMPLE]], columns["imdb"]) | columns
    items: list[Item] = []
    for number, row in rows:
        cells = {name: row[at] for name, at in columns.items() if at < len(row)}
        item = _row(cells, place=0 if "position" in columns else len(items) + 1)
        if item:
            items.append(item)
        else:
            bad.append(Unreadable("neither a title nor an id", place=f"line {number}"))
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


def _row(cells: Mapping[str, str], place: int) -> Item | None:
    get, imdb = cells.get, cells.get("imdb", "")
    ids = _NO_IDS
    if not _IDS.isdisjoint(cells):
        title_id = imdb_id(imdb) or ""
        sure = title_id if TITLE_ID.fullmatch(title_id) else None
        ids = Ids(imdb=sure, tmdb=_number(get("tmdb")), tvdb=_number(get("tvdb")))
    names_of_ids = (f"{name}:{value}" for name, value in ids.items())
    title = get("title") or get("original") or next(names_of_ids, None)
    if not title:
        return None
    year = _YEAR.match(get("year", ""))
    kind, unsupported = classify("person" if _PERSON_ID.fullmatch(imdb) else get("type", ""))
    is_letterboxd = bool(_LETTERBOXD.search(get("address", "")))
    if is_letterboxd:
        kind = Kind.MOVIE  # Letterboxd is about films, with mini-series among them
    return Item(
        place or _number(get("position")) or 0,
        title,
        int(year[0]) if year else None,
        kind,
        ids,
        get("original") or None,
        unsupported,
        facts=UNTOLD if _FACTS.isdisjoint(cells) else _facts(cells),
        may_be_show=is_letterboxd and ids == _NO_IDS,
    )


def _facts(cells: Mapping[str, str]) -> Facts:
    """What an export of IMDb tells beside."""
    rating, votes = cells.get("rating", ""), cells.get("votes", "")
    return Facts(
        float(rating) if _RATING.fullmatch(rating) else None,
        int(votes) if _VOTES.fullmatch(votes) else None,
        tuple(filter(None, cells.get("genres", "").split(", "))) or None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
