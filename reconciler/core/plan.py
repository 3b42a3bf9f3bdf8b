"""Lists + observed + memory → Plan. One planner for plan, apply and run.

Pure: no clock, network, file, log or global. The same input gives the same plan, whatever order
its parts come in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from reconciler.core.limits import Limits
from reconciler.core.memory import looks_like_another_server, vanished
from reconciler.core.model.lists import ListProblem, Unmatched
from reconciler.core.model.memory import Attempts, Memory
from reconciler.core.model.plan import Action, DesiredList, Plan, Policy, Stop, Verdict, View
from reconciler.core.model.server import Observed, Show
from reconciler.core.model.terms import NOUN, Expected, Kind, Op, Reason, Role
from reconciler.core.own_requests import account_for_missing, pruned
from reconciler.core.rights import outlook
from reconciler.core.times import format_time
from reconciler.core.titles import Gap, NoAction, needs
from reconciler.core.wants import Exclusion, UnresolvedWant, Want, gather_wants


def calculate(
    lists: Sequence[DesiredList], observed: Observed, memory: Memory, policy: Policy, now: datetime
) -> Plan:
    """Decide every wanted title: actions, or a verdict with the reason against an action.

    First hit wins; shows take the steps season by season:

    ====================================================  ======================================
    the list, the server or the ledger says               verdict or **action**
    ====================================================  ======================================
    an id or an exclude list excludes it                  excluded
    a game, a podcast, an episode                         unsupported-kind
    its lists' filters drop it by what the lists tell     filtered
    it leads to no media key, and why                     ambiguous not-found type-mismatch
                                                          unresolved
    no list that has it asks for it now                   suspended adopted
    its lists' filters drop it, or lack a fact            filtered
    on the blocklist, or media status 6                   blocklisted
    the show's seasons cannot be read                     unresolved
    none of its seasons has aired                         unaired
    media 4 or 5                                          available
    media 7 and no request alive; not re-added            handled
    no request alive, the last one FAILED                 **retry** backing-off failed
    a request PENDING; or media 2, the last one not       requested
    dead, and no orphan
    a request APPROVED, or ours detached; or media 3,     processing
    the last one not dead
    a request DECLINED; not re-added                      declined
    ours was seen once and is gone, whatever the row      handled
    says; not re-added
    remembered, and nothing there; not lost, nor          handled
    re-added
    ours was lost three times in a row; not re-added      failed
    specials, and the server takes no requests for them   not-permitted
    the requester is unknown or has no right, or          not-permitted
    what the list names of Radarr or Sonarr is not there
    a refused attempt whose time has not come             backing-off
    over the requester's quota                            quota
    over the list's cap                                   over-cap
    over the budget of all lists                          over-budget
    media 2 without any request: an orphan                **request**
    ours was never seen, 404, media 2 or 3: lost          **request**
    else                                                  **request**, **extend** where seasons
                                                          are there
    a request of ours PENDING, its title on no list       **cancel** backing-off, requested until
                                                          it is due or where it is only reported
    ====================================================  ======================================

    A season has aired by the table of core.seasons.basis. A show at media 5 while no season has a
    status is available as a whole.

    Only titles that a list gave in this run get a row, and then those that such a list has lost;
    what the other lists held when last complete counts for ownership, exclusion and pruning.
    *Ours*: a request that was made here (core.own_requests); these and orphans are visible only to
    a key whose owner may see everybody's requests. *Not re-added*: nor has ``rerequest`` a time
    for it that is over. A retry goes where its request was sent, by the right it was made with: it
    is *not-permitted* only where the list's requester is unknown. While a safety rule stops the
    run, there are no actions: their verdicts name that rule.
    """
    exclusion = Exclusion.of(lists)
    stop = _stop(lists, observed, memory)
    view = View(account_for_missing(observed, memory), memory, policy, now)
    limits = Limits(view)
    actions: list[Action] = []
    verdicts: list[Verdict] = []
    wants = gather_wants(lists, observed)
    rows = ((want.owner, row) for want in wants for row in _decide(want, exclusion, view))
    for owner, row in chain(rows, pruned(lists, view)):
        if isinstance(row, Verdict):
            verdicts.append(row)
            continue
        refusal = (NoAction(stop.reason, stop.message, row.seasons),) if stop else ()
        for part in refusal or limits.admit(row, owner):
            if isinstance(part, Action):
                actions.append(part)
            else:
                verdicts.append(_verdict(row, part))
    return Plan(tuple(actions), tuple(verdicts), (stop,) if stop else ())


def requestable(lists: Sequence[DesiredList], view: View) -> frozenset[tuple[str, Kind]]:
    """The kinds of title that each list, by name, has requests to make for, if it may."""
    exclusion = Exclusion.of(lists)
    view = replace(view, observed=account_for_missing(view.observed, view.memory))
    return frozenset(
        (want.owner.name, want.target.media.kind)
        for want in gather_wants(lists, view.observed)
        if isinstance(want, Want)
        for need in _needs(want, exclusion, view)
        if isinstance(need, Gap) and need.op is not Op.RETRY
    )


def _decide(
    want: Want | UnresolvedWant, exclusion: Exclusion, view: View
) -> Iterator[Action | Verdict]:
    if isinstance(want, UnresolvedWant):
        why = want.why
        if by := exclusion.names_item(want.item):
            why = Unmatched(Reason.EXCLUDED, f"by {by}")
        yield Verdict(
            why.reason, want.item, want.lists, detail=why.detail, candidates=why.candidates
        )
        return
    show = view.observed.shows.get(want.target.media.tmdb)  # names what its list gives by id alone
    if not want.item.title and want.target.media.kind is Kind.TV and isinstance(show, Show):
        want = replace(want, item=replace(want.item, title=show.title, year=show.year))
    for need in _needs(want, exclusion, view):
        yield _verdict(want, need) if isinstance(need, NoAction) else _permitted(want, need, view)


def _needs(want: Want, exclusion: Exclusion, view: View) -> tuple[Gap | NoAction, ...]:
    if by := exclusion.names(want):
        return (NoAction(Reason.EXCLUDED, f"by {by}"),)
    if want.skip_reason:
        return (NoAction(*want.skip_reason),)
    return needs(want.target, want.seasons, want.owner.rules, view)


def _permitted(want: Want, need: Gap, view: View) -> Action | Verdict:
    """The action a need leads to, unless its requester may not or it has to wait."""
    requester = want.owner.requester
    if requester is None:
        problem = want.owner.problem
        detail = problem.message if problem else "its list has no requester"
        return _verdict(want, NoAction(Reason.NOT_PERMITTED, detail, need.seasons))
    hopes, delivery = outlook(requester, want.target), None
    if need.op is not Op.RETRY:  # which the server sends where it was sent before
        choice = want.owner.delivery_by_kind.get(want.target.media.kind)
        if isinstance(choice, ListProblem):
            return _verdict(want, NoAction(Reason.NOT_PERMITTED, choice.message, need.seasons))
        delivery = choice
        if hopes is Expected.REFUSED:
            titles = f"{'4K ' * want.target.is_4k}{NOUN[want.target.media.kind]}s"
            detail = f"{requester.user.name} is not allowed to request {titles} on the server"
            return _verdict(want, NoAction(Reason.NOT_PERMITTED, detail, need.seasons))
        attempts = view.memory.attempts.get(want.target, Attempts())
        if attempts.failures and attempts.not_before and attempts.not_before > view.now:
            detail = f"failed before, next try after {format_time(attempts.not_before)}"
            return _verdict(want, NoAction(Reason.BACKING_OFF, detail, need.seasons))
    return Action(
        op=need.op,
        why=need.why,
        target=want.target,
        item=want.item,
        lists=want.lists,
        matched_by=want.matched_by,
        requester=requester,
        expected=hopes,
        seasons=need.seasons,
        request_ids=need.request_ids,
        delivery=delivery,
        detail=need.detail,
        beside=need.beside,
    )


def _stop(lists: Sequence[DesiredList], observed: Observed, memory: Memory) -> Stop | None:
    for lst in sorted(lists, key=lambda lst: lst.index):
        if lst.rules.role is not Role.EXCLUDE:
            continue
        unread, matches = lst.unread_reason, [entry.match for entry in lst.entries]
        lost = [m for m in matches if isinstance(m, Unmatched) and m.reason is Reason.UNRESOLVED]
        if lost and not unread:
            unread = f"{len(lost)} of its titles could not be looked up: try again later"
        if unread:
            return Stop(
                Reason.EXCLUDED,
                f"exclude list {lst.name} unread",
                f"{unread}; nothing is requested until its titles are known",
            )
    if looks_like_another_server(memory, observed):
        missing, total = vanished(memory, observed)
        return Stop(
            Reason.UNRESOLVED,
            f"{missing} of {total} known titles are gone: is this a different server?",
            "check server.url; if the server was really emptied, start with a new ledger file",
        )
    return None


def _verdict(row: Want | Action, why: NoAction) -> Verdict:
    return Verdict(
        why.reason,
        row.item,
        row.lists,
        target=row.target,
        matched_by=row.matched_by,
        seasons=why.seasons,
        detail=why.detail,
        beside=why.beside,
    )
