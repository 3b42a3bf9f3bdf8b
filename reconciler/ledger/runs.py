"""The passes that acted, or were about to: kept for 90 days."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from sqlite3 import Connection

from pydantic import TypeAdapter

from reconciler.core.model import Run
from reconciler.ledger.columns import (
    NAMES,
    optional_time,
    optional_time_text,
    stored_time,
    time_text,
)

KEPT = timedelta(days=90)

_COUNTS = TypeAdapter(dict[str, int])


def begin(connection: Connection, server: str, command: str, now: datetime) -> Run:
    """Write that a pass begins, and forget those that are too old."""
    connection.execute("DELETE FROM runs WHERE began < ?", (time_text(now - KEPT),))
    cursor = connection.execute(
        "INSERT INTO runs (server, command, began) VALUES (?, ?, ?)",
        (server, command, time_text(now)),
    )
    return Run(int(cursor.lastrowid or 0), command, now)


def end(connection: Connection, run: Run) -> None:
    """Write how a pass ended."""
    connection.execute(
        "UPDATE runs SET ended = ?, lists = ?, counts = ?, exit_code = ? WHERE id = ?",
        (
            optional_time_text(run.ended),
            json.dumps(run.lists),
            json.dumps(dict(run.counts)),
            run.exit_code,
            run.id,
        ),
    )


def runs(connection: Connection, server: str) -> list[Run]:
    """Every pass that is remembered, oldest first."""
    rows = connection.execute(
        "SELECT id, command, began, ended, lists, counts, exit_code FROM runs"
        " WHERE server = ? ORDER BY id",
        (server,),
    )
    return [
        Run(
            number,
            command,
            stored_time(began),
            optional_time(ended),
            NAMES.validate_json(lists),
            _COUNTS.validate_json(counts),
            exit_code,
        )
        for number, command, began, ended, lists, counts, exit_code in rows
    ]
