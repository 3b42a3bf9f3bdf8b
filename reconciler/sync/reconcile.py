"""One pass, top to bottom: fetch, resolve, observe, remember, plan.

Anybody may do this at any time: a pass changes nothing but the ledger's cache. Acting on its plan
is apply.py's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from reconciler.core.accounts import list_accounts
from reconciler.core.desired import (
    Past,
    excluded_by_hand,
    fetched,
    wishlists,
)
from reconciler.core.episodes import as_wanted
from reconciler.core.items import parse_item
from reconciler.core.lookups import items_in_question, titles_in_question
from reconciler.core.membership import current, departed
from reconciler.core.model import Film, Kind, Observed, Policy, Requester, Role, Show, View
from reconciler.core.plan import calculate
from reconciler.core.requesters import find_requester
from reconciler.core.rights import SEE_REQUESTS, bypasses_quota, has_right, unplannable
from reconciler.core.wants import rule_names
from reconciler.errors import MissingRightError
from reconciler.sync.fetch import read_due
from reconciler.sync.learning import Recollection, claims, learn
from reconciler.sync.own_requests import trace_requests
from reconciler.sync.resolve import Known, Resolver
from reconciler.sync.service_options import Deliveries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from reconciler.config import Spec
    from reconciler.core.accounts import ListAccount
    from reconciler.core.model import (
        Baseline,
        Claim,
        ListProblem,
        MediaKey,
        Membership,
        Memory,
        Plan,
        Quota,
        ServerInfo,
        Slot,
        Slowdown,
        Snapshot,
        Target,
        Unmatched,
        User,
        Wishlist,
    )
    from reconciler.ports import Clock, Ledger, MediaServer, Progress, Sources
    from reconciler.sync.fetch import ReadLists

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Edges:
    """Where a pass looks and acts: everything that is not a value."""

    server: MediaServer
    sources: Sources
    ledger: Ledger
    clock: Clock
    progress: Progress


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers, as whom we speak, and whom the file's lists speak for."""

    server: ServerInfo
    owner: User
    requesters: Mapping[str, Requester | ListProblem]  # by list name


@dataclass(frozen=True, slots=True)
class Pass:
    """All that a pass has found and decided."""

    identity: Identity
    read: ReadLists
    fetched_at: datetime
    lists: tuple[Wishlist, ...]
    observed: Observed
    memory: Memory  # as it is once this pass's look has been written
    recalled: frozenset[Slot]  # of what the ledger told of when the pass began
    memberships: Mapping[str, Membership]  # likewise, by list name
    baselines: Mapping[str, Baseline]  # what this pass takes as given, by list name
    claims: Mapping[Target, frozenset[Claim]]  # who holds what was, or will be, requested here
    plan: Plan
    accounts: Mapping[str, ListAccount]  # where each list's titles are in the plan
    read_seconds: float  # how long reading the server took
    slowdown: Slowdown | None  # what was done to spare the server

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """Of the lists that this pass has read, by name."""
        return self.read.snapshots


def look(spec: Spec, edges: Edges, names: Collection[str] | None = None) -> Pass:
    """Read lists and the server, and plan.

    ``names``: the lists to read; None: all. Only what they gave leads to actions; the others count
    with what they last held, for ownership and exclusion.

    Raises ServerError and LedgerError; trouble with a list is that list's own (its snapshot).
    """
    identity = identify(spec, edges.server)
    return decide(spec, edges, identity, read(spec, edges, names), edges.clock.now())


def look_again(spec: Spec, edges: Edges, seen: Pass) -> Pass:
    """The same lists against the server as it is now."""
    return decide(spec, edges, seen.identity, seen.read, seen.fetched_at)


def identify(spec: Spec, server: MediaServer) -> Identity:
    """Who answers, and who the lists' requesters are. Raises ServerError."""
    info, owner = server.identify(), server.whoami()
    if lacking := unplannable(owner, info.flavour):
        raise MissingRightError(lacking, where=server.url)
    wishes = [lst for lst in spec.lists if lst.role is Role.REQUEST]
    users = server.users() if any(lst.requester is not None for lst in wishes) else ()
    found = {lst.name: find_requester(lst.requester, users, owner, lst.approval) for lst in wishes}
    return Identity(info, owner, found)


def read(spec: Spec, edges: Edges, names: Collection[str] | None = None) -> ReadLists:
    """What these lists hold, or all; and what others hold that they depend on.

    Raises LedgerError.
    """
    return read_due(spec, names, edges.ledger, edges.sources, edges.progress)


def decide(
    spec: Spec,
    edges: Edges,
    identity: Identity,
    read: ReadLists,
    fetched_at: datetime,
) -> Pass:
    """Read the server and plan what the lists gave at ``fetched_at``; the others' part stands.

    Raises ServerError and LedgerError.
    """
    ledger, now = edges.ledger, edges.clock.now()
    seen, read_seconds = _observe(edges, identity)
    resolver = Resolver(edges.server, ledger, spec.server.concurrency)
    stored = ledger.memberships()
    past = _past(spec, ledger, stored, read.owners)
    given = _given(spec, read.snapshots)
    known = _known(spec, seen, given, stored)
    items, dropped = items_in_question(spec.rules, spec.exclude, given, past)
    found = resolver.recalled(dropped, known, now)
    found |= resolver.matches(items, known, now, edges.progress)
    held = [
        fetched(lst, given.get(lst.name), past[lst.name], found, fetched_at) for lst in spec.rules
    ]
    lists = wishlists(held, identity.requesters, found)
    details = resolver.details(titles_in_question(lists), now, edges.progress)
    before = _recollection(spec, ledger, stored)
    traced = trace_requests(seen, before.memory, lists, edges.server)
    observed = _informed(traced, details)
    learned = learn(before, held, lists, observed, now)
    deliveries = Deliveries(spec.rules, edges.server, ledger, now)
    view = View(observed, learned.memory, Policy(spec.budget), now)
    everything, plan = _planned(lists, excluded_by_hand(spec.exclude, found), deliveries, view)
    return Pass(
        identity=identity,
        read=read,
        fetched_at=fetched_at,
        lists=everything,
        observed=observed,
        memory=learned.memory,
        recalled=frozenset(before.memory.slots),
        memberships=learned.memberships,
        baselines=learned.baselines,
        claims=claims(lists, learned.memory, plan),
        plan=plan,
        accounts=list_accounts(everything, plan),
        read_seconds=read_seconds,
        slowdown=edges.server.slowdown,
    )


def _observe(edges: Edges, identity: Identity) -> tuple[Observed, float]:
    """The server's tables, without any single title, and how many seconds they took."""
    server, began = edges.server, edges.clock.now()
    media, requests, blocklist = server.media(), server.requests(), server.blocklist()
    observed = Observed(
        media=_grouped((row.media, row) for row in media),
        requests=_grouped((request.target, request) for request in requests),
        blocklist=blocklist,
        quotas=_quotas(server, identity),
        takes_specials=identity.server.takes_specials,
        shows_all_requests=has_right(identity.owner, SEE_REQUESTS),
    )
    return observed, (edges.clock.now() - began).total_seconds()


def _informed(observed: Observed, details: Mapping[MediaKey, Film | Show | Unmatched]) -> Observed:
    """With what was asked of single titles."""
    shows = {
        media.tmdb: told
        for media, told in details.items()
        if media.kind is Kind.TV and not isinstance(told, Film)
    }
    films = {
        media.tmdb: told
        for media, told in details.items()
        if media.kind is Kind.MOVIE and not isinstance(told, Show)
    }
    return replace(observed, shows=shows, films=films)


def _planned(
    lists: Sequence[Wishlist], by_hand: Wishlist, deliveries: Deliveries, view: View
) -> tuple[tuple[Wishlist, ...], Plan]:
    """The lists as they were planned, and the plan; anew where a title would have nowhere to go."""

    def plan_of(told: Sequence[Wishlist]) -> tuple[tuple[Wishlist, ...], Plan]:
        full = (*told, by_hand)
        return full, calculate(full, view.observed, view.memory, view.policy, view.now)

    everything, plan = plan_of(deliveries.told(lists))
    again = deliveries.told_again(lists, plan)
    return (everything, plan) if again is None else plan_of(again)


def _quotas(server: MediaServer, identity: Identity) -> dict[int, Quota]:
    """Only of those a quota can bind: one call for each of them."""
    asking = {r.user.id: r.user for r in identity.requesters.values() if isinstance(r, Requester)}
    return {i: server.quota(i) for i, user in asking.items() if not bypasses_quota(user)}


def _mapped(spec: Spec) -> dict[str, MediaKey]:
    return {
        name: media for text, media in spec.map.items() for name in rule_names(parse_item(text))
    }


def _known(
    spec: Spec,
    observed: Observed,
    snapshots: Mapping[str, Snapshot],
    stored: Mapping[str, Membership],
) -> Known:
    """The ids that the file, the server, and what lists gave now or held before connect."""
    given = (item for snapshot in snapshots.values() for item in snapshot.items)
    held = (member.item for lst in stored.values() for member in lst.members.values())
    return Known(_mapped(spec), chain.from_iterable(observed.media.values()), chain(given, held))


def _recollection(spec: Spec, ledger: Ledger, stored: Mapping[str, Membership]) -> Recollection:
    gone = departed(stored, {lst.name: str(lst.source) for lst in spec.lists})
    return Recollection(ledger.memory(), gone)


def _past(
    spec: Spec,
    ledger: Ledger,
    stored: Mapping[str, Membership],
    owners: Mapping[str, Snapshot],
) -> dict[str, Past]:
    """What is known of each list, by name; of a list whose source has changed, nothing.

    ``owners``: what was read of lists that the ledger knows nothing of.
    """
    taken, sources = ledger.baselines(), {lst.name: str(lst.source) for lst in spec.lists}
    shown = {
        name: report.known
        for name, report in ledger.reports().items()
        if report.source == sources.get(name)
    }
    shown |= owners
    return {
        lst.name: Past(
            current(stored.get(lst.name), lst.source),
            as_wanted(shown[lst.name].items, lst.episodes) if lst.name in shown else (),
            given if (given := taken.get(lst.name)) and given.source == str(lst.source) else None,
            blank=not stored,
        )
        for lst in spec.lists
    }


def _given(spec: Spec, snapshots: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
    """What each list gave, as it wants it."""
    return {
        lst.name: replace(shot, items=as_wanted(shot.items, lst.episodes))
        for lst in spec.lists
        if (shot := snapshots.get(lst.name)) is not None
    }


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
