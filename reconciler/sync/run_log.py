"""Acting under the lock, with a line in the ledger's diary of passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from reconciler.core.conditions import NOT_DONE
from reconciler.core.model import READ, Reason, Run
from reconciler.errors import LedgerError
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Context, Reconciliation

OK, SOMETHING_FAILED, CHANGES, STOPPED = 0, 1, 2, 3


def exit_code(seen: Reconciliation, outcomes: Outcomes, *, changes: bool = False) -> int:
    """What a pass comes to: 3 before 1 before 2 before 0."""
    if seen.plan.stops:
        return STOPPED
    failed = (
        any(snapshot.outcome not in READ for snapshot in seen.snapshots.values())
        or any(lst.problem for lst in seen.lists if lst.name in seen.snapshots)
        or any(verdict.reason is Reason.UNRESOLVED for verdict in seen.plan.verdicts)
        or any(done.result in NOT_DONE for _, done in outcomes)
    )
    if failed:
        return SOMETHING_FAILED
    return CHANGES if changes else OK


@dataclass(slots=True)
class Line:
    """What will be written of a pass when it ends."""

    run: Run

    def tell(self, seen: Reconciliation, outcomes: Outcomes, exit_code: int) -> None:
        """Say what came of the pass."""
        self.run = replace(
            self.run,
            lists=tuple(seen.snapshots),
            counts=dict(Counter(str(done.result) for _, done in outcomes)),
            exit_code=exit_code,
        )


@contextmanager
def acting(context: Context, command: str) -> Iterator[Line]:
    """Be the one writer, and leave a line about it. Raises LockHeldError and LedgerError."""
    with context.ledger.lock(), noted(context, command) as line:
        yield line


@contextmanager
def noted(context: Context, command: str) -> Iterator[Line]:
    """Leave a line about a pass that acts, whatever ends it. The caller holds the lock.

    Raises LedgerError where the ledger cannot be written. A line whose end cannot be written stays
    open: what was done is told all the same.
    """
    ledger, clock = context.ledger, context.clock
    line = Line(ledger.journal.begin_run(command, clock.now()))
    try:
        yield line
    except BaseException as error:
        line.run = replace(line.run, exit_code=getattr(error, "exit_code", SOMETHING_FAILED))
        raise
    finally:
        with suppress(LedgerError):
            ledger.journal.end_run(replace(line.run, ended=clock.now()))
