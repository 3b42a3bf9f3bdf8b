"""What is remembered of titles: what a look at the server adds, and what a re-add lifts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.core.model import Kind, MediaKey, Memory, MemoryEntry, MemoryKey, Observed, Target
from reconciler.core.own_requests import account_for_missing, with_sightings
from reconciler.core.state import COVERED, Presence, film, known_seasons, season, show

ENOUGH = 10  # known titles from which on "most of them vanished" means something


@dataclass(frozen=True, slots=True)
class SlotView:
    """What a look shows of a slot: what is there, when it was last asked for, whether put back."""

    there: Presence
    asked: datetime | None
    lifted: bool
    now: datetime


def observe(
    memory: Memory,
    targets: Iterable[Target],
    observed: Observed,
    now: datetime,
    readded: frozenset[MediaKey] = frozenset(),
) -> Memory:
    """Memory after a look at the server: what is there now, what was and is not.

    ``readded``: what has just come back to a list. That lifts *declined* and *handled*, until the
    title is there again or a person says no once more.
    """
    memory = with_sightings(observed, memory)
    observed = account_for_missing(observed, memory)
    slots = dict(memory.slots)
    seasons: dict[Target, set[int]] = {target: set() for target in targets}
    lifted = {target for target in seasons if target.media in readded}
    for slot in memory.slots:
        known = seasons.setdefault(slot.target, set())
        if slot.season is not None:
            known.add(slot.season)
    for target, numbers in seasons.items():
        for slot, there in _look(target, numbers, observed):
            glance = SlotView(there, _asked(slot, observed), target in lifted, now)
            remembered = _witnessed(slots.get(slot), glance)
            if remembered is not None:
                slots[slot] = remembered
    return replace(memory, slots=slots)


def vanished(memory: Memory, observed: Observed) -> tuple[int, int]:
    """How many titles that were there when last looked at have left no trace, and of how many."""
    present = [s for s, known in memory.slots.items() if s.season is None and known.present]
    gone = [
        s
        for s in present
        if s.target.media not in observed.media and not observed.requests.get(s.target)
    ]
    return len(gone), len(present)


def looks_like_another_server(memory: Memory, observed: Observed) -> bool:
    """Whether most known titles vanished at once, which no household does by hand."""
    gone, present = vanished(memory, observed)
    return present >= ENOUGH and gone * 2 > present


def _look(
    target: Target, remembered: set[int], observed: Observed
) -> Iterator[tuple[MemoryKey, Presence]]:
    if target.media.kind is Kind.MOVIE:
        yield MemoryKey(target), film(target, observed).there
        return
    yield MemoryKey(target), show(target, observed)
    for number in remembered | known_seasons(target, observed):
        yield MemoryKey(target, number), season(target, number, observed).there


def _asked(slot: MemoryKey, observed: Observed) -> datetime | None:
    """When the newest of the slot's requests was made."""
    made = (
        request.created
        for request in observed.requests.get(slot.target, ())
        if slot.season is None or slot.season in request.seasons
    )
    return max((at for at in made if at), default=None)


def _witnessed(known: MemoryEntry | None, seen: SlotView) -> MemoryEntry | None:
    """A slot's memory after a look; None: there is nothing to remember.

    A re-add that still waits is kept while nothing changes. What was declined or deleted since is
    the person's later word, and binds.
    """
    there = seen.there
    if there is Presence.BLOCKLISTED:  # a person may lift that, and then the title is free again
        return known and replace(known, refused=None)  # and the time of an older "no" begins anew
    if there is Presence.LOST:  # nobody said no: it is as it was when it was asked for
        if known is None or not seen.lifted:
            return known
        return replace(known, readded=True, refused=known.refused or seen.now)
    if there in COVERED | {Presence.FAILED}:  # no "no" to lift
        return MemoryEntry(present=True)
    present = there not in {Presence.NOTHING, Presence.DELETED}
    if known is None:
        return None if there is Presence.NOTHING else MemoryEntry(present, seen.lifted, seen.now)
    changed = known.present != present and there is not Presence.NOTHING
    kept = known.readded and not changed and not _anew(known, seen)
    return MemoryEntry(present, seen.lifted or kept, _refused(known, seen, present=present))


def _refused(known: MemoryEntry, seen: SlotView, *, present: bool) -> datetime:
    """Since when it is so. What was asked for once more, and is so again, is so anew."""
    since = known.refused
    if since is None or known.present != present or _anew(known, seen):
        return seen.now
    return since


def _anew(known: MemoryEntry, seen: SlotView) -> bool:
    """Whether what is refused was asked for once more since it was first seen so."""
    return bool(known.refused and seen.asked and seen.asked > known.refused)
