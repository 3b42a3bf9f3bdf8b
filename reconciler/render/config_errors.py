"""The errors of a config on a terminal: each with its line of the file, and a mark below it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from rich.cells import cell_len

from reconciler.errors import ConfigError, Diagnostic
from reconciler.render.layout import Cell, Line
from reconciler.render.words import clean, counted

_GUTTER = 5  # columns of the line's number
_WIDTH = 100  # columns, where the terminal does not say
_LONGEST_PLACE = 40  # columns; below a longer one, nothing is indented that far
_ROOM_FOR_HINT = 30  # columns that a hint behind the mark needs at least
_MOST_LINES = 4  # of a hint behind the mark; a longer one has the whole width


def config_error_lines(error: ConfigError, width: int | None) -> Iterator[Line]:
    """All problems, and how many there are. ``width``: of the terminal, in columns."""
    diagnostics = error.diagnose()
    for diagnostic in diagnostics:
        where = f"{clean(diagnostic.where)}: error: "
        is_short = len(where) <= _LONGEST_PLACE
        problem = diagnostic.problem if is_short else f"{where}{diagnostic.problem}"
        yield Line((Cell(problem, "title"),), Cell(where if is_short else "", "failed"))
        yield from _excerpt(diagnostic, width or _WIDTH)
    if not diagnostics:  # the file itself cannot be read
        yield from (Line((Cell(problem),)) for problem in error.problems)
    yield Line((Cell(f"{counted(len(error.problems), 'error')}. Nothing was changed."),))


def _excerpt(diagnostic: Diagnostic, width: int) -> Iterator[Line]:
    number = f"{diagnostic.line:{_GUTTER}}"
    gutter, hint_mark = f"{'':{len(number)}} | ", f"{'':{len(number)}} = "
    if diagnostic.source is None:
        yield Line(
            (Cell("line not shown: it may contain a secret", "detail"),), Cell(f"{number} | ")
        )
    else:
        text, mark = _cut(diagnostic, width - len(gutter))
        yield Line((), Cell(f"{number} | {text}"))
        marked = f"{gutter}{mark} "
        room = width - len(marked)
        if room >= _ROOM_FOR_HINT and 0 < len(diagnostic.hint) <= room * _MOST_LINES:
            hint_mark = marked
        else:
            yield Line((), Cell(marked, "failed"))
    if diagnostic.hint:
        yield Line((Cell(diagnostic.hint),), Cell(hint_mark, "failed"))


def _cut(diagnostic: Diagnostic, room: int) -> tuple[str, str]:
    """The part of the line around the place that fits, and the mark below it."""
    characters = [_printable(character) for character in diagnostic.source or ""]
    widths = [cell_len(text) for text in characters]
    first, last = 0, len(characters)
    ends = list(accumulate(widths, initial=0))
    if ends[-1] > room:
        half = max(ends[diagnostic.start] - room // 2, 0)
        first = next(index for index, end in enumerate(ends) if end >= half)
        last = max(index for index, end in enumerate(ends) if end - ends[first] <= room - 2)
    before = "…" if first else ""
    after = "…" if last < len(characters) else ""
    offset = len(before) + ends[diagnostic.start] - ends[first]
    end = min(diagnostic.end, last)
    carets = max(ends[end] - ends[diagnostic.start], 1)
    return f"{before}{''.join(characters[first:last])}{after}", " " * offset + "^" * carets


def _printable(character: str) -> str:
    """A character as a terminal shows it: a tab as spaces, an invisible one as a question mark."""
    if character == "\t":
        return "    "
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
