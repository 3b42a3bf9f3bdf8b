"""The ledger's tables, the upgrade of older ledgers, and the check of a file's tables.

Every time is ISO 8601 text in UTC with microseconds, so that text order is time order; a column
that holds a value of the model is JSON. All rows except those of the cache and the rights belong
to the server whose URL they contain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache

APPLICATION_ID = 0x4C53594E  # "LSYN" in the file's header: no other program's database is touched
VERSION = 16  # of SCHEMA
OLDEST_VERSION = 15  # that can be upgraded

WHOLE_TITLE = -1  # a season in memory_entries: the film or the whole show (0 is the specials)

# Only a statement ends in a semicolon. A later version adds a column after the last one, where
# ALTER TABLE puts it.
SCHEMA = """
-- Cache: may be lost at any time.

CREATE TABLE matches (
    key TEXT PRIMARY KEY,  -- of the item
    answer TEXT NOT NULL,
    valid_until TEXT,
    used_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE titles (
    media TEXT PRIMARY KEY,
    details TEXT NOT NULL,
    read_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE downloaders (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    options TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (server, kind)
) WITHOUT ROWID;

CREATE TABLE reports (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    report TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (server, list)
);

CREATE TABLE blocked_routes (
    route TEXT PRIMARY KEY,
    blocked_at TEXT NOT NULL
) WITHOUT ROWID;

-- Memory: kept forever.

CREATE TABLE memory_entries (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    season INTEGER NOT NULL,
    present INTEGER NOT NULL,
    readded INTEGER NOT NULL,
    refused TEXT,  -- since when it is declined, or gone
    PRIMARY KEY (server, kind, tmdb, is_4k, season)
) WITHOUT ROWID;

CREATE TABLE attempts (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    not_before TEXT,
    PRIMARY KEY (server, kind, tmdb, is_4k)
) WITHOUT ROWID;

CREATE TABLE memberships (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    source TEXT NOT NULL,
    completed TEXT,
    shrunk TEXT,
    shrunk_since TEXT,
    left_at TEXT,  -- since when the list is not in the config file
    PRIMARY KEY (server, list)
) WITHOUT ROWID;

CREATE TABLE members (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    key TEXT NOT NULL,  -- of the item
    item TEXT NOT NULL,
    match TEXT,
    present INTEGER NOT NULL,
    missed TEXT,  -- since when the item is missing from the list
    canceled INTEGER NOT NULL DEFAULT 0,  -- whether our request was canceled since then
    PRIMARY KEY (server, list, key),
    FOREIGN KEY (server, list) REFERENCES memberships (server, list)
) WITHOUT ROWID;

CREATE TABLE baselines (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    baseline TEXT NOT NULL,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;

CREATE TABLE claims (
    server TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    list TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (server, kind, tmdb, is_4k, list, source)
) WITHOUT ROWID;

-- Journal: intents forever, runs for 90 days.

CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    at TEXT NOT NULL,
    op TEXT NOT NULL,
    kind TEXT NOT NULL,
    tmdb INTEGER NOT NULL,
    is_4k INTEGER NOT NULL,
    seasons TEXT,
    title TEXT NOT NULL,
    requester INTEGER NOT NULL,
    lists TEXT NOT NULL,
    settled_at TEXT,
    result TEXT,
    http_status INTEGER,
    request_id INTEGER,
    message TEXT,
    sighting TEXT  -- the state of the request at a later look
);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    command TEXT NOT NULL,
    began TEXT NOT NULL,
    ended TEXT,
    lists TEXT NOT NULL DEFAULT '[]',
    counts TEXT NOT NULL DEFAULT '{}',
    exit_code INTEGER
);

-- Statuses. A list of '' stands for the config file and the server.

CREATE TABLE schedules (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    due TEXT NOT NULL,
    tries INTEGER NOT NULL,
    attempted TEXT,
    succeeded TEXT,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;

CREATE TABLE conditions (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    since TEXT NOT NULL,
    generation TEXT NOT NULL,
    PRIMARY KEY (server, list, type)
) WITHOUT ROWID;

-- Ids are not reused: the end of a run does not remove a trigger that was set during the run.
CREATE TABLE triggers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    UNIQUE (server, list)
);

-- The stalled lists that people were notified of. The row of '' has the end of the last digest.
CREATE TABLE notifications (
    server TEXT NOT NULL,
    list TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (server, list)
) WITHOUT ROWID;

CREATE TABLE accepted_rights (id INTEGER PRIMARY KEY CHECK (id = 1), accepted TEXT NOT NULL);

CREATE TABLE waiting_rights (
    list TEXT NOT NULL,
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    description TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (list, setting, value)
) WITHOUT ROWID;
"""

# Each takes a ledger from its version to the next one.
_UPGRADES = {
    15: """
        ALTER TABLE matches RENAME COLUMN believed_until TO valid_until;
        ALTER TABLE downloaders RENAME COLUMN offers TO options;
        ALTER TABLE routes RENAME TO blocked_routes;
        ALTER TABLE slots RENAME TO memory_entries;
        ALTER TABLE schedules RENAME COLUMN digest TO config_hash;
        ALTER TABLE asked RENAME TO triggers;
        ALTER TABLE told RENAME TO notifications;
        ALTER TABLE waiting_rights RENAME COLUMN words TO description;
    """
}

_TYPE_NAMES = {"TEXT": "text", "INTEGER": "a whole number"}


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring a ledger of ``version`` up to date, or create its tables where that is 0.

    The caller has begun a transaction.
    """
    scripts = [_UPGRADES[step] for step in range(version, VERSION)] if version else [SCHEMA]
    for script in scripts:
        for statement in script.split(";"):  # executescript() would end the transaction
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def find_damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the tables of a current ledger, as a clause; empty: nothing.

    Any program can write to a SQLite file, values of any type into any column.
    """
    for table, columns in _expected_tables().items():
        present = _columns(connection, table)
        if not present:
            return f"the table {table} is missing"
        missing = sorted(columns.keys() - present.keys())
        if missing:
            return f"the column {table}.{missing[0]} is missing"
        checks = ", ".join(_type_check(name, *column) for name, column in columns.items())
        row = connection.execute(f'SELECT {checks} FROM "{table}"').fetchone()  # noqa: S608 - names of our own schema
        for (name, (kind, _)), is_wrong in zip(columns.items(), row, strict=True):
            if is_wrong:
                return f"{table}.{name} contains a value that is not {_TYPE_NAMES[kind]}"
    return ""


@cache
def _expected_tables() -> Mapping[str, Mapping[str, tuple[str, bool]]]:
    """The columns of each table of a current ledger."""
    with closing(sqlite3.connect(":memory:")) as model:
        upgrade(model, 0)
        tables = model.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: _columns(model, name) for (name,) in tables if name[:7] != "sqlite_"}


def _columns(connection: sqlite3.Connection, table: str) -> Mapping[str, tuple[str, bool]]:
    """Type of each column, and whether it may be NULL."""
    rows = connection.execute(
        'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)
    )
    return {name: (kind, not (notnull or pk)) for name, kind, notnull, pk in rows}


def _type_check(name: str, kind: str, may_be_null: bool) -> str:  # noqa: FBT001 - a column's
    is_wrong = f"typeof(\"{name}\") <> '{kind.lower()}'"
    return f'max({is_wrong} AND "{name}" IS NOT NULL)' if may_be_null else f"max({is_wrong})"
