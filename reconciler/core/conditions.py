"""Conditions as in Kubernetes: the state of a list, its reason, and since when.

| type | it is True when |
|---|---|
| Fetched | the list was read |
| Applied | all its planned actions were done, or may wait |
| Stalled | it cannot recover by itself: somebody has to change something |
| Ready | it was read and applied, and is not stalled |
| ConfigValid | the current file is valid |
| ServerReachable | the media server answers, and takes the key |
| LedgerUsable | the ledger can be written |
| RightsWaiting | a change that gives listsync more permissions waits |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from reconciler.core.model.lists import ListProblem, Snapshot
from reconciler.core.model.plan import Result
from reconciler.core.model.rules import WaitingChange
from reconciler.core.model.status import Condition, Finding, Status
from reconciler.core.model.terms import READ, Outcome
from reconciler.core.services import is_passing
from reconciler.core.times import iso_time

STALLING = frozenset({Outcome.PRIVATE, Outcome.MISSING})
NOT_DONE = frozenset(
    {Result.UNDELIVERED, Result.FAILED, Result.REFUSED, Result.UNKNOWN, Result.SKIPPED}
)

READY, LIST_FETCHED, APPLIED, STALLED = "Ready", "Fetched", "Applied", "Stalled"
CONFIG_VALID, SERVER_REACHABLE = "ConfigValid", "ServerReachable"
SUSPENDED = "Suspended"  # the reason of a list that the config suspends
SUSPENSION = Finding(STALLED, Status.TRUE, SUSPENDED, "suspend: true in the config")
LEDGER_USABLE, RIGHTS_WAITING = "LedgerUsable", "RightsWaiting"
SERVER_UNREACHABLE, SERVER_BUSY = "ServerUnreachable", "ServerBusy"  # why a list is not applied
SERVER_UNUSABLE = "ServerUnusable"
GOOD_WHEN_FALSE = frozenset({STALLED, RIGHTS_WAITING})
_MOST_NAMED = 5  # changes that wait, by name


def update(
    before: Mapping[str, Condition], findings: Iterable[Finding], generation: str, now: datetime
) -> dict[str, Condition]:
    """The conditions by type after these findings; ``since`` moves only with the status.

    A condition without a finding stays unchanged.
    """
    updated = dict(before)
    for f in findings:
        previous = before.get(f.type)
        since = previous.since if previous and previous.status is f.status else now
        updated[f.type] = Condition(f.type, f.status, f.reason, f.message, since, generation)
    return updated


def update_list(
    before: Mapping[str, Condition], findings: Iterable[Finding], generation: str, now: datetime
) -> dict[str, Condition]:
    """The conditions of a list after these findings, with *Ready* derived from them."""
    updated = update(before, findings, generation, now)
    return update(updated, [ready(updated)], generation, now)


def is_true(conditions: Mapping[str, Condition], type_: str) -> bool:
    """Whether there is such a condition and its status is True."""
    condition = conditions.get(type_)
    return condition is not None and condition.status is Status.TRUE


def is_suspended(conditions: Mapping[str, Condition]) -> bool:
    """Whether the config suspends a list."""
    return (stuck := conditions.get(STALLED)) is not None and stuck.reason == SUSPENDED


def waits_for_server(conditions: Mapping[str, Condition]) -> bool:
    """Whether the last run of a list failed because of the server alone.

    A server that has said when to come back (*ServerBusy*) is left alone until then.
    """
    condition = conditions.get(APPLIED)
    return condition is not None and condition.reason in {SERVER_UNREACHABLE, SERVER_UNUSABLE}


def fetch_finding(snapshot: Snapshot) -> Finding:
    """Whether a list was read."""
    status = Status.TRUE if snapshot.outcome in READ else Status.FALSE
    message = snapshot.error or f"{len(snapshot.items)} titles"
    return Finding(LIST_FETCHED, status, _camel(snapshot.outcome), message)


def apply_finding(
    stops: Collection[str],
    results: Collection[Result],
    unresolved: int,
    barred: Sequence[ListProblem | None],
) -> Finding:
    """Whether what was planned for a list was done. ``stops``: the safety rules that hold.

    ``barred``: for each title that may not be requested, the Radarr or Sonarr problem, if any.
    """
    undone = sum(result in NOT_DONE for result in results)
    if stops:
        return Finding(APPLIED, Status.FALSE, "StoppedForSafety", "; ".join(stops))
    if undone:
        message = f"{undone} of {len(results)} actions were not done"
        return Finding(APPLIED, Status.FALSE, "ActionsFailed", message)
    if unresolved:
        message = f"{unresolved} title{'s' * (unresolved != 1)} could not be looked up"
        return Finding(APPLIED, Status.FALSE, "Unresolved", message)
    if waiting := [problem for problem in barred if problem and is_passing(problem)]:
        message = f"{_titles(len(waiting))} waiting: {waiting[0].message}"
        return Finding(APPLIED, Status.FALSE, waiting[0].reason, message)
    if barred:
        message = f"{_titles(len(barred))} not permitted; nothing else is left to do now"
        return Finding(APPLIED, Status.TRUE, "InStep", message)
    return Finding(APPLIED, Status.TRUE, "InStep", "nothing is left to do now")


def failure_finding(reason: str, message: str) -> Finding:
    """Nothing could be planned or done: the server, the ledger or the program failed."""
    return Finding(APPLIED, Status.FALSE, reason, message)


def stall_finding(snapshot: Snapshot, problem: ListProblem | None) -> Finding:
    """Whether trying again is of no use. ``problem``: why the list may request nothing."""
    if problem and not is_passing(problem):
        return Finding(STALLED, Status.TRUE, problem.reason, problem.message)
    if snapshot.outcome in STALLING:
        message = snapshot.error or f"the list is {snapshot.outcome}"
        return Finding(STALLED, Status.TRUE, _camel(snapshot.outcome), message)
    return Finding(STALLED, Status.FALSE, "CanProceed", "")


def server(status: Status, reason: str, message: str) -> Finding:
    """Whether the media server answers, and takes the key."""
    return Finding(SERVER_REACHABLE, status, reason, message)


def config(status: Status, reason: str, message: str) -> Finding:
    """Whether the current file is valid."""
    return Finding(CONFIG_VALID, status, reason, message)


def ledger(trouble: str) -> Finding:
    """Whether the ledger can be written; empty: it can."""
    if trouble:
        return Finding(LEDGER_USABLE, Status.FALSE, "CannotBeUsed", trouble)
    return Finding(LEDGER_USABLE, Status.TRUE, "Usable", "")


def rights(waiting: Sequence[WaitingChange]) -> Finding:
    """Which changes of the file wait because they give listsync more permissions."""
    if not waiting:
        return Finding(RIGHTS_WAITING, Status.FALSE, "NothingWaits", "")
    changes = [
        f"{change.list or 'the whole file'}: {change.words}" for change in waiting[:_MOST_NAMED]
    ]
    if len(waiting) > _MOST_NAMED:
        changes.append(f"{len(waiting) - _MOST_NAMED} more")
    last = max((change.until for change in waiting if change.until), default=None)
    when = f"by {iso_time(last)}" if last else "after controller.grace"
    message = f"takes effect {when} unless the file is reverted: {'; '.join(changes)}"
    return Finding(RIGHTS_WAITING, Status.TRUE, "WaitsForGrace", message)


def ready(conditions: Mapping[str, Condition]) -> Finding:
    """What the other conditions of a list come to."""
    stuck = conditions.get(STALLED)
    if stuck and stuck.status is Status.TRUE:
        return Finding(READY, Status.FALSE, stuck.reason, stuck.message)
    parts = [conditions.get(name) for name in (LIST_FETCHED, APPLIED)]
    for part in parts:
        if part is not None and part.status is not Status.TRUE:
            return Finding(READY, part.status, part.reason, part.message)
    if None in parts:
        return Finding(READY, Status.UNKNOWN, "Pending", "not done yet")
    return Finding(READY, Status.TRUE, "InStep", "")


def _titles(count: int) -> str:
    return "1 title is" if count == 1 else f"{count} titles are"


def _camel(outcome: Outcome) -> str:
    return "".join(word.capitalize() for word in outcome.split("-"))
