"""A ledger of the previous schema is upgraded with all its content, or refused as it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.core.model import (
    WHOLE,
    Attempts,
    Baseline,
    Claim,
    Condition,
    Done,
    Downloader,
    FileRights,
    Film,
    Ids,
    Intent,
    Item,
    Kind,
    ListReport,
    ListRights,
    Match,
    MatchMethod,
    MediaKey,
    Member,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    NotificationState,
    Op,
    Outcome,
    OwnRequest,
    Reason,
    Result,
    Rights,
    RightsState,
    Run,
    Schedule,
    Season,
    Show,
    Sighting,
    Snapshot,
    Status,
    Target,
    Unmatched,
    Widening,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger
from reconciler.ledger.schema import OLDEST_VERSION, VERSION

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RENAMED_TABLES = {
    "routes": "blocked_routes",
    "slots": "memory_entries",
    "asked": "triggers",
    "told": "notifications",
}
DUNE, THRONES, FICTION, INCEPTION = (
    MediaKey(Kind.MOVIE, 438631),
    MediaKey(Kind.TV, 1399),
    MediaKey(Kind.MOVIE, 680),
    MediaKey(Kind.MOVIE, 27205),
)
ITEMS = (
    Item(1, "Dune", 2021, Kind.MOVIE, Ids(imdb="tt1160419")),
    Item(2, "Game of Thrones", 2011, Kind.TV, Ids(imdb="tt0944947")),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of version 15."""
    path = tmp_path / "listsync.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "ledger_15.sql").read_text("utf-8"))
    return path


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in rows]


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own names
            for name in tables(connection)
            if name != "sqlite_sequence"
        }


def schema(path: Path) -> dict[str, list[object]]:
    """What SQLite knows of each table."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: list(_table_schema(connection, name)) for name in tables(connection)}


def _table_schema(connection: sqlite3.Connection, table: str) -> Iterator[object]:
    sql, without_rowid = connection.execute(
        "SELECT sql, wr FROM sqlite_master JOIN pragma_table_list USING (name) WHERE name = ?",
        (table,),
    ).fetchone()
    yield without_rowid, "AUTOINCREMENT" in sql, "CHECK (id = 1)" in sql
    for pragma in ("table_xinfo", "foreign_key_list", "index_list"):
        yield connection.execute(f"PRAGMA {pragma}({table})").fetchall()
    for _, index, *_ in connection.execute(f"PRAGMA index_list({table})").fetchall():
        yield connection.execute(f"PRAGMA index_xinfo({index})").fetchall()


def version(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as connection:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (number,) = connection.execute("PRAGMA user_version").fetchone()
        return owner, number


def test_an_upgraded_and_a_new_ledger_have_the_same_schema(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    for each in (path, new):
        SqliteLedger(each, URL).close()

    assert schema(path) == schema(new)
    assert version(path) == version(new) == (0x4C53594E, VERSION)


def test_every_row_is_kept(path: Path) -> None:
    before = content(path)
    assert all(before.values())

    SqliteLedger(path, URL).close()

    assert content(path) == {RENAMED_TABLES.get(name, name): rows for name, rows in before.items()}


def test_everything_is_read_as_it_was_written(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger:
        assert_content(ledger)
        ledger.statuses.trigger("wishes")
        assert ledger.statuses.triggers() == {"wishes": 3}


def test_a_ledger_that_cannot_be_written_is_read_in_an_upgraded_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)

    with SqliteLedger(path, URL) as ledger:
        assert_content(ledger)

    assert path.read_bytes() == before


def assert_content(ledger: SqliteLedger) -> None:
    """The ledger holds what ``ledger_15.sql`` says."""
    dune, thrones = (Match(media, MatchMethod.IMDB) for media in (DUNE, THRONES))
    snapshot = Snapshot(Outcome.COMPLETE, "api", ITEMS, declared_total=2, delivered=2)
    assert ledger.cache.matches(["imdb:tt1160419", "imdb:tt1"], NOW) == {
        "imdb:tt1160419": dune,
        "imdb:tt1": Unmatched(Reason.NOT_FOUND, "TMDB has no such title"),
    }
    assert ledger.cache.details([DUNE, THRONES]) == {
        DUNE: (Film(DUNE.tmdb, "Dune", 2021), NOW),
        THRONES: (
            Show(THRONES.tmdb, "Game of Thrones", 2011, ended=True, seasons=(Season(1, None, 10),)),
            NOW,
        ),
    }
    assert ledger.cache.downloaders(NOW) == {
        Kind.MOVIE: (Downloader(0, "Radarr", is_4k=False, is_default=True),)
    }
    assert ledger.cache.reports() == {"wishes": ListReport("imdb:ls1", NOW, snapshot, snapshot)}
    assert ledger.cache.is_blocked("browser https://www.imdb.com", NOW)
    assert ledger.memory.read() == Memory(
        {
            MemoryKey(Target(FICTION)): MemoryEntry(present=False, readded=True, refused=NOW),
            MemoryKey(Target(DUNE)): MemoryEntry(),
        },
        {Target(THRONES): Attempts(1, 0, NOW + timedelta(minutes=10))},
        (NOW,),
        {17: OwnRequest(Target(DUNE), 4, ("wishes",), None, Sighting.LISTED)},
        {Target(DUNE): frozenset({Claim("wishes", "imdb:ls1")})},
    )
    assert ledger.memory.memberships() == {
        "wishes": Membership(
            "imdb:ls1",
            NOW,
            {
                ITEMS[0].key: Member(ITEMS[0], dune),
                ITEMS[1].key: Member(ITEMS[1], thrones, missed=NOW, canceled=True),
            },
            "abc",
            NOW,
        ),
        "gone": Membership("imdb:ls2", NOW, left=NOW),
    }
    assert ledger.memory.baselines() == {"new": Baseline("imdb:top", NOW, frozenset({"imdb:tt2"}))}
    assert ledger.journal.history() == (
        (
            Intent(
                NOW, Op.REQUEST, Target(DUNE), "Dune", 4, ("wishes",), None,
                Done(Result.CREATED, 201, 17),
            ),
            Intent(
                NOW, Op.REQUEST, Target(THRONES), "Game of Thrones", 4, ("wishes",), (1, 2),
                Done(Result.FAILED, 500, message="it failed"),
            ),
            Intent(
                NOW + timedelta(minutes=1), Op.REQUEST, Target(INCEPTION), "Inception", 4,
                ("wishes",),
            ),
        ),
        (Run(1, "apply", NOW, NOW + timedelta(minutes=2), ("wishes",), {"created": 1}, 0),),
    )  # fmt: skip
    hour = timedelta(hours=1)
    assert ledger.statuses.schedules() == {
        "wishes": Schedule("0f1e", NOW + hour, 2, NOW, NOW - hour)
    }
    assert ledger.statuses.conditions() == {
        WHOLE: {
            "Reachable": Condition(
                "Reachable", Status.FALSE, "Unreachable", "no answer", NOW, "9c1e2b"
            )
        },
        "wishes": {"Ready": Condition("Ready", Status.TRUE, "Succeeded", "2 items", NOW, "9c1e2b")},
    }
    assert ledger.statuses.triggers() == {"wishes": 2}
    assert ledger.statuses.notification_state() == NotificationState(frozenset({"wishes"}), NOW)
    rights = FileRights(
        URL,
        frozenset({"imdb:tt9"}),
        Rights(),
        {"wishes": ListRights("imdb:ls1", Rights(requester="anna"), "{}")},
    )
    widening = Widening("wishes", "requester", "anna", "wishes: requester anna is removed")
    state = ledger.statuses.rights()
    assert state == RightsState(rights, {widening: NOW})
    assert next(iter(state.waiting)).words == widening.words  # which equality leaves out


def test_many_may_upgrade_a_ledger_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: SqliteLedger(path, URL).close(), range(16)))

    with SqliteLedger(path, URL) as ledger:
        assert_content(ledger)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        pytest.param("DROP TABLE told", "damaged", id="a renamed table is missing"),
        pytest.param("DROP TABLE runs", "the table runs is missing", id="a table is missing"),
        pytest.param(
            "UPDATE slots SET present = 'x'",
            "memory_entries.present contains a value that is not a whole number",
            id="a value of another type",
        ),
    ],
)
@pytest.mark.parametrize("is_writable", [True, False], ids=["writable", "read-only"])
def test_a_damaged_ledger_is_not_upgraded(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    message: str,
    *,
    is_writable: bool,
) -> None:
    execute(path, statement)
    before = path.read_bytes()
    if not is_writable:
        monkeypatch.setattr(os, "access", lambda _, mode: mode == os.R_OK)

    with pytest.raises(LedgerError, match=message) as caught:
        SqliteLedger(path, URL)

    assert "move the file away" in caught.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("older", [1, OLDEST_VERSION - 1])
def test_a_ledger_that_is_too_old_is_refused_until_it_is_moved_away(path: Path, older: int) -> None:
    execute(path, f"PRAGMA user_version = {older}")
    before = path.read_bytes()

    with pytest.raises(LedgerError) as caught:
        SqliteLedger(path, URL)

    assert str(caught.value) == (
        f"{path}: the ledger has the format of a development version ({older}) that this listsync"
        " cannot upgrade; move the file away and run again; without it listsync no longer knows"
        " which declined and deleted titles to leave alone"
    )
    assert path.read_bytes() == before
    path.rename(path.with_suffix(".old"))
    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory()
