"""How long a target is left alone after the server refused it or was asked to try again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.core.model import Attempts, Op, Result

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=24)

_DOUBLINGS = 8  # 10 min · 2⁸ is past a day: doubling any further would only make big numbers


def gap(tries: int) -> timedelta:
    """How long to wait after this many tries (1, 2, …): 10 min, 20, 40, … up to 24 h."""
    return min(SHORTEST * (1 << max(0, min(tries - 1, _DOUBLINGS))), LONGEST)


def attempts_after(before: Attempts, op: Op, result: Result, now: datetime) -> Attempts:
    """What is remembered of a target's attempts once an action came to ``result``.

    A new request is retried for itself: a show that is followed for years fails more than once. One
    that is there already, or was cancelled, clears the failures alone. A retry waits longer each
    time, also one whose answer was lost: it may be FAILED again at the next look. Results that say
    nothing about the target (quota, unknown, skipped) change nothing. A new request that the
    downloader did not take is retried, but not at once.
    """
    match result:
        case Result.CREATED:
            return Attempts()
        case Result.UNDELIVERED if op is not Op.RETRY:
            return Attempts(not_before=now + SHORTEST)
        case Result.EXISTS | Result.CANCELLED:
            return replace(before, failures=0, not_before=None)
        case Result.UNKNOWN if op is not Op.RETRY:
            return before
        case Result.RETRIED | Result.UNDELIVERED | Result.UNKNOWN:
            retries = before.retries + 1
            return Attempts(failures=0, retries=retries, not_before=now + gap(retries))
        case Result.FAILED | Result.REFUSED | Result.BLOCKLISTED:
            failures = before.failures + 1
            retries = before.retries + (op is Op.RETRY)
            return Attempts(failures, retries, now + gap(failures))
        case _:
            return before
