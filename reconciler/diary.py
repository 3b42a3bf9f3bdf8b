"""Acting under the lock, with a line in the ledger's diary of passes."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.apply import Outcomes
    from reconciler.core.model import Run
    from reconciler.reconcile import Edges, Pass

FAILED = 1  # the exit code of what nobody foresaw


@dataclass(slots=True)
class Line:
    """What will be written of a pass when it ends."""

    run: Run

    def tell(self, seen: Pass, outcomes: Outcomes, exit_code: int) -> None:
        """Say what came of the pass."""
        self.run = replace(
            self.run,
            lists=tuple(seen.snapshots),
            counts=dict(Counter(str(done.result) for _, done in outcomes)),
            exit_code=exit_code,
        )


@contextmanager
def acting(edges: Edges, command: str) -> Iterator[Line]:
    """Be the one writer, and leave a line about it. Raises LockHeldError and LedgerError."""
    with edges.ledger.lock(), noted(edges, command) as line:
        yield line


@contextmanager
def noted(edges: Edges, command: str) -> Iterator[Line]:
    """Leave a line about a pass that acts, whatever ends it. The caller holds the lock.

    Raises LedgerError where the ledger cannot be written. A line whose end cannot be written stays
    open: what was done is told all the same.
    """
    ledger, clock = edges.ledger, edges.clock
    line = Line(ledger.begin_run(command, clock.now()))
    try:
        yield line
    except BaseException as error:
        line.run = replace(line.run, exit_code=getattr(error, "exit_code", FAILED))
        raise
    finally:
        with suppress(LedgerError):
            ledger.end_run(replace(line.run, ended=clock.now()))
