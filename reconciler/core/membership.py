"""What a list held, fetch after fetch, and which titles came back to it.

Law 7: half a list is not a list. Only a complete fetch that is neither empty nor much smaller
than the last one says that a title is gone; a small one is believed after it was seen unchanged
for ``PATIENCE``.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reconciler.core.model import Entry, Match, MediaKey, Member, Membership, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from reconciler.core.model import Item, ListRef, Snapshot, Wishlist

KEPT_PERCENT = 70  # a fetch with fewer titles than this part of the last one is waited out
PATIENCE = timedelta(days=7)


def current(stored: Membership | None, ref: ListRef) -> Membership:
    """The stored membership, unless the list's source has changed since: then it is a new list."""
    if stored is None or stored.source != str(ref):
        return Membership(str(ref))
    return stored


def advance(
    before: Membership, snapshot: Snapshot, matches: Mapping[str, Match], now: datetime
) -> Membership:
    """The membership after a fetch. ``matches``: what this pass resolved, by item key."""
    fetched = {item.key: item for item in snapshot.items}
    if not snapshot.complete or not fetched:
        return before
    if _shrunk(before, len(fetched)):
        fingerprint = hashlib.sha256("\n".join(sorted(fetched)).encode()).hexdigest()[:16]
        since = before.shrunk_since if before.shrunk == fingerprint else now
        if since is None or now - since < PATIENCE:
            return replace(before, shrunk=fingerprint, shrunk_since=since or now)
    members = {
        key: _member(before.members.get(key), item, matches.get(key))
        for key, item in fetched.items()
    }
    for key, member in before.members.items():
        members.setdefault(key, replace(member, present=False))
    return Membership(before.source, now, members)


def stale_entries(
    membership: Membership, fresh: Iterable[Item], top: int | None = None
) -> tuple[Entry, ...]:
    """What the list held when last complete and does not show now: counts, but never acts."""
    shown = {item.key for item in fresh}
    return tuple(
        Entry(member.item, member.match, fresh=False)
        for key, member in sorted(membership.members.items())
        if member.present and member.match and key not in shown
        if top is None or member.item.position <= top
    )


def readded(before: Mapping[str, Membership], lists: Sequence[Wishlist]) -> frozenset[MediaKey]:
    """The titles that were gone from every list that held them, and are on one again.

    ``before``: the memberships as they stood before this pass, by list name. First sight is not a
    re-add, and a chart's ups and downs are none.
    """
    named = {
        lst.name: before[lst.name]
        for lst in lists
        if lst.role is Role.REQUEST and lst.name in before
    }
    held: dict[MediaKey, set[bool]] = {}
    for membership in named.values():
        for member in membership.members.values():
            if member.match:
                held.setdefault(member.match.media, set()).add(member.present)
    back = {
        entry.match.media
        for lst in lists
        if lst.name in named and lst.whole and not lst.chart
        for entry in lst.entries
        if entry.fresh and isinstance(entry.match, Match)
        if _was_gone(named[lst.name], entry)
    }
    return frozenset(media for media in back if held.get(media) == {False})


def _was_gone(membership: Membership, entry: Entry) -> bool:
    member = membership.members.get(entry.item.key)
    return member is not None and not member.present


def _shrunk(before: Membership, size: int) -> bool:
    present = sum(member.present for member in before.members.values())
    return size * 100 < KEPT_PERCENT * present


def _member(before: Member | None, item: Item, match: Match | None) -> Member:
    """What is back stays "gone" until it is resolved, so that its re-add is seen then."""
    if before is None or match:
        return Member(item, match)
    return Member(item, before.match, before.present)
