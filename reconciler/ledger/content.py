"""Whether a ledger's tables hold what its version says: any program can write to a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

from reconciler.ledger.schema import MIGRATIONS

_WORDS = {"TEXT": "a text", "INTEGER": "a whole number"}


def damage(connection: sqlite3.Connection, version: int) -> str:
    """What is wrong with the tables of a ledger of this version, as a clause; empty: nothing."""
    for table, columns in _tables_of(version):
        present = _columns(connection, table)
        if not present:
            return f"it says that it has version {version}, and has no table {table}"
        missing = sorted(columns.keys() - present.keys())
        if missing:
            return f"it says that it has version {version}, and {table} has no {missing[0]}"
        checks = ", ".join(_check(name, *column) for name, column in columns.items())
        row = connection.execute(f'SELECT {checks} FROM "{table}"').fetchone()  # noqa: S608 - names of our own schema
        for (name, (kind, _)), is_wrong in zip(columns.items(), row, strict=True):
            if is_wrong:
                return f"{table}.{name} holds a value that is not {_WORDS[kind]}"
    return ""


def _tables_of(version: int) -> Iterator[tuple[str, Mapping[str, tuple[str, bool]]]]:
    """The tables of a version, each with its columns."""
    with closing(sqlite3.connect(":memory:")) as model:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                model.execute(statement)
        tables = model.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not table.startswith("sqlite_"):
                yield table, _columns(model, table)


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    """Type of each column, and whether it may be NULL."""
    rows = connection.execute(
        'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (table,)
    )
    return {name: (kind, not (notnull or pk)) for name, kind, notnull, pk in rows}


def _check(name: str, kind: str, may_be_null: bool) -> str:  # noqa: FBT001 - a column's
    wrong = f"typeof(\"{name}\") <> '{kind.lower()}'"
    return f'max({wrong} AND "{name}" IS NOT NULL)' if may_be_null else f"max({wrong})"
