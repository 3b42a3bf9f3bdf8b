"""How values of the model stand in columns: times as text, targets in three columns."""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.core.model import Kind, MediaKey, Target


def time_text(at: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds: text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def optional_time_text(at: datetime | None) -> str | None:
    """As ``time_text``, and NULL for None."""
    return None if at is None else time_text(at)


def optional_time(text: str | None) -> datetime | None:
    """The time that ``optional_time_text`` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def target_columns(target: Target) -> tuple[str, int, bool]:
    """The columns ``kind, tmdb, is_4k``."""
    return str(target.media.kind), target.media.tmdb, target.is_4k


def target_of(kind: str, tmdb: int, is_4k: int) -> Target:
    """The target that ``target_columns`` wrote."""
    return Target(MediaKey(Kind(kind), tmdb), bool(is_4k))
