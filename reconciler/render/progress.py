"""Progress for a person at a terminal; silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Silence:
    """Nobody is watching."""

    @contextmanager
    def stage(self, label: str, total: int) -> Iterator[Callable[[], None]]:
        del label, total
        yield lambda: None


class Bars:
    """One bar a stage on stderr, gone when the stage is done."""

    @contextmanager
    def stage(self, label: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar of ``total`` steps; none where there is nothing to do."""
        if not total:
            yield lambda: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn(f"{label:8}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(label, total=total)
            yield lambda: bars.advance(task)


def for_terminal() -> Bars | Silence:
    """Bars where stderr is a terminal."""
    return Bars() if sys.stderr.isatty() else Silence()
