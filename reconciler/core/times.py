"""Bounds of the times that are calculated with.

A clock, a site or a damaged row may give the year 9999; adding to it would raise OverflowError.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)  # no wait and no window is as long as what follows


def bounded(at: datetime) -> datetime:
    """A time that any wait can be added to."""
    return min(at, FARTHEST)


def shifted(at: datetime, by: timedelta) -> datetime:
    """A time moved along with a clock that was set, as far as that can be calculated."""
    try:
        return bounded(at + by)
    except OverflowError:
        return at
