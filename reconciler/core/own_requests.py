"""Requests of ours that the server's table does not show, and what has become of them.

Such a request is in question while its title's row still waits (2 or 3) and no newer or living
request is there for what it asked for:

=============================================================  =====================================
what is known of it                                            it is
=============================================================  =====================================
a look has shown it since it was made, or that it was deleted  withdrawn: a person took it away
its id leads to it, without its title                          there: detached, and processing
nobody has seen it, and it was not asked for, or was found     there, as its title's row says
404, and the row, read after that, does not wait any more      withdrawn
404, and the row still waits, without a request of any status  lost: the server never stored it
404, and the row still waits beside an older, dead request     nothing: that one decides
=============================================================  =====================================

The row is read once more after the 404: a person who deletes a request leaves it at 1, unless it
has others. Witnesses: docs/internals/media-servers/vanished-requests.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.core.model import (
    Kind,
    MediaState,
    MediaStatus,
    Memory,
    MemoryKey,
    Observed,
    OwnRequest,
    RequestState,
    RequestStatus,
    RequestTrace,
    Sighting,
    Target,
    Whereabouts,
)
from reconciler.core.state import blocklisted

MOST_TRACED = 20  # requests asked for by their id in one pass
_LIVING = frozenset({RequestStatus.PENDING, RequestStatus.APPROVED})
_WAITING = frozenset({MediaStatus.PENDING, MediaStatus.PROCESSING})


@dataclass(frozen=True, slots=True)
class Missing:
    """The newest of our requests for some slots, which the server's table does not show."""

    number: int
    own: OwnRequest
    slots: frozenset[MemoryKey]
    alone: frozenset[MemoryKey]  # of these, what no request of any status asks for
    unseen: tuple[int, ...]  # it and those before it that nobody has seen either


def requests_to_trace(
    observed: Observed, memory: Memory, targets: Collection[Target]
) -> tuple[int, ...]:
    """The requests for wanted titles that have to be asked for by their id: few, mostly none."""
    numbers = [
        missing.number
        for missing in _missing(observed, memory)
        if missing.own.target in targets
        if missing.own.sighting is None
    ]
    return tuple(sorted(numbers)[:MOST_TRACED])


def account_for_missing(observed: Observed, memory: Memory) -> Observed:
    """The observation, completed with our requests that no table shows."""
    lost: dict[MemoryKey, tuple[int, ...]] = {}
    withdrawn: set[MemoryKey] = set()
    requests = dict(observed.requests)
    for missing in _missing(observed, memory):
        target, trace = missing.own.target, observed.traces.get(missing.number)
        if _is_withdrawn(missing.own, trace):
            withdrawn |= missing.alone
        elif trace and trace.whereabouts is Whereabouts.GONE:
            lost |= dict.fromkeys(missing.alone, missing.unseen)
        else:
            requests[target] = (*requests.get(target, ()), _presumed(missing, observed))
    if not (lost or withdrawn) and requests == observed.requests:
        return observed
    return replace(observed, requests=requests, lost=lost, withdrawn=frozenset(withdrawn))


def with_sightings(observed: Observed, memory: Memory) -> Memory:
    """Memory of which of our requests the server has shown."""
    if not memory.ours:
        return memory
    shown = _listed_ids(observed)
    ours = dict(memory.ours)
    for number, own in memory.ours.items():
        sighting = Sighting.LISTED if number in shown else _sighting(number, own, observed)
        if sighting is not own.sighting:
            ours[number] = replace(own, sighting=sighting)
    return replace(memory, ours=ours)


def _sighting(number: int, own: OwnRequest, observed: Observed) -> Sighting | None:
    """What is known once the table did not show it; what was seen once stays seen.

    One that is detached stands for its title only until its row waits no more.
    """
    trace = observed.traces.get(number)
    if own.sighting is Sighting.LISTED or not observed.shows_all_requests:
        return own.sighting
    hidden = blocklisted(own.target.media, observed)  # with its requests
    settled = not hidden and not _is_in_question(own.target, observed)
    if settled or _is_withdrawn(own, trace):
        return Sighting.GONE
    if trace and trace.whereabouts is Whereabouts.DETACHED:
        return Sighting.DETACHED
    return own.sighting


def _missing(observed: Observed, memory: Memory) -> Iterator[Missing]:
    if not observed.shows_all_requests or not memory.ours:
        return
    shown = _listed_ids(observed)
    by_target: dict[Target, list[int]] = {}
    for number, own in memory.ours.items():
        if number not in shown and _is_in_question(own.target, observed):
            by_target.setdefault(own.target, []).append(number)
    for target, numbers in by_target.items():
        requests = observed.requests.get(target, ())
        claimed = _asked_by((r for r in requests if r.status in _LIVING), target)
        unseen = tuple(sorted(n for n in numbers if memory.ours[n].sighting is None))
        for number in sorted(numbers, reverse=True):
            own = memory.ours[number]
            slots = (
                _slots(own) - claimed - _asked_by((r for r in requests if r.id > number), target)
            )
            claimed |= slots
            if slots:
                yield Missing(number, own, slots, slots - _asked_by(requests, target), unseen)


def _listed_ids(observed: Observed) -> frozenset[int]:
    return frozenset(r.id for requests in observed.requests.values() for r in requests)


def _is_in_question(target: Target, observed: Observed) -> bool:
    rows = observed.media.get(target.media, ())
    is_hidden = blocklisted(target.media, observed)
    return not is_hidden and any(_waits(row, target) for row in rows)


def _waits(row: MediaState, target: Target) -> bool:
    return (row.status_4k if target.is_4k else row.status) in _WAITING


def _asked_by(requests: Iterable[RequestState], target: Target) -> frozenset[MemoryKey]:
    """What these requests ask for."""
    if target.media.kind is Kind.MOVIE:
        return frozenset(MemoryKey(target) for _ in requests)
    return frozenset(
        MemoryKey(target, number) for request in requests for number in request.seasons
    )


def _slots(own: OwnRequest) -> frozenset[MemoryKey]:
    if own.target.media.kind is Kind.MOVIE:
        return frozenset({MemoryKey(own.target)})
    return frozenset(MemoryKey(own.target, number) for number in own.seasons or ())


def _is_withdrawn(own: OwnRequest, trace: RequestTrace | None) -> bool:
    if own.sighting in {Sighting.LISTED, Sighting.GONE}:
        return True
    is_gone = trace is not None and trace.whereabouts is Whereabouts.GONE
    return is_gone and (trace is None or trace.row is None or not _waits(trace.row, own.target))


def _presumed(missing: Missing, observed: Observed) -> RequestState:
    """A request that is there though no table shows it; nobody's, so that nobody cancels it."""
    own, trace = missing.own, observed.traces.get(missing.number)
    detached = own.sighting is Sighting.DETACHED or (
        trace is not None and trace.whereabouts is Whereabouts.DETACHED
    )
    rows = observed.media.get(own.target.media, ())
    statuses = {row.status_4k if own.target.is_4k else row.status for row in rows}
    pending = not detached and MediaStatus.PROCESSING not in statuses
    status = RequestStatus.PENDING if pending else RequestStatus.APPROVED
    seasons = {slot.season: status for slot in sorted(missing.slots) if slot.season is not None}
    return RequestState(missing.number, own.target, status, seasons=seasons)
