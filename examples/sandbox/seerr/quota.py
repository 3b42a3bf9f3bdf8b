"""How much a user may still request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from examples.sandbox.titles import Kind

from .numbers import Permission, RequestStatus
from .state import State, User

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """What a user may still request of one kind.

    Without a limit, ``limit`` is None; for a user who bypasses quotas, 0.
    """

    limit: int | None
    days: int | None
    used: int

    @property
    def remaining(self) -> int:
        """How many are left under a limit."""
        return max(0, (self.limit or 0) - self.used)

    @property
    def restricted(self) -> bool:
        """Nothing is left."""
        return bool(self.limit) and self.remaining == 0

    def as_json(self) -> Json:
        """The JSON; without a limit, the days and the remaining number are left out."""
        shared: Json = {"used": self.used, "restricted": self.restricted}
        if self.limit is not None:
            shared["limit"] = self.limit
        return shared | ({"days": self.days, "remaining": self.remaining} if self.limit else {})


def quota_of(state: State, user: User, kind: Kind) -> Quota:
    """A user's quota. Each requested season counts; declined requests do not.

    Requests that a manager made past the quota do not count either.
    """
    movie = kind == "movie"
    limit = user.movie_limit if movie else user.tv_limit
    days = (user.movie_days if movie else user.tv_days) or 0
    if user.may(Permission.MANAGE_USERS):
        return Quota(0, None, 0)
    if not limit:
        return Quota(None, None, 0)
    since = state.now() - timedelta(days=days)
    counting = [
        request
        for request in state.requests.values()
        if request.requested_by.id == user.id
        and request.media.kind == kind
        and request.status != RequestStatus.DECLINED
        and not request.ignores_quota
        and (not days or request.created > since)
    ]
    used = len(counting) if movie else sum(len(request.seasons) for request in counting)
    return Quota(limit, days, used)
