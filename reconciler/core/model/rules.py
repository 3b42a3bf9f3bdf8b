"""What the file says of a list, defaults merged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reconciler.core.model.delivery import ServiceSelection
from reconciler.core.model.lists import ListRef
from reconciler.core.model.terms import Approval, Episodes, Prune, Rerequest, Role, Start
from reconciler.core.model.wishes import ALL_SEASONS, Filter, SeasonRule


@dataclass(frozen=True, slots=True)
class ListRules:
    """A list's options, as far as decisions depend on them."""

    name: str
    source: ListRef
    role: Role = Role.REQUEST
    requester: int | str | None = None  # None: the API key's owner
    approval: Approval = Approval.REQUESTER
    top: int | None = None  # only the first so many titles; cuts before filters and look-ups
    is_4k: bool = False
    seasons: SeasonRule = ALL_SEASONS
    episodes: Episodes = Episodes.SKIP
    filter: Filter | None = None  # None: all titles; an exclude list is not weakened by any
    delivery: ServiceSelection | None = None  # what it names of Radarr and Sonarr; None: nothing
    max_per_run: int | None = 50  # None: no cap
    retry_failed: int = 2  # how often a FAILED request is retried
    rerequest: Rerequest | timedelta = Rerequest.ON_READD  # a time: on-readd, or after it
    prune: Prune = Prune.KEEP
    prune_after: timedelta = timedelta(days=7)
    start: Start = Start.ALL
    interval: timedelta = timedelta(hours=6)
    retry_interval: timedelta = timedelta(minutes=10)
    suspended: bool = False  # it asks for nothing, and its titles do not count as gone
