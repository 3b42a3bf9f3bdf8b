"""``forget``: which entries are dropped for a title, and which lists want it then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from reconciler.core.model import Baseline, Item, Match, MediaKey, Membership, Memory, Unmatched
from reconciler.core.wants import called, names_of, rule_names


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Of one item: which titles it may mean, what is known of them, which lists hold them."""

    media: frozenset[MediaKey]
    known: int  # films, seasons and shows that were seen there, or counted as refused
    still_there: bool  # one of them was there at the last look: the server remembers it, too
    lists: tuple[str, ...]
    adopted: Mapping[str, frozenset[str]]  # what each list adopted of it, by item key


def forgetting(  # noqa: PLR0913 - all that the ledger knows of a title
    item: Item,
    media: Collection[MediaKey],
    memory: Memory,
    *,
    memberships: Mapping[str, Membership],
    shown: Mapping[str, Iterable[Item]],
    baselines: Mapping[str, Baseline],
    matches: Mapping[str, Match | Unmatched],
) -> Forgetting:
    """What there is to forget. ``shown``: what each list of the file showed last.

    ``matches``: what look-ups of those items have found, by item key.

    ``media``: what the item is known to mean; a TMDB id means that very title, all else may mean
    what lists have under that name, too.
    """
    names, found = set(rule_names(item)), set(media)
    members = [m for one in memberships.values() for m in one.members.values()]
    if not item.ids.tmdb:
        found |= {m.match.media for m in members if m.match and names & _names(m.item, m.match)}
    items = {m.item for m in members if m.match and m.match.media in found}
    items |= {i for i in chain.from_iterable(shown.values()) if _leads_to(i, matches, found)}
    names |= {name for one in items for name in rule_names(one)}
    lists = [name for name, of_it in shown.items() if any(names & names_of(i) for i in of_it)]
    keys = frozenset(one.key for one in items) | {item.key}
    slots = [known for slot, known in memory.slots.items() if slot.target.media in found]
    tried = [target for target in memory.attempts if target.media in found]
    return Forgetting(
        frozenset(found),
        len(slots) + len(tried),
        any(known.present for known in slots),
        tuple(lists),
        {name: keys & one.keys for name, one in baselines.items() if keys & one.keys},
    )


def _leads_to(
    item: Item, matches: Mapping[str, Match | Unmatched], media: Collection[MediaKey]
) -> bool:
    match = matches.get(item.key)
    return isinstance(match, Match) and match.media in media


def _names(item: Item, match: Match) -> frozenset[str]:
    """Every name of what a list has, also the server's, for a list of bare ids."""
    return names_of(item) | names_of(called(item, match))
