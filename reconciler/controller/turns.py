"""The result of one list's turn: its conditions, and when its next turn is. No I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.config import Config, ListConfig
from reconciler.controller.queue import longest_wait, spread, wait_after
from reconciler.core import conditions
from reconciler.core.model import (
    Condition,
    Finding,
    ListProblem,
    Reason,
    Role,
    Schedule,
    Status,
    Verdict,
)
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
_LONGEST = timedelta(days=30)  # whoever asks for more is not asked again for a month
_AWAY, _BUSY, _UNUSABLE = "ServerUnreachable", "ServerBusy", "ServerUnusable"


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """What a turn came to: findings of the list and of the server, and waits asked for."""

    findings: tuple[Finding, ...]
    server: Finding | None = None
    retry_after: float | None = None  # seconds, where site or server said when
    own_fault: bool = True  # False: the server's or the ledger's, which is no failure of the list


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
        own_fault=snapshot.outcome not in conditions.READ or not _of_others(trouble),
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


def after(
    before: Mapping[str, Condition], findings: Iterable[Finding], generation: str, now: datetime
) -> dict[str, Condition]:
    """A list's conditions after its turn, with what they come to."""
    found = conditions.after(before, findings, generation, now)
    return conditions.after(found, [conditions.ready(found)], generation, now)


def is_ready(found: Mapping[str, Condition]) -> bool:
    """Whether a list was read and applied, and is not stalled."""
    return found[conditions.READY].status is Status.TRUE


def answers(whole: Mapping[str, Condition]) -> bool:
    """Whether the server answered when it was last called."""
    server = whole.get(conditions.SERVER_REACHABLE)
    return server is not None and server.status is Status.TRUE


def waits_for_server(found: Mapping[str, Condition]) -> bool:
    """Whether a list's last turn came to nothing because of the server alone.

    A server that has said when to come back is left alone until then.
    """
    applied = found.get(conditions.APPLIED)
    return applied is not None and applied.reason in {_AWAY, _UNUSABLE}


def next_turn(  # noqa: PLR0913 - all that a wait depends on
    before: Schedule | None,
    lst: ListConfig,
    said: str,
    result: tuple[ReconcileResult, Mapping[str, Condition]],
    *,
    now: datetime,
    chance: float,
) -> Schedule:
    """When the list's next turn is. ``said``: its digest; ``chance``: from 0 to 1, for jitter.

    After its interval where all is well, or where trying sooner is of no use; else after
    ``retry_interval``, longer with each failure of its own. A site or server that names a time is
    left alone until then.
    """
    turn, now_is = result
    well = now_is[conditions.READY].status is Status.TRUE
    stuck = conditions.STALLED in now_is and now_is[conditions.STALLED].status is Status.TRUE
    tries = before.tries if before else 0
    if well or stuck:
        tries, wait = 0, spread(lst.interval, chance)
    elif turn.own_fault:
        tries += 1
        wait = wait_after(tries, lst.retry_interval, chance)
    else:
        wait = wait_after(1, lst.retry_interval, chance)
    return Schedule(
        digest=said,
        due=now + max(wait, _seconds(turn.retry_after)),
        tries=tries,
        attempted=now,
        succeeded=now if well else before.succeeded if before else None,
    )


def first_due(schedule: Schedule | None, said: str, lst: ListConfig, now: datetime) -> datetime:
    """When a list is due that has just been read from the file.

    At once if it is new or the file says something else of it than at its last turn.
    """
    if (
        schedule is None
        or schedule.digest != said
        or waits_too_long(schedule, schedule.due, lst, now)
    ):
        return now
    return schedule.due


def waits_too_long(
    schedule: Schedule | None, due: datetime, lst: ListConfig, now: datetime
) -> bool:
    """Whether ``due`` is later than any wait leads to: a clock that was ahead has written it.

    A site or server may have asked at the last turn to be left alone for longer than the list's
    interval; a turn that is far in the future tells nothing about that.
    """
    longest = longest_wait(lst.interval, lst.retry_interval)
    asked = timedelta()
    if schedule and schedule.attempted and schedule.attempted <= now + longest:
        asked = min(schedule.due - schedule.attempted, _LONGEST)
    return due > now + (longest if asked <= longest else longest + asked)


def _seconds(seconds: float | None) -> timedelta:
    return timedelta(seconds=min(seconds or 0, _LONGEST.total_seconds()))


def _of_others(error: ListsyncError | None) -> bool:
    """Whether all lists are in the same trouble."""
    return isinstance(error, (ServerError, LedgerError, LockHeldError))


def _asked_for(error: ListsyncError | None) -> float | None:
    """The seconds that the server asked to be left alone."""
    return error.retry_after if isinstance(error, TransientError) else None


def _reason(error: ListsyncError) -> str:
    if _asked_for(error):
        return _BUSY
    for kind, reason in (
        (TransientError, _AWAY),
        (ServerError, _UNUSABLE),
        (LedgerError, "LedgerUnusable"),
        (LockHeldError, "LedgerUnusable"),
        (BrowserError, "BrowserUnusable"),
    ):
        if isinstance(error, kind):
            return reason
    return "Failed"
