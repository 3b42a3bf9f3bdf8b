"""Lists → the wanted titles and their owners, why a list skips a title, and what is excluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.core.filters import Rejection, TitleFacts, objection
from reconciler.core.items import item_keys
from reconciler.core.model.lists import Entry, Item, Match, MediaKey, Target, Unmatched
from reconciler.core.model.plan import DesiredList
from reconciler.core.model.rules import SeasonRule
from reconciler.core.model.server import Film, Observed, Show
from reconciler.core.model.terms import Kind, MatchMethod, Reason, Role
from reconciler.core.names import normalise, readings, spellings

_UNSEEN = Observed()


@dataclass(frozen=True, slots=True)
class Want:
    """A target that lists want; the first list of the file that does owns it."""

    owner: DesiredList
    item: Item
    target: Target
    match: Match  # how the owner's item led there
    lists: tuple[str, ...]
    seasons: tuple[SeasonRule, ...]  # of a show: what each place on a list wants
    skip_reason: tuple[Reason, str] | None  # why none of its lists asks for it now
    items: tuple[Item, ...]  # as the lists give it

    @property
    def matched_by(self) -> MatchMethod:
        return self.match.by


@dataclass(frozen=True, slots=True)
class UnresolvedWant:
    """An item that leads to no target, and why."""

    owner: DesiredList
    item: Item
    why: Unmatched
    lists: tuple[str, ...]


def gather_wants(
    lists: Sequence[DesiredList], observed: Observed = _UNSEEN
) -> Iterator[Want | UnresolvedWant]:
    """Each wanted title once, in file order, then list position.

    A title that only stale entries want is left out: no list gave it in this run. One that a
    list gave stays with its owner, also where that list could not be read this time.

    ``observed`` has the facts that filters need and the list lacks.
    """
    places_by_identity: dict[Target | str, list[tuple[DesiredList, Entry]]] = {}
    for lst in sorted((x for x in lists if x.rules.role is Role.REQUEST), key=lambda x: x.index):
        for entry in sorted(lst.entries, key=lambda e: (e.item.position, e.item.key)):
            places_by_identity.setdefault(entry_identity(lst, entry), []).append((lst, entry))
    for identity, places in places_by_identity.items():
        if any(entry.fresh for _, entry in places):
            yield _gather(identity, places, observed)


def entry_identity(lst: DesiredList, entry: Entry) -> Target | str:
    """What makes two places on lists the same title."""
    if isinstance(entry.match, Match) and not entry.item.unsupported:
        return Target(entry.match.media, lst.rules.is_4k)
    return item_identity(lst.name, entry.item)


def item_identity(list_name: str, item: Item) -> str:
    """What makes two items that lead to no target the same; one without a name equals no other."""
    if not item.title and not any(item.ids.items()):
        return f"{list_name}, place {item.position}"
    return item.key


def _gather(
    identity: Target | str, places: list[tuple[DesiredList, Entry]], observed: Observed
) -> Want | UnresolvedWant:
    asking = [place for place in places if skip_reason(*place, observed) is None]
    waiver = None
    if any(entry.fresh for _, entry in asking):  # a title belongs to the first list that asks
        places = asking
    else:
        waiver = next(skip_reason(*place, observed) for place in places if place[1].fresh)
    owner, first = places[0]
    names = tuple(dict.fromkeys(lst.name for lst, _ in places))
    if isinstance(identity, Target) and isinstance(first.match, Match):
        item = titled(first.item, first.match)
        items = tuple(entry.item for _, entry in places)
        seasons = tuple(  # those that the entry names itself, otherwise its list's rule
            dict.fromkeys(
                SeasonRule(named=entry.item.seasons) if entry.item.seasons else lst.rules.seasons
                for lst, entry in places
            )
        )
        return Want(owner, item, identity, first.match, names, seasons, waiver, items)
    if isinstance(first.match, Unmatched):
        if waiver and waiver[0] is Reason.FILTERED and not first.item.unsupported:
            return UnresolvedWant(owner, first.item, Unmatched(*waiver), names)
        return UnresolvedWant(owner, first.item, first.match, names)
    why = Unmatched(Reason.UNSUPPORTED_KIND, str(first.item.unsupported))
    return UnresolvedWant(owner, first.item, why, names)


def titled(item: Item, match: Match) -> Item:
    """The item as it is shown: a list of bare ids has no titles, the server has."""
    return item if item.title else with_server_title(item, match)


def with_server_title(item: Item, match: Match) -> Item:
    """The item as the server calls its title."""
    return replace(item, title=match.title, year=match.year, original_title=None)


def names_of(item: Item) -> frozenset[str]:
    """Every name a rule may know a wanted item by; titles compare without case and accents."""
    return frozenset(_ids(item)) | frozenset(_titles(item))


def rule_names(item: Item) -> frozenset[str]:
    """The names by which a rule (``map``, ``exclude``, an exclude list) means an item.

    Its ids; for an item without ids its title, with the year if it has one, so that
    ``Dune (1984)`` does not match the ``Dune`` of 2021.
    """
    return frozenset(_ids(item) or _titles(item)[:1])


def sure_names(item: Item) -> frozenset[str]:
    """The names that identify an item: its ids, and its title with its year.

    A row that loses some of its ids for one fetch still shares its title with what it was.
    """
    return frozenset((*_ids(item), *_titles(item)[:1]))


def _ids(item: Item) -> tuple[str, ...]:
    return tuple(key for key in item_keys(item) if not key.startswith("title:"))


def _excluding_names(item: Item) -> frozenset[str]:
    """The names by which an exclusion means an item: its ids, or every reading of its title.

    The other way round than a match: a title that may be meant is excluded.
    """
    if ids := _ids(item):
        return frozenset(ids)
    return frozenset(f"{name} ({year})" if year else name for name, year in _readings_of(item))


def _readings_of(item: Item) -> set[tuple[str, int | None]]:
    return {
        (f"title:{spelling}", reading.year)
        for reading in readings(item)
        if reading.year or not reading.country  # "The Office (US)" says nothing of another Office
        for name in reading.names[:1]
        for spelling in spellings(name)
    }


def _titles(item: Item) -> tuple[str, ...]:
    """The title as a name, the most telling first: with its year, and without."""
    if not item.title:
        return ()
    title = f"title:{normalise(item.title)}"
    return (f"{title} ({item.year})", title) if item.year else (title,)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What ``exclude`` and the exclude lists name: media keys, and the names of their items.

    An item that resolves to several titles excludes them all, one that resolves to none still
    excludes items with its id or exactly its title.
    """

    media: dict[MediaKey, str]
    keys: dict[str, str]

    @classmethod
    def of(cls, lists: Sequence[DesiredList]) -> Exclusion:
        """From the lists of ``role: exclude``."""
        media: dict[MediaKey, str] = {}
        keys: dict[str, str] = {}
        for lst in sorted(lists, key=lambda lst: lst.index):
            if lst.rules.role is not Role.EXCLUDE:
                continue
            for item, match in ((entry.item, entry.match) for entry in lst.entries):
                if isinstance(match, Match):
                    media.setdefault(match.media, lst.name)
                elif match.reason is Reason.AMBIGUOUS:
                    for candidate in match.candidates:
                        media.setdefault(candidate.media, lst.name)
                for name in _excluding_names(item):
                    keys.setdefault(name, lst.name)
        return cls(media, keys)

    def names(self, want: Want) -> str | None:
        """The list that excludes a want; None: it is free."""
        if by_media := self.media.get(want.target.media):
            return by_media
        if not self.keys:
            return None
        items = (*want.items, with_server_title(want.items[0], want.match))
        return next((by for item in items if (by := self.names_item(item))), None)

    def names_item(self, item: Item) -> str | None:
        """The list that excludes an item by one of its names; None: none does."""
        if not self.keys:
            return None
        titles = _readings_of(item)
        names = {*_ids(item), *(name for name, _ in titles)}
        names |= {f"{name} ({year})" for name, year in titles if year}
        names_excluded = sorted(names & self.keys.keys())
        return self.keys[names_excluded[0]] if names_excluded else None


def skip_reason(lst: DesiredList, entry: Entry, observed: Observed) -> tuple[Reason, str] | None:
    """Why a list does not ask for an item it has; None: it does.

    First what the list's own facts decide, last what the server had to be asked for: of a title
    that is not asked for anyway, nothing is.
    """
    own = _by_own_facts(lst, entry)
    if own and own.sure:
        return Reason.FILTERED, own.detail
    if standing := _standing(lst, entry):
        return standing
    if lst.rules.filter is None or own is None or isinstance(entry.match, Unmatched):
        return None
    details = _details(entry.match.media, observed)
    rejection = objection(lst.rules.filter, TitleFacts.of(entry.item, entry.match, details))
    if rejection is None:
        return None
    trouble = details.detail if isinstance(details, Unmatched) and not rejection.sure else ""
    return Reason.FILTERED, f"{rejection.detail} ({trouble})" if trouble else rejection.detail


def dropped(lst: DesiredList, entry: Entry) -> bool:
    """Whether the list's own facts are enough for its filter to drop an item."""
    own = _by_own_facts(lst, entry)
    return own is not None and own.sure


def in_doubt(lst: DesiredList, entry: Entry) -> bool:
    """Whether the list's filter needs facts about a title that the list lacks."""
    own = _by_own_facts(lst, entry)
    return own is not None and not own.sure and _standing(lst, entry) is None


def title_facts(entry: Entry, observed: Observed) -> TitleFacts:
    """The facts about an item from its list, and from the server if they were read."""
    if isinstance(entry.match, Unmatched):
        return TitleFacts.of(entry.item)
    return TitleFacts.of(entry.item, entry.match, _details(entry.match.media, observed))


def _by_own_facts(lst: DesiredList, entry: Entry) -> Rejection | None:
    if lst.rules.filter is None:
        return None
    return objection(lst.rules.filter, TitleFacts.of(entry.item, entry.match))


def _standing(lst: DesiredList, entry: Entry) -> tuple[Reason, str] | None:
    """A reason that does not depend on the item's facts."""
    if lst.rules.suspended:
        return Reason.SUSPENDED, f"{lst.name} is suspended"
    if lst.awaits_baseline:
        return Reason.ADOPTED, f"{lst.name} adds nothing until it has been read completely once"
    if entry.item.key in lst.adopted:
        return Reason.ADOPTED, f"it was already on {lst.name} when its titles were adopted"
    return None


def _details(media: MediaKey, observed: Observed) -> Film | Show | Unmatched | None:
    if media.kind is Kind.MOVIE:
        return observed.films.get(media.tmdb)
    return observed.shows.get(media.tmdb)
