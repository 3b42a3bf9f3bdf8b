"""The effect of a run on the conditions of its list and of the server, and its facts. No I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.config import Config, ListConfig
from reconciler.core import conditions
from reconciler.core.limits import budget_used
from reconciler.core.model import (
    READ,
    Finding,
    ListProblem,
    Quota,
    Reason,
    Result,
    Role,
    ServerInfo,
    Status,
    Verdict,
)
from reconciler.core.schedule import ReconcileResult
from reconciler.errors import (
    BrowserError,
    LedgerError,
    ListsyncError,
    LockHeldError,
    ServerError,
    TransientError,
)
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the last run of any list learned about the server and the limits."""

    server: ServerInfo
    quotas: Mapping[str, Quota]  # by requester
    budget_used: int | None  # titles that count towards the budget; None: no budget is set


def server_facts(config: Config, reconciliation: Reconciliation, outcomes: Outcomes) -> ServerFacts:
    """The facts after a run; what it has created counts towards the budget."""
    quotas, now = reconciliation.observed.quotas, reconciliation.fetched_at
    users = {lst.requester.user for lst in reconciliation.lists if lst.requester}
    used = None
    if config.budget:
        created = reconciliation.decision.state.memory.created
        used = len(budget_used(config.budget, created, now))
        used += sum(done.result is Result.CREATED for _, done in outcomes)
    return ServerFacts(
        reconciliation.identity.server,
        {user.name: quotas[user.id] for user in users if user.id in quotas},
        used,
    )


def config_hash(config: Config, lst: ListConfig) -> str:
    """A hash of a list's configuration, with its defaults, its site and the server."""
    site = dict(config.providers).get(lst.source.provider)
    parts = [
        config.server.url,
        # The address may hold a key.
        lst.model_dump(mode="json", exclude={"source": {"address", "secrets"}, "was": True}),
        site.model_dump(mode="json") if site else None,
    ]
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]


def reachable() -> Finding:
    """The server answers and accepts the key."""
    return conditions.server(Status.TRUE, "Answers", "")


def unreachable(error: ServerError) -> Finding:
    """The server does not answer, or cannot be used as configured."""
    reason = "DoesNotAnswer" if isinstance(error, TransientError) else "CannotBeUsed"
    return conditions.server(Status.FALSE, reason, str(error))


def list_result(
    reconciliation: Reconciliation, outcomes: Outcomes, name: str, trouble: ListsyncError | None
) -> ReconcileResult:
    """The result of a run for one of its lists. ``trouble``: the error that ended it early."""
    snapshot = reconciliation.snapshots[name]
    lst = next(lst for lst in reconciliation.lists if lst.name == name)
    verdicts = [v for v in reconciliation.plan.verdicts if name in v.lists]
    applied = conditions.apply_finding(
        stop_messages(reconciliation) if lst.rules.role is Role.REQUEST else (),
        [done.result for action, done in outcomes if name in action.lists],
        sum(verdict.reason is Reason.UNRESOLVED for verdict in verdicts),
        [
            _delivery_problem(verdict, reconciliation)
            for verdict in verdicts
            if verdict.reason is Reason.NOT_PERMITTED
        ],
    )
    if trouble is not None and applied.status is not Status.TRUE:
        applied = conditions.failure_finding(_reason(trouble), str(trouble))
    return ReconcileResult(
        (
            conditions.fetch_finding(snapshot),
            conditions.stall_finding(snapshot, lst.problem),
            applied,
        ),
        server=unreachable(trouble) if isinstance(trouble, ServerError) else reachable(),
        retry_after=max(snapshot.retry_after or 0, _retry_after(trouble) or 0) or None,
        own_fault=snapshot.outcome not in READ or not _is_shared(trouble),
    )


def failed_result(error: ListsyncError) -> ReconcileResult:
    """The result of a run that the server, the ledger or the browser prevented."""
    return ReconcileResult(
        (conditions.failure_finding(_reason(error), str(error)),),
        server=unreachable(error) if isinstance(error, ServerError) else None,
        retry_after=_retry_after(error),
        own_fault=not _is_shared(error),
    )


def stop_messages(reconciliation: Reconciliation) -> list[str]:
    """The safety rules that stopped a plan, each with what to do."""
    return [f"{stop.message}; {stop.hint}" for stop in reconciliation.plan.stops]


def _delivery_problem(verdict: Verdict, reconciliation: Reconciliation) -> ListProblem | None:
    """The problem with Radarr or Sonarr that holds back a title; None if the cause is another."""
    owner = next(lst for lst in reconciliation.lists if lst.name == verdict.lists[0])
    delivery = owner.delivery_by_kind.get(verdict.target.media.kind) if verdict.target else None
    return delivery if isinstance(delivery, ListProblem) else None


def _is_shared(error: ListsyncError | None) -> bool:
    """Whether the error is not this list's fault: all lists meet it."""
    return isinstance(error, (ServerError, LedgerError, LockHeldError))


def _retry_after(error: ListsyncError | None) -> float | None:
    return error.retry_after if isinstance(error, TransientError) else None


def _reason(error: ListsyncError) -> str:
    if _retry_after(error):
        return conditions.SERVER_BUSY
    for kind, reason in (
        (TransientError, conditions.SERVER_UNREACHABLE),
        (ServerError, conditions.SERVER_UNUSABLE),
        (LedgerError, "LedgerUnusable"),
        (LockHeldError, "LedgerUnusable"),
        (BrowserError, "BrowserUnusable"),
    ):
        if isinstance(error, kind):
            return reason
    return "Failed"
