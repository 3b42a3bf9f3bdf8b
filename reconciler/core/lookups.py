"""What a pass has to find out about titles before it can plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.core.desired import PriorState, showed_nothing
from reconciler.core.filters import drops
from reconciler.core.model import (
    DesiredList,
    Entry,
    Item,
    Kind,
    ListRules,
    Match,
    MediaKey,
    Role,
    Snapshot,
)
from reconciler.core.waivers import dropped, in_doubt


def items_in_question(
    lists: Sequence[ListRules],
    exclude: Sequence[Item],
    snapshots: Mapping[str, Snapshot],
    recalled: PriorState,
) -> tuple[list[Item], list[Item]]:
    """What has to be resolved, and what its list's filter drops already; ``top`` cuts before both.

    What exclude lists held is resolved with the rest: it excludes also while they cannot be read.
    So is what a list last showed that was never complete: it owns its titles all the same.
    """
    items: list[Item] = []
    out: list[Item] = []
    for lst in lists:
        snapshot, past = snapshots.get(lst.name), recalled.of(lst)
        shown = snapshot.items[: lst.top] if snapshot else ()
        if past.membership.completed is None and showed_nothing(snapshot):
            shown += past.shown[: lst.top]
        for item in shown:
            (out if lst.filter and drops(lst.filter, item) else items).append(item)
        if lst.role is Role.EXCLUDE:
            items += [member.item for member in past.membership.members.values() if member.present]
    return [*items, *exclude], out


def titles_in_question(lists: Sequence[DesiredList]) -> set[MediaKey]:
    """The titles that are decided in this pass and of which more has to be known.

    Of a show its seasons have to be, unless no list wants it; of a film only what a filter asks and
    the list does not tell.
    """
    fresh = {media for _, entry, media in places(lists) if entry.fresh}
    return {
        media
        for lst, entry, media in places(lists)
        if media in fresh
        if (not dropped(lst, entry) if media.kind is Kind.TV else in_doubt(lst, entry))
    }


def places(lists: Sequence[DesiredList]) -> Iterator[tuple[DesiredList, Entry, MediaKey]]:
    """Each place of a title on a list that asks for its titles."""
    for lst in lists:
        if lst.rules.role is Role.REQUEST:
            for entry in lst.entries:
                if isinstance(entry.match, Match):
                    yield lst, entry, entry.match.media
