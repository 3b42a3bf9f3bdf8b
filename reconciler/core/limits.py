"""Limits of a run: the requester's quota, then the list's cap, then the budget of all lists.

A title held back by one limit uses up none of the others and never blocks the titles behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.core.model import (
    Action,
    Allowance,
    Budget,
    DesiredList,
    Kind,
    Op,
    Quota,
    Reason,
    Requester,
    RequestStatus,
    View,
)
from reconciler.core.times import format_time
from reconciler.core.titles import NoAction


class Limits:
    """What one run has used up so far. Each plan has its own."""

    def __init__(self, view: View) -> None:
        """A quota that the view does not know binds nobody."""
        self._view = view
        self._spent: dict[tuple[int, Kind], int] = {}
        self._titles: dict[str, int] = {}
        self._admitted = 0
        self._made: dict[tuple[int | None, Kind], list[datetime]] | None = None

    def admit(self, action: Action, owner: DesiredList) -> tuple[Action | NoAction, ...]:
        """What of an action may be done now (it is counted), and what has to wait."""
        if action.op not in {Op.REQUEST, Op.EXTEND}:
            return (action,)
        # The oldest season first; specials come last: they go with no season.
        units = sorted(action.seasons or (0,), key=lambda number: (number == 0, number))
        purse = (action.requester.user.id, action.target.media.kind)
        room = self._room(action)
        fitting = len(units) if room is None else min(len(units), room)
        if not fitting:
            return (NoAction(Reason.QUOTA, self._quota(action), action.seasons),)
        if over := self._over_cap(owner) or self._over_budget():
            return (replace(over, seasons=action.seasons),)
        self._spent[purse] = self._spent.get(purse, 0) + fitting
        self._titles[owner.name] = self._titles.get(owner.name, 0) + 1
        self._admitted += 1
        if fitting == len(units):
            return (action,)
        now, later = tuple(sorted(units[:fitting])), tuple(sorted(units[fitting:]))
        return (replace(action, seasons=now), NoAction(Reason.QUOTA, self._quota(action), later))

    def _room(self, action: Action) -> int | None:
        """How many films or seasons the requester's quota has room for; None: any number."""
        user, kind = action.requester.user.id, action.target.media.kind
        remaining = self._allowance(user, kind).remaining
        return None if remaining is None else max(0, remaining - self._spent.get((user, kind), 0))

    def _allowance(self, user: int, kind: Kind) -> Allowance:
        quota = self._view.observed.quotas.get(user, Quota())
        return quota.movies if kind is Kind.MOVIE else quota.seasons

    def _quota(self, action: Action) -> str:
        by, kind = action.requester, action.target.media.kind
        allowance = self._allowance(by.user.id, kind)
        noun = "movies" if kind is Kind.MOVIE else "seasons"
        left = f"{self._room(action)} of {allowance.limit} {noun} left{within(allowance.days)}"
        return f"{by.user.name} has {left} after this plan{self._next_slot(by, kind, allowance)}"

    def _next_slot(self, requester: Requester, kind: Kind, allowance: Allowance) -> str:
        """A quota has no timetable: its oldest counting request is the first to leave."""
        if not allowance.days:
            return ""
        window, now = timedelta(days=allowance.days), self._view.now
        made = self._requests_made().get((requester.user.id, kind), [])
        counting = [at for at in made if at > now - window]
        return f"; the next slot opens {format_time(min(counting, default=now) + window)}"

    def _requests_made(self) -> dict[tuple[int | None, Kind], list[datetime]]:
        """When each user's requests that count were made, gathered once and only where needed."""
        if self._made is None:
            self._made = {}
            for target, requests in self._view.observed.requests.items():
                for request in requests:
                    counts = request.status is not RequestStatus.DECLINED
                    if request.created and counts and not request.ignores_quota:
                        user_and_kind = (request.requester, target.media.kind)
                        self._made.setdefault(user_and_kind, []).append(request.created)
        return self._made

    def _over_cap(self, owner: DesiredList) -> NoAction | None:
        cap = owner.rules.max_per_run
        if cap is None or self._titles.get(owner.name, 0) < cap:
            return None
        return NoAction(Reason.OVER_CAP, f"max_per_run is {cap}; the next run continues")

    def _over_budget(self) -> NoAction | None:
        budget, now = self._view.policy.budget, self._view.now
        if budget is None:
            return None
        used = [*budget_used(budget, self._view.memory.created, now), *[now] * self._admitted]
        if len(used) < budget.titles:
            return None
        opens = used[len(used) - budget.titles] + budget.window
        detail = f"the budget is {budget.titles} a {budget.unit}"
        return NoAction(Reason.OVER_BUDGET, f"{detail}; the next slot opens {format_time(opens)}")


def budget_used(budget: Budget, created: Iterable[datetime], now: datetime) -> list[datetime]:
    """When each title was requested that counts now, the oldest first."""
    return sorted(at for at in created if at > now - budget.window)


def within(days: int | None) -> str:
    """`` in 7 days``; nothing where what was asked for counts for ever."""
    return f" in {days} day{'s' * (days != 1)}" if days else ""
