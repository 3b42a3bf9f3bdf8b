"""The content of a list over time, and the titles that came back to it.

Law 7: half a list is not a list. Only a complete fetch that is neither empty nor much smaller
than the last one says that a title is gone; a much smaller one counts after it has stayed the
same for ``PATIENCE``. Pruning our own requests needs less evidence: an empty fetch counts too, and
each list has its own waiting time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from reconciler.core.model.lists import Item, ListRef, Match, MediaKey, Snapshot
from reconciler.core.model.memory import Absence, Baseline, Member, Membership
from reconciler.core.model.plan import DesiredList
from reconciler.core.model.rules import ListRules
from reconciler.core.model.terms import Outcome, Role
from reconciler.core.wants import names_of, sure_names

K = TypeVar("K")

KEPT_PERCENT = 70  # a fetch that lacks more of the last titles than the rest is waited out
PATIENCE = timedelta(days=7)


def current(stored: Membership | None, ref: ListRef) -> Membership:
    """The stored membership, unless the list's source has changed since: then it is a new list."""
    if stored is None or stored.source != str(ref):
        return Membership(str(ref))
    return replace(stored, left=None) if stored.left else stored


def departed(stored: Mapping[str, Membership], lists: Iterable[ListRules]) -> dict[str, Membership]:
    """The memberships that none of these lists, those of the file, continues."""
    sources = {lst.name: str(lst.source) for lst in lists}
    return {
        name: membership
        for name, membership in stored.items()
        if sources.get(name) != membership.source
    }


@dataclass(frozen=True, slots=True)
class Rename:
    """The history that a list takes over from its previous name."""

    old: str
    new: str
    source: str  # of the list under its old name
    membership: Membership
    baseline: Baseline | None


def renames(
    lists: Sequence[ListRules],
    stored: Mapping[str, Membership],
    baselines: Mapping[str, Baseline],
) -> tuple[Rename, ...]:
    """The lists whose history is still stored under their ``was``.

    A list with a history of its own at its source keeps that. At another source nothing counts as
    missed, or as put back, before the list was read completely there.
    """
    due: list[Rename] = []
    for lst in lists:
        old, source = lst.was or lst.name, str(lst.source)
        own = current(stored.get(lst.name), lst.source)
        adopted = [baselines[name] for name in (old, lst.name) if name in baselines]
        before = stored.get(old) or (Membership(adopted[0].source) if old in baselines else None)
        if before is None or own.completed or old in {other.name for other in lists}:
            continue
        after = replace(before, left=None)
        if before.source != source:
            members = {key: replace(m, missed=None) for key, m in before.members.items()}
            after = Membership(source, members=members)
        valid = [each for each in adopted if each.source in {before.source, source}]
        keys = frozenset(key for each in valid for key in each.keys)
        baseline = replace(valid[0], source=source, keys=keys) if valid else None
        due.append(Rename(old, lst.name, before.source, after, baseline))
    return tuple(due)


def advance(
    before: Membership,
    snapshot: Snapshot,
    matches: Mapping[str, Match],
    at: datetime,
    patience: timedelta = PATIENCE,
) -> Membership:
    """The membership after a fetch. ``matches``: what this run resolved, by item key.

    ``at``: when it was fetched. What somebody else has read since knows better. ``patience``: how
    long an empty or shrunk fetch must be seen unchanged before it says what is missing.
    """
    if before.completed and before.completed > at:
        return before
    items = {item.key: item for item in snapshot.items}
    before = _clear_missed(before, items.keys())
    if not _tells(snapshot, before):
        return before
    if _shrunk(before, items.keys()):
        fingerprint = hashlib.sha256("\n".join(sorted(items)).encode()).hexdigest()[:16]
        since = (before.shrunk_since if before.shrunk == fingerprint else None) or at
        before = replace(before, shrunk=fingerprint, shrunk_since=since)
        if at - since < patience:
            return before
        if not items or at - since < PATIENCE:
            return _missing(before, items.keys(), at)
    members = {
        key: _member(before.members.get(key), item, matches.get(key)) for key, item in items.items()
    }
    for key, member in _missing(before, items.keys(), at).members.items():
        members.setdefault(key, replace(member, present=False))
    return Membership(before.source, at, members)


def canceled_members(members: Mapping[K, Member], media: MediaKey) -> dict[K, Member]:
    """The members that a list misses, also an empty list, once a request for them is canceled."""
    return {
        key: replace(member, canceled=True)
        for key, member in members.items()
        if member.present and member.missed and member.match and member.match.media == media
    }


def absences(membership: Membership) -> dict[MediaKey, Absence]:
    """The titles that were on a list and are missing now, under all their names."""
    missing: dict[MediaKey, Absence] = {}
    shown: set[MediaKey] = set()
    for member in membership.members.values():
        if member.match is None:
            continue
        media, since = member.match.media, member.missed
        if since is None:
            shown.add(media)
        elif media not in missing or missing[media].since < since:
            missing[media] = Absence(member.item, member.match, since)
    return {media: absence for media, absence in missing.items() if media not in shown}


def extend_baseline(
    before: Baseline | None, ref: ListRef, items: Iterable[Item], at: datetime
) -> Baseline:
    """The baseline once a person adopts what a list shows, beside what already was."""
    keys = frozenset(item.key for item in items)
    previous_keys = before.keys if before and before.source == str(ref) else frozenset()
    return Baseline(str(ref), at, keys | previous_keys)


def stale_members(
    membership: Membership, fresh: Iterable[Item], top: int | None = None
) -> tuple[Member, ...]:
    """What the list held when last complete and does not show now: counts, but never acts."""
    shown = {item.key for item in fresh}
    return tuple(
        member
        for key, member in sorted(membership.members.items())
        if member.is_held and key not in shown
        if top is None or member.item.position <= top
    )


def readded(
    before: Mapping[str, Membership],
    lists: Sequence[DesiredList],
    left_file: Collection[Membership] = (),
) -> frozenset[MediaKey]:
    """The titles that were gone from every list that held them, and are on one again.

    ``before``: the memberships as of before this run, by list name. First sight is not a
    re-add, and charts never re-add. A list that was never read completely may have
    had the title all along, and so may one whose entry for it is unresolved.

    ``left_file``: memberships of lists that are not in the config. The titles of such a list are on
    no list once a run has acted without it, and come back only to a list that was read since and
    had lost them; while a list that was never read has its source, it was renamed, and keeps them.
    """
    wishes = [lst for lst in lists if lst.rules.role is Role.REQUEST and lst.name in before]
    memberships = {lst.name: before[lst.name] for lst in wishes}
    unread = {str(lst.rules.source) for lst in wishes if memberships[lst.name].completed is None}
    holding = [
        membership
        for membership in left_file
        if membership.left is None or membership.source in unread
    ]
    until = _held_until(left_file)
    members = [
        m for membership in (*memberships.values(), *holding) for m in membership.members.values()
    ]
    still_held = {m.match.media for m in members if m.match and m.is_held}
    still_held |= {
        entry.match.media
        for lst in wishes
        if memberships[lst.name].completed is None and not lst.is_complete
        for entry in lst.entries
        if isinstance(entry.match, Match)
    }
    unresolved = {name for m in members if m.present and not m.match for name in sure_names(m.item)}
    return frozenset(
        entry.match.media
        for lst in wishes
        if lst.is_complete and memberships[lst.name].completed and not lst.rules.source.chart
        for entry in lst.entries
        if entry.fresh and isinstance(entry.match, Match)
        if (member := memberships[lst.name].members.get(entry.item.key)) and not member.is_held
        if entry.match.media not in still_held
        if _was_read_since(memberships[lst.name], until.get(entry.match.media))
        if not names_of(entry.item) & unresolved
    )


def _held_until(left_file: Iterable[Membership]) -> dict[MediaKey, datetime]:
    """When the last list with a title was found to be missing from the config."""
    until: dict[MediaKey, datetime] = {}
    for membership in left_file:
        for member in membership.members.values():
            if membership.left and member.match and member.is_held:
                media = member.match.media
                until[media] = max(membership.left, until.get(media, membership.left))
    return until


def _was_read_since(membership: Membership, at: datetime | None) -> bool:
    """Whether a list was read, and believed, since then; None: it need not have been."""
    if at is None:
        return True
    read = membership.completed
    return read is not None and read >= at and membership.shrunk is None


def _tells(snapshot: Snapshot, before: Membership) -> bool:
    """Whether a fetch says what is not on its list: a whole one, or where something was, none."""
    if snapshot.items:
        return snapshot.complete
    has_members = any(member.is_held for member in before.members.values())
    return snapshot.outcome is Outcome.EMPTY and has_members


def _clear_missed(before: Membership, keys: Collection[str]) -> Membership:
    """What any fetch shows is not missing, however little of the list it gave."""
    back = {
        key: replace(before.members[key], missed=None)
        for key in keys
        if key in before.members and before.members[key].missed
    }
    return replace(before, members={**before.members, **back}) if back else before


def _missing(before: Membership, keys: Collection[str], at: datetime) -> Membership:
    """Mark every member that was not fetched as missing, if it is not marked yet."""
    members = {
        key: member if member.missed or key in keys else replace(member, missed=at)
        for key, member in before.members.items()
    }
    return replace(before, completed=at, members=members)


def _shrunk(before: Membership, keys: Collection[str]) -> bool:
    """Whether too much of the last content is missing; another list by mistake may be as long.

    The first content at another source may differ in any way, but must not be empty.
    """
    if before.completed is None and keys:
        return False
    present = {key for key, member in before.members.items() if member.present}
    return len(present & set(keys)) * 100 < KEPT_PERCENT * len(present)


def _member(before: Member | None, item: Item, match: Match | None) -> Member:
    """What is back stays "gone" until it is resolved, so that its re-add is seen then."""
    if before is None or match:
        return Member(item, match)
    return Member(item, before.match, before.present, canceled=before.canceled)
