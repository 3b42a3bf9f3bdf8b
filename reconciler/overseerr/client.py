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
from reconciler.http.foreign import JsonObject, integer, record, records
from reconciler.logs import Logger
from reconciler.overseerr import identity, requests, services, titles, translate
from reconciler.overseerr.answer import ServerResponse
from reconciler.overseerr.connection import LONGEST, Called, Connection
from reconciler.overseerr.tables import (
    DeniedError,
    StatusError,
    read_rows,
    require_ok,
    unexpected_answer,
)

_Value = TypeVar("_Value")

_BLOCKLISTS = {Flavour.SEERR: "/blocklist", Flavour.JELLYSEERR: "/blacklist"}

_log = Logger()


class OverseerrServer:
    """One Overseerr, Jellyseerr or Seerr server for the length of one run.

    A context manager that closes its connections. ``concurrency`` threads may call it at once.
    What it knows of the server's kind, and its patience with Retry-After (30 s in all), last as
    long as it does, so a later run takes a new one.
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

        ``longest``: seconds for a whole call, its retries and the complete answer included.
        ``services_timeout``: seconds for all Radarrs and Sonarrs that do not answer.
        ``ca_certificates``: PEM text; trusted in addition to the public authorities.
        ``called``: receives each call's endpoint and HTTP status (``none`` without an answer).

        Raises ServerError for a URL or a key that cannot be sent.
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
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"  # without the key

    @property
    def url(self) -> str:
        return self._connection.url

    @property
    def slowdown(self) -> Slowdown | None:
        return self._connection.slowdown

    @cached_property
    def _identity(self) -> identity.ServerIdentity:
        return identity.identify(self._connection)

    def identify(self) -> ServerInfo:
        return self._identity.info

    def whoami(self) -> User:
        answer = self._connection.get("/auth/me")
        if answer.guarded and not self._identity.initialized:
            raise ServerError(
                "the server is not set up yet, so no API key works",
                where=self.url,
                hint="open the server in a browser and finish its setup",
            )
        owner = translate.user(require_ok(answer, "/auth/me", self.url).record)
        if owner is None:
            raise unexpected_answer("/auth/me", self.url)
        return owner

    def users(self) -> tuple[User, ...]:
        return self._table("/user", translate.user)

    def quota(self, user_id: int) -> Quota:
        path = f"/user/{user_id}/quota"
        with self._requires(SEE_USERS):
            return translate.quota(require_ok(self._connection.get(path), path, self.url).record)

    def media(self) -> tuple[MediaState, ...]:
        return self._table("/media?filter=all&sort=added", translate.media_state)

    def requests(self) -> tuple[RequestState, ...]:
        """Every request except those of blocklisted titles, which the server does not show."""
        return self._table("/request?filter=all&sort=added", translate.listed_request)

    def blocklist(self) -> frozenset[MediaKey]:
        flavour = self.identify().flavour
        path = _BLOCKLISTS.get(flavour)
        if path is None:
            return frozenset()
        try:
            with self._requires(READ_BLOCKLIST):
                return frozenset(self._table(f"{path}?filter=all", _blocklisted_media))
        except StatusError as error:
            if flavour is not Flavour.JELLYSEERR or error.status not in {400, 404}:
                raise
            status = error.status
        # Before tags could fill it (400) the list had no filter; 1.x (404) had no list.
        return frozenset(self._table(path, _blocklisted_media) if status == 400 else ())  # noqa: PLR2004

    def find(self, route: MatchMethod, foreign_id: str) -> tuple[Candidate, ...]:
        """Titles with this id; for a TMDB id never empty.

        To the server, an unknown TMDB id looks like a TMDB that does not answer.
        """
        if not titles.is_id(route, foreign_id):
            return ()  # the server would search for it as a title
        answer = self._titles.search(f"{route}:{foreign_id}")
        if route is MatchMethod.TMDB:
            self._titles.refuse_silence(answer)
        return titles.candidates(answer)

    def search(self, title: str, year: int | None) -> tuple[Candidate, ...]:
        """Titles found by name; a narrowed search gives titles of that year and without a year.

        It is complete for that year alone: of other years it has what happens to be on the first
        page, where the only title of a name need not be the only one there is.
        """
        query = titles.search_query(title)
        if not query:
            return ()
        answer = self._titles.search(query)
        self._titles.refuse_silence(answer)
        candidates = titles.candidates(answer)
        if year is None or (integer(answer.record.get("totalPages")) or 0) <= 1:
            return candidates
        # An empty answer here says nothing by itself; it is silence where the first search had a
        # title of that year.
        narrowed = self._titles.search(f"year:{year:04} {query}")
        if any(candidate.year == year for candidate in candidates):
            self._titles.refuse_silence(narrowed)
        both = {each.media: each for each in candidates + titles.candidates(narrowed)}
        return tuple(each for each in both.values() if each.year in (year, None))

    def details(self, media: MediaKey) -> Film | Show:
        row = self._titles.details(media)
        if media.kind is Kind.MOVIE:
            return translate.film(row, media.tmdb)
        return translate.show(row, media.tmdb)

    def look(self, media: MediaKey) -> tuple[RequestState, ...]:
        info = record(self._titles.details(media).get("mediaInfo"))
        states = (translate.request_state(row, media) for row in records(info.get("requests")))
        return tuple(state for state in states if state is not None)

    def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
        answer = self._connection.get(f"/request/{request_id}")
        whereabouts = requests.request_whereabouts(answer, self.url)
        if whereabouts is not Whereabouts.GONE:
            return RequestTrace(whereabouts)
        info = self._titles.details(media).get("mediaInfo")
        return RequestTrace(whereabouts, translate.media_state(record(info)))

    def downloaders(self, kind: Kind) -> tuple[Downloader, ...]:
        path = f"/service/{services.PROGRAMS[kind]}"
        return services.downloaders(require_ok(self._connection.get(path), path, self.url).body)

    def service_options(self, kind: Kind, number: int) -> ServiceOptions:
        return self._services.options(kind, number)

    def request(self, action: Action) -> Done:
        requester = action.requester
        user = None if requester.is_owner or requester.approved else requester.user.id
        answer = self._connection.post("/request", requests.request_body(action), user=user)
        if answer.guarded:
            return self._refusal(answer, user, MAKE_REQUESTS)
        return requests.request_outcome(answer, action, self.url)

    def retry(self, request_id: int) -> Done:
        answer = self._connection.post(f"/request/{request_id}/retry")
        if answer.guarded:
            return self._refusal(answer, None)
        return requests.retry_outcome(answer, self.url)

    def cancel(self, request_id: int) -> Done:
        """Delete a request; the server does not tell Radarr and Sonarr."""
        answer = self._connection.delete(f"/request/{request_id}")
        if answer.guarded and answer.status != 401:  # noqa: PLR2004 - not the guard's here
            return self._refusal(answer, None)
        return requests.cancel_outcome(answer, request_id, self.url)

    def _refusal(
        self, answer: ServerResponse, user: int | None, right: Right = DECIDE_REQUESTS
    ) -> Done:
        """Distinguish a wrong key (raises), an unknown user and a missing permission."""
        owner = self.whoami()
        message = lacks(owner, right) if user is None else f"the server has no user {user}"
        return Done(Result.REFUSED, answer.status, message=message)

    @contextmanager
    def _requires(self, right: Right) -> Iterator[None]:
        """Calls that need a permission of the key's owner; with a valid key, the error names it."""
        try:
            yield
        except DeniedError:
            missing = lacks(self.whoami(), right)
        else:
            return
        raise MissingRightError(missing, where=self.url)

    def _table(self, path: str, parse: Callable[[JsonObject], _Value | None]) -> tuple[_Value, ...]:
        """A whole table as values, without the rows that are neither film nor show, like music."""
        rows = read_rows(self._connection, path)
        values = tuple(value for row in rows if (value := parse(row)) is not None)
        if len(values) < len(rows):
            _log.debug("rows ignored", path=path, count=len(rows) - len(values))
        return values


def _blocklisted_media(row: JsonObject) -> MediaKey | None:
    return translate.media_key(row.get("mediaType"), row.get("tmdbId"))
