"""IMDb's CSV exports in Windows-1252, or in another language than English.

From 2019 to 2022 IMDb wrote its exports in Windows-1252, before and since then in UTF-8.

Whatever the language, a title's address is followed by type, rating, runtime, year, genres and
votes, and comes after the title and, in newer exports, the original title. What the cells hold must
agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciler.core.model import YEAR

SAMPLE = 200  # rows that are looked at

_AFTER = {"type": 1, "rating": 2, "year": 4, "votes": 6}  # columns after the address
_YEAR = re.compile(YEAR)
_DATE_OR_NUMBER = re.compile(r"[\d.,/ -]*")


def is_imdb_export(data: bytes) -> bool:
    """Whether a file's first line names IMDb's own column, ``Const``, which is never translated."""
    names = re.split(r"[,;\t]", data.partition(b"\n")[0].decode("latin-1"))
    return "const" in {name.strip('" \r').casefold() for name in names}


def is_damaged_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII in a file can be read as UTF-8, though not all of it."""
    foreign = [character for character in data.decode("utf-8", "replace") if character > "\x7f"]
    return foreign.count("\ufffd") * 2 < len(foreign)


def columns_by_content(rows: Sequence[Sequence[str]], const: int) -> dict[str, int]:
    """Which column is where, found from the cells; ``const``: the one with IMDb's ids.

    Nothing where the rows are not arranged as IMDb's exports are.
    """
    width = min((len(row) for row in rows), default=0)
    for at in range(const + 2, width - _AFTER["year"]):
        if all(row[const] and f"/title/{row[const]}/" in row[at] for row in rows):
            years = [year for row in rows if (year := row[at + _AFTER["year"]])]
            if years and all(map(_YEAR.fullmatch, years)):
                # Genres are left out: their names are translated, too.
                after = {name: at + offset for name, offset in _AFTER.items()}
                return after | _titles(rows, const, at)
    return {}


def _titles(rows: Sequence[Sequence[str]], const: int, address: int) -> dict[str, int]:
    """An export has the title before the original one, or the title alone after a date."""
    before = address - 2
    if before == const or all(_DATE_OR_NUMBER.fullmatch(row[before]) for row in rows):
        return {"title": address - 1}
    return {"title": before, "original": address - 1}
