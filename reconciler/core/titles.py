"""What a film or show needs, by its state on the server, its memory and its aired seasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.core.memory import is_lifted, put_back, rerequest_notes
from reconciler.core.model.lists import Target
from reconciler.core.model.memory import Attempts, MemoryEntry, MemoryKey
from reconciler.core.model.plan import View
from reconciler.core.model.rules import ListRules, SeasonRule
from reconciler.core.model.server import Show
from reconciler.core.model.terms import Kind, Op, Reason, Why
from reconciler.core.seasons import choose_seasons, span
from reconciler.core.state import (
    COVERED,
    Presence,
    TargetState,
    blocklisted,
    film,
    known_seasons,
    season,
    show,
)
from reconciler.core.times import format_time


@dataclass(frozen=True, slots=True)
class Gap:
    """Something is missing and may be asked for, as far as the title itself goes."""

    op: Op
    why: Why
    seasons: tuple[int, ...] | None = None
    request_ids: tuple[int, ...] = ()
    detail: str = ""
    beside: Mapping[Reason, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoAction:
    """Why a title, or some seasons, get no action now. ``beside``: each reason's seasons."""

    reason: Reason
    detail: str = ""
    seasons: tuple[int, ...] | None = None
    beside: Mapping[Reason, tuple[int, ...]] = field(default_factory=dict)


_VERDICT = {
    Presence.AVAILABLE: Reason.AVAILABLE,
    Presence.REQUESTED: Reason.REQUESTED,
    Presence.PROCESSING: Reason.PROCESSING,
    Presence.DECLINED: Reason.DECLINED,
    Presence.DELETED: Reason.HANDLED,
}
_REFUSED = frozenset({Reason.DECLINED, Reason.HANDLED})
_OUT = _REFUSED | {None}  # what is, or was, kept out by them
_ABSENT = frozenset({Presence.NOTHING, Presence.DELETED})
_NO_SPECIALS = "the server does not accept requests for specials"
_ONLY_SPECIALS = "it has only specials, which the list does not ask for"
MOST_LOST = 3  # requests of one title in a row, until a person has to look
_PRECEDENCE = (
    Reason.FAILED,  # what is lost for good; what failed is retried, or says why not
    Reason.REQUESTED,
    Reason.PROCESSING,
    Reason.AVAILABLE,
    Reason.DECLINED,
    Reason.HANDLED,
    Reason.NOT_PERMITTED,
)


def needs(
    target: Target, seasons: Iterable[SeasonRule], rules: ListRules, view: View
) -> tuple[Gap | NoAction, ...]:
    """What a title needs: one settled answer, or one need for each kind of action.

    ``seasons``: of a show, what each place on a list wants; ``rules``: those of its owner.
    """
    if blocklisted(target.media, view.observed):
        return (NoAction(Reason.BLOCKLISTED),)
    if target.media.kind is Kind.MOVIE:
        return (_film(target, rules, view),)
    facts = view.observed.shows.get(target.media.tmdb)
    if isinstance(facts, Show):
        return _show(target, facts, seasons, rules, view)
    return (NoAction(Reason.UNRESOLVED, facts.detail if facts else "its seasons are not known"),)


def _film(target: Target, rules: ListRules, view: View) -> Gap | NoAction:
    state = film(target, view.observed)
    if state.presence is Presence.FAILED:
        return _retry(target, (max(state.request_ids),), rules, view)
    entry = view.memory.slots.get(MemoryKey(target))
    free = is_lifted(entry, rules.rerequest, view.now)
    settled = _verdict(state.presence, remembered=entry is not None, is_free=free)
    if settled and settled not in _REFUSED:
        return NoAction(settled)
    detail = "; ".join(rerequest_notes({None: entry}, rules.rerequest, view.now))
    if settled:
        return NoAction(settled, detail)
    if state.presence is Presence.LOST:
        reason = _lost_detail(state.request_ids)
        if _is_lost_for_good(state, entry, rules):
            return NoAction(Reason.FAILED, reason)
        return Gap(Op.REQUEST, Why.LOST, detail=reason)
    why = Why.READDED if put_back(entry, rules.rerequest) else Why.MISSING
    return Gap(Op.REQUEST, why, detail=detail)


def _is_lost_for_good(state: TargetState, entry: MemoryEntry | None, rules: ListRules) -> bool:
    """Whether the server has lost so many requests for it that only a re-add asks once more."""
    often = state.presence is Presence.LOST and len(state.request_ids) >= MOST_LOST
    return often and not put_back(entry, rules.rerequest)


def _lost_detail(requests: tuple[int, ...]) -> str:
    numbers = ", ".join(map(str, requests))
    return f"the server accepted request {numbers} but did not store it"


def _verdict(presence: Presence, *, remembered: bool, is_free: bool) -> Reason | None:
    """Why a film or season is not asked for; None: it is."""
    if presence is Presence.LOST:
        return None
    reason = _VERDICT.get(presence, Reason.HANDLED if remembered else None)
    return None if is_free and reason in _REFUSED else reason


def _retry(
    target: Target, numbers: tuple[int, ...], rules: ListRules, view: View
) -> Gap | NoAction:
    attempts = view.memory.attempts.get(target, Attempts())
    if attempts.retries >= rules.retry_failed:
        return NoAction(
            Reason.FAILED, f"the server could not send it on; retries: {attempts.retries}"
        )
    if attempts.not_before and attempts.not_before > view.now:
        return NoAction(Reason.BACKING_OFF, f"next retry after {format_time(attempts.not_before)}")
    return Gap(Op.RETRY, Why.RETRY_FAILED, request_ids=numbers)


def _show(
    target: Target, facts: Show, seasons: Iterable[SeasonRule], rules: ListRules, view: View
) -> tuple[Gap | NoAction, ...]:
    numbers, coming = choose_seasons(seasons, facts, view.now.date())
    if not numbers:
        detail = _list(Reason.UNAIRED, coming)
        if not coming:
            detail = _ONLY_SPECIALS if facts.seasons else "the server lists no seasons for it"
        return (NoAction(Reason.UNAIRED, detail, beside={Reason.UNAIRED: coming}),)
    states = {n: season(target, n, view.observed) for n in numbers}
    reasons = _season_reasons(target, states, rules, view)
    missing = tuple(n for n in numbers if reasons[n] is None)
    failed = tuple(n for n in numbers if states[n].presence is Presence.FAILED)
    out: dict[int | None, MemoryEntry | None] = {
        n: view.memory.slots.get(MemoryKey(target, n)) for n in numbers if reasons[n] in _OUT
    }
    again = rerequest_notes(out, rules.rerequest, view.now)
    beside = {
        why: tuple(n for n in numbers if reasons[n] is why) for why in reasons.values() if why
    }
    if coming:
        beside[Reason.UNAIRED] = coming
    barred = _NO_SPECIALS if Reason.NOT_PERMITTED in beside else ""
    summary = "; ".join(filter(None, (_season_summary(beside, missing), barred, *again)))
    rows: list[Gap | NoAction] = []
    if failed:
        ids = {max(states[n].request_ids) for n in failed}
        rows.append(_retry(target, tuple(sorted(ids)), rules, view))
        failures = beside.pop(Reason.FAILED)
        if isinstance(rows[0], NoAction):  # a retry itself has no reason to stay out
            beside[rows[0].reason] = failures
    if missing:
        rows.append(replace(_ask(target, missing, rules, view, summary), beside=beside))
    gaps = tuple(row for row in rows if isinstance(row, Gap))
    if gaps:
        return gaps
    if rows and isinstance(rows[0], NoAction):
        detail = f"{rows[0].detail}; {summary}".strip("; ")
        return (NoAction(rows[0].reason, detail, numbers, beside),)
    reason = next(r for r in _PRECEDENCE if r in reasons.values())
    return (NoAction(reason, summary, numbers, beside),)


def _season_reasons(
    target: Target, states: Mapping[int, TargetState], rules: ListRules, view: View
) -> dict[int, Reason | None]:
    """Why each season is not asked for; None: it is missing.

    A show that was here as a whole and has left no trace was taken away as a whole: seasons that
    aired since stay out with the rest (docs/internals/decisions/0002).
    """
    slots = view.memory.slots
    whole = slots.get(MemoryKey(target))
    taken_away = (
        whole is not None
        and all(state.presence in _ABSENT for state in states.values())  # cheaper than ``show``
        and show(target, view.observed) in _ABSENT
    )
    reasons: dict[int, Reason | None] = {}
    for number, state in states.items():
        entry = slots.get(MemoryKey(target, number))
        reasons[number] = (
            Reason.FAILED
            if state.presence is Presence.FAILED or _is_lost_for_good(state, entry or whole, rules)
            else _verdict(
                state.presence,
                remembered=taken_away or entry is not None,
                is_free=is_lifted(entry or whole, rules.rerequest, view.now),
            )
        )
    if 0 in reasons and reasons[0] is None and not view.observed.takes_specials:
        reasons[0] = Reason.NOT_PERMITTED
    return reasons


def _ask(
    target: Target, missing: tuple[int, ...], rules: ListRules, view: View, detail: str
) -> Gap:
    observed, slots = view.observed, view.memory.slots
    numbers = known_seasons(target, observed)
    here = [n for n in numbers if season(target, n, observed).presence in COVERED]
    followed = [n for n in here if n >= 1]  # specials say nothing of what is new
    entries = [slots.get(MemoryKey(target, n)) for n in missing]
    whole = slots.get(MemoryKey(target))  # for a season without its own memory entry
    lost = {observed.lost.get(MemoryKey(target, n), ()) for n in missing} - {()}
    if lost:
        why = Why.LOST
        detail = "; ".join(filter(None, (detail, *map(_lost_detail, sorted(lost)))))
    elif any(put_back(entry or whole, rules.rerequest) for entry in entries):
        why = Why.READDED
    elif followed and min(missing) > max(followed) and not any(entries):
        why = Why.NEW_SEASON
    else:
        why = Why.MISSING
    return Gap(Op.EXTEND if here else Op.REQUEST, why, missing, detail=detail)


def _season_summary(beside: Mapping[Reason, tuple[int, ...]], missing: tuple[int, ...]) -> str:
    """``S1-2 available, S3 declined``; nothing where one reason holds for all seasons."""
    if len(beside) == 1 and not missing and Reason.UNAIRED not in beside:
        return ""
    return "; ".join(_list(reason, numbers) for reason, numbers in beside.items())


def _list(reason: Reason, numbers: tuple[int, ...]) -> str:
    return f"{span(numbers)} {reason}" if numbers else ""
