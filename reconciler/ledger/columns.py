"""How values are stored in columns: times as text, targets in three columns, tuples as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import TypeAdapter

from reconciler.core.model import Kind, MediaKey, Target
from reconciler.core.times import bounded

NAMES = TypeAdapter(tuple[str, ...])
SEASONS = TypeAdapter(tuple[int, ...])


def time_text(at: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds: text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def optional_time_text(at: datetime | None) -> str | None:
    """As ``time_text``; NULL for None."""
    return None if at is None else time_text(at)


def stored_time(text: str) -> datetime:
    """The time that ``time_text`` wrote. Raises ValueError for another text."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return bounded(at)


def optional_time(text: str | None) -> datetime | None:
    """As ``stored_time``; None for NULL."""
    return None if text is None else stored_time(text)


def target_columns(target: Target) -> tuple[str, int, bool]:
    """The columns ``kind, tmdb, is_4k``."""
    return str(target.media.kind), target.media.tmdb, target.is_4k


def stored_target(kind: str, tmdb: int, is_4k: int) -> Target:
    """The target that ``target_columns`` wrote."""
    return Target(MediaKey(Kind(kind), tmdb), bool(is_4k))


def stored_seasons(seasons: str | None) -> tuple[int, ...] | None:
    """The seasons of an action, from JSON; None for NULL: a film."""
    return None if seasons is None else SEASONS.validate_json(seasons)
