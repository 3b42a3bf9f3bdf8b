"""A run up to its plan: fetch the lists, observe the server, resolve titles, decide.

Nothing is changed here but the ledger's cache. ``execute`` carries out the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

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
from reconciler.core.model.lists import MediaKey, Snapshot, Unmatched
from reconciler.core.model.memory import Membership, MemoryKey
from reconciler.core.model.plan import DesiredList, Plan, Policy, View
from reconciler.core.model.rules import ListRules
from reconciler.core.model.server import Film, Observed, Show, Slowdown
from reconciler.core.model.terms import Kind
from reconciler.core.reconcile import Decision, reconcile, update_state
from reconciler.core.wants import rule_names
from reconciler.ports import Clock, Ledger, MediaServer, Progress, Sources
from reconciler.sync.fetch import FetchedLists, fetch_due
from reconciler.sync.observe import Identity, identify, observe_server, trace_requests
from reconciler.sync.resolve import KnownIds, Resolver
from reconciler.sync.service_options import with_service_options


@dataclass(frozen=True, slots=True)
class Context:
    """What a run reads from and acts on."""

    server: MediaServer
    sources: Sources
    ledger: Ledger
    clock: Clock
    progress: Progress


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Everything that a run has read and decided."""

    identity: Identity
    fetched_lists: FetchedLists
    fetched_at: datetime
    lists: tuple[DesiredList, ...]
    observed: Observed
    recalled: frozenset[MemoryKey]  # the keys in the ledger's memory when the run began
    decision: Decision
    read_seconds: float  # for the server's tables
    slowdown: Slowdown | None

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """The lists of this run, by name."""
        return self.fetched_lists.snapshots

    @property
    def plan(self) -> Plan:
        return self.decision.plan


def reconcile_lists(
    config: Config, context: Context, names: Collection[str] | None = None
) -> Reconciliation:
    """Fetch these lists (None: all), observe the server, and plan.

    Only fetched lists lead to actions. The other lists take part with their stored content, for
    ownership and exclusion. Raises ServerError and LedgerError; a list that cannot be read is an
    outcome of its snapshot.
    """
    with context.progress.stage("connect", 1, lambda: context.server.url):
        identity = identify(config, context.server)
    fetched_lists = fetch_due(config, names, context.ledger, context.sources, context.progress)
    return plan_fetched(config, context, identity, fetched_lists, context.clock.now())


def reconcile_again(config: Config, context: Context, previous: Reconciliation) -> Reconciliation:
    """Plan the same fetched lists against the server's present state."""
    return plan_fetched(
        config, context, previous.identity, previous.fetched_lists, previous.fetched_at
    )


def plan_fetched(
    config: Config,
    context: Context,
    identity: Identity,
    fetched_lists: FetchedLists,
    fetched_at: datetime,
) -> Reconciliation:
    """Observe the server and plan lists that were fetched at ``fetched_at``.

    Raises ServerError and LedgerError.
    """
    server, ledger, now = context.server, context.ledger, context.clock.now()
    with context.progress.stage("observe", 1, lambda: server.url):
        observed = observe_server(server, identity)
    read_seconds = (context.clock.now() - now).total_seconds()
    prior = _prior_state(config.rules, ledger, fetched_lists.owners)

    snapshots = {
        lst.name: replace(snapshot, items=as_wanted(snapshot.items, lst.episodes))
        for lst in config.rules
        if (snapshot := fetched_lists.snapshots.get(lst.name)) is not None
    }
    known_ids = _known_ids(config, observed, snapshots, prior.memberships)
    items, dropped = items_in_question(config.rules, config.exclude, snapshots, prior)
    resolver = Resolver(server, ledger, config.server.concurrency)
    matches = resolver.cached_matches(dropped, known_ids, now)
    matches |= resolver.matches(items, known_ids, now, context.progress)
    fetches = [
        merge_fetch(lst, snapshots.get(lst.name), prior.of(lst), matches, fetched_at)
        for lst in config.rules
    ]
    lists = desired_lists(fetches, identity.requesters, matches)
    details = resolver.details(titles_in_question(lists), now, context.progress)
    observed = _with_details(trace_requests(observed, prior.memory, lists, server), details)
    lists.append(excluded_by_hand(config.exclude, matches))

    state = update_state(prior, fetches, lists, observed, now)
    view = View(observed, state.memory, Policy(config.budget), now)
    lists = with_service_options(lists, view, server, ledger)
    return Reconciliation(
        identity=identity,
        fetched_lists=fetched_lists,
        fetched_at=fetched_at,
        lists=tuple(lists),
        observed=observed,
        recalled=frozenset(prior.memory.slots),
        decision=reconcile(lists, state, view),
        read_seconds=read_seconds,
        slowdown=server.slowdown,
    )


def _prior_state(
    lists: Sequence[ListRules], ledger: Ledger, owners: Mapping[str, Snapshot]
) -> PriorState:
    """The ledger's state; ``owners`` are lists that the ledger does not know."""
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
        shown={name: snapshot.items for name, snapshot in {**shown, **owners}.items()},
    )


def _with_details(
    observed: Observed, details: Mapping[MediaKey, Film | Show | Unmatched]
) -> Observed:
    shows = {
        media.tmdb: title
        for media, title in details.items()
        if media.kind is Kind.TV and not isinstance(title, Film)
    }
    films = {
        media.tmdb: title
        for media, title in details.items()
        if media.kind is Kind.MOVIE and not isinstance(title, Show)
    }
    return replace(observed, shows=shows, films=films)


def _known_ids(
    config: Config,
    observed: Observed,
    snapshots: Mapping[str, Snapshot],
    memberships: Mapping[str, Membership],
) -> KnownIds:
    """The ids that the config, the server, and present and past content of lists connect."""
    mapped = {
        name: media for text, media in config.map.items() for name in rule_names(parse_item(text))
    }
    present = (item for snapshot in snapshots.values() for item in snapshot.items)
    past = (member.item for lst in memberships.values() for member in lst.members.values())
    return KnownIds(mapped, chain.from_iterable(observed.media.values()), chain(present, past))
