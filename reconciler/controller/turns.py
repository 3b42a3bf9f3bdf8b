"""The result of one list's turn: its conditions, and when its next turn is. No I/O."""

from __future__ import annotations

import hashlib
import json

from reconciler.config import Config, ListConfig
from reconciler.core import conditions
from reconciler.core.model import (
    READ,
    Finding,
    ListProblem,
    Reason,
    Role,
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


def digest(config: Config, lst: ListConfig) -> str:
    """A hash of what the file says of one list, defaults and its site included."""
    site = dict(config.providers).get(lst.source.provider)
    said = [
        config.server.url,
        lst.model_dump(
            mode="json", exclude={"source": {"address", "secrets"}}
        ),  # which may hold a key
        site.model_dump(mode="json") if site else None,
    ]
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]


def reachable() -> Finding:
    """The server answered, and takes the key."""
    return conditions.server(Status.TRUE, "Answers", "")


def unreachable(error: ServerError) -> Finding:
    """The server did not answer, or cannot be used as configured."""
    reason = "DoesNotAnswer" if isinstance(error, TransientError) else "CannotBeUsed"
    return conditions.server(Status.FALSE, reason, str(error))


def came(
    seen: Reconciliation, outcomes: Outcomes, name: str, trouble: ListsyncError | None
) -> ReconcileResult:
    """What a pass came to for one of the lists it has read. ``trouble``: what ended it."""
    snapshot = seen.snapshots[name]
    lst = next(lst for lst in seen.lists if lst.name == name)
    results = [done.result for action, done in outcomes if name in action.lists]
    unresolved = sum(
        name in verdict.lists and verdict.reason is Reason.UNRESOLVED
        for verdict in seen.plan.verdicts
    )
    barred = [
        verdict
        for verdict in seen.plan.verdicts
        if name in verdict.lists and verdict.reason is Reason.NOT_PERMITTED
    ]
    applied = conditions.applied(
        stops(seen) if lst.rules.role is Role.REQUEST else (),
        results,
        unresolved,
        [_delivery_problem(verdict, seen) for verdict in barred],
    )
    if trouble is not None and applied.status is not Status.TRUE:
        applied = conditions.not_applied(_reason(trouble), str(trouble))
    return ReconcileResult(
        (conditions.fetched(snapshot), conditions.stalled(snapshot, lst.problem), applied),
        server=unreachable(trouble) if isinstance(trouble, ServerError) else reachable(),
        retry_after=max(snapshot.retry_after or 0, _asked_for(trouble) or 0) or None,
        own_fault=snapshot.outcome not in READ or not _of_others(trouble),
    )


def _delivery_problem(verdict: Verdict, seen: Reconciliation) -> ListProblem | None:
    """Why Radarr or Sonarr cannot be told of a title; None: something else bars it."""
    owner = next(lst for lst in seen.lists if lst.name == verdict.lists[0])
    delivery = owner.deliveries.get(verdict.target.media.kind) if verdict.target else None
    return delivery if isinstance(delivery, ListProblem) else None


def stops(seen: Reconciliation) -> list[str]:
    """The safety rules that hold a pass, each with what to do."""
    return [f"{stop.message}; {stop.hint}" for stop in seen.plan.stops]


def failed(error: ListsyncError) -> ReconcileResult:
    """A turn that came to nothing, since the server, the ledger or the browser failed."""
    return ReconcileResult(
        (conditions.not_applied(_reason(error), str(error)),),
        server=unreachable(error) if isinstance(error, ServerError) else None,
        retry_after=_asked_for(error),
        own_fault=not _of_others(error),
    )


def _of_others(error: ListsyncError | None) -> bool:
    """Whether all lists are in the same trouble."""
    return isinstance(error, (ServerError, LedgerError, LockHeldError))


def _asked_for(error: ListsyncError | None) -> float | None:
    """The seconds that the server asked to be left alone."""
    return error.retry_after if isinstance(error, TransientError) else None


def _reason(error: ListsyncError) -> str:
    if _asked_for(error):
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
