"""One pass, top to bottom: fetch, resolve, observe, remember, plan.

Anybody may do this at any time: a pass changes nothing but the ledger's cache. Acting on its plan
is apply.py's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import TypeVar

from reconciler.config import Config
from reconciler.core.desired import (
    PriorState,
    as_wanted,
    desired_lists,
    excluded_by_hand,
    items_in_question,
    merge_fetch,
    titles_in_question,
)
from reconciler.core.items import parse_item
from reconciler.core.model import (
    DesiredList,
    Film,
    Kind,
    ListProblem,
    ListRules,
    Match,
    MediaKey,
    Membership,
    MemoryKey,
    Observed,
    Plan,
    Policy,
    Quota,
    Requester,
    Role,
    ServerInfo,
    Show,
    Slowdown,
    Snapshot,
    Unmatched,
    User,
    View,
)
from reconciler.core.reconcile import Decision, reconcile, update_state
from reconciler.core.rights import (
    SEE_REQUESTS,
    bypasses_quota,
    find_requester,
    has_right,
    unplannable,
)
from reconciler.core.wants import rule_names
from reconciler.errors import MissingRightError
from reconciler.ports import Clock, Ledger, MediaServer, Progress, Sources
from reconciler.sync.fetch import FetchedLists, fetch_due
from reconciler.sync.own_requests import trace_requests
from reconciler.sync.resolve import KnownIds, Resolver
from reconciler.sync.service_options import with_service_options

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Context:
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
class Reconciliation:
    """All that a pass has found and decided."""

    identity: Identity
    read: FetchedLists
    fetched_at: datetime
    lists: tuple[DesiredList, ...]
    observed: Observed
    recalled: frozenset[MemoryKey]  # what the ledger remembered when the pass began
    decision: Decision
    read_seconds: float  # how long reading the server took
    slowdown: Slowdown | None  # what was done to spare the server

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """Of the lists that this pass has read, by name."""
        return self.read.snapshots

    @property
    def plan(self) -> Plan:
        """What is to be done, and why nothing else is."""
        return self.decision.plan


def reconcile_lists(
    config: Config, context: Context, names: Collection[str] | None = None
) -> Reconciliation:
    """Read lists and the server, and plan.

    ``names``: the lists to read; None: all. Only what they gave leads to actions; the others count
    with what they last held, for ownership and exclusion.

    Raises ServerError and LedgerError; trouble with a list is that list's own (its snapshot).
    """
    identity = identify(config, context.server)
    return decide(config, context, identity, read(config, context, names), context.clock.now())


def reconcile_again(config: Config, context: Context, seen: Reconciliation) -> Reconciliation:
    """The same lists against the server as it is now."""
    return decide(config, context, seen.identity, seen.read, seen.fetched_at)


def identify(config: Config, server: MediaServer) -> Identity:
    """Who answers, and who the lists' requesters are. Raises ServerError."""
    info, owner = server.identify(), server.whoami()
    if lacking := unplannable(owner, info.flavour):
        raise MissingRightError(lacking, where=server.url)
    wishes = [lst for lst in config.lists if lst.role is Role.REQUEST]
    users = server.users() if any(lst.requester is not None for lst in wishes) else ()
    found = {lst.name: find_requester(lst.requester, users, owner, lst.approval) for lst in wishes}
    return Identity(info, owner, found)


def read(config: Config, context: Context, names: Collection[str] | None = None) -> FetchedLists:
    """What these lists hold, or all; and what others hold that they depend on.

    Raises LedgerError.
    """
    return fetch_due(config, names, context.ledger, context.sources, context.progress)


def decide(
    config: Config,
    context: Context,
    identity: Identity,
    read: FetchedLists,
    fetched_at: datetime,
) -> Reconciliation:
    """Read the server and plan what the lists gave at ``fetched_at``; the others' part stands.

    Raises ServerError and LedgerError.
    """
    now = context.clock.now()
    tables, read_seconds = _observe(context, identity)
    recalled = _recall(config.rules, context.ledger, read.owners)
    given = _as_wanted(config.rules, read.snapshots)
    resolver = Resolver(context.server, context.ledger, config.server.concurrency)
    matches = _matches(config, context, resolver, recalled, given=given, observed=tables)
    fetches = [
        merge_fetch(lst, given.get(lst.name), recalled.of(lst), matches, fetched_at)
        for lst in config.rules
    ]
    lists = desired_lists(fetches, identity.requesters, matches)
    details = resolver.details(titles_in_question(lists), now, context.progress)
    traced = trace_requests(tables, recalled.memory, lists, context.server)
    observed = _with_details(traced, details)
    lists = [*lists, excluded_by_hand(config.exclude, matches)]
    state = update_state(recalled, fetches, lists, observed, now)
    view = View(observed, state.memory, Policy(config.budget), now)
    lists = with_service_options(lists, view, context.server, context.ledger)
    decision = reconcile(lists, state, view)
    return Reconciliation(
        identity=identity,
        read=read,
        fetched_at=fetched_at,
        lists=tuple(lists),
        observed=observed,
        recalled=frozenset(recalled.memory.slots),
        decision=decision,
        read_seconds=read_seconds,
        slowdown=context.server.slowdown,
    )


def _matches(  # noqa: PLR0913 - each is a part of what is known
    config: Config,
    context: Context,
    resolver: Resolver,
    recalled: PriorState,
    *,
    given: Mapping[str, Snapshot],
    observed: Observed,
) -> dict[str, Match | Unmatched]:
    """Which titles the items in question are, by item key."""
    now = context.clock.now()
    known = _known(config, observed, given, recalled.memberships)
    items, dropped = items_in_question(config.rules, config.exclude, given, recalled)
    found = resolver.recalled(dropped, known, now)
    return found | resolver.matches(items, known, now, context.progress)


def _observe(context: Context, identity: Identity) -> tuple[Observed, float]:
    """The server's tables, without any single title, and how many seconds they took."""
    server, began = context.server, context.clock.now()
    media, requests, blocklist = server.media(), server.requests(), server.blocklist()
    observed = Observed(
        media=_grouped((row.media, row) for row in media),
        requests=_grouped((request.target, request) for request in requests),
        blocklist=blocklist,
        quotas=_quotas(server, identity),
        takes_specials=identity.server.takes_specials,
        shows_all_requests=has_right(identity.owner, SEE_REQUESTS),
    )
    return observed, (context.clock.now() - began).total_seconds()


def _with_details(
    observed: Observed, details: Mapping[MediaKey, Film | Show | Unmatched]
) -> Observed:
    """With what was asked of single titles."""
    shows = {
        media.tmdb: answer
        for media, answer in details.items()
        if media.kind is Kind.TV and not isinstance(answer, Film)
    }
    films = {
        media.tmdb: answer
        for media, answer in details.items()
        if media.kind is Kind.MOVIE and not isinstance(answer, Show)
    }
    return replace(observed, shows=shows, films=films)


def _quotas(server: MediaServer, identity: Identity) -> dict[int, Quota]:
    """Only of those a quota can bind: one call for each of them."""
    asking = {r.user.id: r.user for r in identity.requesters.values() if isinstance(r, Requester)}
    return {i: server.quota(i) for i, user in asking.items() if not bypasses_quota(user)}


def _mapped(config: Config) -> dict[str, MediaKey]:
    return {
        name: media for text, media in config.map.items() for name in rule_names(parse_item(text))
    }


def _known(
    config: Config,
    observed: Observed,
    snapshots: Mapping[str, Snapshot],
    stored: Mapping[str, Membership],
) -> KnownIds:
    """The ids that the file, the server, and what lists gave now or held before connect."""
    given = (item for snapshot in snapshots.values() for item in snapshot.items)
    held = (member.item for lst in stored.values() for member in lst.members.values())
    return KnownIds(
        _mapped(config), chain.from_iterable(observed.media.values()), chain(given, held)
    )


def _recall(
    lists: Sequence[ListRules], ledger: Ledger, owners: Mapping[str, Snapshot]
) -> PriorState:
    """What is remembered. ``owners``: what was read of lists that the ledger knows nothing of."""
    sources = {lst.name: str(lst.source) for lst in lists}
    shown = {
        name: report.known
        for name, report in ledger.cache.reports().items()
        if report.source == sources.get(name)
    }
    return PriorState(
        memory=ledger.memory.read(),
        memberships=ledger.memory.memberships(),
        baselines=ledger.memory.baselines(),
        shown={name: shot.items for name, shot in {**shown, **owners}.items()},
    )


def _as_wanted(
    lists: Sequence[ListRules], snapshots: Mapping[str, Snapshot]
) -> dict[str, Snapshot]:
    """What each list gave, as it wants it."""
    return {
        lst.name: replace(shot, items=as_wanted(shot.items, lst.episodes))
        for lst in lists
        if (shot := snapshots.get(lst.name)) is not None
    }


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
