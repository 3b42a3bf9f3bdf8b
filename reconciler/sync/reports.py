"""What the last passes saw: the lists as a source of snapshots, and a pass as reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from reconciler.core.desired import showed_nothing
from reconciler.core.model import (
    ALL,
    Action,
    Done,
    FetchScope,
    ListRef,
    ListReport,
    Outcome,
    RowReport,
    Snapshot,
    Verdict,
)
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation


class CachedSources:
    """The lists as they were last fetched: ``ports.Sources`` without any site."""

    def __init__(self, reports: Iterable[ListReport]) -> None:
        """``reports``: from the ledger's cache."""
        oldest_first = sorted(reports, key=lambda report: report.at)  # of one list by two names
        self._snapshots = {report.source: report.known for report in oldest_first}

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:  # noqa: ARG002 - a port's
        """The list's last snapshot, whatever part of it is needed."""
        never = "not fetched yet: run `listsync plan`"
        return self._snapshots.get(str(ref), Snapshot(Outcome.UNREACHABLE, "ledger", error=never))


def reports(
    seen: Reconciliation,
    sources: Mapping[str, ListRef],
    outcomes: Outcomes,
    before: Mapping[str, ListReport],
    now: datetime,
) -> dict[str, ListReport]:
    """What a pass has to say of each list that it has read, for ``status`` and ``explain``.

    ``before``: the reports of the pass before. What a list held then is still known where it could
    not be read this time.
    """
    done = dict(outcomes)
    rows: dict[str, list[RowReport]] = {name: [] for name in seen.snapshots}
    decided: tuple[Action | Verdict, ...] = seen.plan.actions + seen.plan.verdicts
    for row in decided:
        for name in row.lists:
            if name in rows:
                rows[name].append(_row(row, done))
    return {
        name: ListReport(
            source=str(ref),
            at=now,
            snapshot=seen.snapshots[name],
            known=_known(seen.snapshots[name], before.get(name), str(ref)),
            rows=tuple(sorted(rows[name], key=lambda row: row.item.position)),
        )
        for name, ref in sources.items()
        if name in seen.snapshots
    }


def _known(snapshot: Snapshot, before: ListReport | None, source: str) -> Snapshot:
    before = before if before and before.source == source else None
    return before.known if before and showed_nothing(snapshot) else snapshot


def _row(row: Action | Verdict, done: Mapping[Action, Done]) -> RowReport:
    if isinstance(row, Verdict):
        return RowReport(row.item, row.reason, row.detail, row.target)
    came = done.get(row)
    if came is None:
        return RowReport(row.item, row.op, row.detail, row.target)
    return RowReport(row.item, came.result, came.message, row.target)
