"""Moving the history of renamed lists: in every table, or in none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from reconciler.core.membership import Rename, renames
from reconciler.core.model import ListRules
from reconciler.ledger.columns import NAMES, select
from reconciler.ledger.memory import (
    read_baselines,
    read_memberships,
    write_baselines,
    write_membership,
)

_BY_NAME = (
    *("memberships", "members", "baselines", "claims"),
    *("reports", "schedules", "conditions", "triggers", "notifications"),
)
_WITH_NAMES = ("intents", "runs")  # whose column ``lists`` is a JSON array


def due_renames(
    connection: Connection, server: str, lists: Sequence[ListRules]
) -> tuple[Rename, ...]:
    """The lists whose history is still stored under another name."""
    former_names, baselines = {lst.was for lst in lists}, read_baselines(connection, server)
    names = {name for (name,) in select(connection, "memberships", "list", server)}
    if former_names.isdisjoint(names | baselines.keys()):
        return ()
    return renames(lists, read_memberships(connection, server), baselines)


def write_renames(connection: Connection, server: str, due: Sequence[Rename]) -> None:
    """Store the histories under their new names. The caller has begun a transaction."""
    connection.execute("PRAGMA defer_foreign_keys = ON")  # members follow their membership
    for rename in due:
        old, new = rename.old, rename.new
        for table in _BY_NAME:
            connection.execute(
                f"UPDATE OR REPLACE {table} SET list = ? WHERE server = ? AND list = ?",  # noqa: S608 - our own names
                (new, server, old),
            )
        connection.execute(
            "UPDATE OR REPLACE claims SET source = ? WHERE server = ? AND list = ? AND source = ?",
            (rename.membership.source, server, new, rename.source),
        )
        for table in _WITH_NAMES:
            rows = select(connection, table, "id, lists", server)
            connection.executemany(
                f"UPDATE {table} SET lists = ? WHERE id = ?",  # noqa: S608 - our own names
                [
                    (NAMES.dump_json(_renamed(names, rename)).decode(), number)
                    for number, text in rows
                    if old in (names := NAMES.validate_json(text))
                ],
            )
        write_membership(connection, server, new, rename.membership)
        write_baselines(connection, server, {new: rename.baseline} if rename.baseline else {})


def _renamed(names: Iterable[str], rename: Rename) -> tuple[str, ...]:
    """The names of lists, each once: a former list may have had the new name."""
    return tuple(dict.fromkeys(rename.new if name == rename.old else name for name in names))
