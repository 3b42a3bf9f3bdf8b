"""The config's lists and their fetches → what to look up, and the lists that the planner sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.core.filters import asks_facts, drops
from reconciler.core.membership import absences, advance, current, stale_members
from reconciler.core.model.lists import (
    Entry,
    FetchScope,
    Ids,
    Item,
    ListProblem,
    ListRef,
    Match,
    MediaKey,
    Snapshot,
    TitleRef,
    Unmatched,
)
from reconciler.core.model.memory import Absence, Baseline, Member, Membership, Memory
from reconciler.core.model.plan import DesiredList, Requester
from reconciler.core.model.rules import ListRules
from reconciler.core.model.terms import Episodes, Kind, Outcome, Prune, Reason, Role, Start
from reconciler.core.wants import dropped, in_doubt, sure_names

BY_HAND = "exclude"  # what the file's own ``exclude`` is called in a verdict


@dataclass(frozen=True, slots=True)
class PriorState:
    """The memory in the ledger when a run begins, by title and by list name."""

    memory: Memory = field(default_factory=Memory)
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    shown: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)  # when last anything

    def of(self, rules: ListRules) -> ListHistory:
        """The history of a list; empty if its source has changed."""
        baseline = self.baselines.get(rules.name)
        return ListHistory(
            current(self.memberships.get(rules.name), rules.source),
            as_wanted(self.shown.get(rules.name, ()), rules.episodes),
            baseline if baseline and baseline.source == str(rules.source) else None,
            blank=not self.memberships,
            unrenamed=self._unrenamed(rules),
        )

    def _unrenamed(self, rules: ListRules) -> str | None:
        """Why a list lacks the history of its ``was``; None if it has it, or has no ``was``."""
        stored = self.memberships.keys() | self.baselines.keys()
        if rules.was in stored:
            return f"was: {rules.was}: not used, because {rules.name} has a history of its own"
        if rules.was is None or rules.name in stored:
            return None
        return f"was: {rules.was}: the ledger has no list with this name"


@dataclass(frozen=True, slots=True)
class ListHistory:
    """What the ledger knows of a list."""

    membership: Membership  # what it held when last complete
    shown: tuple[Item, ...] = ()  # what it showed when it last showed anything
    baseline: Baseline | None = None  # what was adopted
    blank: bool = False  # the ledger knows no list at all
    unrenamed: str | None = None  # for people: why the history under ``was`` is not used


@dataclass(frozen=True, slots=True)
class MergedFetch:
    """A list of the config with its fetch, and its content before and after it."""

    rules: ListRules
    snapshot: Snapshot | None  # None: it was not read in this run
    past: ListHistory
    after: Membership
    is_complete: bool  # this fetch says what is on the list and what is not (law 7)
    fresh_baseline: Baseline | None = None  # what this run adopts
    at: datetime | None = None  # when it was fetched

    @property
    def before(self) -> Membership:
        return self.past.membership

    @property
    def confirms_absences(self) -> bool:
        """Whether this fetch says what is missing; of a list that stays empty, one day, too."""
        return self.snapshot is not None and self.after.completed == self.at

    @property
    def absent(self) -> dict[MediaKey, Absence]:
        """What may be pruned: nothing from a list whose fetch leaves its content in doubt."""
        sure = self.snapshot is None or self.confirms_absences
        return absences(self.after) if sure and self.rules.prune is not Prune.KEEP else {}

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that count: ``top`` cuts before filters and look-ups."""
        return self.snapshot.items[: self.rules.top] if self.snapshot else ()

    @property
    def stale(self) -> tuple[Member, ...]:
        """What the list held when last complete and this fetch cannot take away.

        One that was never complete still holds what it last showed, until it shows something else.
        """
        shot, top = self.snapshot, self.rules.top
        if shot and self.is_complete:
            return ()
        if shot and self.rules.role is Role.EXCLUDE and shot.complete and is_owners_word(shot):
            return ()  # a shorter file
        never_read = self.before.completed is None and showed_nothing(shot)
        past = self.past.shown[:top] if never_read else ()
        shown = (*past, *(shot.items if shot else ()))
        return (*(Member(item, None) for item in past), *stale_members(self.before, shown, top))


def showed_nothing(snapshot: Snapshot | None) -> bool:
    """Whether a list was not read, or could not be: an empty one was."""
    return snapshot is None or (not snapshot.items and snapshot.outcome is not Outcome.EMPTY)


def merge_fetch(
    rules: ListRules,
    snapshot: Snapshot | None,
    past: ListHistory,
    resolutions: Mapping[str, Match | Unmatched],
    at: datetime,
) -> MergedFetch:
    """Combine a fetch, made ``at`` some time, with the memory of the list."""
    before = past.membership
    if snapshot is None:
        return MergedFetch(rules, None, past, before, is_complete=False)
    matches = {key: match for key, match in resolutions.items() if isinstance(match, Match)}
    after = advance(before, snapshot, matches, at, rules.prune_after)
    believed = after.completed == at and after.shrunk is None
    is_complete = snapshot.complete and bool(snapshot.items) and believed
    new_baseline = None
    if rules.start is Start.NEW_ONLY and past.baseline is None and is_complete:
        keys = frozenset(item.key for item in snapshot.items)
        new_baseline = Baseline(before.source, at, keys)
    return MergedFetch(rules, snapshot, past, after, is_complete, new_baseline, at)


def desired_lists(
    fetches: Sequence[MergedFetch],
    requesters: Mapping[str, Requester | ListProblem],
    resolutions: Mapping[str, Match | Unmatched],
) -> list[DesiredList]:
    """All lists for the planner, in the file's order; ``requesters`` by list name."""
    return [
        desired_list(lst, index, requesters.get(lst.rules.name), resolutions)
        for index, lst in enumerate(fetches)
    ]


def desired_list(
    lst: MergedFetch,
    index: int,
    requester: Requester | ListProblem | None,
    resolutions: Mapping[str, Match | Unmatched],
) -> DesiredList:
    """The list for the planner: the fetched items, and those of the last complete fetch."""
    rules = lst.rules
    fresh = tuple(Entry(item, _resolution(item, resolutions)) for item in lst.items)
    stale = tuple(
        Entry(member.item, member.match or _resolution(member.item, resolutions), fresh=False)
        for member in lst.stale
    )
    baseline = lst.past.baseline or lst.fresh_baseline
    return DesiredList(
        rules=rules,
        index=index,
        entries=fresh + stale,
        is_complete=lst.is_complete,
        unread_reason=reason_unread(lst.snapshot, lst.after.completed),
        requester=requester if isinstance(requester, Requester) else None,
        problem=requester if isinstance(requester, ListProblem) else None,
        adopted=_adopted(baseline, lst.before, fresh),
        awaits_baseline=rules.start is Start.NEW_ONLY and baseline is None,
        notice=_notice(lst, baseline),
        confirms_absences=lst.confirms_absences,
        absent=lst.absent,
    )


def owners_never_read(
    lists: Sequence[ListRules], due: Sequence[ListRules], attempted: Collection[tuple[str, str]]
) -> list[ListRules]:
    """The lists that may own titles of the ``due`` ones and that no run has tried to read.

    A title belongs to the first list that wants it and is requested as that list's requester. So
    a list matters that stands before a due one, in its quality, and requests as somebody else.

    ``attempted``: name and source of each list that a run has read, or tried to.
    """
    wishes = [lst for lst in lists if lst.role is Role.REQUEST and not lst.suspended]
    places = {lst.name: index for index, lst in enumerate(wishes)}
    return [
        owner
        for owner in wishes
        if owner not in due
        if (owner.name, str(owner.source)) not in attempted
        if any(
            lst in wishes
            and places[owner.name] < places[lst.name]
            and (owner.requester, owner.approval) != (lst.requester, lst.approval)
            and owner.is_4k == lst.is_4k
            for lst in due
        )
    ]


def need_of(rules: ListRules) -> FetchScope:
    """How much of a list its options need."""
    return FetchScope(rules.top, facts=rules.filter is not None and asks_facts(rules.filter))


def _notice(lst: MergedFetch, baseline: Baseline | None) -> str | None:
    """What people should know of the list's history and of ``start: new-only``."""
    notes = [lst.past.unrenamed] if lst.past.unrenamed else []
    if lst.rules.start is Start.NEW_ONLY and baseline is None:
        notes.append("start: new-only adds nothing until the list has been read completely once")
    if adopted := lst.fresh_baseline:
        why = " (no ledger found)" if lst.past.blank else ""
        notes.append(f"adopted {len(adopted.keys):,} title{'s' * (len(adopted.keys) != 1)}{why}")
    return "; ".join(notes) or None


def excluded_by_hand(
    items: Sequence[Item], resolutions: Mapping[str, Match | Unmatched]
) -> DesiredList:
    """The file's ``exclude`` as one more exclude list."""
    entries = tuple(Entry(item, _resolution(item, resolutions)) for item in items)
    rules = ListRules(BY_HAND, ListRef("config", BY_HAND), role=Role.EXCLUDE)
    return DesiredList(rules, -1, entries)


def _resolution(item: Item, resolutions: Mapping[str, Match | Unmatched]) -> Match | Unmatched:
    if item.unsupported:
        return Unmatched(Reason.UNSUPPORTED_KIND, item.unsupported)
    return resolutions.get(item.key, Unmatched(Reason.NOT_FOUND, "it was not looked up"))


def _adopted(
    baseline: Baseline | None, membership: Membership, entries: Sequence[Entry]
) -> frozenset[str]:
    """The adopted items, by item key, under all names that this run uses for them.

    One way to a site knows a title by its IMDb id, another by its name in the site's addresses.
    """
    if baseline is None:
        return frozenset()
    members = [member for key, member in membership.members.items() if key in baseline.keys]
    names = baseline.keys.union(*(sure_names(member.item) for member in members))
    media = {member.match.media for member in members if member.match}
    return baseline.keys | {
        entry.item.key
        for entry in entries
        if not names.isdisjoint(sure_names(entry.item))
        or (isinstance(entry.match, Match) and entry.match.media in media)
    }


EPISODES = {"tvEpisode", "episode"}  # what sources call them


def as_wanted(items: Iterable[Item], episodes: Episodes) -> tuple[Item, ...]:
    """The items as a list wants them: with ``series``, an episode stands for its series.

    An episode whose list does not name its series stays unsupported.
    """
    if episodes is Episodes.SKIP:
        return tuple(items)
    result: list[Item] = []
    for item in items:
        if item.unsupported not in EPISODES:
            result.append(item)
        elif item.series is None:
            why = f"{item.unsupported}, and its list does not name the series"
            result.append(replace(item, unsupported=why))
        else:
            ids, episode = Ids(imdb=item.series.imdb), TitleRef(item.ids.imdb or "", item.title)
            title = item.series.title
            result.append(Item(item.position, title, kind=Kind.TV, ids=ids, episode=episode))
    return tuple(result)


def reason_unread(snapshot: Snapshot | None, last_complete: datetime | None) -> str | None:
    """Why it is not known what an exclude list excludes, and what to do; None: it is known.

    ``last_complete``: when the list was last read whole, this run included. Of a list that was
    read whole once it is known what it held then; what this run shows is excluded as well.

    ====================  =========================  ========
    last read completely  this run                   the list
    ====================  =========================  ========
    now, or once          anything                   known
    never                 a file, whole or empty     known
    never                 not read                   unread
    never                 unverified                 unread
    never                 anything else              unread
    ====================  =========================  ========

    *Unverified* never counts as read, however many titles it shows: one that the site did not show
    would be requested. This applies to sites that report no total, and for the page of Trakt's app
    where Trakt's API refuses the client id.
    """
    if last_complete is not None:
        return None
    if snapshot is None:
        return "it has never been read completely: include it in this run"
    if is_owners_word(snapshot):
        return None
    if snapshot.outcome is Outcome.UNVERIFIED:
        return (
            "its site reports no total, so its fetches never count as complete: "
            "keep the titles to exclude in a file, or on a list on another site"
        )
    why = f" ({snapshot.error})" if snapshot.error else ""
    return (
        f"it is {snapshot.outcome}{why}, and was never read completely before: "
        "fix its source, or remove the list from the file"
    )


def is_owners_word(snapshot: Snapshot) -> bool:
    """A file says what is on it, also when that is nothing; a site's short page may lie."""
    return snapshot.route == "file" and snapshot.outcome in {Outcome.COMPLETE, Outcome.EMPTY}


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
    """The titles decided in this run whose details are needed.

    For a show, its seasons, unless no list wants it; for a film, only the facts that a filter needs
    and the list lacks.
    """
    fresh = {media for _, entry, media in places(lists) if entry.fresh}
    return {
        media
        for lst, entry, media in places(lists)
        if media in fresh
        if (not dropped(lst, entry) if media.kind is Kind.TV else in_doubt(lst, entry))
    }


def places(lists: Sequence[DesiredList]) -> Iterator[tuple[DesiredList, Entry, MediaKey]]:
    """Each place of a title on the lists that request titles."""
    for lst in lists:
        if lst.rules.role is Role.REQUEST:
            for entry in lst.entries:
                if isinstance(entry.match, Match):
                    yield lst, entry, entry.match.media
