"""Carrying out a plan, for ``apply`` and ``run``: the run's record, its actions, its reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Event
from typing import NamedTuple

from reconciler.config import Config
from reconciler.core.conditions import NOT_DONE
from reconciler.core.model.plan import ListReport
from reconciler.core.model.status import Run
from reconciler.core.model.terms import READ, Reason
from reconciler.errors import LedgerError, ListsyncError
from reconciler.sync.apply import Applier, Outcomes
from reconciler.sync.reconcile import Context, Reconciliation
from reconciler.sync.reports import keep_reports

OK, SOMETHING_FAILED, CHANGES, STOPPED = 0, 1, 2, 3  # exit codes


class Execution(NamedTuple):
    """The outcomes of a plan's actions; ``trouble``: the error that ended it early."""

    outcomes: Outcomes
    trouble: ListsyncError | None
    reports: Mapping[str, ListReport]


def execute(
    config: Config, context: Context, reconciliation: Reconciliation, stopping: Event
) -> Execution:
    """Apply the plan and keep the lists' reports; a plan that is stopped has no actions.

    The caller holds the ledger's lock. Once ``stopping`` is set, no further action begins. Raises
    LedgerError before anything is sent if the ledger cannot be written.
    """
    applier = Applier(context, config.server.concurrency, stopping)
    outcomes = applier.apply(reconciliation, reconciliation.plan.actions)
    reports = keep_reports(config, context, reconciliation, outcomes)
    return Execution(outcomes, applier.trouble, reports)


def exit_code(reconciliation: Reconciliation, outcomes: Outcomes, *, changes: bool = False) -> int:
    """The exit code of a run: 3 before 1 before 2 before 0."""
    if reconciliation.plan.stops:
        return STOPPED
    snapshots = reconciliation.snapshots
    failed = (
        any(snapshot.outcome not in READ for snapshot in snapshots.values())
        or any(lst.problem for lst in reconciliation.lists if lst.name in snapshots)
        or any(verdict.reason is Reason.UNRESOLVED for verdict in reconciliation.plan.verdicts)
        or any(done.result in NOT_DONE for _, done in outcomes)
    )
    if failed:
        return SOMETHING_FAILED
    return CHANGES if changes else OK


@dataclass(slots=True)
class RunRecorder:
    """The record of a run, which is written when the run ends."""

    run: Run

    def record(self, reconciliation: Reconciliation, outcomes: Outcomes, exit_code: int) -> None:
        results = Counter(str(done.result) for _, done in outcomes)
        lists = tuple(reconciliation.snapshots)
        self.run = replace(self.run, lists=lists, counts=dict(results), exit_code=exit_code)


@contextmanager
def record_run(context: Context, command: str) -> Iterator[RunRecorder]:
    """Record a run that acts, whatever ends it. The caller holds the ledger's lock.

    Raises LedgerError where the ledger cannot be written. A record whose end cannot be written
    stays open; the results of the run are reported anyway.
    """
    journal, clock = context.ledger.journal, context.clock
    recorder = RunRecorder(journal.begin_run(command, clock.now()))
    try:
        yield recorder
    except BaseException as error:
        code = getattr(error, "exit_code", SOMETHING_FAILED)
        recorder.run = replace(recorder.run, exit_code=code)
        raise
    finally:
        with suppress(LedgerError):
            journal.end_run(replace(recorder.run, ended_at=clock.now()))
