"""Times as people say them, in relation to now."""

from __future__ import annotations

from datetime import datetime

_DATED = 60 * 86_400  # seconds


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
