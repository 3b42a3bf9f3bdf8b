"""The memory tables: what people decided and what each list contained. Never dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from sqlite3 import Connection
from types import MappingProxyType

from pydantic import TypeAdapter

from reconciler.core.membership import canceled_members
from reconciler.core.memory import settle
from reconciler.core.model import (
    Action,
    Attempts,
    Baseline,
    Claim,
    Done,
    Item,
    Match,
    MediaKey,
    Member,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    Op,
    OwnRequest,
    Result,
    Sighting,
    Target,
)
from reconciler.ledger.columns import (
    NAMES,
    optional_time,
    optional_time_text,
    select,
    stored_seasons,
    stored_target,
    stored_time,
    target_columns,
    upsert,
)
from reconciler.ledger.database import LedgerPart
from reconciler.ledger.schema import WHOLE_TITLE
from reconciler.ledger.statuses import write_trigger

_ITEM = TypeAdapter(Item)
_MATCH = TypeAdapter(Match)
_BASELINE = TypeAdapter(Baseline)

_MEMBER_COLUMNS = "item, match, present, missed, canceled"

# Of the intents, those by which the server stored something.
_STORED = "server = ? AND result IN (?, ?) AND op IN (?, ?)"
_STORED_VALUES = (str(Result.CREATED), str(Result.UNDELIVERED), str(Op.REQUEST), str(Op.EXTEND))


class SqliteMemory(LedgerPart):
    """``ports.LedgerMemory`` over SQLite."""

    def read(self) -> Memory:
        with self.database.reading() as connection:
            columns = "kind, tmdb, is_4k, failures, retries, not_before"
            attempts = select(connection, "attempts", columns, self.server)
            created = connection.execute(
                f"SELECT at FROM intents WHERE {_STORED} ORDER BY at",  # noqa: S608 - question marks
                (self.server, *_STORED_VALUES),
            ).fetchall()
            return Memory(
                _entries(connection, self.server),
                {
                    stored_target(*target): Attempts(failures, retries, optional_time(not_before))
                    for *target, failures, retries, not_before in attempts
                },
                tuple(stored_time(at) for (at,) in created),
                _own_requests(connection, self.server),
                _claims(connection, self.server),
            )

    def memberships(self) -> dict[str, Membership]:
        with self.database.reading() as connection:
            return read_memberships(connection, self.server)

    def baselines(self) -> dict[str, Baseline]:
        with self.database.reading() as connection:
            return read_baselines(connection, self.server)

    def keep_baselines(self, baselines: Mapping[str, Baseline]) -> None:
        with self.database.writing() as connection:
            write_baselines(connection, self.server, baselines)

    def record(
        self,
        entries: Mapping[MemoryKey, MemoryEntry],
        memberships: Mapping[str, Membership],
        claims: Mapping[Target, Iterable[Claim]] = MappingProxyType({}),
        recalled: Collection[MemoryKey] = (),
        own_requests: Mapping[int, OwnRequest] = MappingProxyType({}),
    ) -> None:
        with self.database.writing() as connection:
            forgotten = set(recalled) - _entries(connection, self.server).keys()
            current = {key: entry for key, entry in entries.items() if key not in forgotten}
            _write_entries(connection, self.server, current)
            _write_claims(connection, self.server, claims)
            _write_sightings(connection, self.server, own_requests)
            for name, membership in memberships.items():
                write_membership(connection, self.server, name, membership)

    def forget(
        self, media: Iterable[MediaKey], baselines: Mapping[str, Baseline], lists: Iterable[str]
    ) -> None:
        titles = [(self.server, str(title.kind), title.tmdb) for title in media]
        with self.database.writing() as connection:
            for table in ("memory_entries", "attempts"):  # in every quality and season
                connection.executemany(
                    f"DELETE FROM {table} WHERE server = ? AND kind = ? AND tmdb = ?",  # noqa: S608 - two words
                    titles,
                )
            write_baselines(connection, self.server, baselines)
            for name in lists:
                write_trigger(connection, self.server, name)


def write_settlement(
    connection: Connection, server: str, action: Action, done: Done, now: datetime
) -> None:
    """Write what an outcome means for the memory of the action's target."""
    row = connection.execute(
        "SELECT failures, retries, not_before FROM attempts"
        " WHERE server = ? AND kind = ? AND tmdb = ? AND is_4k = ?",
        (server, *target_columns(action.target)),
    ).fetchone()
    before = Attempts(row[0], row[1], optional_time(row[2])) if row else Attempts()
    settlement = settle(action, done, before, now)
    after = settlement.attempts
    _write_entries(connection, server, settlement.slots)
    if settlement.canceled:
        _mark_canceled(connection, server, action.target.media)
    if after != before:
        upsert(
            connection,
            "attempts",
            "server, kind, tmdb, is_4k",
            "failures, retries, not_before",
            [
                (
                    server,
                    *target_columns(action.target),
                    after.failures,
                    after.retries,
                    optional_time_text(after.not_before),
                )
            ],
        )


def read_memberships(connection: Connection, server: str) -> dict[str, Membership]:
    """Each list's membership, by list name."""
    members: dict[str, dict[str, Member]] = {}
    rows = select(connection, "members", f"list, key, {_MEMBER_COLUMNS}", server)
    for name, key, *columns in rows:
        members.setdefault(name, {})[key] = _stored_member(*columns)
    lists = select(
        connection, "memberships", "list, source, completed, shrunk, shrunk_since, left_at", server
    )
    return {
        name: Membership(
            source,
            optional_time(completed),
            members.get(name, {}),
            shrunk,
            optional_time(since),
            optional_time(left_at),
        )
        for name, source, completed, shrunk, since, left_at in lists
    }


def _stored_member(
    item: str, match: str | None, present: int, missed: str | None, canceled: int
) -> Member:
    return Member(
        _ITEM.validate_json(item),
        _MATCH.validate_json(match) if match else None,
        bool(present),
        optional_time(missed),
        bool(canceled),
    )


def read_baselines(connection: Connection, server: str) -> dict[str, Baseline]:
    """The baselines, by list name."""
    rows = select(connection, "baselines", "list, baseline", server)
    return {name: _BASELINE.validate_json(baseline) for name, baseline in rows}


def _entries(connection: Connection, server: str) -> dict[MemoryKey, MemoryEntry]:
    columns = "kind, tmdb, is_4k, season, present, readded, refused"
    rows = select(connection, "memory_entries", columns, server)
    return {
        MemoryKey(
            stored_target(kind, tmdb, is_4k), None if season == WHOLE_TITLE else season
        ): MemoryEntry(bool(present), bool(readded), optional_time(refused))
        for kind, tmdb, is_4k, season, present, readded, refused in rows
    }


def _write_entries(
    connection: Connection, server: str, entries: Mapping[MemoryKey, MemoryEntry]
) -> None:
    upsert(
        connection,
        "memory_entries",
        "server, kind, tmdb, is_4k, season",
        "present, readded, refused",
        (
            (
                server,
                *target_columns(key.target),
                WHOLE_TITLE if key.season is None else key.season,
                entry.present,
                entry.readded,
                optional_time_text(entry.refused),
            )
            for key, entry in entries.items()
        ),
    )


def _own_requests(connection: Connection, server: str) -> dict[int, OwnRequest]:
    rows = connection.execute(
        "SELECT request_id, kind, tmdb, is_4k, requester, lists, seasons, sighting FROM intents"  # noqa: S608 - question marks
        f" WHERE {_STORED} AND request_id IS NOT NULL ORDER BY id",
        (server, *_STORED_VALUES),
    ).fetchall()
    return {
        request_id: OwnRequest(
            stored_target(kind, tmdb, is_4k),
            requester,
            NAMES.validate_json(lists),
            stored_seasons(seasons),
            Sighting(sighting) if sighting else None,
        )
        for request_id, kind, tmdb, is_4k, requester, lists, seasons, sighting in rows
    }


def _write_sightings(
    connection: Connection, server: str, own_requests: Mapping[int, OwnRequest]
) -> None:
    stored = dict(select(connection, "intents", "request_id, sighting", server))
    connection.executemany(
        "UPDATE intents SET sighting = ? WHERE server = ? AND request_id = ?",
        [
            (str(own.sighting), server, request_id)
            for request_id, own in own_requests.items()
            if own.sighting is not None and stored.get(request_id) != own.sighting
        ],
    )


def _claims(connection: Connection, server: str) -> dict[Target, frozenset[Claim]]:
    claims: dict[Target, set[Claim]] = {}
    rows = select(connection, "claims", "kind, tmdb, is_4k, list, source", server)
    for kind, tmdb, is_4k, name, source in rows:
        claims.setdefault(stored_target(kind, tmdb, is_4k), set()).add(Claim(name, source))
    return {target: frozenset(of_target) for target, of_target in claims.items()}


def _write_claims(
    connection: Connection, server: str, claims: Mapping[Target, Iterable[Claim]]
) -> None:
    """Add claims; no claim is ever removed."""
    connection.executemany(
        "INSERT OR IGNORE INTO claims (server, kind, tmdb, is_4k, list, source)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (server, *target_columns(target), claim.list, claim.source)
            for target, of_target in claims.items()
            for claim in of_target
        ),
    )


def write_membership(
    connection: Connection, server: str, name: str, membership: Membership
) -> None:
    """Replace a list's members."""
    row = (
        server,
        name,
        membership.source,
        optional_time_text(membership.completed),
        membership.shrunk,
        optional_time_text(membership.shrunk_since),
        optional_time_text(membership.left),
    )
    columns = "source, completed, shrunk, shrunk_since, left_at"
    upsert(connection, "memberships", "server, list", columns, [row])
    stored = {
        key: columns
        for key, *columns in connection.execute(
            f"SELECT key, {_MEMBER_COLUMNS} FROM members WHERE server = ? AND list = ?",  # noqa: S608 - our own names
            (server, name),
        )
    }
    members = {key: _member_columns(member) for key, member in membership.members.items()}
    connection.executemany(
        "DELETE FROM members WHERE server = ? AND list = ? AND key = ?",
        [(server, name, key) for key in stored.keys() - members.keys()],
    )
    upsert(
        connection,
        "members",
        "server, list, key",
        _MEMBER_COLUMNS,
        [
            (server, name, key, *columns)
            for key, columns in members.items()
            if stored.get(key) != columns
        ],
    )


def _member_columns(member: Member) -> list[object]:
    return [
        _ITEM.dump_json(member.item).decode(),
        None if member.match is None else _MATCH.dump_json(member.match).decode(),
        int(member.present),
        optional_time_text(member.missed),
        int(member.canceled),
    ]


def _mark_canceled(connection: Connection, server: str, media: MediaKey) -> None:
    rows = connection.execute(
        f"SELECT list, key, {_MEMBER_COLUMNS} FROM members WHERE server = ? AND missed IS NOT NULL",  # noqa: S608 - our own names
        (server,),
    ).fetchall()
    members = {(name, key): _stored_member(*columns) for name, key, *columns in rows}
    connection.executemany(
        "UPDATE members SET canceled = 1 WHERE server = ? AND list = ? AND key = ?",
        [(server, *row_key) for row_key in canceled_members(members, media)],
    )


def write_baselines(connection: Connection, server: str, baselines: Mapping[str, Baseline]) -> None:
    """Replace these lists' baselines."""
    rows = [(server, name, _BASELINE.dump_json(each).decode()) for name, each in baselines.items()]
    upsert(connection, "baselines", "server, list", "baseline", rows)
