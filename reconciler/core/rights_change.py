"""Whether a changed file takes effect now, or waits because it widens rights.

| the file | waits |
|---|---|
| another ``server.url`` | the whole file |
| an entry of ``exclude`` is gone | the whole file |
| ``defaults`` widen rights that a list takes from there | the whole file |
| a requester is removed, or replaced by one with more rights | the list |
| ``approval: auto``, ``4k: true``, ``prune: cancel-pending`` | the list |
| an exclude list is gone, excludes less or elsewhere, or becomes ``role: request`` | the list |
| anything else, the first start, a new list | nothing |

A list is the one that was accepted under the same name and source, else under the same source,
else under the same name. One that left the file and comes back is compared with what it was.

Each widening waits for a grace of its own: a later one restarts no other, and one that is taken
back waits no more. A list, or the whole file, takes effect once all its widenings have waited.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.core.model import (
    WHOLE,
    FileRights,
    ListRights,
    RightsState,
    Role,
    User,
    WaitingChange,
    Widening,
)
from reconciler.core.times import shifted
from reconciler.core.widenings import ListChange, find_widenings, list_changes


@dataclass(frozen=True, slots=True)
class Decision:
    """What is in effect. Rights are ``granted`` only once ``state`` is written."""

    state: RightsState
    holds_file: bool = False  # the whole file stays as it was accepted
    lists: tuple[tuple[str, bool], ...] = ()  # in effect, by name; True: as it was accepted
    granted: tuple[Widening, ...] = ()  # what widens rights from now on


def decide(
    state: RightsState,
    proposed: FileRights,
    users: Sequence[User] | None,
    now: datetime,
    grace: timedelta | None,
) -> Decision:
    """What is in effect of a file that is valid, and since when the rest of it waits.

    ``users``: the server's, None where it could not be asked; asked only for
    ``compares_requesters``. ``grace`` None: whatever waits goes on waiting.
    A wait that begins in the future was written under a clock that was set back: it begins now.
    """
    accepted = state.accepted
    if accepted is None:
        return Decision(
            RightsState(proposed), lists=tuple((name, False) for name in proposed.lists)
        )
    changes = list_changes(accepted, proposed)
    found = find_widenings(accepted, proposed, changes, users)
    waiting = {widening: min(state.waiting.get(widening, now), now) for widening in found}
    held = {w.list for w, since in waiting.items() if grace is None or now < since + grace}
    if WHOLE in held:
        lists = tuple((name, True) for name in accepted.lists)
        return Decision(RightsState(accepted, waiting), holds_file=True, lists=lists)
    lists = _in_effect(changes, held)
    return Decision(
        RightsState(
            _accepted(accepted, proposed, lists),
            {widening: since for widening, since in waiting.items() if widening.list in held},
        ),
        lists=lists,
        granted=tuple(widening for widening in waiting if widening.list not in held),
    )


def _in_effect(
    changes: Sequence[ListChange], held: Collection[str]
) -> tuple[tuple[str, bool], ...]:
    """The lists in effect. One whose name is still taken by a list that waits, waits with it."""
    stay = {change for change in changes if change.name in held}
    while more := {change for change in changes if _is_taken(change.new, stay)} - stay:
        stay |= more
    kept = [(change.old if change in stay else change.new, change in stay) for change in changes]
    return tuple((name, as_accepted) for name, as_accepted in kept if name is not None)


def _is_taken(name: str | None, stay: Collection[ListChange]) -> bool:
    return name is not None and any(change.old == name for change in stay)


def _accepted(
    before: FileRights, proposed: FileRights, lists: Sequence[tuple[str, bool]]
) -> FileRights:
    """The rights that are in effect now; those of lists that have left are kept by source."""
    now: dict[str, ListRights] = {
        name: (before if as_accepted else proposed).lists[name] for name, as_accepted in lists
    }
    sources = {lst.source for lst in now.values()}
    left = {lst.source: lst for lst in before.lists.values()}
    former = {**before.former, **left}
    return replace(
        proposed,
        lists=now,
        former={source: lst for source, lst in former.items() if source not in sources},
    )


def compares_requesters(state: RightsState, proposed: FileRights) -> bool:
    """Whether a requester is replaced by another: ``decide`` then needs the server's users."""
    if state.accepted is None:
        return False
    pairs = [(state.accepted.defaults, proposed.defaults)]
    pairs += [
        (change.before.rights, change.after.rights)
        for change in list_changes(state.accepted, proposed)
        if change.before is not None and change.after is not None
        if change.before.rights.role is change.after.rights.role is Role.REQUEST
    ]
    return any(
        before.requester != after.requester
        for before, after in pairs
        if before.requester is not None and after.requester is not None
    )


def next_effect(waiting: Mapping[Widening, datetime], grace: timedelta) -> datetime | None:
    """When the next list, or the whole file, has waited long enough; None: nothing waits."""
    due: dict[str, datetime] = {}
    for widening, since in waiting.items():
        due[widening.list] = max(since + grace, due.get(widening.list, since + grace))
    return due.get(WHOLE) or min(due.values(), default=None)


def shift(state: RightsState, by: timedelta) -> RightsState:
    """The same waits under a clock that was set forward, or back, by so much."""
    return replace(state, waiting={w: shifted(since, by) for w, since in state.waiting.items()})


def waiting_changes(
    waiting: Mapping[Widening, datetime], grace: timedelta | None
) -> tuple[WaitingChange, ...]:
    """What waits, the whole file first. ``grace`` None: it is not known."""
    ordered = sorted(waiting.items(), key=lambda row: (row[0].list, row[0].setting, row[0].value))
    return tuple(
        WaitingChange(
            widening.list, widening.words, since, None if grace is None else since + grace
        )
        for widening, since in ordered
    )
