"""A film or show as TMDB describes it: the value that all parts of the sandbox share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["movie", "tv"]


@dataclass(frozen=True, slots=True)
class Season:
    """A season of a show; number 0: the specials. ``air_date``: ISO, or None if unknown."""

    number: int
    air_date: str | None
    episodes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Other facts of TMDB about a title. The average is 0 without votes."""

    rating: float = 7.1
    votes: int = 100
    genres: tuple[tuple[int, str], ...] = ((18, "Drama"),)
    language: str = "en"


ORDINARY = Facts()


@dataclass(frozen=True, slots=True)
class Title:
    """A film or show. ``date``: release or first air date (ISO). ``status``: in TMDB's words."""

    kind: Kind
    tmdb: int
    imdb: str | None
    tvdb: int | None
    title: str
    original_title: str
    date: str | None
    status: str
    seasons: tuple[Season, ...] = ()
    facts: Facts = ORDINARY

    @property
    def year(self) -> int | None:
        """The year of ``date``."""
        return int(self.date[:4]) if self.date else None


def film(
    tmdb: int, imdb: str | None, title: str, date: str | None, original: str | None = None
) -> Title:
    """A released film. By default, its original title is the English one."""
    return Title("movie", tmdb, imdb, None, title, original or title, date, "Released")


def show(  # noqa: PLR0913, PLR0917 -- one line of a table; a show has this many facts
    tmdb: int,
    imdb: str | None,
    tvdb: int | None,
    title: str,
    date: str | None,
    episodes: tuple[int, ...],
    *,
    specials: int = 0,
    status: str = "Ended",
    original: str | None = None,
) -> Title:
    """A show whose seasons start a year apart, with these numbers of episodes."""
    seasons = [Season(0, date, specials)] if specials else []
    seasons += [
        Season(number, _years_later(date, number - 1), count)
        for number, count in enumerate(episodes, start=1)
    ]
    return Title("tv", tmdb, imdb, tvdb, title, original or title, date, status, tuple(seasons))


def _years_later(date: str | None, years: int) -> str | None:
    if date is None:
        return None
    return f"{int(date[:4]) + years}{date[4:]}".replace("-02-29", "-02-28")
