"""The values every room speaks: frozen, comparable, free of I/O.

The words are the project's own (docs/architecture.md): an *item* is what a list yields, a *media
key* is what the server knows, a *target* is a media key in a quality, a *verdict* is why a wanted
title needs no action or may not have one.
"""

from __future__ import annotations

# Imported at run time, though only annotations use them: the ledger and the JSON output read and
# write these dataclasses through their annotations.
from collections.abc import Iterator, Mapping  # noqa: TC003
from dataclasses import dataclass, field
from datetime import date, datetime  # noqa: TC003
from enum import StrEnum


class Kind(StrEnum):
    """A film or a show; the values are those of the media server's ``mediaType``."""

    MOVIE = "movie"
    TV = "tv"


class Outcome(StrEnum):
    """What a fetch came to. Only ``complete`` can mark a title as gone (law 7)."""

    COMPLETE = "complete"
    UNVERIFIED = "unverified"
    INCOMPLETE = "incomplete"
    EMPTY = "empty"
    PRIVATE = "private"
    MISSING = "missing"
    BLOCKED = "blocked"
    CHANGED_LAYOUT = "changed-layout"
    RATE_LIMITED = "rate-limited"
    UNREACHABLE = "unreachable"


class Reason(StrEnum):
    """Why a wanted title needs no action, has to wait, or needs a person. A closed vocabulary."""

    AVAILABLE = "available"
    REQUESTED = "requested"
    PROCESSING = "processing"
    DECLINED = "declined"
    BLOCKLISTED = "blocklisted"
    HANDLED = "handled"
    EXCLUDED = "excluded"
    FILTERED = "filtered"
    UNAIRED = "unaired"
    SUSPENDED = "suspended"
    ADOPTED = "adopted"
    UNSUPPORTED_KIND = "unsupported-kind"
    OVER_CAP = "over-cap"
    OVER_BUDGET = "over-budget"
    QUOTA = "quota"
    BACKING_OFF = "backing-off"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not-found"
    TYPE_MISMATCH = "type-mismatch"
    UNRESOLVED = "unresolved"
    NO_RIGHT = "no-right"
    FAILED = "failed"


DEFERRED = frozenset({Reason.OVER_CAP, Reason.OVER_BUDGET, Reason.QUOTA, Reason.BACKING_OFF})
ATTENTION = frozenset(
    {
        Reason.AMBIGUOUS,
        Reason.NOT_FOUND,
        Reason.TYPE_MISMATCH,
        Reason.UNRESOLVED,
        Reason.NO_RIGHT,
        Reason.FAILED,
    }
)


class Op(StrEnum):
    """What an action does to the server."""

    REQUEST = "request"
    EXTEND = "extend"
    RETRY = "retry"
    CANCEL = "cancel"


class Why(StrEnum):
    """Why an action is taken."""

    MISSING = "missing"
    NEW_SEASON = "new-season"
    READDED = "readded"
    RETRY_FAILED = "retry-failed"
    OFF_LIST = "off-list"


class Expected(StrEnum):
    """What the server will make of a request, from the requester's rights."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class Route(StrEnum):
    """How an item was matched to a media key; never "cache": the original route is kept."""

    MAP = "map"
    TMDB = "tmdb"
    IMDB = "imdb"
    TVDB = "tvdb"
    TITLE = "title"


class Role(StrEnum):
    """What a list is for: its titles are wanted, or are never to be requested."""

    REQUEST = "request"
    EXCLUDE = "exclude"


# --------------------------------------------------------------------------- lists and their items


@dataclass(frozen=True, slots=True)
class ListRef:
    """Which list at which site: the canonical form of what a person pasted."""

    provider: str  # "imdb", "trakt", "file"
    id: str  # "ur12345678", "top", "anna/family-night", "never-again.csv"
    chart: bool = False  # the site's own ranking: its ups and downs are never a re-add

    def __str__(self) -> str:
        """``provider:id``, the short form the file accepts too."""
        return f"{self.provider}:{self.id}"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids a list gives for an item; every one may be absent."""

    imdb: str | None = None  # "tt0111161", leading zeros kept
    tmdb: int | None = None
    tvdb: int | None = None
    trakt: str | None = None  # the slug

    def items(self) -> Iterator[tuple[str, str | int]]:
        """The ids there are, in order of trust, as ``("imdb", "tt0111161")``."""
        for name in ("imdb", "tmdb", "tvdb", "trakt"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list. ``position`` counts from 1 in list order; no title: ``""``."""

    position: int
    title: str
    year: int | None = None
    kind: Kind | None = None
    ids: Ids = Ids()
    original_title: str | None = None
    unsupported: str | None = None  # what it is when it cannot be requested: "videoGame", …

    @property
    def key(self) -> str:
        """The item's identity within its list and in the ledger, in the file's item grammar.

        A TMDB or Trakt id says nothing without a kind, so that those come with theirs.
        """
        ids, kind = self.ids, self.kind or "any"
        if ids.imdb:
            return f"imdb:{ids.imdb}"
        if ids.tmdb:
            return f"tmdb:{kind}:{ids.tmdb}"
        if ids.tvdb:
            return f"tvdb:{ids.tvdb}"
        if ids.trakt:
            return f"trakt:{'show' if kind == Kind.TV else kind}:{ids.trakt}"
        label = f"{self.title} ({self.year})" if self.year else self.title
        return f'title:"{label}"' if self.kind is None else f'title:{kind}:"{label}"'


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a fetch gave, with its outcome. ``declared_total`` is the site's own count."""

    outcome: Outcome
    route: str  # "browser", "file"
    items: tuple[Item, ...] = ()
    declared_total: int | None = None
    error: str | None = None  # for people: what happened, where, what to do
    retry_after: float | None = None  # seconds, where the site said when

    @property
    def complete(self) -> bool:
        """Whether this is the whole list. An empty one is, but has an outcome of its own."""
        return self.outcome is Outcome.COMPLETE


# ------------------------------------------------------------------------------ media and matching


@dataclass(frozen=True, slots=True, order=True)
class MediaKey:
    """What the server knows a title by. Film and show numbers overlap, hence the kind."""

    kind: Kind
    tmdb: int

    def __str__(self) -> str:
        """``movie/438631``."""
        return f"{self.kind}/{self.tmdb}"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A media key in a quality: what can be requested once."""

    media: MediaKey
    is_4k: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title the server offers for an item."""

    media: MediaKey
    title: str
    original_title: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """An item's media key, the route that led there, and what the server calls the title."""

    media: MediaKey
    by: Route
    title: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why an item has no media key (law 10: a "no" is a value)."""

    reason: Reason
    detail: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list after resolving. ``fresh``: the list gave it in this pass."""

    item: Item
    match: Match | Unmatched
    fresh: bool = True


# ------------------------------------------------------------------------------ the server observed


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


@dataclass(frozen=True, slots=True)
class Season:
    """A season's number and first air date; None: no date is known."""

    number: int
    air_date: date | None


@dataclass(frozen=True, slots=True)
class Show:
    """The season facts of a show, as ``GET /tv/{id}`` gives them."""

    tmdb: int
    title: str
    year: int | None
    ended: bool
    seasons: tuple[Season, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """What the server has, read once per pass."""

    media: Mapping[MediaKey, tuple[MediaState, ...]] = field(default_factory=dict)
    requests: Mapping[Target, tuple[RequestState, ...]] = field(default_factory=dict)
    blocklist: frozenset[MediaKey] = frozenset()
    shows: Mapping[int, Show | Unmatched] = field(default_factory=dict)
    quotas: Mapping[int, Quota] = field(default_factory=dict)  # by user id; absent: none applies


# ------------------------------------------------------------------------------- what is remembered


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """What memory is kept for: a film (season None), a show's season, or a whole show."""

    target: Target
    season: int | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the ledger knows of a slot.

    ``present``: it was there when last looked at (requested, covered or declined); False: it was
    there once and is gone, which is a person's word (law 5).
    ``readded``: it came back to a list since, which lifts *declined* and *handled* until it is
    requested again.
    """

    present: bool = True
    readded: bool = False


@dataclass(frozen=True, slots=True)
class Attempts:
    """A target's refused requests and retries; ``not_before`` holds the next one back."""

    failures: int = 0
    retries: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows of one server."""

    slots: Mapping[Slot, Remembered] = field(default_factory=dict)
    attempts: Mapping[Target, Attempts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """One item a list held, and whether it still did at the last fetch that counts."""

    item: Item
    match: Match | None
    present: bool = True


@dataclass(frozen=True, slots=True)
class Membership:
    """A list's last complete content. ``source`` tells a changed list from a changed title."""

    source: str
    completed: datetime | None = None  # when a fetch was last complete; None: never
    members: Mapping[str, Member] = field(default_factory=dict)  # by item key
    shrunk: str | None = None  # fingerprint of a suspiciously small fetch that is waited out
    shrunk_since: datetime | None = None


# --------------------------------------------------------------------------------------- the plan


@dataclass(frozen=True, slots=True)
class Requester:
    """The user a list's requests are made as, and whether that is the key's owner."""

    user: User
    is_owner: bool = True


@dataclass(frozen=True, slots=True)
class Wishlist:
    """One list of the file as the planner sees it. ``index`` is its place in the file."""

    name: str
    index: int
    entries: tuple[Entry, ...]
    role: Role = Role.REQUEST
    chart: bool = False  # the site's own ranking: its ups and downs are never a re-add
    requester: Requester | None = None
    problem: str | None = None  # why it may request nothing: its requester is not known
    is_4k: bool = False
    max_per_run: int | None = 50  # None: no cap
    whole: bool = True  # this pass's fetch says what is on it and what is not (law 7)
    read: bool = True  # its content is known: complete now, or once


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for all lists."""

    retry_failed: int = 2  # how often a FAILED request is retried


@dataclass(frozen=True, slots=True)
class View:
    """All that is known when a title is decided, but for the lists."""

    observed: Observed
    memory: Memory
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to the server, decided in full."""

    op: Op
    why: Why
    target: Target
    item: Item
    lists: tuple[str, ...]  # the owner first
    matched_by: Route
    requester: Requester
    expected: Expected
    seasons: tuple[int, ...] | None = None
    request_ids: tuple[int, ...] = ()  # what a retry or cancel acts on
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a wanted title needs no action or may not have one."""

    reason: Reason
    item: Item
    lists: tuple[str, ...]
    target: Target | None = None
    matched_by: Route | None = None
    seasons: tuple[int, ...] | None = None
    detail: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """A safety rule that forbids every action of this pass (exit 3).

    ``reason``: the verdict of what would have been done.
    """

    reason: Reason
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions and verdicts in file order, then list position; each wanted title has one row."""

    actions: tuple[Action, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    stops: tuple[Stop, ...] = ()


class Result(StrEnum):
    """What an action came to."""

    CREATED = "created"
    RETRIED = "retried"
    EXISTS = "exists"  # somebody was quicker: 409, or 202 "no seasons available"
    QUOTA = "quota"
    BLOCKLISTED = "blocklisted"
    REFUSED = "refused"  # no right
    FAILED = "failed"
    UNKNOWN = "unknown"  # no answer, and the look that should settle it failed too
    SKIPPED = "skipped"  # not begun: interrupted, or the server was gone


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one action."""

    result: Result
    http_status: int | None = None
    request_id: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What the last pass said of one item of a list: an action's op or a verdict's reason."""

    item: Item
    word: str
    detail: str = ""
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class ListReport:
    """A list's last fetch and what came of its items."""

    source: str
    at: datetime
    snapshot: Snapshot
    rows: tuple[RowReport, ...] = ()
