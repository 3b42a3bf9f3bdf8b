"""How titles are asked for: searches and details, and whether an answer is one to them."""

from __future__ import annotations

import re
from urllib.parse import quote

from reconciler.core.model import Candidate, Kind, MatchMethod, MediaKey
from reconciler.errors import TmdbError
from reconciler.overseerr import translate
from reconciler.overseerr.answer import Answer
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.foreign import JsonObject, integer, records
from reconciler.overseerr.tables import accepted

_LONGEST_TITLE = 200  # characters; every server on the way has its own limit for a URL
_FOREIGN_ID = {
    MatchMethod.IMDB: r"tt[0-9]+",
    MatchMethod.TVDB: r"[0-9]+",
    MatchMethod.TMDB: r"[0-9]+",
}
_PREFIX = re.compile(r"(imdb|tmdb|tvdb|year):", re.IGNORECASE)
# Lists have English titles; without this, titles are in the server's display language.
_IN_ENGLISH = "language=en"


def is_id(route: MatchMethod, text: str) -> bool:
    """Whether the text is an id that the server's search knows as such."""
    return bool(re.fullmatch(_FOREIGN_ID[route], text))


def search_words(title: str) -> str:
    """A title without what would command the server's search, such as ``year:2000``."""
    return _PREFIX.sub(r"\1 ", title)[:_LONGEST_TITLE].strip()


def search_path(query: str) -> str:
    """The server refuses every reserved sign in a query, and a plus for a space."""
    return f"/search?query={quote(query, safe='', errors='replace')}&{_IN_ENGLISH}"


def details_path(media: MediaKey) -> str:
    """The path of a film's or show's details."""
    return f"/{media.kind}/{media.tmdb}?{_IN_ENGLISH}"


def candidates(answer: Answer) -> tuple[Candidate, ...]:
    """The films and shows that a search found."""
    found = (translate.candidate(row) for row in records(answer.record.get("results")))
    return tuple(candidate for candidate in found if candidate is not None)


class Titles:
    """The calls that the server has to ask TMDB for.

    Each raises TmdbTroubleError, which leaves one title unresolved, where TMDB did not answer, and
    where the answer has not the endpoint's shape: "no such title" would be remembered for days.
    """

    def __init__(self, connection: Connection) -> None:
        """Nothing is called yet."""
        self._connection = connection

    def search(self, query: str) -> Answer:
        """A page of search results."""
        path = search_path(query)
        answer = self._ask(path)
        if not _is_search(answer.record):
            raise self._strange(path)
        return answer

    def details(self, media: MediaKey) -> JsonObject:
        """The details of a film or show."""
        path = details_path(media)
        row = self._ask(path).record
        if not _is_details(row, media):
            raise self._strange(path)
        return row

    def refuse_silence(self, answer: Answer) -> None:
        """An empty search that claims to have a page is TMDB not answering the server."""
        if not answer.record.get("results") and answer.record.get("totalPages") != 0:
            raise self._trouble("an empty page of search results")

    def _ask(self, path: str) -> Answer:
        answer = self._connection.get(path)
        if answer.status == 500:  # noqa: PLR2004 - HTTP's own numbers
            raise self._trouble(answer.message)
        return accepted(answer, path, self._connection.url)

    def _trouble(self, said: str) -> TmdbError:
        what = f"TMDB does not answer the server, or does not know the title ({said})"
        return TmdbError(what, where=self._connection.url, hint="try again later")

    def _strange(self, path: str) -> TmdbError:
        called = path.partition("?")[0]
        what = f"the server's answer to {called} does not have the shape that its API documents"
        return TmdbError(what, where=self._connection.url, hint="try again later")


def _is_search(page: JsonObject) -> bool:
    rows = page.get("results")
    return isinstance(rows, list) and all(map(_is_result, rows))


def _is_result(row: object) -> bool:
    """Every result, a person's or a collection's too, has a number and says what it is."""
    return (
        isinstance(row, dict)
        and integer(row.get("id")) is not None
        and isinstance(row.get("mediaType"), str)
    )


def _is_details(row: JsonObject, media: MediaKey) -> bool:
    if integer(row.get("id")) != media.tmdb:
        return False
    seasons = row.get("seasons") if media.kind is Kind.TV else []
    return isinstance(seasons, list) and all(map(_is_season, seasons))


def _is_season(row: object) -> bool:
    return isinstance(row, dict) and integer(row.get("seasonNumber")) is not None
