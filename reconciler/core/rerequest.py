"""When what a person declined or took away is asked for again: ``rerequest``.

Only *declined* and *handled* are ever lifted: what is blocklisted or excluded does not come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from reconciler.core.model import MemoryEntry, Rerequest
from reconciler.core.seasons import span
from reconciler.core.times import format_time


def lifted(known: MemoryEntry | None, rule: Rerequest | timedelta, now: datetime) -> bool:
    """Whether *declined* and *handled* are lifted: by a re-add, or since their time is over."""
    at = _due(known, rule)
    return put_back(known, rule) or (at is not None and at <= now)


def put_back(known: MemoryEntry | None, rule: Rerequest | timedelta) -> bool:
    """Whether a re-add lifts them."""
    return known is not None and known.readded and rule is not Rerequest.NEVER


def rerequest_notes(
    marks: Mapping[int | None, MemoryEntry | None], rule: Rerequest | timedelta, now: datetime
) -> Iterator[str]:
    """``S1-2 asked again after …``, or since when they were out; by season, None: a film."""
    alike: dict[str, list[int]] = {}
    for number, known in marks.items():
        at = _due(known, rule)
        if known is None or known.readded or known.refused is None or at is None:
            continue
        text = (
            f"out since {format_time(known.refused)}"
            if at <= now
            else f"asked again after {format_time(at)}"
        )
        alike.setdefault(text, []).extend(() if number is None else (number,))
    for text, numbers in alike.items():
        yield f"{span(numbers)} {text}" if numbers else text


def _due(known: MemoryEntry | None, rule: Rerequest | timedelta) -> datetime | None:
    """When it is asked for again by itself; None: never, or the time was not seen to begin."""
    if known is None or known.refused is None or not isinstance(rule, timedelta):
        return None
    return known.refused + rule
