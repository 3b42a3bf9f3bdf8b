"""The tables of rights: what the followed file may do, and which changes of it wait.

They belong to the file, not to one server: another server is a change of the file.
"""

from __future__ import annotations

from sqlite3 import Connection

from pydantic import TypeAdapter

from reconciler.core.model import FileRights, RightsState, Widening
from reconciler.ledger.columns import stored_time, time_text

_ACCEPTED = TypeAdapter(FileRights)


def rights(connection: Connection) -> RightsState:
    """The accepted rights, and since when each change waits."""
    row = connection.execute("SELECT accepted FROM accepted_rights").fetchone()
    waiting = connection.execute("SELECT list, setting, value, words, since FROM waiting_rights")
    return RightsState(
        _ACCEPTED.validate_json(row[0]) if row else None,
        {Widening(*columns): stored_time(since) for *columns, since in waiting},
    )


def write_rights(connection: Connection, state: RightsState) -> None:
    """What holds now, in place of what was known."""
    if state.accepted is not None:
        connection.execute(
            "INSERT OR REPLACE INTO accepted_rights (id, accepted) VALUES (1, ?)",
            (_ACCEPTED.dump_json(state.accepted).decode(),),
        )
    connection.execute("DELETE FROM waiting_rights")
    connection.executemany(
        "INSERT INTO waiting_rights (list, setting, value, words, since) VALUES (?, ?, ?, ?, ?)",
        [
            (change.list, change.setting, change.value, change.words, time_text(since))
            for change, since in state.waiting.items()
        ],
    )
