"""The cache tables: what could be asked again. Losing a row costs a look-up, nothing else.

A row that cannot be parsed was written in another shape: it is dropped, and asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from reconciler.core.model import (
    Downloader,
    Film,
    Kind,
    ListReport,
    Match,
    MediaKey,
    Reason,
    Show,
    Unmatched,
)
from reconciler.ledger.columns import is_time, stored_time, time_text
from reconciler.ledger.database import Database

BELIEVED = timedelta(days=7)  # a "no": TMDB may have learnt of the title since
AVOIDED = timedelta(days=1)  # a route that was blocked: the site may let us in again
OFFERED = timedelta(days=1)  # what Radarr and Sonarr offer: a person may have changed it
KEPT = timedelta(days=180)  # a row nobody has used

_NOTED = timedelta(days=1)  # use is noted once a day, so that a quiet pass writes nothing

# The only "no"s that are answers: anything else is trouble on the way, or decided without asking.
_ANSWERS = frozenset({Reason.NOT_FOUND, Reason.AMBIGUOUS, Reason.TYPE_MISMATCH})

_MATCH: TypeAdapter[Match | Unmatched] = TypeAdapter(Match | Unmatched)
_DETAILS: dict[Kind, TypeAdapter[Film | Show]] = {
    Kind.MOVIE: TypeAdapter(Film),
    Kind.TV: TypeAdapter(Show),
}
_REPORT = TypeAdapter(ListReport)
_DOWNLOADERS = TypeAdapter(tuple[Downloader, ...])

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def matches(database: Database, keys: Iterable[str], now: datetime) -> dict[str, Match | Unmatched]:
    """What is known of these item keys; a "no" is believed for 7 days. Notes that it was used."""
    # A "no" from further ahead than 7 days was written under a wrong clock.
    moments = (time_text(now), time_text(now + BELIEVED))
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT key, answer, used_at FROM matches WHERE key IN (SELECT value FROM json_each(?))"
            " AND (believed_until IS NULL OR believed_until > ? AND believed_until <= ?)",
            (json.dumps(list(keys)), *moments),
        ).fetchall()
    known, unreadable = _parsed(_MATCH, [(key, answer) for key, answer, _ in rows])
    noted_before = time_text(now - _NOTED)
    used = [(time_text(now), key) for key, _, at in rows if key in known and at < noted_before]

    def tend(connection: Connection) -> None:
        connection.executemany("DELETE FROM matches WHERE key = ?", unreadable)
        connection.executemany("UPDATE matches SET used_at = ? WHERE key = ?", used)

    if unreadable or used:
        database.write_cache(tend)
    return known


def keep_matches(database: Database, found: Mapping[str, Match | Unmatched], now: datetime) -> None:
    """Remember answers, and forget those that nobody has used for 180 days."""
    rows = [
        (key, answer, None if isinstance(answer, Match) else time_text(now + BELIEVED))
        for key, answer in found.items()
        if isinstance(answer, Match) or answer.reason in _ANSWERS
    ]

    def write(connection: Connection) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO matches (key, answer, believed_until, used_at)"
            " VALUES (?, ?, ?, ?)",
            (
                (key, _MATCH.dump_json(answer).decode(), until, time_text(now))
                for key, answer, until in rows
            ),
        )
        connection.execute("DELETE FROM matches WHERE used_at < ?", (time_text(now - KEPT),))

    database.write_cache(write)


def details(
    database: Database, wanted: Iterable[MediaKey]
) -> dict[MediaKey, tuple[Film | Show, datetime]]:
    """What is known of these titles, with when it was read."""
    keys = {str(media): media for media in wanted}
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT media, details, read_at FROM titles"
            " WHERE media IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        ).fetchall()
    known: dict[str, Film | Show] = {}
    unreadable: list[tuple[str]] = [(key,) for key, _, at in rows if not is_time(at)]
    for kind, adapter in _DETAILS.items():
        of_kind = [(key, text) for key, text, at in rows if keys[key].kind is kind and is_time(at)]
        read, lost = _parsed(adapter, of_kind)
        known |= read
        unreadable += lost
    if unreadable:
        database.write_cache(
            lambda connection: connection.executemany(
                "DELETE FROM titles WHERE media = ?", unreadable
            )
        )
    return {
        keys[key]: (known[key], stored_time(read_at)) for key, _, read_at in rows if key in known
    }


def keep_details(database: Database, read: Iterable[Film | Show], now: datetime) -> None:
    """Remember what the server told, and forget what was not read again for 180 days."""

    def write(connection: Connection) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO titles (media, details, read_at) VALUES (?, ?, ?)",
            (
                (
                    str(title.media),
                    _DETAILS[title.media.kind].dump_json(title).decode(),
                    time_text(now),
                )
                for title in read
            ),
        )
        connection.execute("DELETE FROM titles WHERE read_at < ?", (time_text(now - KEPT),))

    database.write_cache(write)


def downloaders(
    database: Database, server: str, now: datetime
) -> dict[Kind, tuple[Downloader, ...]]:
    """What Radarr and Sonarr offered when asked within the last day, by this clock."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT kind, offers FROM downloaders"
            " WHERE server = ? AND read_at > ? AND read_at <= ?",
            (server, time_text(now - OFFERED), time_text(now)),
        ).fetchall()
    known, _ = _parsed(_DOWNLOADERS, rows)  # what cannot be read is soon read anew, and replaced
    return {Kind(kind): offers for kind, offers in known.items() if kind in set(Kind)}


def keep_downloaders(
    database: Database, server: str, kind: Kind, read: tuple[Downloader, ...], now: datetime
) -> None:
    """Remember what they offer."""
    row = (server, kind.value, _DOWNLOADERS.dump_json(read).decode(), time_text(now))
    database.write_cache(
        lambda connection: connection.execute(
            "INSERT OR REPLACE INTO downloaders (server, kind, offers, read_at)"
            " VALUES (?, ?, ?, ?)",
            row,
        )
    )


def reports(database: Database, server: str) -> dict[str, ListReport]:
    """Each list's last fetch and verdicts."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT list, report FROM reports WHERE server = ?", (server,)
        ).fetchall()
    known, unreadable = _parsed(_REPORT, rows)
    unreadable += [(name,) for name, report in known.items() if report.at.tzinfo is None]
    known = {name: report for name, report in known.items() if report.at.tzinfo}
    if unreadable:
        database.write_cache(
            lambda connection: connection.executemany(
                "DELETE FROM reports WHERE server = ? AND list = ?",
                [(server, name) for (name,) in unreadable],
            )
        )
    return known


def keep_reports(database: Database, server: str, new: Mapping[str, ListReport]) -> None:
    """Remember reports, and forget lists that gave none in the 180 days before the newest."""

    def write(connection: Connection) -> None:
        connection.executemany(
            # As bytes: a report of 50,000 titles as a text would take up to four times the memory.
            "INSERT OR REPLACE INTO reports (server, list, report, at)"
            " VALUES (?, ?, CAST(? AS TEXT), ?)",
            (
                (server, name, _REPORT.dump_json(report), time_text(report.at))
                for name, report in new.items()
            ),
        )
        for newest in sorted(report.at for report in new.values())[-1:]:
            connection.execute("DELETE FROM reports WHERE at < ?", (time_text(newest - KEPT),))

    database.write_cache(write)


def is_blocked(database: Database, route: str, now: datetime) -> bool:
    """Whether a route to a site was blocked within the last day, by this clock."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT 1 FROM routes WHERE route = ? AND blocked_at > ? AND blocked_at <= ?",
            (route, time_text(now - AVOIDED), time_text(now)),
        ).fetchone()
    return row is not None


def keep_blocked(database: Database, route: str, now: datetime) -> None:
    """Remember that a route is blocked, and forget those that no longer count."""

    def write(connection: Connection) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO routes (route, blocked_at) VALUES (?, ?)",
            (route, time_text(now)),
        )
        connection.execute("DELETE FROM routes WHERE blocked_at <= ?", (time_text(now - AVOIDED),))

    database.write_cache(write)


def _parsed(
    adapter: TypeAdapter[_Value], rows: Iterable[tuple[_Key, str]]
) -> tuple[dict[_Key, _Value], list[tuple[_Key]]]:
    """The rows that can be read, by key; and the keys of the others, as SQL parameters."""
    known, unreadable = {}, []
    for key, text in rows:
        try:
            known[key] = adapter.validate_json(text)
        except ValidationError:
            unreadable.append((key,))
    return known, unreadable
