"""Limits of a run: the requester's quota, then the list's cap, then the budget of all lists.

A title held back by one limit uses up none of the others and never blocks the titles behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.core.model.plan import Action, DesiredList, View
from reconciler.core.model.rules import Budget
from reconciler.core.model.server import Allowance, Quota, RequestStatus, User
from reconciler.core.model.terms import Kind, Op, Reason
from reconciler.core.times import format_time
from reconciler.core.titles import NoAction


class Limits:
    """What one run has used up so far. Each plan has its own."""

    def __init__(self, view: View) -> None:
        """A user without a quota in the observation has no limit."""
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
        user, kind = action.requester.user, action.target.media.kind
        quota = self._view.observed.quotas.get(user.id, Quota())
        allowance = quota.movies if kind is Kind.MOVIE else quota.seasons
        spent, fitting = self._spent.get((user.id, kind), 0), len(units)
        if allowance.remaining is not None:
            fitting = max(0, min(fitting, allowance.remaining - spent))
        if not fitting:
            return (NoAction(Reason.QUOTA, self._quota(user, kind, allowance), action.seasons),)
        titles, cap = self._titles.get(owner.name, 0), owner.rules.max_per_run
        if cap is not None and titles >= cap:
            detail = f"max_per_run is {cap}; the next run continues"
            return (NoAction(Reason.OVER_CAP, detail, action.seasons),)
        if over := self._over_budget():
            return (NoAction(Reason.OVER_BUDGET, over, action.seasons),)
        self._spent[user.id, kind] = spent + fitting
        self._titles[owner.name] = titles + 1
        self._admitted += 1
        if fitting == len(units):
            return (action,)
        now, later = tuple(sorted(units[:fitting])), tuple(sorted(units[fitting:]))
        rest = NoAction(Reason.QUOTA, self._quota(user, kind, allowance), later)
        return (replace(action, seasons=now), rest)

    def _quota(self, user: User, kind: Kind, allowance: Allowance) -> str:
        """The message about a quota that is used up.

        A quota is a sliding window: its oldest request is the first to stop counting.
        """
        noun = "movies" if kind is Kind.MOVIE else "seasons"
        left = f"0 of {allowance.limit} {noun}{within(allowance.days)} left"
        used_up = f"{user.name} has {left} after this plan"
        if not allowance.days:
            return used_up
        window, now = timedelta(days=allowance.days), self._view.now
        made = self._requests_made().get((user.id, kind), [])
        counting = [at for at in made if at > now - window]
        return f"{used_up}; the next slot opens {format_time(min(counting, default=now) + window)}"

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

    def _over_budget(self) -> str | None:
        budget, now = self._view.policy.budget, self._view.now
        if budget is None:
            return None
        used = [*budget_used(budget, self._view.memory.created, now), *[now] * self._admitted]
        if len(used) < budget.titles:
            return None
        opens = used[len(used) - budget.titles] + budget.window
        limit = f"the budget is {budget.titles} a {budget.unit}"
        return f"{limit}; the next slot opens {format_time(opens)}"


def budget_used(budget: Budget, created: Iterable[datetime], now: datetime) -> list[datetime]:
    """When each title was requested that counts now, the oldest first."""
    return sorted(at for at in created if at > now - budget.window)


def within(days: int | None) -> str:
    """`` per 7 days``; empty if requests count forever."""
    return f" per {days} days" if days and days > 1 else " per day" * bool(days)
