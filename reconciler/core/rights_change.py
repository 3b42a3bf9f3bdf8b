"""Whether a changed file takes effect now, or waits because it gives listsync more permissions.

| the file | waits |
|---|---|
| another ``server.url`` | the whole file |
| an entry of ``exclude`` is gone | the whole file |
| ``defaults`` give more permissions to a list that inherits them | the whole file |
| a requester is removed, or replaced by one with more rights | the list |
| ``approval: auto``, ``4k: true``, ``prune: cancel-pending`` | the list |
| an exclude list is gone, excludes less, moves, or becomes ``role: request`` | the list |
| anything else, the first start, a new list | nothing |

A list is compared with the accepted list of the same name and source, else of the same source, else
of the name in its ``was``, else of the same name. A list that left the file and comes back is
compared with its last accepted state.

Each widening has its own grace period: a later one does not restart another, and a reverted one
stops waiting. A list, or the whole file, takes effect once all its widenings have waited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.core.model.rules import (
    FileRights,
    ListRights,
    Rights,
    RightsState,
    WaitingChange,
    Widening,
)
from reconciler.core.model.server import User
from reconciler.core.model.status import WHOLE
from reconciler.core.model.terms import Approval, Episodes, Prune, Role
from reconciler.core.rights import find_users, has_more_rights
from reconciler.core.times import shifted


@dataclass(frozen=True, slots=True)
class RightsDecision:
    """What is in effect. Rights are ``granted`` only once ``state`` is written."""

    state: RightsState
    holds_file: bool = False  # the whole file stays as it was accepted
    lists: tuple[tuple[str, bool], ...] = ()  # in effect, by name; True: as it was accepted
    granted: tuple[Widening, ...] = ()  # the changes that take effect now


def decide(
    state: RightsState,
    proposed: FileRights,
    users: Sequence[User] | None,
    now: datetime,
    grace: timedelta | None,
) -> RightsDecision:
    """Which parts of a valid file are in effect, and since when the others wait.

    ``users``: the server's, None where it could not be asked; asked only for
    ``compares_requesters``. ``grace`` None: every waiting change keeps waiting.
    A wait that begins in the future was written under a clock that was set back: it begins now.
    """
    accepted = state.accepted
    if accepted is None:
        return RightsDecision(
            RightsState(proposed), lists=tuple((name, False) for name in proposed.lists)
        )
    changes = list_changes(accepted, proposed)
    widenings = find_widenings(accepted, proposed, changes, users)
    waiting = {widening: min(state.waiting.get(widening, now), now) for widening in widenings}
    held_back = {w.list for w, since in waiting.items() if grace is None or now < since + grace}
    if WHOLE in held_back:
        lists = tuple((name, True) for name in accepted.lists)
        return RightsDecision(RightsState(accepted, waiting), holds_file=True, lists=lists)
    lists = _in_effect(changes, held_back)
    in_effect = {
        name: (accepted if as_accepted else proposed).lists[name] for name, as_accepted in lists
    }
    sources = {lst.source for lst in in_effect.values()}  # lists that have left are kept by source
    former = {**accepted.former, **{lst.source: lst for lst in accepted.lists.values()}}
    former = {source: lst for source, lst in former.items() if source not in sources}
    rights = replace(proposed, lists=in_effect, former=former)
    still_waiting = {w: since for w, since in waiting.items() if w.list in held_back}
    granted = tuple(widening for widening in waiting if widening.list not in held_back)
    return RightsDecision(RightsState(rights, still_waiting), lists=lists, granted=granted)


def _in_effect(
    changes: Sequence[ListChange], held_back: Collection[str]
) -> tuple[tuple[str, bool], ...]:
    """The lists in effect. One whose name is still taken by a list that waits, waits with it."""
    stay = {change for change in changes if change.name in held_back}
    while more := {c for c in changes if c.new in {other.old for other in stay} - {None}} - stay:
        stay |= more
    effective = [
        (change.old if change in stay else change.new, change in stay) for change in changes
    ]
    return tuple((name, as_accepted) for name, as_accepted in effective if name is not None)


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


# setting, its new value, the change in words
_Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ListChange:
    """A list as it was accepted and as the new file has it; None: it is not there."""

    old: str | None  # its accepted name; None: it is new, or it had left the file
    new: str | None
    before: ListRights | None
    after: ListRights | None

    @property
    def name(self) -> str:
        """What people know it by: the name that is in effect."""
        return self.old or self.new or WHOLE


def list_changes(accepted: FileRights, proposed: FileRights) -> tuple[ListChange, ...]:
    """Each list of the new file with what it was, in the file's order; then those that are gone."""
    partners = _partners(accepted, proposed)
    changes: list[ListChange] = []
    for name, after in proposed.lists.items():
        old = partners.get(name)
        before = accepted.former.get(after.source) if old is None else accepted.lists[old]
        changes.append(ListChange(old, name, before, after))
    removed = [name for name in accepted.lists if name not in partners.values()]
    return (*changes, *(ListChange(name, None, accepted.lists[name], None) for name in removed))


def _partners(accepted: FileRights, proposed: FileRights) -> dict[str, str]:
    """The accepted list of each list: by name and source, otherwise by source, ``was`` or name."""
    old, new = accepted.lists, proposed.lists
    partners: dict[str, str] = {}
    fits: tuple[Callable[[str, str], bool], ...] = (
        lambda name, other: other == name and old[other].source == new[name].source,
        lambda name, other: old[other].source == new[name].source,
        lambda name, other: other == new[name].was and name not in old,
        lambda name, other: other == name,
    )
    for is_partner in fits:
        for name in new:
            free = (other for other in old if other not in partners.values())
            partner = next((other for other in free if is_partner(name, other)), None)
            if name not in partners and partner is not None:
                partners[name] = partner
    return partners


def find_widenings(
    accepted: FileRights,
    proposed: FileRights,
    changes: Sequence[ListChange],
    users: Sequence[User] | None,
) -> tuple[Widening, ...]:
    """All widenings. ``users``: the server's; None: it could not be asked."""
    widenings = [
        Widening(WHOLE, "exclude", key, f"{key} is removed from exclude")
        for key in sorted(accepted.excluded - proposed.excluded)
    ]
    if accepted.server_url != proposed.server_url:
        words = f"server.url changes from {accepted.server_url} to {proposed.server_url}"
        widenings.insert(0, Widening(WHOLE, "server.url", proposed.server_url, words))
    in_lists = [
        (change.name, *change_text) for change in changes for change_text in _of_list(change, users)
    ]
    before, after = accepted.defaults, proposed.defaults
    of_defaults = [*_of_requests(before, after, users)]
    if before.role is Role.EXCLUDE and after.role is not Role.EXCLUDE:
        of_defaults.insert(0, ("role", after.role, "titles are requested instead of excluded"))
    inherited = {(setting, value) for setting, value, _ in of_defaults}
    inherited &= {(setting, value) for _, setting, value, _ in in_lists}
    widenings += [
        Widening(WHOLE, f"defaults.{setting}", value, f"defaults: {words}")
        for setting, value, words in of_defaults
        if (setting, value) in inherited
    ]
    widenings += [
        Widening(name, setting, value, words)
        for name, setting, value, words in in_lists
        if (setting, value) not in inherited
    ]
    return tuple(widenings)


def _of_list(change: ListChange, users: Sequence[User] | None) -> Iterator[_Change]:
    before, after = change.before, change.after
    if before is None:
        return
    if before.rights.role is Role.EXCLUDE:
        if change.old is not None or (after and after.rights.role is not Role.EXCLUDE):
            yield from _of_exclusion(before, after)
    elif after is not None and after.rights.role is Role.REQUEST:
        yield from _of_requests(before.rights, after.rights, users)


def _of_exclusion(before: ListRights, after: ListRights | None) -> Iterator[_Change]:
    """What an exclude list excludes no longer."""
    if after is None:
        yield "role", "", "the exclude list is removed"
    elif after.rights.role is not Role.EXCLUDE:
        yield "role", after.rights.role, "its titles are requested instead of excluded"
    elif after.source != before.source:
        yield "source", after.source, f"it excludes {after.source} instead of {before.source}"
    else:
        top, was = after.rights.top, before.rights.top
        if top is not None and (was is None or top < was):
            yield "top", str(top), f"only its first {top} titles are excluded"
        if before.rights.episodes is Episodes.SERIES and after.rights.episodes is Episodes.SKIP:
            yield (
                "episodes",
                after.rights.episodes,
                "its episodes no longer exclude their series",
            )


def _of_requests(before: Rights, after: Rights, users: Sequence[User] | None) -> Iterator[_Change]:
    """What a list's requests may do, and could not before."""
    if words := _requester_widens(before, after, users):
        yield "requester", repr(after.requester), words
    if after.approval is Approval.AUTO and before.approval is not Approval.AUTO:
        yield "approval", after.approval, "approval: auto is set"
    if after.is_4k and not before.is_4k:
        yield "4k", "true", "4k is turned on"
    if after.prune is Prune.CANCEL_PENDING and before.prune is not Prune.CANCEL_PENDING:
        yield "prune", after.prune, "prune: cancel-pending is set"


def _requester_widens(before: Rights, after: Rights, users: Sequence[User] | None) -> str:
    """The change in words; empty if the new requester has at most the rights of the old one.

    Naming a requester adds none: without one, requests are made as the owner of the API key.
    """
    old, new = before.requester, after.requester
    if old is None or old == new:
        return ""
    if new is None:
        return f"requester {old} is removed: requests are made as the owner of the API key"
    replaced = f"requester {old} is replaced by {new}"
    if users is None:
        return f"{replaced}, and the server could not be asked who has more permissions"
    successors, predecessors = find_users(new, users), find_users(old, users)
    if len(successors) != 1:
        return ""  # such a list requests nothing
    if len(predecessors) == 1 and not has_more_rights(
        successors[0], predecessors[0], is_4k=after.is_4k
    ):
        return ""
    return f"{replaced}, who has more permissions"
