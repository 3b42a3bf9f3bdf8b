"""What the controller keeps: schedules, conditions, orders, and which notifications were sent.

Writes touch only the rows that differ, as everywhere in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from sqlite3 import Connection

from reconciler.core.model import WHOLE, Condition, NotificationState, Schedule, Status
from reconciler.ledger.columns import optional_time, optional_time_text, stored_time, time_text


def schedules(connection: Connection, server: str) -> dict[str, Schedule]:
    """When each list's turn is."""
    rows = connection.execute(
        "SELECT list, digest, due, tries, attempted, succeeded FROM schedules WHERE server = ?",
        (server,),
    )
    return {
        name: Schedule(
            digest,
            stored_time(due),
            tries,
            optional_time(attempted),
            optional_time(succeeded),
        )
        for name, digest, due, tries, attempted, succeeded in rows
    }


def write_schedule(connection: Connection, server: str, name: str, schedule: Schedule) -> None:
    """When a list's next turn is."""
    connection.execute(
        "INSERT OR REPLACE INTO schedules"
        " (server, list, digest, due, tries, attempted, succeeded) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            server,
            name,
            schedule.digest,
            time_text(schedule.due),
            schedule.tries,
            optional_time_text(schedule.attempted),
            optional_time_text(schedule.succeeded),
        ),
    )


def conditions(connection: Connection, server: str) -> dict[str, dict[str, Condition]]:
    """How each list is, by type."""
    rows = connection.execute(
        "SELECT list, type, status, reason, message, since, generation FROM conditions"
        " WHERE server = ? ORDER BY list, type",
        (server,),
    )
    found: dict[str, dict[str, Condition]] = {}
    for name, kind, status, reason, message, since, generation in rows:
        found.setdefault(name, {})[kind] = Condition(
            kind, Status(status), reason, message, stored_time(since), generation
        )
    return found


def write_conditions(
    connection: Connection, server: str, name: str, now: Mapping[str, Condition]
) -> None:
    """How a list is, and no longer how it was; what has not changed is not written."""
    gone = ", ".join("?" * len(now))
    connection.execute(
        f"DELETE FROM conditions WHERE server = ? AND list = ? AND type NOT IN ({gone})",  # noqa: S608 - question marks
        (server, name, *now),
    )
    connection.executemany(
        "INSERT INTO conditions (server, list, type, status, reason, message, since, generation)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status,"
        " reason = excluded.reason, message = excluded.message, since = excluded.since,"
        " generation = excluded.generation WHERE (status, reason, message, since, generation)"
        " <> (excluded.status, excluded.reason, excluded.message, excluded.since,"
        " excluded.generation)",
        (
            (
                server,
                name,
                one.type,
                one.status,
                one.reason,
                one.message,
                time_text(one.since),
                one.observed_generation,
            )
            for one in now.values()
        ),
    )


def last_server(connection: Connection) -> str | None:
    """The server whose lists had the last turn."""
    row = connection.execute(
        "SELECT server FROM schedules ORDER BY attempted DESC LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else None


def write_asked(connection: Connection, server: str, name: str) -> None:
    """Somebody asks for a list's turn: a new word, which takes the place of an older one."""
    connection.execute("INSERT OR REPLACE INTO asked (server, list) VALUES (?, ?)", (server, name))


def asked(connection: Connection, server: str) -> dict[str, int]:
    """The lists that were asked for, each with the number of the word."""
    rows = connection.execute("SELECT list, id FROM asked WHERE server = ?", (server,))
    return dict(rows.fetchall())


def drop_asked(connection: Connection, words: Iterable[int]) -> None:
    """What was asked for with these words is done."""
    connection.executemany("DELETE FROM asked WHERE id = ?", [(word,) for word in words])


def notification_state(connection: Connection, server: str) -> NotificationState:
    """What people know by now."""
    rows = connection.execute("SELECT list, at FROM told WHERE server = ?", (server,))
    known = {name: stored_time(at) for name, at in rows}
    return NotificationState(frozenset(known.keys() - {WHOLE}), known.get(WHOLE))


def write_notification_state(
    connection: Connection, server: str, now_known: NotificationState, now: datetime
) -> None:
    """What people know by now; what they knew before keeps its time."""
    before = notification_state(connection, server)
    connection.executemany(
        "DELETE FROM told WHERE server = ? AND list = ?",
        [(server, name) for name in before.stalled - now_known.stalled],
    )
    new = dict.fromkeys(now_known.stalled - before.stalled, now)
    if now_known.digested is not None:
        new[WHOLE] = now_known.digested
    connection.executemany(
        "INSERT OR REPLACE INTO told (server, list, at) VALUES (?, ?, ?)",
        [(server, name, time_text(at)) for name, at in new.items()],
    )
