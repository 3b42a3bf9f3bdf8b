"""Blocked routes, between ledger and sources: remembered if possible, otherwise forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from reconciler.config import Config, load
from reconciler.core.model import ListReport, Outcome, Snapshot
from reconciler.ledger import CachedRoutes, SqliteLedger
from reconciler.sources.registry import recognize_list
from reconciler.wiring import open_routes

URL = "http://seerr:5055"
ROUTE = "browser https://www.imdb.com"


class Watch:
    """A clock that is set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def running(self) -> timedelta:
        return timedelta()


def config() -> Config:
    text = f"server: {{url: {URL}, api_key: k}}\nlists: {{top: {{source: 'imdb:top'}}}}\n"
    return load(text, name="f.yaml", env={}, read=lambda _: "", recognize_list=recognize_list)


def test_a_route_is_tried_again_after_a_day(tmp_path: Path) -> None:
    clock = Watch()
    with SqliteLedger(tmp_path / "listsync.db", URL) as ledger:
        routes = CachedRoutes(ledger, clock)
        routes.keep_blocked(ROUTE)
        clock.time += timedelta(hours=23)
        assert routes.is_blocked(ROUTE)
        clock.time += timedelta(hours=1)
        assert not routes.is_blocked(ROUTE)


def test_what_one_command_learns_the_next_one_knows(tmp_path: Path) -> None:
    path = tmp_path / "listsync.db"
    with open_routes(config(), path) as routes:
        routes.keep_blocked(ROUTE)
    with open_routes(config(), path) as routes:
        assert routes.is_blocked(ROUTE)


def test_what_a_list_gave_is_known_by_its_source_whatever_its_name(tmp_path: Path) -> None:
    top, clock = recognize_list("imdb:top"), Watch()
    snapshot = Snapshot(Outcome.INCOMPLETE, "api", declared_total=250, delivered=249)
    failed = Snapshot(Outcome.UNREACHABLE, "api")
    with SqliteLedger(tmp_path / "listsync.db", URL) as ledger:
        routes = CachedRoutes(ledger, clock)
        assert routes.last_snapshot(top) is None
        old = ListReport(str(top), clock.now() - timedelta(days=1), failed, failed)
        new = ListReport(
            str(top), clock.now(), failed, snapshot
        )  # what failed since showed nothing
        other = ListReport("imdb:bottom", clock.now() + timedelta(days=1), failed, failed)
        ledger.cache.keep_reports({"old": old, "new": new, "other": other})
        assert routes.last_snapshot(top) == snapshot


def test_a_list_can_be_read_beside_a_ledger_that_cannot(tmp_path: Path) -> None:
    damaged = tmp_path / "listsync.db"
    damaged.write_bytes(b"no database at all" * 1000)
    for path in (damaged, tmp_path):
        with open_routes(config(), path) as routes:
            routes.keep_blocked(ROUTE)
            assert not routes.is_blocked(ROUTE)
            assert routes.last_snapshot(recognize_list("imdb:top")) is None
