"""What is remembered of titles: what a look at the server adds, and what a re-add lifts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.model import Kind, Memory, Remembered, Slot
from reconciler.core.state import COVERED, There, film, known_seasons, season

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.core.model import MediaKey, Observed, Target

ENOUGH = 10  # known titles from which on "most of them vanished" means something


def lift(memory: Memory, targets: Iterable[Target], readded: frozenset[MediaKey]) -> Memory:
    """Memory in which the re-added titles are marked so: *declined* and *handled* bind no more."""
    slots = dict(memory.slots)
    again = {t for t in targets if t.media in readded}
    for target in again:
        slots.setdefault(Slot(target), Remembered(present=False))
    for slot, known in slots.items():
        if slot.target in again:
            slots[slot] = replace(known, readded=True)
    return replace(memory, slots=slots)


def witness(memory: Memory, targets: Iterable[Target], observed: Observed) -> Memory:
    """Memory after a look at the server: what is there now, what was and is not.

    Comes after ``lift``: a title that is covered right now needs no re-add, and one declined
    later must not be lifted by it.
    """
    slots = dict(memory.slots)
    seasons: dict[Target, set[int]] = {target: set() for target in targets}
    for slot in memory.slots:
        known = seasons.setdefault(slot.target, set())
        if slot.season is not None:
            known.add(slot.season)
    for target, numbers in seasons.items():
        for slot, there in _look(target, numbers, observed):
            remembered = _witnessed(slots.get(slot), there)
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


def _look(target: Target, remembered: set[int], observed: Observed) -> Iterator[tuple[Slot, There]]:
    if target.media.kind is Kind.MOVIE:
        yield Slot(target), film(target, observed).there
        return
    numbers = remembered | known_seasons(target, observed)
    states = {n: season(target, n, observed).there for n in numbers}
    yield Slot(target), next((t for t in _MOST_ALIVE if t in states.values()), There.NOTHING)
    for number, there in states.items():
        yield Slot(target, number), there


_MOST_ALIVE = (
    There.BLOCKLISTED,
    There.AVAILABLE,
    There.REQUESTED,
    There.PROCESSING,
    There.FAILED,
    There.DECLINED,
    There.DELETED,
)


def _witnessed(known: Remembered | None, there: There) -> Remembered | None:
    """A slot's memory after a look; None: there is nothing to remember."""
    if there is There.BLOCKLISTED:  # a person may lift that, and then the title is free again
        return known
    if there in COVERED:
        return Remembered(present=True)
    if there is There.NOTHING:
        return replace(known, present=False) if known else None
    readded = known is not None and known.readded
    return Remembered(present=there is not There.DELETED, readded=readded)
