"""The diary of actions: what was about to be sent, and what came of it. Kept for ever.

An intent without an outcome decides nothing: the next look at the server does (law 4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection

from reconciler.core.model import (
    Action,
    Done,
    Intent,
    Op,
    OwnRequest,
    Result,
    Sighting,
)
from reconciler.core.settlement import settle
from reconciler.errors import LedgerError
from reconciler.ledger import memory
from reconciler.ledger.columns import (
    NAMES,
    SEASONS,
    stored_time,
    target_columns,
    target_of,
    time_text,
)

_STORED = (str(Result.CREATED), str(Result.UNDELIVERED))


def intents(connection: Connection, server: str) -> list[Intent]:
    """Every action that was about to be sent, oldest first."""
    rows = connection.execute(
        "SELECT at, op, kind, tmdb, is_4k, title, requester, lists, seasons,"
        " result, http_status, request_id, message FROM intents WHERE server = ? ORDER BY id",
        (server,),
    )
    return [
        Intent(
            stored_time(at),
            Op(op),
            target_of(kind, tmdb, is_4k),
            title,
            requester,
            NAMES.validate_json(lists),
            None if seasons is None else SEASONS.validate_json(seasons),
            _done(*answer),
        )
        for at, op, kind, tmdb, is_4k, title, requester, lists, seasons, *answer in rows
    ]


def _done(
    result: str | None, http_status: int | None, request_id: int | None, message: str | None
) -> Done | None:
    return Done(Result(result), http_status, request_id, message or "") if result else None


def write_intent(connection: Connection, server: str, action: Action, now: datetime) -> int:
    """Write that an action is about to be sent; the intent's number."""
    cursor = connection.execute(
        "INSERT INTO intents"
        " (server, at, op, kind, tmdb, is_4k, seasons, title, requester, lists)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            server,
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


def created(connection: Connection, server: str) -> tuple[datetime, ...]:
    """When each title was requested or extended: what a budget counts."""
    rows = connection.execute(
        "SELECT at FROM intents WHERE server = ? AND result IN (?, ?) AND op IN (?, ?) ORDER BY at",
        (server, *_STORED, str(Op.REQUEST), str(Op.EXTEND)),
    )
    return tuple(stored_time(at) for (at,) in rows)


def ours(connection: Connection, server: str) -> dict[int, OwnRequest]:
    """The requests that were made here, by the server's number."""
    rows = connection.execute(
        "SELECT request_id, kind, tmdb, is_4k, requester, lists, seasons, sighting FROM intents"
        " WHERE server = ? AND result IN (?, ?) AND op IN (?, ?) AND request_id IS NOT NULL"
        " ORDER BY id",
        (server, *_STORED, str(Op.REQUEST), str(Op.EXTEND)),
    )
    return {
        request_id: OwnRequest(
            target_of(kind, tmdb, is_4k),
            requester,
            NAMES.validate_json(lists),
            None if seasons is None else SEASONS.validate_json(seasons),
            Sighting(sighting) if sighting else None,
        )
        for request_id, kind, tmdb, is_4k, requester, lists, seasons, sighting in rows
    }


def write_sightings(connection: Connection, server: str, seen: Mapping[int, OwnRequest]) -> None:
    """How a look has shown these requests, where that is news."""
    rows = connection.execute(
        "SELECT request_id, sighting FROM intents WHERE server = ? AND request_id IS NOT NULL",
        (server,),
    )
    known = dict(rows.fetchall())
    connection.executemany(
        "UPDATE intents SET sighting = ? WHERE server = ? AND request_id = ?",
        [
            (str(own.sighting), server, number)
            for number, own in seen.items()
            if own.sighting is not None and known.get(number) != own.sighting
        ],
    )


def write_outcome(connection: Connection, intent: int, done: Done, now: datetime) -> None:
    """Write what came of an intent; one whose answer is unknown stays open.

    A request without an HTTP status is known from a look, which has shown it.
    Raises LedgerError where there is no such open intent.
    """
    settled_at = None if done.result is Result.UNKNOWN else time_text(now)
    shown = done.request_id is not None and done.http_status is None
    written = connection.execute(
        "UPDATE intents SET settled_at = ?, result = ?, http_status = ?, request_id = ?,"
        " message = ?, sighting = ? WHERE id = ? AND settled_at IS NULL",
        (
            settled_at,
            str(done.result),
            done.http_status,
            done.request_id,
            done.message,
            str(Sighting.LISTED) if shown else None,
            intent,
        ),
    )
    if written.rowcount != 1:
        raise LedgerError(f"there is no open intent {intent} to settle")


def write_settlement(
    connection: Connection, server: str, action: Action, done: Done, now: datetime
) -> None:
    """Write what an outcome means for the memory of the action's target."""
    before = memory.attempts_of(connection, server, action.target)
    settlement = settle(action, done, before, now)
    memory.write_slots(connection, server, settlement.slots)
    if settlement.canceled:
        memory.give_up(connection, server, action.target.media)
    if settlement.attempts != before:
        memory.write_attempts(connection, server, action.target, settlement.attempts)
