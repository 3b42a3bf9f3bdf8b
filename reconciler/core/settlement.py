"""What the outcome of an action means for what is remembered of its target (laws 4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.core.backoff import attempts_after
from reconciler.core.model import Action, Attempts, Done, Kind, MemoryEntry, MemoryKey, Result

_THERE = frozenset({Result.CREATED, Result.UNDELIVERED, Result.EXISTS})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to be remembered once an action came to a result."""

    slots: Mapping[MemoryKey, MemoryEntry]
    attempts: Attempts
    canceled: bool  # lists that miss the title keep in mind that its request was canceled


def settle(action: Action, done: Done, attempts: Attempts, now: datetime) -> Settlement:
    """Decide what ``done`` means. ``attempts``: those at the target so far.

    A show whose seasons alone were canceled is still requested. To show a canceled title again is
    a re-add.
    """
    slots: dict[MemoryKey, MemoryEntry] = {}
    if done.result in _THERE:
        slots = dict.fromkeys(_slots(action), MemoryEntry())
    if done.result is Result.CANCELLED:
        gone = [slot for slot in _slots(action) if slot.season is not None or not action.seasons]
        slots = dict.fromkeys(gone, MemoryEntry(present=False))
    return Settlement(
        slots,
        attempts_after(attempts, action.op, done.result, now),
        canceled=done.result is Result.CANCELLED,
    )


def _slots(action: Action) -> list[MemoryKey]:
    """The whole title, and of a show each season that was asked for."""
    seasons = action.seasons or () if action.target.media.kind is Kind.TV else ()
    return [MemoryKey(action.target, season) for season in (None, *seasons)]
