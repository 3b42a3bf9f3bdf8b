"""A list's options in the config, with the defaults merged in, and the resulting permissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.core.model.lists import ListRef
from reconciler.core.model.terms import Approval, Episodes, Kind, Prune, Rerequest, Role, Start


@dataclass(frozen=True, slots=True)
class SeasonRule:
    """Which seasons of a show are wanted; only one of the three is given, without any: all.

    *All* and *last* follow a show as its seasons air; *first* and *named* are fixed.
    """

    first: int | None = None
    last: int | None = None
    named: tuple[int, ...] | None = None  # the only way to mean specials (0)


ALL_SEASONS = SeasonRule()


@dataclass(frozen=True, slots=True)
class Budget:
    """How many titles may be requested in any ``window`` of time, all lists together."""

    titles: int
    window: timedelta
    unit: str  # what the window is called: "week"


@dataclass(frozen=True, slots=True)
class Years:
    """The years from ``first`` to ``last``, both among them; None: an open end."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A title by its spellings (core.names), and of one year only where it has one."""

    spellings: tuple[str, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which titles of a list are wanted; a rule that is None or empty lets everything through."""

    types: tuple[Kind, ...] = ()
    years: Years | None = None
    min_rating: float | None = None  # 0 to 10
    min_votes: int | None = None
    genres: tuple[str, ...] = ()  # one of these at least; names of core.genres
    exclude_genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1, of the original
    exclude_titles: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """What a list names, by id (a number) or name; None: the server's own."""

    server: int | str | None = None
    profile: int | str | None = None
    folder: int | str | None = None
    tags: tuple[int | str, ...] | None = None


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
    was: str | None = None  # the name under which the ledger may have its history


@dataclass(frozen=True, slots=True)
class Rights:
    """The options of a list that say what it may do."""

    role: Role = Role.REQUEST
    requester: int | str | None = None  # None: the owner of the API key
    approval: Approval = Approval.REQUESTER
    is_4k: bool = False
    prune: Prune = Prune.KEEP
    top: int | None = None  # of an exclude list, these two say how much it excludes
    episodes: Episodes = Episodes.SKIP


@dataclass(frozen=True, slots=True)
class ListRights:
    """One list: its rights, and all its settings as text that only their writer reads."""

    source: str
    rights: Rights
    settings: str = ""
    was: str | None = None


@dataclass(frozen=True, slots=True)
class FileRights:
    """The rights of a whole file. ``former``: the rights that lists had when they left it."""

    server_url: str
    excluded: frozenset[str] = frozenset()  # the keys of the items under ``exclude``
    defaults: Rights = Rights()
    lists: Mapping[str, ListRights] = field(default_factory=dict)  # by name, in the file's order
    former: Mapping[str, ListRights] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Widening:
    """A change that gives more permissions: in a list, by its name in effect, or the whole file.

    ``value`` distinguishes two changes of one setting; ``words`` describes the change.
    """

    list: str  # WHOLE: server, exclude or defaults
    setting: str
    value: str
    words: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class RightsState:
    """What the ledger knows: the accepted rights, and since when each widening waits."""

    accepted: FileRights | None = None  # None: no ``run`` has started with this ledger yet
    waiting: Mapping[Widening, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A widening as people see it. ``until`` None: the grace is not known."""

    list: str
    words: str
    since: datetime
    until: datetime | None
