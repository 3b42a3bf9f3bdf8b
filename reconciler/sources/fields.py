"""Fields of titles, as sites write them: a value of the wrong type or range is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from reconciler.core.model import IMDB_ID, YEAR, Facts
from reconciler.http.foreign import JsonObject, record, valid_text

_IMDB = re.compile(IMDB_ID)
_IMDB_WRITTEN = re.compile(  # in capitals, or as the title's address
    r"(?:(?:https?://)?(?:(?:www|m)\.)?imdb\.com/(?:[a-z-]{2,5}/)?title/)?("
    + IMDB_ID
    + r")(?:[/?#].*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"([1-9][0-9]{0,9})(?:\.0+)?")
_YEAR = re.compile(rf"{YEAR}(?![0-9])")
_GUID = re.compile(
    r"(?:com\.plexapp\.agents\.)?(?P<site>imdb|tmdb|tvdb|thetvdb|themoviedb)://"
    r"(?:(?:movie|show|tv)/)?(?P<id>\w+)(?:\?.*)?"
)
_GUID_SITES = {"thetvdb": "tvdb", "themoviedb": "tmdb"}
_TITLE_YEAR = re.compile(rf"(?P<title>.*\S)\s*\((?P<year>{YEAR})\)", re.DOTALL)
_YEARS = range(1800, 2200)
_TOO_MUCH = 10_000_000_000
_BEST = 10


def text(value: object) -> str:
    """A text without the space around it; empty for other types."""
    if not isinstance(value, str):
        return ""
    return value.strip() if value.isascii() else valid_text(value).strip()


def imdb_id(value: object) -> str | None:
    """``tt0111161``, also from capitals or a title's address; None for any other value."""
    id_text = text(value)
    if not id_text or _IMDB.fullmatch(id_text):
        return id_text or None
    match = _IMDB_WRITTEN.fullmatch(id_text)
    return match[1].lower() if match else None


def ids_of_guids(guids: Iterable[str]) -> dict[str, str]:
    """The ids in Plex's ``imdb://tt0111161``, ``tmdb://278`` and the like, by the site's name."""
    matches = (_GUID.fullmatch(guid) for guid in guids)
    return {
        _GUID_SITES.get(match["site"], match["site"]): match["id"] for match in matches if match
    }


def title_and_year(text: str) -> tuple[str, int | None]:
    """``Title (Year)`` in two; no year: None."""
    match = _TITLE_YEAR.fullmatch(text)
    return (match["title"], int(match["year"])) if match else (text, None)


def number(value: object) -> int | None:
    """A positive whole number, also where it is written as text, or as ``550.0``."""
    if type(value) is int:
        return value if 0 < value < _TOO_MUCH else None
    if type(value) is float:
        return number(int(value)) if value.is_integer() else None
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[1]) if match else None


def count(row: Mapping[str, object], *names: str) -> int | None:
    """A count, possibly 0, from the first of these fields that has one."""
    for name in names:
        value = row.get(name)
        if value is not None and value is not False and value in (0, "0"):
            return 0
        if amount := number(value):
            return amount
    return None


def year(value: object) -> int | None:
    """A year, by itself or at the beginning of a date."""
    if type(value) is int:
        return value if value in _YEARS else None
    if type(value) is float:
        return year(int(value)) if value.is_integer() else None
    match = _YEAR.match(value) if isinstance(value, str) else None
    return int(match[0]) if match else None


def rows(value: object) -> tuple[JsonObject, ...] | None:
    """The objects of a list, an empty one for each other entry; None: not a list."""
    return tuple(map(record, value)) if isinstance(value, list) else None


def either(row: Mapping[str, object], *names: str) -> object:
    """The first of these fields that holds something."""
    for name in names:
        if value := row.get(name):
            return value
    return None


def facts(
    rating: object = None, votes: object = None, genres: object = None, language: object = None
) -> Facts:
    """What filters may ask of a title, as far as these say it. ``rating``: from 0 to 10."""
    if rating is None and votes is None and genres is None:
        return _language_facts(text(language))
    rated = rating if isinstance(rating, int | float) else 0.0
    names = genres if isinstance(genres, list) else ()
    return Facts(
        rating=float(rated) if 0 < rated <= _BEST else None,
        votes=number(votes),
        genres=tuple(filter(None, map(text, names))) or None,
        language=_language_facts(text(language)).language if language else None,
    )


@lru_cache(maxsize=256)  # called for every title of a list, with few languages
def _language_facts(language: str) -> Facts:
    return Facts(language=language if re.fullmatch(r"[a-z]{2}", language) else None)


def other(name: object, title: str) -> str | None:
    """An original title, where it is another one."""
    return original if (original := text(name)) and original != title else None
