"""The cache tables: data that can be fetched again. Losing a row costs one call.

A row that cannot be parsed was written in another shape: it is dropped and fetched again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter

from reconciler.core.model import (
    Downloader,
    Film,
    Kind,
    ListRef,
    ListReport,
    Match,
    MediaKey,
    Reason,
    Show,
    Snapshot,
    Unmatched,
)
from reconciler.errors import LedgerError
from reconciler.ledger.columns import stored_time, time_text
from reconciler.ledger.database import LedgerPart
from reconciler.ports import Clock, Ledger

NO_MATCH_AGE = timedelta(days=7)  # how long a "no" is valid: TMDB may add the title
BLOCKED_AGE = timedelta(days=1)  # how long a blocked route is avoided
DOWNLOADERS_AGE = timedelta(days=1)  # how long the options of Radarr and Sonarr are valid
UNUSED_AGE = timedelta(days=180)  # when an unused row is dropped

_USE_PRECISION = timedelta(days=1)  # use is noted once a day, so that a quiet run writes nothing

# The only "no"s that are answers: the others are failures to ask, or decided without asking.
_ANSWERS = frozenset({Reason.NOT_FOUND, Reason.AMBIGUOUS, Reason.TYPE_MISMATCH})

_MATCH: TypeAdapter[Match | Unmatched] = TypeAdapter(Match | Unmatched)
_DETAILS: dict[Kind, TypeAdapter[Film | Show]] = {
    Kind.MOVIE: TypeAdapter(Film),
    Kind.TV: TypeAdapter(Show),
}
_REPORT = TypeAdapter(ListReport)
_DOWNLOADERS = TypeAdapter(tuple[Downloader, ...])

_INSERT_MATCH = (
    "INSERT OR REPLACE INTO matches (key, answer, valid_until, used_at) VALUES (?, ?, ?, ?)"
)
_INSERT_TITLE = "INSERT OR REPLACE INTO titles (media, details, read_at) VALUES (?, ?, ?)"
_INSERT_DOWNLOADERS = (
    "INSERT OR REPLACE INTO downloaders (server, kind, options, read_at) VALUES (?, ?, ?, ?)"
)
# A report as bytes: one of 50,000 titles would take up to four times the memory as text.
_INSERT_REPORT = (
    "INSERT OR REPLACE INTO reports (server, list, report, at) VALUES (?, ?, CAST(? AS TEXT), ?)"
)

_Value = TypeVar("_Value")


class SqliteCache(LedgerPart):
    """``ports.LedgerCache`` over SQLite."""

    def matches(self, keys: Iterable[str], now: datetime) -> dict[str, Match | Unmatched]:
        # A "no" that is valid for longer than 7 days was written under a wrong clock.
        rows = self.database.rows(
            "SELECT key, answer, used_at FROM matches WHERE key IN (SELECT value FROM json_each(?))"
            " AND (valid_until IS NULL OR valid_until > ? AND valid_until <= ?)",
            (json.dumps(list(keys)), time_text(now), time_text(now + NO_MATCH_AGE)),
        )
        matches = self._parse(
            rows,
            lambda key, answer, used_at: _MATCH.validate_json(answer),  # noqa: ARG005 - a row
            "DELETE FROM matches WHERE key = :key",
        )
        unnoted = time_text(now - _USE_PRECISION)
        used = [(time_text(now), key) for key, _, at in rows if key in matches and at < unnoted]
        if used:
            self.database.write_cache(("UPDATE matches SET used_at = ? WHERE key = ?", used))
        return matches

    def keep_matches(self, matches: Mapping[str, Match | Unmatched], now: datetime) -> None:
        rows = (  # made in the transaction, so that a match that cannot be stored raises nothing
            (
                key,
                _MATCH.dump_json(match).decode(),
                None if isinstance(match, Match) else time_text(now + NO_MATCH_AGE),
                time_text(now),
            )
            for key, match in matches.items()
            if isinstance(match, Match) or match.reason in _ANSWERS
        )
        self.database.write_cache(
            (_INSERT_MATCH, rows),
            ("DELETE FROM matches WHERE used_at < ?", [(time_text(now - UNUSED_AGE),)]),
        )

    def details(self, media: Iterable[MediaKey]) -> dict[MediaKey, tuple[Film | Show, datetime]]:
        keys = {str(key): key for key in media}
        rows = self.database.rows(
            "SELECT media, details, read_at FROM titles"
            " WHERE media IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )

        def parse(key: str, details: str, read_at: str) -> tuple[Film | Show, datetime]:
            return _DETAILS[keys[key].kind].validate_json(details), stored_time(read_at)

        titles = self._parse(rows, parse, "DELETE FROM titles WHERE media = :key")
        return {keys[key]: title for key, title in titles.items()}

    def keep_details(self, titles: Iterable[Film | Show], now: datetime) -> None:
        rows = (
            (str(title.media), _DETAILS[title.media.kind].dump_json(title).decode(), time_text(now))
            for title in titles
        )
        self.database.write_cache(
            (_INSERT_TITLE, rows),
            ("DELETE FROM titles WHERE read_at < ?", [(time_text(now - UNUSED_AGE),)]),
        )

    def downloaders(self, now: datetime) -> dict[Kind, tuple[Downloader, ...]]:
        rows = self.database.rows(
            "SELECT kind, options FROM downloaders"
            " WHERE server = ? AND read_at > ? AND read_at <= ?",
            (self.server, time_text(now - DOWNLOADERS_AGE), time_text(now)),
        )
        # An unreadable row is soon replaced.
        by_kind = self._parse(rows, lambda _, options: _DOWNLOADERS.validate_json(options))
        return {Kind(kind): each for kind, each in by_kind.items() if kind in set(Kind)}

    def keep_downloaders(
        self, kind: Kind, downloaders: tuple[Downloader, ...], now: datetime
    ) -> None:
        options = _DOWNLOADERS.dump_json(downloaders).decode()
        row = (self.server, kind.value, options, time_text(now))
        self.database.write_cache((_INSERT_DOWNLOADERS, [row]))

    def reports(self) -> dict[str, ListReport]:
        rows = self.database.rows(
            "SELECT list, report FROM reports WHERE server = ?", (self.server,)
        )

        def parse(_: str, text: str) -> ListReport:
            report = _REPORT.validate_json(text)
            if report.at.tzinfo is None:
                raise ValueError("a time without a time zone")
            return report

        return self._parse(
            rows, parse, "DELETE FROM reports WHERE server = :server AND list = :key"
        )

    def keep_reports(self, reports: Mapping[str, ListReport]) -> None:
        newest = sorted(report.at for report in reports.values())[-1:]
        rows = (
            (self.server, name, _REPORT.dump_json(report), time_text(report.at))
            for name, report in reports.items()
        )
        self.database.write_cache(
            (_INSERT_REPORT, rows),
            ("DELETE FROM reports WHERE at < ?", [(time_text(at - UNUSED_AGE),) for at in newest]),
        )

    def is_blocked(self, route: str, now: datetime) -> bool:
        rows = self.database.rows(
            "SELECT 1 FROM blocked_routes WHERE route = ? AND blocked_at > ? AND blocked_at <= ?",
            (route, time_text(now - BLOCKED_AGE), time_text(now)),
        )
        return bool(rows)

    def keep_blocked(self, route: str, now: datetime) -> None:
        self.database.write_cache(
            (
                "INSERT OR REPLACE INTO blocked_routes (route, blocked_at) VALUES (?, ?)",
                [(route, time_text(now))],
            ),
            ("DELETE FROM blocked_routes WHERE blocked_at <= ?", [(time_text(now - BLOCKED_AGE),)]),
        )

    def _parse(
        self, rows: Iterable[tuple[Any, ...]], parse: Callable[..., _Value], delete: str = ""
    ) -> dict[str, _Value]:
        """The rows' values by key, their first column. ``delete``: for a row that is unreadable."""
        values, unreadable = {}, []
        for row in rows:
            try:
                values[row[0]] = parse(*row)
            except ValueError:  # of pydantic as well
                unreadable.append({"server": self.server, "key": row[0]})
        if unreadable and delete:
            self.database.write_cache((delete, unreadable))
        return values


class CachedRoutes:
    """``ports.BlockedRoutes`` over the ledger's cache; a ledger that cannot be read knows none."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def is_blocked(self, route: str) -> bool:
        try:
            return self._ledger.cache.is_blocked(route, self._clock.now())
        except LedgerError:  # the next one who needs the ledger reports it
            return False

    def keep_blocked(self, route: str) -> None:
        self._ledger.cache.keep_blocked(route, self._clock.now())

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:
        try:
            reports = self._ledger.cache.reports().values()
        except LedgerError:
            return None
        of_list = (report for report in reports if report.source == str(ref))
        newest = max(of_list, key=lambda report: report.at, default=None)
        return newest.known if newest else None
