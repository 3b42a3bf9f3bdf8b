"""Reports of runs, by list, for ``status`` and ``explain``; and the lists as last fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.config import Config
from reconciler.core.desired import showed_nothing
from reconciler.core.model.lists import ALL, FetchScope, ListRef, Snapshot
from reconciler.core.model.plan import Action, ListReport, RowReport, Verdict
from reconciler.core.model.terms import READ, Outcome
from reconciler.render.explanation import fact_lines
from reconciler.sync.apply import Outcomes
from reconciler.sync.explain import Explainer
from reconciler.sync.reconcile import Context, Reconciliation

_SIZES = 30  # runs of a list whose sizes are kept


class CachedSources:
    """A ``ports.Sources`` of the lists as they were last fetched."""

    def __init__(self, reports: Iterable[ListReport]) -> None:
        oldest_first = sorted(reports, key=lambda report: report.at)  # a list may have two names
        self._snapshots = {report.source: report.known for report in oldest_first}

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:  # noqa: ARG002 - a port's
        message = "not fetched yet: run `listsync plan`"
        return self._snapshots.get(str(ref), Snapshot(Outcome.UNREACHABLE, "ledger", error=message))


def keep_reports(
    config: Config, context: Context, reconciliation: Reconciliation, outcomes: Outcomes
) -> dict[str, ListReport]:
    """Store a report of each list that the run has read, and return them."""
    cache = context.ledger.cache
    sources = {lst.name: lst.source for lst in config.lists}
    reports = list_reports(reconciliation, sources, outcomes, cache.reports(), context.clock.now())
    cache.keep_reports(reports)
    return reports


def list_reports(
    reconciliation: Reconciliation,
    sources: Mapping[str, ListRef],
    outcomes: Outcomes,
    previous: Mapping[str, ListReport],
    now: datetime,
) -> dict[str, ListReport]:
    """A report of each list that the run has read.

    A list that could not be read keeps the snapshot of its ``previous`` report.
    """
    done = dict(outcomes)
    before = {n: r for n, r in previous.items() if n in sources and r.source == str(sources[n])}
    snapshots, plan = reconciliation.snapshots, reconciliation.plan
    rows: dict[str, list[RowReport]] = {name: [] for name in snapshots}
    decided: tuple[Action | Verdict, ...] = plan.actions + plan.verdicts
    explainer = Explainer(reconciliation)
    for row in decided:
        explanation = explainer.explain(row)
        word, detail = explanation["verdict"]["word"], row.detail
        if isinstance(row, Action) and (outcome := done.get(row)):
            word, detail = outcome.result, outcome.message
        advice, facts = explanation["would_change"], tuple(fact_lines(explanation))
        places = {place["name"]: place["position"] for place in reversed(explanation["lists"])}
        for name in rows.keys() & row.lists:
            item = replace(row.item, position=places.get(name, row.item.position))
            rows[name].append(RowReport(item, word, detail, row.target, advice, facts))
    reports = {}
    for name in [name for name in sources if name in snapshots]:
        snapshot, last = snapshots[name], before.get(name)
        shown = last.known if last and showed_nothing(snapshot) else snapshot
        ordered = tuple(sorted(rows[name], key=lambda row: row.item.position))
        sizes = last.sizes if last else ()
        if snapshot.outcome in READ:  # a run that could not read the list has no size
            sizes = (*sizes, len(snapshot.items))[-_SIZES:]
        reports[name] = ListReport(str(sources[name]), now, snapshot, shown, ordered, sizes)
    return reports
