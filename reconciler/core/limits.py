"""How much at once: the requester's quota, then the list's cap.

A title held back by one limit uses up none of the others and never blocks the titles behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model import Action, Kind, Op, Quota, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.model import Wishlist


class Limits:
    """What one pass has used up so far. Made anew for each plan."""

    def __init__(self, quotas: Mapping[int, Quota]) -> None:
        """``quotas``: what the server says is left, by user id; absent: no quota binds."""
        self._quotas = quotas
        self._spent: dict[tuple[int, Kind], int] = {}
        self._titles: dict[str, int] = {}

    def refuse(self, action: Action, owner: Wishlist) -> tuple[Reason, str] | None:
        """Why an action has to wait; None: it is admitted, and counted."""
        if action.op not in {Op.REQUEST, Op.EXTEND}:
            return None
        kind = action.target.media.kind
        user = action.requester.user
        purse = (user.id, kind)
        cost = len(action.seasons or (0,)) if kind is Kind.TV else 1
        quota = self._quotas.get(user.id, Quota())
        allowance = quota.movies if kind is Kind.MOVIE else quota.seasons
        spent = self._spent.get(purse, 0)
        if allowance.remaining is not None and spent + cost > allowance.remaining:
            left = max(allowance.remaining - spent, 0)
            noun = "films" if kind is Kind.MOVIE else "seasons"
            return Reason.QUOTA, (
                f"{user.name} has {left} of {allowance.limit} {noun} left in {allowance.days} days"
            )
        titles = self._titles.get(owner.name, 0)
        if owner.max_per_run is not None and titles >= owner.max_per_run:
            return Reason.OVER_CAP, f"max_per_run is {owner.max_per_run}; the next pass goes on"
        self._spent[purse] = spent + cost
        self._titles[owner.name] = titles + 1
        return None
