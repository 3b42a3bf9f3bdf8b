"""The status tables: schedules, conditions, triggers, notifications, permissions of the config.

The rights belong to the file, not to one server: changing the server changes the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from sqlite3 import Connection

from pydantic import TypeAdapter

from reconciler.core.model import (
    WHOLE,
    Condition,
    FileRights,
    NotificationState,
    RightsState,
    Schedule,
    Status,
    Widening,
)
from reconciler.ledger.columns import (
    optional_time,
    optional_time_text,
    select,
    stored_time,
    time_text,
    upsert,
)
from reconciler.ledger.database import LedgerPart

_ACCEPTED = TypeAdapter(FileRights)


class SqliteStatuses(LedgerPart):
    """``ports.LedgerStatuses`` over SQLite."""

    def schedules(self) -> dict[str, Schedule]:
        with self.database.reading() as connection:
            columns = "list, config_hash, due, tries, attempted, succeeded"
            rows = select(connection, "schedules", columns, self.server)
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

    def conditions(self) -> dict[str, dict[str, Condition]]:
        conditions: dict[str, dict[str, Condition]] = {}
        with self.database.reading() as connection:
            columns = "list, type, status, reason, message, since, generation"
            rows = select(connection, "conditions", columns, self.server)
            for name, kind, status, reason, message, since, generation in sorted(rows):
                conditions.setdefault(name, {})[kind] = Condition(
                    kind, Status(status), reason, message, stored_time(since), generation
                )
        return conditions

    def keep_status(
        self, name: str, schedule: Schedule | None, conditions: Mapping[str, Condition]
    ) -> None:
        with self.database.writing() as connection:
            marks = ", ".join("?" * len(conditions))
            connection.execute(
                f"DELETE FROM conditions WHERE server = ? AND list = ? AND type NOT IN ({marks})",  # noqa: S608 - question marks
                (self.server, name, *conditions),
            )
            upsert(
                connection,
                "conditions",
                "server, list, type",
                "status, reason, message, since, generation",
                (
                    (
                        self.server,
                        name,
                        condition.type,
                        condition.status,
                        condition.reason,
                        condition.message,
                        time_text(condition.since),
                        condition.observed_generation,
                    )
                    for condition in conditions.values()
                ),
            )
            if schedule is not None:
                row = (
                    self.server,
                    name,
                    schedule.digest,
                    time_text(schedule.due),
                    schedule.tries,
                    optional_time_text(schedule.attempted),
                    optional_time_text(schedule.succeeded),
                )
                columns = "config_hash, due, tries, attempted, succeeded"
                upsert(connection, "schedules", "server, list", columns, [row])

    def last_server(self) -> str | None:
        """The URL of the server with the latest run; None: no list has run."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT server FROM schedules ORDER BY attempted DESC LIMIT 1"
            ).fetchone()
            return str(row[0]) if row else None

    def trigger(self, name: str) -> None:
        with self.database.writing() as connection:
            write_trigger(connection, self.server, name)

    def triggers(self) -> dict[str, int]:
        with self.database.reading() as connection:
            return dict(select(connection, "triggers", "list, id", self.server))

    def clear_triggers(self, triggers: Iterable[int]) -> None:
        with self.database.writing() as connection:
            connection.executemany(
                "DELETE FROM triggers WHERE id = ?", [(each,) for each in triggers]
            )

    def notification_state(self) -> NotificationState:
        with self.database.reading() as connection:
            return self._notification_state(connection)

    def _notification_state(self, connection: Connection) -> NotificationState:
        rows = select(connection, "notifications", "list, at", self.server)
        times = {name: stored_time(at) for name, at in rows}
        return NotificationState(frozenset(times.keys() - {WHOLE}), times.get(WHOLE))

    def keep_notification_state(self, state: NotificationState, now: datetime) -> None:
        """Replace the state; a list that stays stalled keeps its time."""
        with self.database.writing() as connection:
            before = self._notification_state(connection)
            connection.executemany(
                "DELETE FROM notifications WHERE server = ? AND list = ?",
                [(self.server, name) for name in before.stalled - state.stalled],
            )
            new = dict.fromkeys(state.stalled - before.stalled, now)
            if state.digested is not None:
                new[WHOLE] = state.digested
            rows = [(self.server, name, time_text(at)) for name, at in new.items()]
            upsert(connection, "notifications", "server, list", "at", rows)

    def rights(self) -> RightsState:
        with self.database.reading() as connection:
            row = connection.execute("SELECT accepted FROM accepted_rights").fetchone()
            waiting = connection.execute(
                "SELECT list, setting, value, description, since FROM waiting_rights"
            ).fetchall()
            return RightsState(
                _ACCEPTED.validate_json(row[0]) if row else None,
                {Widening(*columns): stored_time(since) for *columns, since in waiting},
            )

    def keep_rights(self, state: RightsState) -> None:
        with self.database.writing() as connection:
            if state.accepted is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO accepted_rights (id, accepted) VALUES (1, ?)",
                    (_ACCEPTED.dump_json(state.accepted).decode(),),
                )
            connection.execute("DELETE FROM waiting_rights")
            connection.executemany(
                "INSERT INTO waiting_rights (list, setting, value, description, since)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (change.list, change.setting, change.value, change.words, time_text(since))
                    for change, since in state.waiting.items()
                ],
            )


def write_trigger(connection: Connection, server: str, name: str) -> None:
    """Ask for a run of a list: a new row, with a new id, in place of an older one."""
    connection.execute(
        "INSERT OR REPLACE INTO triggers (server, list) VALUES (?, ?)", (server, name)
    )
