"""The ``MediaServer`` port over REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Self, TypeVar

from reconciler.core.model import (
    DEFAULT_CONCURRENCY,
    DEFAULT_RATE,
    Action,
    Candidate,
    Done,
    Downloader,
    Film,
    Flavour,
    Kind,
    MatchMethod,
    MediaKey,
    MediaState,
    Quota,
    RequestState,
    RequestTrace,
    Result,
    ServerInfo,
    ServiceOptions,
    Show,
    Slowdown,
    User,
    Whereabouts,
)
from reconciler.core.rights import (
    DECIDE_REQUESTS,
    MAKE_REQUESTS,
    READ_BLOCKLIST,
    SEE_USERS,
    Right,
    lacks,
)
from reconciler.errors import MissingRightError, ServerError
from reconciler.logs import Logger
from reconciler.overseerr import identity, requests, services, titles, translate
from reconciler.overseerr.answer import Answer
from reconciler.overseerr.connection import LONGEST, Called, Connection
from reconciler.overseerr.foreign import JsonObject, integer, record, records
from reconciler.overseerr.tables import (
    DeniedError,
    StatusError,
    accepted,
    read_rows,
    strange_answer,
)

_Value = TypeVar("_Value")

_BLOCKLISTS = {Flavour.SEERR: "/blocklist", Flavour.JELLYSEERR: "/blacklist"}

_log = Logger()


class OverseerrServer:
    """One Overseerr, Jellyseerr or Seerr server for the length of one pass.

    A context manager that closes its connections. ``concurrency`` threads may call it at once.
    What it knows of the server's kind, and its patience with Retry-After (30 s in all), last as
    long as it does, so a later pass takes a new one.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        url: str,
        api_key: str,
        *,
        rate: float = DEFAULT_RATE,
        concurrency: int = DEFAULT_CONCURRENCY,
        timeout: float = 30.0,
        longest: float = LONGEST,
        services_timeout: float = services.PATIENCE,
        ca_certificates: str | None = None,
        called: Called = lambda endpoint, status: None,  # noqa: ARG005 - nobody counts
    ) -> None:
        """``rate``: calls per second over all threads; ``timeout``: seconds without an answer.

        ``longest``: seconds for a whole call, its retries and the answer to its end included.

        ``services_timeout``: seconds that all Radarrs and Sonarrs that do not answer may take.
        ``ca_certificates``: PEM text; trusted besides the public authorities.

        ``called``: told of each call, its endpoint and its HTTP status (``none`` without answer).

        Raises ServerError where the URL or the key cannot be used at all.
        """
        self._connection = Connection(
            url,
            api_key,
            rate=rate,
            concurrency=concurrency,
            timeout=timeout,
            longest=longest,
            ca_certificates=ca_certificates,
            called=called,
        )
        self._services = services.Services(self._connection, services_timeout)
        self._titles = titles.Titles(self._connection)

    def __enter__(self) -> Self:
        """The server itself; nothing is called yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._connection.close()

    def __repr__(self) -> str:
        """The URL; the key is nobody's business."""
        return f"{type(self).__name__}({self.url!r})"

    @property
    def url(self) -> str:
        """The server's URL without a trailing slash."""
        return self._connection.url

    @property
    def slowdown(self) -> Slowdown | None:
        """How far calls were slowed down since the client was opened."""
        return self._connection.slowdown

    @cached_property
    def _identity(self) -> identity.ServerIdentity:
        return identity.identify(self._connection)

    def identify(self) -> ServerInfo:
        """Which server this is, asked once. Needs no key and proves none."""
        return self._identity.info

    def whoami(self) -> User:
        """The key's owner; proves the key.

        Raises ServerError where the key is refused, or the server has no owner yet.
        """
        answer = self._connection.get("/auth/me")
        if answer.guarded and not self._identity.initialized:
            what = "it is not set up yet, so that no API key can work"
            raise ServerError(what, where=self.url, hint="open it in a browser and finish that")
        owner = translate.user(accepted(answer, "/auth/me", self.url).record)
        if owner is None:
            raise strange_answer("/auth/me", self.url)
        return owner

    def users(self) -> tuple[User, ...]:
        """Every user, with all names to find them by."""
        return self._table("/user", translate.user)

    def quota(self, user_id: int) -> Quota:
        """What is left of a user's quota. Raises ServerError where there is no such user."""
        with self._needing(SEE_USERS):
            return translate.quota(self._read(f"/user/{user_id}/quota").record)

    def media(self) -> tuple[MediaState, ...]:
        """Every media row; several for one title are kept."""
        return self._table("/media?filter=all&sort=added", translate.media_state)

    def requests(self) -> tuple[RequestState, ...]:
        """Every request, but those of blocklisted titles, which the server does not show."""
        return self._table("/request?filter=all&sort=added", translate.listed_request)

    def blocklist(self) -> frozenset[MediaKey]:
        """What is blocklisted, by hand or by tag; empty on servers that have no blocklist."""
        flavour = self.identify().flavour
        path = _BLOCKLISTS.get(flavour)
        if path is None:
            return frozenset()
        try:
            with self._needing(READ_BLOCKLIST):
                return frozenset(self._table(f"{path}?filter=all", _blocklisted))
        except StatusError as error:
            if flavour is not Flavour.JELLYSEERR or error.status not in {400, 404}:
                raise
            older = error.status
        # Before it could be filled by tags (400) the list had no filter; 1.x (404) had no list.
        return frozenset(self._table(path, _blocklisted) if older == 400 else ())  # noqa: PLR2004

    def find(self, route: MatchMethod, foreign_id: str) -> tuple[Candidate, ...]:
        """Titles with this TMDB, IMDb or TVDB id (no other route has any); empty: TMDB knows none.

        Raises TmdbTroubleError where TMDB did not answer. An unknown TMDB id looks just like
        that to the server, so it is never empty.
        """
        if not titles.is_id(route, foreign_id):
            return ()  # the server would search for it as a title
        answer = self._titles.search(f"{route}:{foreign_id}")
        if route is MatchMethod.TMDB:
            self._titles.refuse_silence(answer)
        return titles.candidates(answer)

    def search(self, title: str, year: int | None) -> tuple[Candidate, ...]:
        """Titles found by name; ``year`` narrows a search that gives more than one page.

        What was narrowed is whole for that year alone: of other years it holds what happens to
        stand on the first page, where the only title of a name need not be the only one there is.
        So it gives titles of exactly that year, and those without a year.

        Raises TmdbTroubleError where TMDB did not answer; the server hides that in an empty page.
        """
        words = titles.search_words(title)
        if not words:
            return ()
        answer = self._titles.search(words)
        self._titles.refuse_silence(answer)
        found = titles.candidates(answer)
        if year is None or (integer(answer.record.get("totalPages")) or 0) <= 1:
            return found
        # An empty answer here says nothing by itself; it is silence where the first search had a
        # title of that year.
        narrowed = self._titles.search(f"year:{year:04} {words}")
        if any(candidate.year == year for candidate in found):
            self._titles.refuse_silence(narrowed)
        both = {candidate.media: candidate for candidate in found + titles.candidates(narrowed)}
        return tuple(each for each in both.values() if each.year in (year, None))

    def details(self, media: MediaKey) -> Film | Show:
        """What there is to know of a title: a show's seasons, and what filters ask.

        Raises TmdbTroubleError where there is nothing: to the server, an unknown title and a TMDB
        that does not answer are the same.
        """
        row = self._titles.details(media)
        if media.kind is Kind.MOVIE:
            return translate.film(row, media.tmdb)
        return translate.show(row, media.tmdb)

    def look(self, media: MediaKey) -> tuple[RequestState, ...]:
        """The requests of one title in either quality, read afresh."""
        row = self._titles.details(media)
        rows = records(record(row.get("mediaInfo")).get("requests"))
        states = (translate.request_state(one, media) for one in rows)
        return tuple(state for state in states if state is not None)

    def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
        """Where a request is that the table does not show; of a gone one its title's row, too."""
        whereabouts = requests.traced(self._connection.get(f"/request/{request_id}"), self.url)
        if whereabouts is not Whereabouts.GONE:
            return RequestTrace(whereabouts)
        info = self._titles.details(media).get("mediaInfo")
        return RequestTrace(whereabouts, translate.media_state(record(info)))

    def downloaders(self, kind: Kind) -> tuple[Downloader, ...]:
        """Each Radarr (of films) or Sonarr (of shows), without what it offers."""
        return self._services.all(kind)

    def stock(self, kind: Kind, number: int) -> ServiceOptions:
        """What one of them offers. Raises ServerError after seconds where it is away."""
        return self._services.stock(kind, number)

    def request(self, action: Action) -> Done:
        """Send a request or an extension, once.

        Raises AnswerLostError where nobody can say whether it was created, TransientError where
        it certainly was not, ServerError where no other request would fare better.
        """
        requester = action.requester
        user = None if requester.is_owner or requester.approved else requester.user.id
        answer = self._connection.post("/request", requests.request_body(action), user=user)
        if answer.guarded:
            return self._refused(answer, user, MAKE_REQUESTS)
        return requests.requested(answer, action, self.url)

    def retry(self, request_id: int) -> Done:
        """Have the server send a FAILED request to its downloader again. Raises as ``request``."""
        answer = self._connection.post(f"/request/{request_id}/retry")
        if answer.guarded:
            return self._refused(answer, None)
        return requests.retried(answer, self.url)

    def cancel(self, request_id: int) -> Done:
        """Delete a request; Radarr and Sonarr are not told. Raises as ``request``."""
        answer = self._connection.delete(f"/request/{request_id}")
        if answer.guarded and answer.status != 401:  # noqa: PLR2004 - that is not the guard's here
            return self._refused(answer, None)
        return requests.cancelled(answer, request_id, self.url)

    def _refused(self, answer: Answer, user: int | None, right: Right = DECIDE_REQUESTS) -> Done:
        """A wrong key, an unknown user and a lacking right look alike; tell which it is."""
        owner = self.whoami()
        said = lacks(owner, right) if user is None else f"the server has no user {user}"
        return Done(Result.REFUSED, answer.status, message=said)

    @contextmanager
    def _needing(self, right: Right) -> Iterator[None]:
        """Calls that only the key's owner's right opens: where the key is good, name the right."""
        try:
            yield
        except DeniedError:
            lacking = lacks(self.whoami(), right)
        else:
            return
        raise MissingRightError(lacking, where=self.url)

    def _read(self, path: str) -> Answer:
        return accepted(self._connection.get(path), path, self.url)

    def _table(
        self, path: str, translated: Callable[[JsonObject], _Value | None]
    ) -> tuple[_Value, ...]:
        """A whole table as values. Rows that are nothing to us (music, say) are left out."""
        rows = read_rows(self._connection, path)
        values = tuple(value for row in rows if (value := translated(row)) is not None)
        if len(values) < len(rows):
            _log.debug("rows left out", path=path, count=len(rows) - len(values))
        return values


def _blocklisted(row: JsonObject) -> MediaKey | None:
    return translate.media_key(row.get("mediaType"), row.get("tmdbId"))
