"""What a title is on the server, and how an item led there."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.model.lists import Item
from reconciler.core.model.terms import Kind, MatchMethod, Reason


@dataclass(frozen=True, slots=True, order=True)
class MediaKey:
    """What the server knows a title by. Film and show numbers overlap, hence the kind."""

    kind: Kind
    tmdb: int

    def __str__(self) -> str:
        """``movie/438631``."""
        return f"{self.kind}/{self.tmdb}"

    def __hash__(self) -> int:
        """The number alone: every look-up of a plan hashes a key, and few numbers are shared."""
        return self.tmdb


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A media key in a quality: what can be requested once."""

    media: MediaKey
    is_4k: bool = False

    def __hash__(self) -> int:
        """As its media key's."""
        return self.media.tmdb


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title the server offers for an item."""

    media: MediaKey
    title: str
    original_title: str | None = None
    year: int | None = None
    countries: tuple[str, ...] = ()  # of origin, ISO 3166-1; the server tells it of shows alone


@dataclass(frozen=True, slots=True)
class Match:
    """An item's media key, the route that led there, and what the server calls the title."""

    media: MediaKey
    by: MatchMethod
    title: str = ""
    year: int | None = None
    original_title: str | None = None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why an item has no media key (law 10: a "no" is a value)."""

    reason: Reason
    detail: str
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list after resolving. ``fresh``: the list gave it in this pass."""

    item: Item
    match: Match | Unmatched
    fresh: bool = True
