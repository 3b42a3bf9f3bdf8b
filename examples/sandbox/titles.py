"""The value every part of the sandbox speaks about: a film or a show as TMDB knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["movie", "tv"]


@dataclass(frozen=True, slots=True)
class Season:
    """One season of a show; number 0 holds the specials. ``air_date`` is ISO or unknown."""

    number: int
    air_date: str | None
    episodes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What TMDB tells of a title besides: its average is 0 where nobody has voted."""

    rating: float = 7.1
    votes: int = 100
    genres: tuple[tuple[int, str], ...] = ((18, "Drama"),)
    language: str = "en"


ORDINARY = Facts()


@dataclass(frozen=True, slots=True)
class Title:
    """A film or show. ``date`` is its release or first air date (ISO), ``status`` TMDB's word."""

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
    """Make a released film; without an original title it was made under its English one."""
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
    """Make a show whose seasons begin a year apart, with that many episodes each."""
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
