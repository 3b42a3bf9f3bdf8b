"""A ledger that somebody has written into is refused in one sentence, or is of no consequence."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import StatusSnapshot
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger, open_last_used
from reconciler.render.history import history_document, history_lines
from reconciler.render.layout import text_of
from reconciler.render.status import status_document, status_lines
from tests.loop.serving import pass_time, served
from tests.loop.world import NOON, World, by_imdb, by_tmdb

PLANS = {"slots", "attempts", "members", "memberships", "baselines", "intents", "claims"}
DEEP = "[" * 20_000
VALUES: tuple[object, ...] = (
    -1,
    2**63 - 1,
    b"\xff\xfe",
    "x",
    "[1, 2]",
    "9999-12-31T23:59:59.999999+00:00",
    DEEP,
)
PLANNED = (-1, "9999-12-31T23:59:59.999999+00:00")


@pytest.fixture
def full(world: World, tmp_path: Path) -> Path:
    """A ledger with rows in every table that a household fills."""
    titles = [by_imdb(FILMS[0]), by_tmdb(FILMS[1]), by_tmdb(SHOWS[0])]
    world.lists.hold("imdb:ls000000002", [by_tmdb(FILMS[2])])
    world.follow(*titles)
    lists = {"wishes": {"source": "imdb:ls000000001"}}
    lists["new"] = {"source": "imdb:ls000000002", "start": "new-only"}
    world.write(lists)
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        pass_time(world, service, seconds=3)
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        ledger.statuses.trigger("wishes")
        ledger.cache.keep_blocked("imdb", NOON)
    world.lists.hold("imdb:ls000000001", titles[:1])
    return world.ledger


def columns(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as ledger:
        rows = ledger.execute(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        )
        return [(table, column) for table, column in rows]


def use(world: World) -> None:
    """What plan, status, history and the start of run read of the ledger."""
    with open_last_used(world.ledger):
        pass
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        conditions, schedules, reports = (
            ledger.statuses.conditions(),
            ledger.statuses.schedules(),
            ledger.cache.reports(),
        )
        standing = StatusSnapshot(("wishes", "new"), "abc123", conditions, schedules)
        sources = {"wishes": "imdb:ls000000001", "new": "imdb:ls000000002"}
        document = status_document(world.ledger, sources, reports, standing)
        text_of(status_lines(document, NOON, in_detail=True))
        text_of(history_lines(history_document(*ledger.journal.history()), NOON))
        (
            ledger.memory.read(),
            ledger.memory.memberships(),
            ledger.memory.baselines(),
            ledger.statuses.notification_state(),
        )
        ledger.statuses.triggers(), ledger.statuses.rights(), ledger.cache.downloaders(NOON)


def damage(path: Path, table: str, column: str, value: object) -> bool:
    """Whether SQLite lets a program write this there."""
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("PRAGMA synchronous = OFF")
        ledger.execute("PRAGMA ignore_check_constraints = ON")
        try:
            return ledger.execute(f'UPDATE "{table}" SET "{column}" = ?', (value,)).rowcount > 0  # noqa: S608 - names of the schema
        except sqlite3.IntegrityError:
            return False


def test_no_value_in_any_column_is_more_than_a_sentence(
    world: World, full: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.db"
    shutil.copyfile(full, whole)
    sentences: set[str] = set()
    planned = 0
    for table, column in columns(whole):
        for value in VALUES:
            shutil.copyfile(whole, full)
            if not damage(full, table, column, value):
                continue
            try:
                use(world)
                if value in PLANNED and table in PLANS:
                    world.look()
                    planned += 1
            except LedgerError as error:
                sentences.add(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, a person would see it
                pytest.fail(f"{table}.{column} = {value!r:.60}: {type(error).__name__}: {error}")
    assert planned
    assert len(sentences) > 10
    assert all("damaged" in sentence or "cannot be read" in sentence for sentence in sentences)
    assert all("move the file away" in sentence and "\n" not in sentence for sentence in sentences)
