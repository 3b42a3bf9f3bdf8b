"""Executing a plan: apply it, then keep what the pass has to say of its lists."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from reconciler.config import Config
from reconciler.errors import ListsyncError
from reconciler.sync.apply import Applier, Outcomes
from reconciler.sync.reconcile import Context, Reconciliation
from reconciler.sync.reports import reports


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of a plan's actions; ``trouble``: what ended it early."""

    outcomes: Outcomes
    trouble: ListsyncError | None


def execute(config: Config, context: Context, seen: Reconciliation, stopping: Event) -> Execution:
    """Do what the plan says; one that a safety rule stops has no actions, but is remembered.

    The caller holds the ledger's lock. ``stopping`` set: nothing further is begun. Raises
    LedgerError before anything is sent if the ledger cannot be written.
    """
    applier = Applier(context, config.server.concurrency, stopping)
    outcomes = applier.apply(seen, seen.plan.actions)
    keep_reports(config, context, seen, outcomes)
    return Execution(outcomes, applier.trouble)


def keep_reports(
    config: Config, context: Context, seen: Reconciliation, outcomes: Outcomes
) -> None:
    """Keep what ``status`` and ``explain`` show of each list that was read."""
    ledger = context.ledger
    sources = {lst.name: lst.source for lst in config.lists}
    made = reports(seen, sources, outcomes, ledger.cache.reports(), context.clock.now())
    ledger.cache.keep_reports(made)
