"""The memory tables: what a person decided and what each list held. Kept for ever.

Writes touch only the rows that differ, so that a quiet pass writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sqlite3 import Connection

from pydantic import TypeAdapter

from reconciler.core.model import (
    Attempts,
    Baseline,
    Claim,
    Item,
    Match,
    MediaKey,
    Member,
    Membership,
    MemoryEntry,
    MemoryKey,
    Target,
)
from reconciler.ledger.columns import (
    optional_time,
    optional_time_text,
    target_columns,
    target_of,
)
from reconciler.ledger.schema import WHOLE_TITLE

_ITEM = TypeAdapter(Item)
_MATCH = TypeAdapter(Match)
_BASELINE = TypeAdapter(Baseline)


def slots(connection: Connection, server: str) -> dict[MemoryKey, MemoryEntry]:
    """What is remembered of films, seasons and whole shows."""
    rows = connection.execute(
        "SELECT kind, tmdb, is_4k, season, present, readded, refused FROM slots WHERE server = ?",
        (server,),
    )
    return {
        MemoryKey(
            target_of(kind, tmdb, is_4k), None if season == WHOLE_TITLE else season
        ): MemoryEntry(bool(present), bool(readded), optional_time(refused))
        for kind, tmdb, is_4k, season, present, readded, refused in rows
    }


def write_slots(connection: Connection, server: str, seen: Mapping[MemoryKey, MemoryEntry]) -> None:
    """Add these slots, or change what is remembered of them."""
    connection.executemany(
        "INSERT INTO slots (server, kind, tmdb, is_4k, season, present, readded, refused)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET present = excluded.present, readded = excluded.readded,"
        " refused = excluded.refused WHERE present <> excluded.present"
        " OR readded <> excluded.readded OR refused IS NOT excluded.refused",
        (
            (
                server,
                *target_columns(slot.target),
                WHOLE_TITLE if slot.season is None else slot.season,
                known.present,
                known.readded,
                optional_time_text(known.refused),
            )
            for slot, known in seen.items()
        ),
    )


def attempts(connection: Connection, server: str) -> dict[Target, Attempts]:
    """How often each target was refused and retried, and when it may be tried again."""
    rows = connection.execute(
        "SELECT kind, tmdb, is_4k, failures, retries, not_before FROM attempts WHERE server = ?",
        (server,),
    )
    return {
        target_of(kind, tmdb, is_4k): Attempts(failures, retries, optional_time(not_before))
        for kind, tmdb, is_4k, failures, retries, not_before in rows
    }


def attempts_of(connection: Connection, server: str, target: Target) -> Attempts:
    """How often one target was refused and retried."""
    row = connection.execute(
        "SELECT failures, retries, not_before FROM attempts"
        " WHERE server = ? AND kind = ? AND tmdb = ? AND is_4k = ?",
        (server, *target_columns(target)),
    ).fetchone()
    return Attempts(row[0], row[1], optional_time(row[2])) if row else Attempts()


def write_attempts(connection: Connection, server: str, target: Target, counted: Attempts) -> None:
    """Change what is remembered of a target's attempts."""
    connection.execute(
        "INSERT OR REPLACE INTO attempts"
        " (server, kind, tmdb, is_4k, failures, retries, not_before) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            server,
            *target_columns(target),
            counted.failures,
            counted.retries,
            optional_time_text(counted.not_before),
        ),
    )


def memberships(connection: Connection, server: str) -> dict[str, Membership]:
    """What each list held, by list name."""
    members: dict[str, dict[str, Member]] = {}
    for name, key, item, match, present, missed, canceled in connection.execute(
        "SELECT list, key, item, match, present, missed, canceled FROM members WHERE server = ?",
        (server,),
    ):
        members.setdefault(name, {})[key] = Member(
            _ITEM.validate_json(item),
            match and _MATCH.validate_json(match),
            bool(present),
            optional_time(missed),
            bool(canceled),
        )
    lists = connection.execute(
        "SELECT list, source, completed, shrunk, shrunk_since, left_at FROM memberships"
        " WHERE server = ?",
        (server,),
    )
    return {
        name: Membership(
            source,
            optional_time(completed),
            members.get(name, {}),
            shrunk,
            optional_time(since),
            optional_time(left),
        )
        for name, source, completed, shrunk, since, left in lists
    }


def write_membership(
    connection: Connection, server: str, name: str, membership: Membership
) -> None:
    """Let a list hold exactly these members."""
    connection.execute(
        "INSERT INTO memberships (server, list, source, completed, shrunk, shrunk_since, left_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET source = excluded.source,"
        " completed = excluded.completed, shrunk = excluded.shrunk,"
        " shrunk_since = excluded.shrunk_since, left_at = excluded.left_at",
        (
            server,
            name,
            membership.source,
            optional_time_text(membership.completed),
            membership.shrunk,
            optional_time_text(membership.shrunk_since),
            optional_time_text(membership.left),
        ),
    )
    stored = {
        key: columns
        for key, *columns in connection.execute(
            "SELECT key, item, match, present, missed, canceled FROM members"
            " WHERE server = ? AND list = ?",
            (server, name),
        )
    }
    wanted = {key: _member_columns(member) for key, member in membership.members.items()}
    connection.executemany(
        "DELETE FROM members WHERE server = ? AND list = ? AND key = ?",
        [(server, name, key) for key in stored.keys() - wanted.keys()],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO members (server, list, key, item, match, present, missed,"
        " canceled) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (server, name, key, *columns)
            for key, columns in wanted.items()
            if stored.get(key) != columns
        ],
    )


def give_up(connection: Connection, server: str, media: MediaKey) -> None:
    """Mark a title as canceled on every list that misses it, an empty one as well."""
    missed = connection.execute(
        "SELECT list, key, match FROM members"
        " WHERE server = ? AND present AND missed IS NOT NULL AND match IS NOT NULL",
        (server,),
    ).fetchall()
    connection.executemany(
        "UPDATE members SET canceled = 1 WHERE server = ? AND list = ? AND key = ?",
        [
            (server, name, key)
            for name, key, match in missed
            if _MATCH.validate_json(match).media == media
        ],
    )


def claims(connection: Connection, server: str) -> dict[Target, frozenset[Claim]]:
    """Which lists ever held what was requested here, and with which source."""
    found: dict[Target, set[Claim]] = {}
    for kind, tmdb, is_4k, name, source in connection.execute(
        "SELECT kind, tmdb, is_4k, list, source FROM claims WHERE server = ?", (server,)
    ):
        found.setdefault(target_of(kind, tmdb, is_4k), set()).add(Claim(name, source))
    return {target: frozenset(those) for target, those in found.items()}


def write_claims(
    connection: Connection, server: str, seen: Mapping[Target, Iterable[Claim]]
) -> None:
    """Add these; none is ever taken back."""
    connection.executemany(
        "INSERT OR IGNORE INTO claims (server, kind, tmdb, is_4k, list, source)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (server, *target_columns(target), claim.list, claim.source)
            for target, those in seen.items()
            for claim in those
        ),
    )


def forget(connection: Connection, server: str, media: MediaKey) -> None:
    """Drop what was seen of a title and how often it was refused, in every quality and season."""
    for table in ("slots", "attempts"):
        connection.execute(
            f"DELETE FROM {table} WHERE server = ? AND kind = ? AND tmdb = ?",  # noqa: S608 - two words
            (server, str(media.kind), media.tmdb),
        )


def baselines(connection: Connection, server: str) -> dict[str, Baseline]:
    """What was adopted, by list name."""
    rows = connection.execute("SELECT list, baseline FROM baselines WHERE server = ?", (server,))
    return {name: _BASELINE.validate_json(baseline) for name, baseline in rows}


def write_baselines(connection: Connection, server: str, taken: Mapping[str, Baseline]) -> None:
    """Let these lists have these baselines."""
    connection.executemany(
        "INSERT OR REPLACE INTO baselines (server, list, baseline) VALUES (?, ?, ?)",
        [(server, name, _BASELINE.dump_json(one).decode()) for name, one in taken.items()],
    )


def _member_columns(member: Member) -> list[object]:
    match = None if member.match is None else _MATCH.dump_json(member.match).decode()
    missed = optional_time_text(member.missed)
    flags = int(member.present), missed, int(member.canceled)
    return [_ITEM.dump_json(member.item).decode(), match, *flags]
