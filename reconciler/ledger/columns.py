"""How values are stored in columns, and how rows of one server are read and written.

Times are text, targets take three columns, tuples are JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

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
        raise ValueError("a time without a time zone")
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


def select(connection: Connection, table: str, columns: str, server: str) -> list[tuple[Any, ...]]:
    """These columns of all rows of one server.

    All at once: a statement that ends at a row that cannot be parsed would keep its lock.
    """
    query = f"SELECT {columns} FROM {table} WHERE server = ?"  # noqa: S608 - our own names
    return connection.execute(query, (server,)).fetchall()


def upsert(
    connection: Connection,
    table: str,
    key_columns: str,
    columns: str,
    rows: Iterable[Sequence[object]],
) -> None:
    """Write rows, their key first, in place of other rows with these keys.

    A row that is stored already is not touched, so that a quiet run writes nothing.
    """
    names = columns.split(", ")
    marks = ", ".join("?" * (len(key_columns.split(", ")) + len(names)))
    updates = ", ".join(f"{name} = excluded.{name}" for name in names)
    new = ", ".join(f"excluded.{name}" for name in names)
    connection.executemany(
        f"INSERT INTO {table} ({key_columns}, {columns}) VALUES ({marks})"  # noqa: S608 - our own names
        f" ON CONFLICT DO UPDATE SET {updates} WHERE ({columns}) IS NOT ({new})",
        rows,
    )
