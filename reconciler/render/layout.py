"""Lines of text for a person: in color and wrapped on a terminal, plain and unwrapped elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple, TextIO

from reconciler.render.words import clean

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

STYLES = {  # by meaning; the terminal's theme has the shades
    "title": "bold",
    "detail": "dim",
    "added": "green",
    "changed": "yellow",
    "waiting": "bright_blue",  # plain blue is too dark on black
    "attention": "red",
    "failed": "bold red",
}
_GAP = 2  # columns between two cells
_LEAST = 12  # columns that the last cell has where a line wraps
_JOINT = "\ue000"  # for private use: no text has it that is cleaned
_CODE = re.compile("`[^`]*`")
_NARROWEST = 60  # columns; a narrower terminal breaks the lines itself


class Cell(NamedTuple):
    """A piece of a line. Foreign text is cleaned when it is printed."""

    text: str
    style: str = ""  # of STYLES
    width: int = 0  # columns that it fills at least


class Line(NamedTuple):
    """Cells side by side, and the mark before them."""

    cells: tuple[Cell, ...]
    mark: Cell = Cell("")


def table_line(texts: Sequence[str], widths: Sequence[int], styles: Sequence[str]) -> Line:
    """A row of a table."""
    return Line(tuple(map(Cell, texts, styles, widths)))


class Look(NamedTuple):
    """How lines are printed."""

    width: int | None = None  # columns; None: a line is as long as its text
    is_colored: bool = False


PLAIN = Look()


def look_of(stream: TextIO, color: str) -> Look:
    """What suits a stream. ``color``: ``always`` and ``never`` overrule the environment."""
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    is_colored = color == "always"
    if color == "auto" and not os.environ.get("NO_COLOR"):
        is_colored = is_terminal or bool(os.environ.get("FORCE_COLOR"))
    width = shutil.get_terminal_size().columns if is_terminal else 0
    return Look(width if width >= _NARROWEST else None, is_colored)


def text_of(lines: Iterable[Line], look: Look = PLAIN) -> str:
    """The lines as text. A line wider than the look wraps, each cell under its own beginning."""
    from rich.console import Console  # 40 ms, and JSON needs none of it
    from rich.theme import Theme

    console = Console(force_terminal=True, color_system="standard", theme=Theme(STYLES))
    console.no_color = False  # what the environment says is part of the look
    rows = (row for line in lines for row in _rows(line, look.width, console))
    if not look.is_colored:
        return "".join(f"{row.plain}\n" for row in rows)
    with console.capture() as capture:
        for row in rows:
            console.print(row, soft_wrap=True, highlight=False)
    return capture.get()


def _rows(line: Line, width: int | None, console: Console) -> Iterator[Text]:
    from rich.text import Text

    mark = Text().append(line.mark.text, line.mark.style)  # which colors nothing behind it
    cells = [Text(_CODE.sub(_join, clean(cell.text)), cell.style) for cell in line.cells]
    sizes = [cell.width for cell in line.cells]
    row = _side_by_side(mark, cells, sizes)
    if width is None or row.cell_len <= width:
        yield row
        return
    *sizes, _ = (
        cell.width or max(1, text.cell_len) for cell, text in zip(line.cells, cells, strict=True)
    )
    room = width - mark.cell_len - _GAP * len(sizes)
    while sum(sizes) > room - _LEAST:
        sizes[sizes.index(max(sizes))] -= 1
    sizes.append(room - sum(sizes))
    columns = [cell.wrap(console, size) for cell, size in zip(cells, sizes, strict=True)]
    for pieces in zip_longest(*columns, fillvalue=Text()):
        yield _side_by_side(mark, pieces, sizes)
        mark = Text(" " * mark.cell_len)


def _join(code: re.Match[str]) -> str:
    """A command in backticks as one word: a line break in it would be pasted, too."""
    return code[0].replace(" ", _JOINT)


def _side_by_side(mark: Text, cells: Iterable[Text], sizes: Iterable[int]) -> Text:
    row = mark.copy()
    for cell, size in zip(cells, sizes, strict=True):
        row.append_text(cell).append(" " * max(_GAP, size - cell.cell_len + _GAP))
    row.rstrip()
    row.plain = row.plain.replace(_JOINT, " ")
    return row
