"""Every protocol at the I/O edge, on two pages: that of what is kept, and this one.

The loop sees these and nothing behind them; ``wiring.py`` alone sees both sides. Values cross
the edge in the project's own words: foreign numbers, errors and shapes are translated at the door.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import SecretStr

from reconciler.core.model import (
    ALL,
    Action,
    Candidate,
    Done,
    Downloader,
    FetchScope,
    Film,
    Kind,
    ListRef,
    MatchMethod,
    MediaKey,
    MediaState,
    Message,
    Quota,
    RequestState,
    RequestTrace,
    ServerInfo,
    ServiceOptions,
    Show,
    Slowdown,
    Snapshot,
    User,
)
from reconciler.ports.ledger import Ledger

__all__ = [
    "BlockedRoutes",
    "Browser",
    "Clock",
    "Ledger",
    "MediaServer",
    "Meter",
    "Notifier",
    "Page",
    "Progress",
    "Session",
    "Sources",
]


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""

    def running(self) -> timedelta:
        """How long something has been going on: time that nobody can set."""


class Progress(Protocol):
    """Shows a person how far a pass has come; says nothing where nobody watches."""

    def stage(self, label: str, total: int) -> AbstractContextManager[Callable[[], None]]:
        """A stage of ``total`` steps. What it gives is called once a step."""


class Page(Protocol):
    """A page open in the browser."""

    @property
    def url(self) -> str:
        """Where the browser ended up, after redirects."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the navigation; None where the browser does not say."""

    def evaluate(self, script: str) -> object:
        """Run JavaScript in the page and give back what it returns, as JSON values."""

    def wait_for(self, script: str, seconds: float) -> object:
        """Run ``script`` until it returns something truthy and give that back.

        After ``seconds`` its last value, falsy, is given back: time running out is an answer.
        """


class Browser(Protocol):
    """A web browser, started when it is first needed and at most once."""

    def open(self, url: str) -> Page:
        """Navigate and return when the document is interactive.

        Raises BrowserError where the browser cannot be had, or the page cannot be reached;
        BrowserLostError where a fresh browser may do; BrowserStuckError where the page took all
        its time. Pages raise the same.
        """


class Session(Browser, Protocol):
    """A browser of one's own: one thread's at a time, but anybody may end it."""

    def close(self) -> None:
        """End it in a bounded time and for good, also while another thread waits for a page."""


class BlockedRoutes(Protocol):
    """What is remembered of the sites: which ways to them were barred, and what lists gave."""

    def is_blocked(self, route: str) -> bool:
        """Whether this route was blocked within the last day."""

    def keep_blocked(self, route: str) -> None:
        """Remember that this route is blocked now."""

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:
        """What a list gave when it was last read; None: nobody knows."""


class Sources(Protocol):
    """The lists of the sites."""

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        """Read one list. Trouble with the list or its site is an outcome, not an exception.

        ``need``: no more of it has to be read.

        Any number of threads may call this at once: each call waits for its turn at the site, and
        for a free browser session where it needs one. Whoever opened the sources closes them when
        the pass ends, and with them every browser; calls that are still at it come to an end soon.
        """


class Notifier(Protocol):
    """Tells people. A message is handed over and gone: whoever acts does not wait for it."""

    def require(self) -> None:
        """Raise NotifierError where nothing can be sent from here."""

    def send(self, urls: Sequence[SecretStr], message: Message) -> None:
        """Have a message sent to these addresses. Returns at once; trouble is a line in the log."""

    def flush(self, seconds: float) -> None:
        """Give what is under way so much time; what is not sent then is lost."""

    def invalid_addresses(self, urls: Sequence[SecretStr]) -> tuple[int, ...]:
        """The places of the addresses that mean nothing; sends nothing. Raises NotifierError."""
        ...


class MediaServer(Protocol):
    """An Overseerr, Jellyseerr or Seerr server.

    Every method raises ServerError where the server cannot be used as configured, and
    TransientError where it may answer later.
    """

    @property
    def url(self) -> str:
        """The server's URL as the file gives it, without a trailing slash."""
        ...

    @property
    def slowdown(self) -> Slowdown | None:
        """How far calls were slowed down to spare the server; None: not at all."""
        ...

    def identify(self) -> ServerInfo:
        """Which server this is. Needs no key and proves none."""
        ...

    def whoami(self) -> User:
        """The key's owner; proves the key."""
        ...

    def users(self) -> tuple[User, ...]:
        """Every user."""
        ...

    def quota(self, user_id: int) -> Quota:
        """What is left of a user's quota."""
        ...

    def media(self) -> tuple[MediaState, ...]:
        """Every media row, read in pages and de-duplicated by row id."""
        ...

    def requests(self) -> tuple[RequestState, ...]:
        """Every request the server shows, read in pages and de-duplicated by id."""
        ...

    def blocklist(self) -> frozenset[MediaKey]:
        """What is blocklisted; empty on servers that have no blocklist."""
        ...

    def find(self, route: MatchMethod, foreign_id: str) -> tuple[Candidate, ...]:
        """Titles with this TMDB, IMDb or TVDB id; empty: TMDB knows none.

        Raises TmdbTroubleError where TMDB did not answer.
        """
        ...

    def search(self, title: str, year: int | None) -> tuple[Candidate, ...]:
        """Titles found by name; ``year`` narrows a search that gives more than one page.

        Raises TmdbTroubleError where TMDB did not answer.
        """
        ...

    def details(self, media: MediaKey) -> Film | Show:
        """What there is to know of a title. Raises TmdbTroubleError where there is nothing."""
        ...

    def look(self, media: MediaKey) -> tuple[RequestState, ...]:
        """The requests of one title, read afresh: settles an answer that was lost."""
        ...

    def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
        """Where a request is that the table does not show, asked for by its id."""
        ...

    def downloaders(self, kind: Kind) -> tuple[Downloader, ...]:
        """Each Radarr (of films) or Sonarr (of shows) behind the server, its stock left out."""
        ...

    def service_options(self, kind: Kind, number: int) -> ServiceOptions:
        """What one of them offers, asked afresh."""
        ...

    def request(self, action: Action) -> Done:
        """Send a request or an extension, once.

        Raises AnswerLostError where nobody can say whether it was created.
        """
        ...

    def retry(self, request_id: int) -> Done:
        """Have the server send a FAILED request to its downloader again."""

    def cancel(self, request_id: int) -> Done:
        """Delete a request. Raises AnswerLostError where nobody can say whether it is gone."""


class Meter(Protocol):
    """Figures for whoever watches a listsync that goes on."""

    def record_run(self, name: str, *, ready: bool, items: int | None, seconds: float) -> None:
        """A list's turn ended; ``items``: how many it held, None where it was not read."""

    def record_fetch(self, name: str, seconds: float) -> None:
        """A list was read, or tried."""

    def count_action(self, op: str, result: str) -> None:
        """An action came to something."""

    def count_call(self, endpoint: str, status: str) -> None:
        """The media server was called; ``status``: HTTP's, or ``none`` where no answer came."""
