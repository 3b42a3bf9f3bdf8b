"""Our own requests for titles that left the lists: which are canceled, and which only reported.

Law 6: only a request whose id is in the ledger, still pending, and only where every list that ever
held the title says ``prune: cancel-pending``. Whatever is in doubt keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.core.model import (
    Absence,
    Action,
    Attempts,
    Claim,
    DesiredList,
    Expected,
    Match,
    Op,
    OwnRequest,
    Prune,
    Reason,
    Requester,
    RequestState,
    RequestStatus,
    Role,
    User,
    Verdict,
    View,
    Why,
)
from reconciler.core.times import format_time
from reconciler.core.wants import names_of, sure_names, titled


@dataclass(frozen=True, slots=True)
class OffList:
    """A pending request of ours for a title that no list holds any more."""

    request: RequestState
    lists: tuple[DesiredList, ...]  # that held it, those read in this pass first
    absence: Absence  # from the list that it was last on
    due: datetime  # when it has been absent for long enough


def pruned(
    lists: Sequence[DesiredList], view: View
) -> Iterator[tuple[DesiredList, Action | Verdict]]:
    """The decision on each request for a title off the lists, with the list that makes it.

    In file order, then by the request's id: such titles have no place on a list.
    """
    wishes = sorted(
        (lst for lst in lists if lst.rules.role is Role.REQUEST), key=lambda lst: lst.index
    )
    if all(lst.rules.prune is Prune.KEEP for lst in wishes):
        return
    rows = sorted(_off_list(wishes, view), key=lambda row: (row.lists[0].index, row.request.id))
    for row in rows:
        yield row.lists[0], _decide(row, view)


def _off_list(wishes: Sequence[DesiredList], view: View) -> Iterator[OffList]:
    entries = [(lst, entry) for lst in wishes for entry in lst.entries]
    shown = {
        e.match.media
        for lst, e in entries
        if isinstance(e.match, Match)
        if e.fresh or e.match.media not in lst.absent  # an empty list owns what it held, no more
    }
    lost = {n for _, e in entries if not isinstance(e.match, Match) for n in sure_names(e.item)}
    for own, request in _pending(view):
        media = request.target.media
        lists = () if media in shown else _that_held_it(own, wishes, view)
        if not lists or not lists[0].confirms_absences:
            continue
        absences = [lst.absent[media] for lst in lists]
        if not any(names_of(absence.item) & lost for absence in absences):
            due = max(
                a.since + lst.rules.prune_after for a, lst in zip(absences, lists, strict=True)
            )
            yield OffList(request, lists, max(absences, key=lambda a: a.since), due)


def _pending(view: View) -> Iterator[tuple[OwnRequest, RequestState]]:
    for requests in view.observed.requests.values():
        for request in requests:
            own = view.memory.ours.get(request.id)
            if own is not None and _is_ours(request, own):
                yield own, request


def _is_ours(request: RequestState, own: OwnRequest) -> bool:
    """Whether it is still what was asked for: a person may have taken it over since."""
    return (
        request.status is RequestStatus.PENDING
        and request.target == own.target
        and request.requester == own.requester
        and set(request.seasons) <= set(own.seasons or ())
    )


def _that_held_it(
    own: OwnRequest, wishes: Sequence[DesiredList], view: View
) -> tuple[DesiredList, ...]:
    """The lists that ever held it; empty where one of them still keeps it.

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


def _decide(row: OffList, view: View) -> Action | Verdict:
    """A cancel action where it is due and every list says so, otherwise a verdict."""
    since = f"off its lists since {format_time(row.absence.since)}"
    attempts = view.memory.attempts.get(row.request.target, Attempts())
    if any(lst.rules.prune is not Prune.CANCEL_PENDING for lst in row.lists):
        return _report(row, Reason.REQUESTED, f"{since}; prune: report")
    if row.due > view.now:
        return _report(row, Reason.REQUESTED, f"{since}, canceled after {format_time(row.due)}")
    if attempts.not_before and attempts.not_before > view.now:
        detail = f"{since}; failed before, next try after {format_time(attempts.not_before)}"
        return _report(row, Reason.BACKING_OFF, detail)
    return Action(
        op=Op.CANCEL,
        why=Why.OFF_LIST,
        target=row.request.target,
        item=titled(row.absence.item, row.absence.match),
        lists=tuple(lst.name for lst in row.lists),
        matched_by=row.absence.match.by,
        requester=Requester(User(row.request.requester or 0, "", 0), is_owner=False),
        expected=Expected.PENDING,
        seasons=_seasons(row),
        request_ids=(row.request.id,),
        detail=since,
    )


def _report(row: OffList, reason: Reason, detail: str) -> Verdict:
    return Verdict(
        reason,
        titled(row.absence.item, row.absence.match),
        tuple(lst.name for lst in row.lists),
        target=row.request.target,
        matched_by=row.absence.match.by,
        seasons=_seasons(row),
        detail=detail,
        would=Op.CANCEL,
    )


def _seasons(row: OffList) -> tuple[int, ...] | None:
    return tuple(sorted(row.request.seasons)) or None
