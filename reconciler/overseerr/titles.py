"""How titles are asked for: paths of searches and details, and what a search found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from reconciler.core.model import Route
from reconciler.overseerr import translate
from reconciler.overseerr.foreign import records

if TYPE_CHECKING:
    from reconciler.core.model import Candidate, MediaKey
    from reconciler.overseerr.answer import Answer

_LONGEST_TITLE = 200  # characters; every server on the way has its own limit for a URL
_FOREIGN_ID = {Route.IMDB: r"tt[0-9]+", Route.TVDB: r"[0-9]+", Route.TMDB: r"[0-9]+"}
_PREFIX = re.compile(r"(imdb|tmdb|tvdb|year):", re.IGNORECASE)
# Lists have English titles; without this, titles are in the server's display language.
_IN_ENGLISH = "language=en"


def is_id(route: Route, text: str) -> bool:
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
