"""The time of the next run of a list. The time and a random number are passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.core.conditions import READY, STALLED, is_true
from reconciler.core.model.rules import ListRules
from reconciler.core.model.status import Condition, Finding, Schedule
from reconciler.core.times import doubled_wait

LONGEST_RETRY = timedelta(hours=6)
LONGEST_RETRY_AFTER = timedelta(days=30)  # a site that asks for more is asked again after this
_JITTER = 0.1  # of a wait, at most, so that lists that ran together once drift apart


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """The findings of a list's run, about the list and the server, and the wait asked for."""

    findings: tuple[Finding, ...]
    server: Finding | None = None
    retry_after: float | None = None  # seconds, where the site or the server named them
    own_fault: bool = True  # False: the server or the ledger failed, not the list


def retry_wait(tries: int, first: timedelta, chance: float) -> timedelta:
    """How long to wait after this many failures in a row: up to 6 h, or ``first`` if longer."""
    longest = max(first, LONGEST_RETRY)
    return min(add_jitter(doubled_wait(tries, first, longest), chance), longest)


def add_jitter(wait: timedelta, chance: float) -> timedelta:
    """``wait``, up to a tenth longer; never shorter, since a site may have asked for that much."""
    return wait * (1 + _JITTER * chance)


def next_run(  # noqa: PLR0913 - all that a wait depends on
    before: Schedule | None,
    rules: ListRules,
    config_hash: str,
    result: ReconcileResult,
    conditions: Mapping[str, Condition],
    *,
    now: datetime,
    chance: float,
) -> Schedule:
    """When a list runs next. ``conditions``: after its run; ``chance``: from 0 to 1, for jitter.

    After its interval where the list is ready, or where trying sooner is of no use; otherwise after
    ``retry_interval``, longer with each failure that is the list's own fault. A wait that the site
    or the server asked for is kept.
    """
    ready = is_true(conditions, READY)
    tries = before.tries if before else 0
    if ready or is_true(conditions, STALLED):
        tries, wait = 0, add_jitter(rules.interval, chance)
    elif result.own_fault:
        tries += 1
        wait = retry_wait(tries, rules.retry_interval, chance)
    else:
        wait = retry_wait(1, rules.retry_interval, chance)
    requested_wait = timedelta(
        seconds=min(result.retry_after or 0, LONGEST_RETRY_AFTER.total_seconds())
    )
    return Schedule(
        digest=config_hash,
        due=now + max(wait, requested_wait),
        tries=tries,
        attempted=now,
        succeeded=now if ready else before.succeeded if before else None,
    )


def first_due(
    schedule: Schedule | None, config_hash: str, rules: ListRules, now: datetime
) -> datetime:
    """When a list is due that has just been read from the file.

    At once if the list is new, or its configuration has changed since its last run.
    """
    if (
        schedule is None
        or schedule.digest != config_hash
        or is_too_late(schedule, schedule.due, rules, now)
    ):
        return now
    return schedule.due


def is_too_late(schedule: Schedule | None, due: datetime, rules: ListRules, now: datetime) -> bool:
    """Whether ``due`` is later than any wait allows: a clock that was ahead has written it.

    A site or server may have asked for a longer wait than the list's interval. A last run that is
    far in the future does not prove such a wait.
    """
    longest = max(add_jitter(rules.interval, 1), rules.retry_interval, LONGEST_RETRY)
    requested_wait = timedelta()
    if schedule and schedule.attempted and schedule.attempted <= now + longest:
        requested_wait = min(schedule.due - schedule.attempted, LONGEST_RETRY_AFTER)
    return due > now + (longest if requested_wait <= longest else longest + requested_wait)
