"""Searches for titles and their details, with a check of each response's shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from reconciler.core.model import Candidate, Kind, MatchMethod, MediaKey
from reconciler.errors import TmdbError
from reconciler.http.foreign import JsonObject, integer, records
from reconciler.overseerr import translate
from reconciler.overseerr.answer import ServerResponse
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.tables import require_ok, unexpected_answer

_LONGEST_TITLE = 200  # characters; every proxy on the way has its own limit for a URL
_FOREIGN_ID = {
    MatchMethod.IMDB: r"tt[0-9]+",
    MatchMethod.TVDB: r"[0-9]+",
    MatchMethod.TMDB: r"[0-9]+",
}
_PREFIX = re.compile(r"(imdb|tmdb|tvdb|year):", re.IGNORECASE)
# Lists have English titles; without this the server uses its display language.
_IN_ENGLISH = "language=en"


def is_id(route: MatchMethod, text: str) -> bool:
    """Whether the server's search takes the text as an id."""
    return bool(re.fullmatch(_FOREIGN_ID[route], text))


def search_query(title: str) -> str:
    """A title without the commands of the server's search, such as ``year:2000``."""
    return _PREFIX.sub(r"\1 ", title)[:_LONGEST_TITLE].strip()


def candidates(answer: ServerResponse) -> tuple[Candidate, ...]:
    """The films and shows in a page of search results."""
    rows = map(translate.candidate, records(answer.record.get("results")))
    return tuple(candidate for candidate in rows if candidate is not None)


class Titles:
    """The calls for which the server has to ask TMDB.

    Each raises TmdbError, which leaves one title unresolved, where TMDB did not answer, and where
    the answer has another shape than the API's: "no such title" would be remembered for days.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(self, query: str) -> ServerResponse:
        # The server refuses every reserved character in a query, and a plus in place of a space.
        quoted = quote(query, safe="", errors="replace")
        return self._ask(f"/search?query={quoted}&{_IN_ENGLISH}", _is_search)

    def details(self, media: MediaKey) -> JsonObject:
        path = f"/{media.kind}/{media.tmdb}?{_IN_ENGLISH}"
        return self._ask(path, partial(_is_details, media)).record

    def refuse_silence(self, answer: ServerResponse) -> None:
        """Raise TmdbError for an empty search that claims to have a page: TMDB did not answer."""
        if not answer.record.get("results") and answer.record.get("totalPages") != 0:
            raise self._silence("an empty page of search results")

    def _ask(self, path: str, is_complete: Callable[[JsonObject], bool]) -> ServerResponse:
        answer = self._connection.get(path)
        if answer.status == 500:  # noqa: PLR2004 - HTTP's own numbers
            raise self._silence(answer.message)
        require_ok(answer, path, self._connection.url)
        if not is_complete(answer.record):
            message = unexpected_answer(path, self._connection.url).message
            raise TmdbError(message, where=self._connection.url, hint="try again later")
        return answer

    def _silence(self, reason: str) -> TmdbError:
        message = f"TMDB did not answer the server, or does not know the title ({reason})"
        return TmdbError(message, where=self._connection.url, hint="try again later")


def _is_search(page: JsonObject) -> bool:
    rows = page.get("results")
    return isinstance(rows, list) and all(map(_is_result, rows))


def _is_result(row: object) -> bool:
    """Every result, also a person or a collection, has an id and a type."""
    return (
        isinstance(row, dict)
        and integer(row.get("id")) is not None
        and isinstance(row.get("mediaType"), str)
    )


def _is_details(media: MediaKey, row: JsonObject) -> bool:
    if integer(row.get("id")) != media.tmdb:
        return False
    seasons = row.get("seasons") if media.kind is Kind.TV else []
    return isinstance(seasons, list) and all(map(_is_season, seasons))


def _is_season(row: object) -> bool:
    return isinstance(row, dict) and integer(row.get("seasonNumber")) is not None
