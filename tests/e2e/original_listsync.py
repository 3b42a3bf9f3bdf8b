"""A small installation of the original ListSync, in the shape of its version 0.6.6."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

# Its tables, without the columns and tables that nobody reads.
LISTS = (
    "CREATE TABLE lists (id INTEGER PRIMARY KEY AUTOINCREMENT, list_type TEXT NOT NULL,"
    " list_id TEXT NOT NULL, list_url TEXT, item_count INTEGER DEFAULT 0, last_synced TIMESTAMP,"
    " user_id TEXT DEFAULT '1', UNIQUE(list_type, list_id))"
)
ITEMS = (
    "CREATE TABLE synced_items (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL,"
    " media_type TEXT NOT NULL, year INTEGER, imdb_id TEXT, overseerr_id INTEGER, status TEXT,"
    " last_synced TIMESTAMP DEFAULT CURRENT_TIMESTAMP, source_list_type TEXT,"
    " source_list_id TEXT, tmdb_id TEXT)"
)
REST = (
    "CREATE TABLE sync_interval (id INTEGER PRIMARY KEY, interval_hours REAL NOT NULL)",
    "CREATE TABLE overseerr_users (id TEXT PRIMARY KEY, display_name TEXT NOT NULL, email TEXT)",
    "CREATE TABLE app_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, is_encrypted INTEGER)",
)


def write_database(  # noqa: PLR0913 - each is a table of its own
    path: Path,
    *,
    lists: Iterable[tuple[str, str, str]] = (),
    items: Iterable[tuple[object, ...]] = (),
    settings: Mapping[str, str] | None = None,
    encrypted: Iterable[str] = (),
    hours: float | None = None,
    users: Mapping[str, str] | None = None,
    journal: str = "DELETE",
) -> None:
    """``lists``: type, id and user; ``items``: title, kind, overseerr_id, tmdb_id and status."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA journal_mode = {journal}")
        for table in (LISTS, ITEMS, *REST):
            database.execute(table)
        insert = "INSERT INTO lists (list_type, list_id, user_id) VALUES (?, ?, ?)"
        database.executemany(insert, lists)
        insert = (
            "INSERT INTO synced_items (title, media_type, overseerr_id, tmdb_id, status)"
            " VALUES (?, ?, ?, ?, ?)"
        )
        database.executemany(insert, items)
        rows = [(key, value, 0) for key, value in (settings or {}).items()]
        rows += [(key, "gAAAAAB", 1) for key in encrypted]
        insert = "INSERT INTO app_settings (key, value, is_encrypted) VALUES (?, ?, ?)"
        database.executemany(insert, rows)
        if hours is not None:
            database.execute("INSERT INTO sync_interval (interval_hours) VALUES (?)", (hours,))
        insert = "INSERT INTO overseerr_users (id, display_name) VALUES (?, ?)"
        database.executemany(insert, (users or {}).items())
        database.commit()


def write_env(path: Path, **settings: str) -> None:
    """An ``.env`` as its example has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# ListSync\n" + "".join(f"{key}={value}\n" for key, value in settings.items()))
