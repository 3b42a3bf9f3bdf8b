"""How times are written, and bounds for calculating with them.

A clock, a site or a damaged row may give the year 9999; adding to it would raise OverflowError.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)  # no wait and no window is as long as what follows
_DOUBLINGS = 16  # past every limit in use: more would only make big numbers


def format_time(at: datetime) -> str:
    """To the minute, for people."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def iso_time(at: datetime) -> str:
    """ISO 8601 to the second, for JSON and logs."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def bounded(at: datetime) -> datetime:
    """A time that any wait can be added to."""
    return min(at, FARTHEST)


def shifted(at: datetime, by: timedelta) -> datetime:
    """A time moved along with a clock that was set, as far as that can be calculated."""
    try:
        return bounded(at + by)
    except OverflowError:
        return at


def doubled_wait(tries: int, first: timedelta, longest: timedelta) -> timedelta:
    """``first`` after one failure in a row, twice as long after each further one."""
    return min(first * (1 << max(0, min(tries - 1, _DOUBLINGS))), longest)
