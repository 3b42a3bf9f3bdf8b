"""Progress for a person at a terminal; silence everywhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from reconciler.render.layout import look_of
from reconciler.render.words import clean


class Silence:
    """Nobody is watching."""

    @contextmanager
    def stage(
        self, label: str, total: int, current: Callable[[], str] = str
    ) -> Iterator[Callable[[], None]]:
        del label, total, current
        yield lambda: None


class Bars:
    """One bar a stage on stderr, gone when the stage is done."""

    def __init__(self, *, is_colored: bool) -> None:
        self._is_colored = is_colored

    @contextmanager
    def stage(
        self, label: str, total: int, current: Callable[[], str] = str
    ) -> Iterator[Callable[[], None]]:
        """A bar of ``total`` steps; none where there is nothing to do."""
        if not total:
            yield lambda: None
            return
        from rich import progress
        from rich.console import Console
        from rich.table import Column

        class Terminal(Console):
            def show_cursor(self, show: bool = True) -> bool:  # noqa: FBT001, FBT002 - rich's own
                """Never hide it: a second Ctrl-C would leave the terminal without one."""
                return show and super().show_cursor(show)

        one_line = Column(no_wrap=True, overflow="ellipsis")
        columns = (
            progress.TextColumn(f"{label:8}", markup=False),
            progress.BarColumn(bar_width=24),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(compact=True),
            progress.TextColumn("{task.fields[current]}", markup=False, table_column=one_line),
        )
        console = Terminal(stderr=True, color_system="standard" if self._is_colored else None)
        with progress.Progress(*columns, console=console, transient=True) as bars:
            task = bars.add_task(label, total=total, current=clean(current()))
            yield lambda: bars.update(task, advance=1, current=clean(current()))


def for_terminal(color: str, *, verbose: bool) -> Bars | Silence:
    """Bars where stderr is a terminal and shows no log, which would run through them."""
    if verbose or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Silence()
    return Bars(is_colored=look_of(sys.stderr, color).is_colored)
