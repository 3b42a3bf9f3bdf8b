"""The journal: every action before it is sent, its outcome (never dropped), and the runs.

An intent without an outcome decides nothing: the next look at the server does (law 4).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from sqlite3 import Connection

from pydantic import TypeAdapter

from reconciler.core.model import Action, Done, Intent, Op, Result, Run, Sighting
from reconciler.errors import LedgerError
from reconciler.ledger.columns import (
    NAMES,
    optional_time,
    optional_time_text,
    stored_seasons,
    stored_target,
    stored_time,
    target_columns,
    time_text,
)
from reconciler.ledger.database import LedgerPart
from reconciler.ledger.memory import write_settlement

RUN_AGE = timedelta(days=90)  # when a run is dropped

_COUNTS = TypeAdapter(dict[str, int])


class SqliteJournal(LedgerPart):
    """``ports.LedgerJournal`` over SQLite."""

    def intend(self, action: Action, now: datetime) -> int:
        with self.database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO intents"
                " (server, at, op, kind, tmdb, is_4k, seasons, title, requester, lists)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.server,
                    time_text(now),
                    str(action.op),
                    *target_columns(action.target),
                    None if action.seasons is None else json.dumps(action.seasons),
                    action.item.title,
                    action.requester.user.id,
                    json.dumps(action.lists),
                ),
            )
            return int(cursor.lastrowid or 0)

    def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
        """Write an outcome; an intent with an unknown result stays open.

        A request without an HTTP status is known from a look, which has shown it.
        """
        is_shown = done.request_id is not None and done.http_status is None
        with self.database.writing() as connection:
            updated = connection.execute(
                "UPDATE intents SET settled_at = ?, result = ?, http_status = ?, request_id = ?,"
                " message = ?, sighting = ? WHERE id = ? AND settled_at IS NULL",
                (
                    None if done.result is Result.UNKNOWN else time_text(now),
                    str(done.result),
                    done.http_status,
                    done.request_id,
                    done.message,
                    str(Sighting.LISTED) if is_shown else None,
                    intent,
                ),
            )
            if updated.rowcount != 1:
                raise LedgerError(f"the ledger has no open intent {intent}")
            write_settlement(connection, self.server, action, done, now)

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        with self.database.reading() as connection:
            return _intents(connection, self.server), _runs(connection, self.server)

    def begin_run(self, command: str, now: datetime) -> Run:
        with self.database.writing() as connection:
            connection.execute("DELETE FROM runs WHERE began < ?", (time_text(now - RUN_AGE),))
            cursor = connection.execute(
                "INSERT INTO runs (server, command, began) VALUES (?, ?, ?)",
                (self.server, command, time_text(now)),
            )
            return Run(int(cursor.lastrowid or 0), command, now)

    def end_run(self, run: Run) -> None:
        with self.database.writing() as connection:
            connection.execute(
                "UPDATE runs SET ended = ?, lists = ?, counts = ?, exit_code = ? WHERE id = ?",
                (
                    optional_time_text(run.ended_at),
                    json.dumps(run.lists),
                    json.dumps(dict(run.counts)),
                    run.exit_code,
                    run.id,
                ),
            )


def _intents(connection: Connection, server: str) -> tuple[Intent, ...]:
    rows = connection.execute(
        "SELECT at, op, kind, tmdb, is_4k, title, requester, lists, seasons,"
        " result, http_status, request_id, message FROM intents WHERE server = ? ORDER BY id",
        (server,),
    ).fetchall()
    return tuple(
        Intent(
            stored_time(at),
            Op(op),
            stored_target(kind, tmdb, is_4k),
            title,
            requester,
            NAMES.validate_json(lists),
            stored_seasons(seasons),
            _outcome(*outcome),
        )
        for at, op, kind, tmdb, is_4k, title, requester, lists, seasons, *outcome in rows
    )


def _outcome(
    result: str | None, http_status: int | None, request_id: int | None, message: str | None
) -> Done | None:
    return Done(Result(result), http_status, request_id, message or "") if result else None


def _runs(connection: Connection, server: str) -> tuple[Run, ...]:
    rows = connection.execute(
        "SELECT id, command, began, ended, lists, counts, exit_code FROM runs"
        " WHERE server = ? ORDER BY id",
        (server,),
    ).fetchall()
    return tuple(
        Run(
            number,
            command,
            stored_time(start),
            optional_time(end),
            NAMES.validate_json(lists),
            _COUNTS.validate_json(counts),
            exit_code,
        )
        for number, command, start, end, lists, counts, exit_code in rows
    )
