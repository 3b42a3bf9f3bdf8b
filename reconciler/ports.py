"""The protocols at the I/O edge. Each carries the contract of its implementations.

``sync`` and ``controller`` see these protocols only; ``wiring`` chooses the implementations, which
translate foreign numbers, errors and shapes into the values of ``core.model``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import SecretStr

from reconciler.core.model import (
    ALL,
    Action,
    Baseline,
    Candidate,
    Claim,
    Condition,
    Done,
    Downloader,
    FetchScope,
    Film,
    Intent,
    Kind,
    ListRef,
    ListReport,
    ListRules,
    Match,
    MatchMethod,
    MediaKey,
    MediaState,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    Message,
    NotificationState,
    OwnRequest,
    Quota,
    RequestState,
    RequestTrace,
    RightsState,
    Run,
    Schedule,
    ServerInfo,
    ServiceOptions,
    Show,
    Slowdown,
    Snapshot,
    Target,
    Unmatched,
    User,
)


class Clock(Protocol):
    """The machine's clocks."""

    def now(self) -> datetime:
        """The current time, aware, in UTC. Somebody may set this clock."""

    def running(self) -> timedelta:
        """The time since some fixed moment. Nobody can set this clock."""


class Progress(Protocol):
    """Shows the progress of a run on a terminal, and nothing elsewhere."""

    def stage(
        self, label: str, total: int, current: Callable[[], str] = str
    ) -> AbstractContextManager[Callable[[], None]]:
        """Open a stage of ``total`` steps. The function it yields is called once a step.

        ``current`` names what the stage waits for.
        """


class Page(Protocol):
    """A page open in the browser."""

    @property
    def url(self) -> str:
        """The page's address after redirects."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the navigation; None where the browser does not report it."""

    def evaluate(self, script: str) -> object:
        """Run JavaScript in the page and return its result as JSON values."""

    def wait_for(self, script: str, seconds: float) -> object:
        """Run ``script`` until its result is truthy, for up to ``seconds``; its last result."""


class Browser(Protocol):
    """A web browser that starts when it is first needed, and at most once."""

    def open(self, url: str) -> Page:
        """Navigate, and return once the document is interactive. A page's methods raise the same.

        Raises BrowserError where the browser cannot be started or the page cannot be reached,
        BrowserLostError where a new browser may succeed, BrowserStuckError where the page used up
        its time.
        """


class Session(Browser, Protocol):
    """A browser that one thread uses at a time. Any thread may close it."""

    def close(self) -> None:
        """End the browser within a bounded time, also while another thread waits for a page."""


class BlockedRoutes(Protocol):
    """The routes that sites refused, and the lists' last snapshots."""

    def is_blocked(self, route: str) -> bool:
        """Whether a site refused this route within the last day."""

    def keep_blocked(self, route: str) -> None: ...

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:
        """The list's last snapshot that showed anything, if any."""


class Sources(Protocol):
    """The lists at their sites.

    Whoever opened the sources closes them, and with them every browser. Calls that are still
    running then end soon.
    """

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        """Read one list. A problem with the list or its site is an outcome, not an exception.

        ``need``: how much of the list has to be read. Any number of threads may call this at once:
        each call waits until the site and, where it needs one, a browser session are free.
        """


class Notifier(Protocol):
    """Sends messages to people, in the background."""

    def require(self) -> None:
        """Raise NotifierError where nothing can be sent."""

    def send(self, urls: Sequence[SecretStr], message: Message) -> None:
        """Queue a message for these addresses and return at once. Failures are logged."""

    def flush(self, seconds: float) -> None:
        """Wait up to ``seconds`` for queued messages. Messages that are unsent then are lost."""

    def invalid_addresses(self, urls: Sequence[SecretStr]) -> tuple[int, ...]:
        """The indexes of the addresses that are not valid. Sends nothing. Raises NotifierError."""


class MediaServer(Protocol):
    """An Overseerr, Jellyseerr or Seerr server.

    Every method raises ServerError where the server cannot be used as configured, and
    TransientError where it may answer later.
    """

    @property
    def url(self) -> str:
        """The server's URL as in the config, without a trailing slash."""

    @property
    def slowdown(self) -> Slowdown | None:
        """How far calls were slowed down to spare the server; None: not slowed down."""

    def identify(self) -> ServerInfo:
        """The server's flavour and version. Needs no key and proves none."""

    def whoami(self) -> User:
        """The key's owner. Proves the key."""

    def users(self) -> tuple[User, ...]: ...
    def quota(self, user_id: int) -> Quota: ...

    def media(self) -> tuple[MediaState, ...]:
        """Every media row, read in pages, each row id once."""

    def requests(self) -> tuple[RequestState, ...]:
        """Every request that the server shows, read in pages, each id once."""

    def blocklist(self) -> frozenset[MediaKey]:
        """The blocklisted titles; empty on servers without a blocklist."""

    def find(self, route: MatchMethod, foreign_id: str) -> tuple[Candidate, ...]:
        """Titles with this TMDB, IMDb or TVDB id; empty where TMDB has none.

        Raises TmdbError where TMDB did not answer.
        """

    def search(self, title: str, year: int | None) -> tuple[Candidate, ...]:
        """Titles found by name; ``year`` narrows a search with more than one page of results.

        Raises TmdbError where TMDB did not answer.
        """

    def details(self, media: MediaKey) -> Film | Show:
        """A title's details. Raises TmdbError where there are none."""

    def look(self, media: MediaKey) -> tuple[RequestState, ...]:
        """The current requests of one title, not from a cache: settles an unknown outcome."""

    def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
        """Where a request is that the table of requests does not show, asked for by its id."""

    def downloaders(self, kind: Kind) -> tuple[Downloader, ...]:
        """Each Radarr (films) or Sonarr (shows) behind the server, without its options."""

    def service_options(self, kind: Kind, number: int) -> ServiceOptions:
        """The options of one Radarr or Sonarr, not from a cache."""

    def request(self, action: Action) -> Done:
        """Send a request or an extension, once.

        Raises AnswerLostError where it is unknown whether the request was created, TransientError
        where it certainly was not, ServerError where every other request would fail as well.
        """

    def retry(self, request_id: int) -> Done:
        """Have the server send a FAILED request to its downloader again."""

    def cancel(self, request_id: int) -> Done:
        """Delete a request. Raises AnswerLostError where it is unknown whether it was deleted."""


class LedgerCache(Protocol):
    """Answers of the server and the sites. A lost row costs one more call."""

    def matches(self, keys: Iterable[str], now: datetime) -> Mapping[str, Match | Unmatched]:
        """The cached matches of these item keys; "not found" and the like are valid for 7 days."""

    def keep_matches(self, matches: Mapping[str, Match | Unmatched], now: datetime) -> None:
        """Store matches; *unresolved* is a failure to ask, not an answer, and is not stored."""

    def details(self, media: Iterable[MediaKey]) -> Mapping[MediaKey, tuple[Film | Show, datetime]]:
        """The cached details of these titles, each with the time it was read."""

    def keep_details(self, titles: Iterable[Film | Show], now: datetime) -> None: ...

    def downloaders(self, now: datetime) -> Mapping[Kind, tuple[Downloader, ...]]:
        """The Radarrs and Sonarrs with their options, for each kind read within the last day."""

    def keep_downloaders(self, kind: Kind, services: tuple[Downloader, ...], now: datetime) -> None:
        """Store the Radarrs or the Sonarrs."""

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts, by list name."""

    def keep_reports(self, reports: Mapping[str, ListReport]) -> None: ...

    def is_blocked(self, route: str, now: datetime) -> bool:
        """Whether a site refused this route within the last day."""

    def keep_blocked(self, route: str, now: datetime) -> None: ...


class LedgerMemory(Protocol):
    """What people decided and what the lists contained; never dropped."""

    def read(self) -> Memory:
        """What is remembered of this server's titles."""

    def memberships(self) -> Mapping[str, Membership]:
        """Each list's last complete content, by list name."""

    def baselines(self) -> Mapping[str, Baseline]:
        """The baseline of each list that has one, by list name."""

    def keep_baselines(self, baselines: Mapping[str, Baseline]) -> None:
        """Set these lists' baselines; needs no lock."""

    def record(
        self,
        entries: Mapping[MemoryKey, MemoryEntry],
        memberships: Mapping[str, Membership],
        claims: Mapping[Target, Iterable[Claim]] = ...,
        recalled: Collection[MemoryKey] = ...,
        own_requests: Mapping[int, OwnRequest] = ...,
    ) -> None:
        """Write what a run observed, before it acts; whatever is not passed stays.

        ``recalled``: the keys that the run read at its start. A key that was forgotten since is not
        written back. ``own_requests``: only their sightings are written.
        """

    def forget(
        self, media: Iterable[MediaKey], baselines: Mapping[str, Baseline], lists: Iterable[str]
    ) -> None:
        """Drop titles, set these baselines, trigger runs of these lists; needs no lock."""


class LedgerJournal(Protocol):
    """Every action that was about to be sent, what became of it, and the runs."""

    def intend(self, action: Action, now: datetime) -> int:
        """Write that an action is about to be sent; on disk when this returns the intent's id."""

    def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
        """Write an intent's outcome and what it means for memory.

        Raises LedgerError for an intent that is not open.
        """

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        """Every intent, and the runs of the last 90 days; oldest first."""

    def begin_run(self, command: str, now: datetime) -> Run:
        """Write that a run that may act begins; runs older than 90 days are dropped."""

    def end_run(self, run: Run) -> None:
        """Write which lists a run read, its actions' results, and how it ended."""


class LedgerStatuses(Protocol):
    """The statuses of the lists, and the notifications that were sent."""

    def schedules(self) -> Mapping[str, Schedule]:
        """When each list is due, by list name."""

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """Each list's conditions, by list name and type; under ``""`` the file's and server's."""

    def keep_status(
        self, name: str, schedule: Schedule | None, conditions: Mapping[str, Condition]
    ) -> None:
        """Replace a list's conditions, and its schedule unless it is None; needs no lock."""

    def trigger(self, name: str) -> None:
        """Ask a running listsync for a run of a list; needs no lock."""

    def triggers(self) -> Mapping[str, int]:
        """The lists with an unanswered trigger, each with the trigger's id; no id comes twice."""

    def clear_triggers(self, triggers: Iterable[int]) -> None:
        """Drop triggers that were answered."""

    def notification_state(self) -> NotificationState: ...
    def keep_notification_state(self, state: NotificationState, now: datetime) -> None: ...

    def rights(self) -> RightsState:
        """The accepted rights and the changes that wait, of the config file, on any server."""

    def keep_rights(self, state: RightsState) -> None: ...


class Ledger(Protocol):
    """The ledger of one server.

    Reading raises LedgerError. Writing the cache never raises; writing to another part raises
    LedgerError and needs the lock, unless its method says otherwise. Each write is one transaction.
    """

    @property
    def cache(self) -> LedgerCache: ...
    @property
    def memory(self) -> LedgerMemory: ...
    @property
    def journal(self) -> LedgerJournal: ...
    @property
    def statuses(self) -> LedgerStatuses: ...

    def rename(self, lists: Sequence[ListRules]) -> None:
        """Give each list with ``was`` the history that is stored under that name, once."""

    def data_version(self) -> int:
        """A number that changes when another process has written to the ledger; cheap."""

    def lock(self) -> AbstractContextManager[None]:
        """Be the only writer. Raises LockHeldError, which says who holds the lock since when."""
