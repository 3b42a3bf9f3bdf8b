"""What a list asks of its titles: which of them, which seasons, and how much at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reconciler.core.model.terms import Kind


@dataclass(frozen=True, slots=True)
class SeasonRule:
    """Which seasons of a show are wanted; only one of the three is given, without any: all.

    *All* and *last* follow a show as its seasons air; *first* and *named* are fixed.
    """

    first: int | None = None
    last: int | None = None
    named: tuple[int, ...] | None = None  # the only way to mean specials (0)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many titles may be requested in any ``window`` of time, all lists together."""

    titles: int
    window: timedelta
    unit: str  # what the window is called: "week"


@dataclass(frozen=True, slots=True)
class Years:
    """The years from ``first`` to ``last``, both among them; None: an open end."""

    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A title by its spellings (core.names), and of one year only where it has one."""

    spellings: tuple[str, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which titles of a list are wanted; a rule that is None or empty lets everything through."""

    types: tuple[Kind, ...] = ()
    years: Years | None = None
    min_rating: float | None = None  # 0 to 10
    min_votes: int | None = None
    genres: tuple[str, ...] = ()  # one of these at least; names of core.genres
    exclude_genres: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # ISO 639-1, of the original
    exclude_titles: tuple[Name, ...] = ()


ALL_SEASONS = SeasonRule()
