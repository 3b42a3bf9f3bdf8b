"""How times are written, and bounds for calculating with them.

A clock, a site or a damaged row may give the year 9999; adding to it would raise OverflowError.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)  # no wait and no window is as long as what follows
_DATED = 60 * 86_400  # seconds
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


def relative_time(at: datetime, now: datetime) -> str:
    """``3 min ago``, ``in 57 min``; the date of what is more than 60 days away.

    In the largest unit that fits at least twice, rounded down: a run that is due after 6 h and
    jitter is ``in 6 h``, never in 7. Nine tenths of a unit count as one, so that the next run is
    still ``in 6 h`` some minutes after the last one.
    """
    seconds = (at - now).total_seconds()
    if abs(seconds) >= _DATED:
        return f"{at:%Y-%m-%d}"
    for unit, size, least in (("days", 86_400, 2), ("h", 3600, 2), ("min", 60, 1)):
        count = int(abs(seconds) / size + 0.1)
        if count >= least:
            return f"in {count} {unit}" if seconds > 0 else f"{count} {unit} ago"
    return "in a moment" if seconds > 0 else "just now"
