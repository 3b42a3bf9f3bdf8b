"""The rows of a media server: users, media, requests, blocklist; and a log of calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import RLock

from examples.sandbox.titles import Kind, Title

from .numbers import MediaStatus, Permission, RequestStatus


@dataclass(frozen=True, slots=True)
class User:
    """An account. A limit of None or 0 means unlimited; limits apply to a number of ``days``."""

    id: int
    name: str
    permissions: int = 0
    movie_limit: int | None = None
    movie_days: int | None = None
    tv_limit: int | None = None
    tv_days: int | None = None

    def may(self, *any_of: Permission) -> bool:
        """Whether the user is an admin or has one of these permissions."""
        return any(self.permissions & right for right in (Permission.ADMIN, *any_of))


USERS = (
    User(1, "admin", Permission.ADMIN),
    User(2, "alice", Permission.REQUEST, 5, 7, 10, 7),
    User(3, "bob", Permission.REQUEST | Permission.AUTO_APPROVE, 50, 7, 20, 7),
    User(4, "carol"),
)
"""The users of the recordings: an admin, one under quota, one auto-approved, one without rights."""


@dataclass(slots=True)
class Season:
    """A season of a media row."""

    id: int
    number: int
    created: datetime
    status: int = MediaStatus.UNKNOWN
    status4k: int = MediaStatus.UNKNOWN


@dataclass(slots=True)
class Media:
    """A media row: the state of a title."""

    id: int
    kind: Kind
    tmdb: int
    tvdb: int | None
    created: datetime
    updated: datetime
    status: int = MediaStatus.UNKNOWN
    status4k: int = MediaStatus.UNKNOWN
    service_id: int | None = None
    seasons: list[Season] = field(default_factory=list)

    def status_of(self, *, is4k: bool) -> int:
        """The status of the standard or the 4K version."""
        return self.status4k if is4k else self.status

    def mark(self, status: int, *, is4k: bool) -> None:
        """Set the status of the standard or the 4K version."""
        if is4k:
            self.status4k = status
        else:
            self.status = status


@dataclass(slots=True)
class RequestSeason:
    """A season of a request."""

    id: int
    number: int
    status: int
    created: datetime


@dataclass(slots=True)
class Request:
    """A request for a title."""

    id: int
    media: Media
    status: int
    is4k: bool
    requested_by: User
    modified_by: User | None
    created: datetime
    updated: datetime
    options: dict[str, object] = field(default_factory=dict)
    """``serverId``, ``profileId``, ``rootFolder``, ``languageProfileId``, ``tags``, as sent."""
    seasons: list[RequestSeason] = field(default_factory=list)
    is_auto: bool = False
    """The server made it itself, for a title on its user's Plex watchlist."""
    detached: bool = False
    """Its row has lost its media: only its id leads to it."""
    ignores_quota: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocklist entry; up to Seerr 3.1, its kind is stored but not used."""

    id: int
    kind: Kind
    tmdb: int
    title: str | None
    user: User
    created: datetime
    tags: str | None = None
    """TMDB's keywords by which the server put it there itself."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call and its status; 0: the connection was closed without an answer."""

    method: str
    path: str
    status: int
    user: int | None


class UniqueViolationError(Exception):
    """Another media row has this TVDB id."""


class State:
    """All rows. Every method is atomic; hold ``lock`` to read several values."""

    def __init__(self, users: Iterable[User], clock: Callable[[], datetime]) -> None:
        """Start with users only; ``clock`` returns the current time as an aware datetime."""
        self.lock = RLock()
        self.clock = clock
        self.users = {user.id: user for user in users}
        self.reset()

    def reset(self) -> None:
        """Delete everything except the users."""
        with self.lock:
            self.media: dict[int, Media] = {}
            self.requests: dict[int, Request] = {}
            self.blocklist: dict[tuple[Kind, int], Blocked] = {}
            self.metadata = {"tv": "tmdb", "anime": "tmdb"}
            self.calls: list[CallRecord] = []
            self._numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
            self._media_by_title: defaultdict[tuple[Kind, int], list[Media]] = defaultdict(list)
            self._requests_by_media: defaultdict[int, list[Request]] = defaultdict(list)
            self._tvdb_ids: set[int] = set()
            self.request_counts: Counter[int] = Counter()

    def next_id(self, table: str) -> int:
        """The next id of a table; ids are never used twice."""
        with self.lock:
            return next(self._numbers[table])

    def now(self) -> datetime:
        """The current time in whole seconds, as the server stores it."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def media_of(self, kind: Kind, tmdb: int) -> Media | None:
        """The first row of a title; simultaneous requests may have left several."""
        rows = self._media_by_title.get((kind, tmdb))
        return rows[0] if rows else None

    def media_numbered(self, tmdb: int) -> Media | None:
        """The first row with this TMDB number, film or show: the blocklist uses this one."""
        rows = (self.media_of("movie", tmdb), self.media_of("tv", tmdb))
        return min((row for row in rows if row), key=lambda row: row.id, default=None)

    def listed_requests(self) -> list[Request]:
        """All requests except those that have lost their media row, which are not listed."""
        return [request for request in self.requests.values() if not request.detached]

    def requests_of(self, media: Media) -> list[Request]:
        """The requests that belong to one media row, oldest first."""
        return list(self._requests_by_media.get(media.id, ()))

    def requests_for(self, kind: Kind, tmdb: int) -> list[Request]:
        """The requests for a title over all its media rows, oldest first."""
        with self.lock:
            rows = self._media_by_title.get((kind, tmdb), ())
            found = [request for row in rows for request in self.requests_of(row)]
            return sorted(found, key=lambda request: request.id)

    def add_media(self, kind: Kind, tmdb: int, tvdb: int | None) -> Media:
        """Insert a media row of status UNKNOWN.

        Raises:
            UniqueViolationError: another row has this TVDB id.

        """
        with self.lock:
            if tvdb in self._tvdb_ids:
                raise UniqueViolationError
            now = self.now()
            row = Media(self.next_id("media"), kind, tmdb, tvdb, now, now)
            self.media[row.id] = row
            if tvdb is not None:
                self._tvdb_ids.add(tvdb)
            self._media_by_title[kind, tmdb].append(row)
            return row

    def add_request(self, request: Request) -> None:
        """Insert a request whose media row exists."""
        with self.lock:
            self.requests[request.id] = request
            self._requests_by_media[request.media.id].append(request)
            self.request_counts[request.requested_by.id] += 1

    def remove_request(self, request: Request) -> None:
        """Delete a request; the media row stays."""
        with self.lock:
            del self.requests[request.id]
            self._requests_by_media[request.media.id].remove(request)
            self.request_counts[request.requested_by.id] -= 1

    def detach_request(self, request: Request) -> None:
        """Let a request lose its media; it stays, and so does the media row."""
        with self.lock:
            request.detached = True
            self._requests_by_media[request.media.id].remove(request)

    def remove_media(self, media: Media) -> None:
        """Delete a media row and its requests."""
        with self.lock:
            for request in self.requests_of(media):
                self.remove_request(request)
            del self.media[media.id]
            self._tvdb_ids.discard(media.tvdb or 0)
            self._media_by_title[media.kind, media.tmdb].remove(media)

    def log(self, call: CallRecord) -> None:
        """Record a call."""
        with self.lock:
            self.calls.append(call)

    def seed(
        self,
        titles: Iterable[Title],
        *,
        status: int = MediaStatus.AVAILABLE,
        requested_by: int | None = None,
        request_status: int = RequestStatus.APPROVED,
        created: datetime | None = None,
    ) -> None:
        """Create media rows of this status and, with ``requested_by``, requests.

        A show includes all its seasons from 1 on. ``created``: the creation time of the rows.
        """
        with self.lock:
            for title in titles:
                self._seed(title, status, requested_by, request_status, created)

    def _seed(
        self,
        title: Title,
        status: int,
        requested_by: int | None,
        request_status: int,
        created: datetime | None,
    ) -> None:
        when = created or self.now()
        tvdb = None if title.tvdb in self._tvdb_ids else title.tvdb
        media = self.add_media(title.kind, title.tmdb, tvdb)
        media.status = status
        media.created = media.updated = when
        numbers = [season.number for season in title.seasons if season.number > 0]
        if status in {MediaStatus.AVAILABLE, MediaStatus.PARTIALLY_AVAILABLE}:
            there = numbers if status == MediaStatus.AVAILABLE else numbers[:1]
            media.seasons = [
                Season(self.next_id("season"), number, when, MediaStatus.AVAILABLE)
                for number in there
            ]
        if requested_by is None:
            return
        user = self.users[requested_by]
        request = Request(
            id=self.next_id("request"),
            media=media,
            status=request_status,
            is4k=False,
            requested_by=user,
            modified_by=None,
            created=when,
            updated=when,
        )
        request.seasons = [
            RequestSeason(self.next_id("request season"), number, request_status, when)
            for number in numbers
        ]
        self.add_request(request)
