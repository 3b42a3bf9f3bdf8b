"""Our requests that the server's table does not show, and what happened to them.

Such a request is examined while its title's row still waits (2 or 3) and no newer or active
request covers what it asked for:

=============================================================  =====================================
what is known of it                                            it is
=============================================================  =====================================
a look has shown it since it was made, or that it was deleted  withdrawn: a person deleted it
its id leads to it, without its title                          there: detached, and processing
never seen, and its id was not looked up, or was found         there, as its title's row says
404, and the row, read after that, does not wait any more      withdrawn
404, and the row still waits, without a request of any status  lost: the server never stored it
404, and the row still waits beside an older, dead request     decided by the older request
=============================================================  =====================================

The row is read once more after the 404: a person who deletes a request leaves it at 1, unless it
has others. Evidence: docs/internals/media-servers/vanished-requests.md.

And our requests for titles that left the lists: which are canceled, and which only reported (law
6). Only a request whose id is in the ledger, still pending, and only where every list that ever
held the title says ``prune: cancel-pending``. In doubt, it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reconciler.core.model.lists import Match, Target
from reconciler.core.model.memory import Attempts, Claim, Memory, MemoryKey, OwnRequest, Sighting
from reconciler.core.model.plan import Action, DesiredList, Requester, Verdict, View
from reconciler.core.model.server import (
    MediaStatus,
    Observed,
    RequestState,
    RequestStatus,
    RequestTrace,
    User,
    Whereabouts,
)
from reconciler.core.model.terms import Expected, Kind, Op, Prune, Reason, Role, Why
from reconciler.core.state import LIVE, blocklisted, row_statuses
from reconciler.core.times import format_time
from reconciler.core.wants import names_of, sure_names, titled

MOST_TRACED = 20  # requests asked for by their id in one run
_WAITING = frozenset({MediaStatus.PENDING, MediaStatus.PROCESSING})


@dataclass(frozen=True, slots=True)
class Missing:
    """The newest of our requests for some slots, which the server's table does not show."""

    number: int
    own: OwnRequest
    slots: frozenset[MemoryKey]
    alone: frozenset[MemoryKey]  # of these, what no request of any status asks for
    unseen: tuple[int, ...]  # this one and the unseen ones before it


def requests_to_trace(
    observed: Observed, memory: Memory, targets: Collection[Target]
) -> tuple[int, ...]:
    """The requests for wanted titles that have to be asked for by their id: few, mostly none."""
    missing = (m for m in _missing(observed, memory) if m.own.target in targets)
    return tuple(sorted(m.number for m in missing if m.own.sighting is None)[:MOST_TRACED])


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
    ours = {
        number: replace(
            own,
            sighting=Sighting.LISTED if number in shown else _sighting(number, own, observed),
        )
        for number, own in memory.ours.items()
    }
    return replace(memory, ours=ours)


def _sighting(number: int, own: OwnRequest, observed: Observed) -> Sighting | None:
    """What is known once the table did not show it; what was seen once stays seen.

    A detached request counts for its title only while its row is waiting.
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
        claimed = _asked_by((r for r in requests if r.status in LIVE), target)
        unseen = tuple(sorted(n for n in numbers if memory.ours[n].sighting is None))
        for number in sorted(numbers, reverse=True):
            own = memory.ours[number]
            later = _asked_by((r for r in requests if r.id > number), target)
            slots = _slots(target, own.seasons or ()) - claimed - later
            claimed |= slots
            if slots:
                yield Missing(number, own, slots, slots - _asked_by(requests, target), unseen)


def _listed_ids(observed: Observed) -> frozenset[int]:
    return frozenset(r.id for requests in observed.requests.values() for r in requests)


def _is_in_question(target: Target, observed: Observed) -> bool:
    statuses = row_statuses(target, observed.media.get(target.media, ()))
    return not blocklisted(target.media, observed) and not statuses.isdisjoint(_WAITING)


def _asked_by(requests: Iterable[RequestState], target: Target) -> frozenset[MemoryKey]:
    return frozenset(slot for request in requests for slot in _slots(target, request.seasons))


def _slots(target: Target, seasons: Iterable[int]) -> frozenset[MemoryKey]:
    if target.media.kind is Kind.MOVIE:
        return frozenset({MemoryKey(target)})
    return frozenset(MemoryKey(target, number) for number in seasons)


def _is_withdrawn(own: OwnRequest, trace: RequestTrace | None) -> bool:
    if own.sighting in {Sighting.LISTED, Sighting.GONE}:
        return True
    if trace is None or trace.whereabouts is not Whereabouts.GONE:
        return False
    return row_statuses(own.target, (trace.row,) if trace.row else ()).isdisjoint(_WAITING)


def _presumed(missing: Missing, observed: Observed) -> RequestState:
    """A request that exists although no table shows it. It has no requester: it is not canceled."""
    own, trace = missing.own, observed.traces.get(missing.number)
    detached = own.sighting is Sighting.DETACHED or (
        trace is not None and trace.whereabouts is Whereabouts.DETACHED
    )
    statuses = row_statuses(own.target, observed.media.get(own.target.media, ()))
    pending = not detached and MediaStatus.PROCESSING not in statuses
    status = RequestStatus.PENDING if pending else RequestStatus.APPROVED
    seasons = {slot.season: status for slot in sorted(missing.slots) if slot.season is not None}
    return RequestState(missing.number, own.target, status, seasons=seasons)


# -------------------------------------------------------------------- titles that left the lists


def pruned(lists: Sequence[DesiredList], view: View) -> list[tuple[DesiredList, Action | Verdict]]:
    """The decision on each request for a title off the lists, with the list that makes it.

    In file order, then by the request's id: such titles have no place on a list.
    """
    wishes = sorted(
        (lst for lst in lists if lst.rules.role is Role.REQUEST), key=lambda lst: lst.index
    )
    if all(lst.rules.prune is Prune.KEEP for lst in wishes):
        return []
    entries = [(lst, entry) for lst in wishes for entry in lst.entries]
    shown = {
        e.match.media
        for lst, e in entries
        if isinstance(e.match, Match)
        if e.fresh
        or e.match.media not in lst.absent  # an empty list owns only its previous content
    }
    lost = {n for _, e in entries if not isinstance(e.match, Match) for n in sure_names(e.item)}
    rows: list[tuple[DesiredList, Action | Verdict]] = []
    for own, request in sorted(_pending(view), key=lambda pair: pair[1].id):
        media = request.target.media
        holders = () if media in shown else _that_held_it(own, wishes, view)
        if not holders or not holders[0].confirms_absences:
            continue
        if not any(names_of(lst.absent[media].item) & lost for lst in holders):
            rows.append((holders[0], _decide(request, holders, view)))
    return sorted(rows, key=lambda row: row[0].index)


def _pending(view: View) -> Iterator[tuple[OwnRequest, RequestState]]:
    """Ours: a person may have decided one, or taken it over, since."""
    for request in chain.from_iterable(view.observed.requests.values()):
        own = view.memory.ours.get(request.id)
        if own and is_unchanged(request, own.target, own.requester, own.seasons):
            yield own, request


def is_unchanged(
    request: RequestState, target: Target, requester: int, seasons: Collection[int] | None
) -> bool:
    """Whether a request is pending, and still what was asked for, as this user alone."""
    return (
        request.status is RequestStatus.PENDING
        and request.target == target
        and request.requester == requester
        and set(request.seasons) <= set(seasons or ())
    )


def _that_held_it(
    own: OwnRequest, wishes: Sequence[DesiredList], view: View
) -> tuple[DesiredList, ...]:
    """The lists that ever held it, those read in this run first; empty where one still keeps it.

    A list releases it if the config has the list with the same source, prunes it and does not
    suspend it, and the list has missed the title.
    """
    claims = view.memory.claims.get(own.target, frozenset())
    if not set(own.lists) <= {claim.list for claim in claims}:
        return ()
    holders = tuple(
        lst
        for lst in wishes
        if Claim(lst.name, str(lst.rules.source)) in claims
        if lst.rules.prune is not Prune.KEEP
        and not lst.rules.suspended
        and own.target.media in lst.absent
    )
    if len(holders) < len(claims):
        return ()
    return tuple(sorted(holders, key=lambda lst: (not lst.confirms_absences, lst.index)))


def _decide(request: RequestState, holders: Sequence[DesiredList], view: View) -> Action | Verdict:
    """A cancel action where it is due and every list says so, otherwise a verdict."""
    target, hold = request.target, None
    absences = [(lst.absent[target.media], lst.rules.prune_after) for lst in holders]
    absence = max((absence for absence, _ in absences), key=lambda absence: absence.since)
    due = max(absence.since + prune_after for absence, prune_after in absences)
    detail = f"off its lists since {format_time(absence.since)}"
    attempts = view.memory.attempts.get(target, Attempts())
    if any(lst.rules.prune is not Prune.CANCEL_PENDING for lst in holders):
        hold, detail = Reason.REQUESTED, f"{detail}; prune: report"
    elif due > view.now:
        hold, detail = Reason.REQUESTED, f"{detail}, canceled after {format_time(due)}"
    elif attempts.not_before and attempts.not_before > view.now:
        next_try = format_time(attempts.not_before)
        hold, detail = Reason.BACKING_OFF, f"{detail}; failed before, next try after {next_try}"
    item, lists = titled(absence.item, absence.match), tuple(lst.name for lst in holders)
    seasons = tuple(sorted(request.seasons)) or None
    if hold:
        by = absence.match.by
        return Verdict(hold, item, lists, target, by, seasons, detail, would=Op.CANCEL)
    return Action(
        op=Op.CANCEL,
        why=Why.OFF_LIST,
        target=target,
        item=item,
        lists=lists,
        matched_by=absence.match.by,
        requester=Requester(User(request.requester or 0, "", 0), is_owner=False),
        expected=Expected.PENDING,
        seasons=seasons,
        request_ids=(request.id,),
        detail=detail,
    )
