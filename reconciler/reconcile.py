"""One pass, top to bottom: fetch, resolve, observe, remember, plan.

Anybody may do this at any time: a pass changes nothing but the ledger's cache. Acting on its plan
is apply.py's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from reconciler.core.items import parse_item
from reconciler.core.membership import readded
from reconciler.core.memory import looks_like_another_server, witness
from reconciler.core.model import Kind, Match, Observed, Policy, Role, Target
from reconciler.core.plan import calculate
from reconciler.core.requesters import find_requester
from reconciler.core.rights import bypasses_quota
from reconciler.core.wants import rule_names
from reconciler.resolve import Known, Resolver
from reconciler.wishlists import excluded_by_hand, fetched, wishlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.core.model import (
        Item,
        ListRef,
        MediaKey,
        Membership,
        Memory,
        Plan,
        Quota,
        Requester,
        ServerInfo,
        Snapshot,
        User,
        Wishlist,
    )
    from reconciler.ports import Clock, Ledger, MediaServer, Progress, Sources
    from reconciler.spec import Spec

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
    requesters: Mapping[str, Requester | str]  # by list name; a text says why there is none


@dataclass(frozen=True, slots=True)
class Pass:
    """All that a pass has found and decided."""

    identity: Identity
    snapshots: Mapping[str, Snapshot]  # by list name
    lists: tuple[Wishlist, ...]
    observed: Observed
    memory: Memory  # as it is once this pass's look has been written
    memberships: Mapping[str, Membership]  # likewise, by list name
    plan: Plan
    read_seconds: float  # how long reading the server took


def look(spec: Spec, edges: Edges) -> Pass:
    """Fetch every list, read the server and plan.

    Raises ServerError and LedgerError; trouble with a list is that list's own (its snapshot).
    """
    identity = _identify(spec, edges.server)
    return _decide(spec, edges, identity, _fetch(spec, edges))


def look_again(spec: Spec, edges: Edges, seen: Pass) -> Pass:
    """The same lists against the server as it is now."""
    return _decide(spec, edges, seen.identity, seen.snapshots)


def _identify(spec: Spec, server: MediaServer) -> Identity:
    info, owner = server.identify(), server.whoami()
    wishes = [lst for lst in spec.lists if lst.role is Role.REQUEST]
    users = server.users() if any(lst.requester is not None for lst in wishes) else ()
    found = {lst.name: find_requester(lst.requester, users, owner) for lst in wishes}
    return Identity(info, owner, found)


def _fetch(spec: Spec, edges: Edges) -> dict[str, Snapshot]:
    """Each list once, also where two names stand for one list."""
    snapshots: dict[ListRef, Snapshot] = {}
    with edges.progress.stage("fetch", len(spec.lists)) as step:
        for lst in spec.lists:
            if lst.source not in snapshots:
                snapshots[lst.source] = edges.sources.fetch(lst.source)
            step()
    return {lst.name: snapshots[lst.source] for lst in spec.lists}


def _decide(
    spec: Spec, edges: Edges, identity: Identity, snapshots: Mapping[str, Snapshot]
) -> Pass:
    server, ledger, now = edges.server, edges.ledger, edges.clock.now()
    media, requests, blocklist = server.media(), server.requests(), server.blocklist()
    quotas = _quotas(server, identity)
    read_seconds = (edges.clock.now() - now).total_seconds()

    resolver = Resolver(server, ledger, spec.server.concurrency)
    known = Known(_mapped(spec), media)
    found = resolver.matches(_items(spec, snapshots), known, now, edges.progress)
    stored = ledger.memberships()
    held = [
        fetched(lst, snapshots[lst.name], stored.get(lst.name), found, now) for lst in spec.lists
    ]
    lists = [
        wishlist(lst, index, identity.requesters.get(lst.spec.name), found)
        for index, lst in enumerate(held)
    ]
    observed = Observed(
        media=_grouped((row.media, row) for row in media),
        requests=_grouped((request.target, request) for request in requests),
        blocklist=blocklist,
        shows=resolver.shows(_shows(lists), now, edges.progress),
        quotas=quotas,
    )
    before = {lst.spec.name: lst.before for lst in held}
    memory = _remember(ledger.memory(), lists, before, observed)
    everything = (*lists, excluded_by_hand(spec.exclude, found))
    return Pass(
        identity=identity,
        snapshots=snapshots,
        lists=everything,
        observed=observed,
        memory=memory,
        memberships={lst.spec.name: lst.after for lst in held},
        plan=calculate(everything, observed, memory, Policy(), now),
        read_seconds=read_seconds,
    )


def _quotas(server: MediaServer, identity: Identity) -> dict[int, Quota]:
    """Only of those a quota can bind: one call for each of them."""
    asking = {r.user.id: r.user for r in identity.requesters.values() if not isinstance(r, str)}
    return {i: server.quota(i) for i, user in asking.items() if not bypasses_quota(user)}


def _mapped(spec: Spec) -> dict[str, MediaKey]:
    return {
        name: media for text, media in spec.map.items() for name in rule_names(parse_item(text))
    }


def _items(spec: Spec, snapshots: Mapping[str, Snapshot]) -> list[Item]:
    """What has to be resolved; ``top`` cuts before any look-up."""
    listed = [item for lst in spec.lists for item in snapshots[lst.name].items[: lst.top]]
    return [*listed, *spec.exclude]


def _targets(lists: Sequence[Wishlist]) -> set[Target]:
    return {
        Target(entry.match.media, lst.is_4k)
        for lst in lists
        if lst.role is Role.REQUEST
        for entry in lst.entries
        if isinstance(entry.match, Match)
    }


def _shows(lists: Sequence[Wishlist]) -> set[int]:
    return {t.media.tmdb for t in _targets(lists) if t.media.kind is Kind.TV}


def _remember(
    memory: Memory,
    lists: Sequence[Wishlist],
    before: Mapping[str, Membership],
    observed: Observed,
) -> Memory:
    """Memory after this look. A server that seems to be another one teaches nothing."""
    if looks_like_another_server(memory, observed):
        return memory
    targets = _targets(lists)
    return witness(memory, targets, observed, readded(before, lists))


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
