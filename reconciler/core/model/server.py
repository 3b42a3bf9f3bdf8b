"""The server as a run observes it. Foreign numbers are translated at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from reconciler.core.model.lists import UNTOLD, Facts, MediaKey, Target, Unmatched
from reconciler.core.model.memory import MemoryKey
from reconciler.core.model.terms import Kind

# Measured on a real server: docs/internals/performance.md, "Rate".
DEFAULT_RATE = 60.0  # calls per second
DEFAULT_CONCURRENCY = 4  # calls in flight


class MediaStatus(StrEnum):
    """A media row's or season's status, from the server's numbers 1 to 7."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    PROCESSING = "processing"
    PARTIAL = "partially available"
    AVAILABLE = "available"
    BLOCKLISTED = "blocklisted"
    DELETED = "deleted"


class RequestStatus(StrEnum):
    """A request's status, from the server's numbers 1 to 5."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    FAILED = "failed"
    COMPLETED = "completed"


class Flavour(StrEnum):
    """Which of the three servers answers."""

    OVERSEERR = "overseerr"
    JELLYSEERR = "jellyseerr"
    SEERR = "seerr"


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Who answers at the server's URL."""

    flavour: Flavour
    version: str
    lacks_4k: frozenset[Kind] = frozenset()  # 4K requests of these go nowhere by default
    takes_specials: bool = True  # else it leaves season 0 out of what it is asked for


@dataclass(frozen=True, slots=True)
class Slowdown:
    """How far the client slowed down to spare an overloaded server, in calls per second."""

    configured: float
    current: float
    cause: str  # the last one, as a sentence without a full stop


@dataclass(frozen=True, slots=True)
class User:
    """A user of the media server. ``permissions`` are its bits (core.rights)."""

    id: int
    name: str
    permissions: int
    aliases: tuple[str, ...] = ()  # e-mail and the names of other log-ins; for finding, not showing


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one quota. ``remaining`` None: no limit."""

    remaining: int | None = None
    limit: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """A user's quota: films, and seasons of shows."""

    movies: Allowance = Allowance()
    seasons: Allowance = Allowance()


@dataclass(frozen=True, slots=True)
class MediaState:
    """One media row of the server, with the seasons it has rows for."""

    media: MediaKey
    status: MediaStatus
    status_4k: MediaStatus
    seasons: Mapping[int, tuple[MediaStatus, MediaStatus]] = field(default_factory=dict)
    imdb: str | None = None
    tvdb: int | None = None


@dataclass(frozen=True, slots=True)
class RequestState:
    """One request of the server. ``seasons``: number → status; empty for films."""

    id: int
    target: Target
    status: RequestStatus
    requester: int | None = None
    seasons: Mapping[int, RequestStatus] = field(default_factory=dict)
    created: datetime | None = None
    ignores_quota: bool = False  # made by a manager so that it counts for no quota


@dataclass(frozen=True, slots=True)
class Season:
    """The server's facts about a season. None: not stated.

    No field has a default: a cached season without one of them is read again.
    """

    number: int
    air_date: date | None  # of its first episode
    episodes: int | None


@dataclass(frozen=True, slots=True)
class Show:
    """A show and its seasons, as ``GET /tv/{id}`` gives them."""

    tmdb: int
    title: str
    year: int | None
    ended: bool  # or canceled
    seasons: tuple[Season, ...]
    last_aired_season: int | None = None  # the season of the last episode that aired
    facts: Facts = UNTOLD
    original_title: str | None = None

    @property
    def media(self) -> MediaKey:
        return MediaKey(Kind.TV, self.tmdb)


@dataclass(frozen=True, slots=True)
class Film:
    """A film, as ``GET /movie/{id}`` gives it."""

    tmdb: int
    title: str
    year: int | None
    facts: Facts = UNTOLD
    original_title: str | None = None

    @property
    def media(self) -> MediaKey:
        return MediaKey(Kind.MOVIE, self.tmdb)


class Whereabouts(StrEnum):
    """Where a request is that the server's table does not show, asked for by its id."""

    FOUND = "found"  # it is there, with its title
    DETACHED = "detached"  # it is there, without its title
    GONE = "gone"  # 404


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """What a request's id led to; ``row``: of a gone one its title's row, read after that."""

    whereabouts: Whereabouts
    row: MediaState | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """What the server has, read once per run."""

    media: Mapping[MediaKey, tuple[MediaState, ...]] = field(default_factory=dict)
    requests: Mapping[Target, tuple[RequestState, ...]] = field(default_factory=dict)
    blocklist: frozenset[MediaKey] = frozenset()
    shows: Mapping[int, Show | Unmatched] = field(default_factory=dict)
    quotas: Mapping[int, Quota] = field(default_factory=dict)  # by user id; absent: none applies
    films: Mapping[int, Film | Unmatched] = field(default_factory=dict)  # those a filter asks for
    takes_specials: bool = True  # as its ServerInfo says
    shows_all_requests: bool = False  # the key's owner may see those of everybody
    traces: Mapping[int, RequestTrace] = field(default_factory=dict)  # by the request's id
    # what core.own_requests concludes of requests of ours that no table shows
    lost: Mapping[MemoryKey, tuple[int, ...]] = field(default_factory=dict)  # the requests' ids
    withdrawn: frozenset[MemoryKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Option:
    """Something that Radarr or Sonarr has: a profile, a folder (its path is its name), a tag."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What one Radarr or Sonarr offers."""

    profiles: tuple[Option, ...] = ()
    folders: tuple[Option, ...] = ()
    tags: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Downloader:
    """A Radarr (films) or Sonarr (shows) that the server sends requests to."""

    id: int
    name: str
    is_4k: bool = False
    is_default: bool = False
    stock: ServiceOptions | None = None  # None: not read, or unknown
    trouble: str = ""  # why it cannot be had now; what it offered within the last day may be known


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and how requests for one kind of title go; None: the downloader's own."""

    server: Option
    profile: Option | None = None
    folder: Option | None = None
    tags: tuple[Option, ...] | None = None
