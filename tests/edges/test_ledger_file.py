"""The ledger's file: what may be opened, what is refused, and what is said then."""

from __future__ import annotations

import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.model import (
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    Target,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
FILM = MemoryKey(Target(MediaKey(Kind.MOVIE, 438631)))
DUNE = Match(FILM.target.media, MatchMethod.IMDB)
MEMORY = Memory({FILM: MemoryEntry()})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger that remembers one film."""
    path = tmp_path / "listsync.db"
    with SqliteLedger(path, URL) as ledger:
        ledger.memory.record({FILM: MemoryEntry()}, {})
        ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)
    return path


def meddle(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def refusal(path: Path) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        SqliteLedger(path, URL)
    return caught.value


def test_a_folder_is_not_made_but_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "state" / "deep" / "listsync.db"
    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory()
        with pytest.raises(LedgerError, match="neither does its folder") as caught:
            ledger.memory.record({FILM: MemoryEntry()}, {})

    assert (caught.value.where, str(path.parent) in caught.value.hint) == (str(path), True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b?mode=ro#x%41.db", "ünïcode.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with SqliteLedger(tmp_path / name, URL) as ledger:
        ledger.memory.record({FILM: MemoryEntry()}, {})

    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_file_copied_between_transactions_is_a_whole_ledger(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copy.db"
    copy.parent.mkdir()
    with SqliteLedger(path, URL) as ledger:
        ledger.memory.record({}, {"anna": Membership("imdb:ur1", NOW)})
        assert not list(tmp_path.glob("listsync.db-*"))
        shutil.copyfile(path, copy)

    with SqliteLedger(copy, URL) as ledger:
        assert ledger.memory.read() == MEMORY
        assert ledger.memory.memberships() == {"anna": Membership("imdb:ur1", NOW)}


def test_a_ledger_switched_to_wal_is_switched_back(path: Path) -> None:
    meddle(path, "PRAGMA journal_mode = WAL")

    with SqliteLedger(path, URL) as ledger:
        ledger.memory.record({}, {"anna": Membership("imdb:ur1", NOW)})
        assert not list(path.parent.glob("*-wal"))


# -------------------------------------------------------------------------------- what is refused


def a_newer_ledger(path: Path) -> None:
    meddle(path, "PRAGMA user_version = 99")


def another_program(path: Path) -> None:
    path.unlink()
    meddle(path, "CREATE TABLE media (id INTEGER)", "PRAGMA user_version = 99")


def not_a_database(path: Path) -> None:
    path.write_bytes(b"server: {url: http://seerr:5055}\n" * 100)


def a_broken_header(path: Path) -> None:
    path.write_bytes(b"\0" * 16 + path.read_bytes()[16:])


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_within_the_first_page(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def a_page_overwritten(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[3 * 4096 : 4 * 4096] = b"\xff" * 4096
    path.write_bytes(whole)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_loop_of_links(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("harm", "expected", "hint"),
    [
        pytest.param(a_newer_ledger, "newer listsync", "upgrade", id="newer version"),
        pytest.param(another_program, "another program", "use another", id="another program's"),
        pytest.param(not_a_database, "damaged, or is not", "move the file away", id="not SQLite"),
        pytest.param(a_broken_header, "damaged, or is not", "move the file away", id="header"),
        pytest.param(cut_off, "damaged", "declined and deleted", id="cut off"),
        pytest.param(
            cut_within_the_first_page, "damaged", "move the file away", id="cut in the first page"
        ),
        pytest.param(a_page_overwritten, "damaged", "move the file away", id="page overwritten"),
        pytest.param(a_folder, "is a folder", "use a file", id="folder"),
        pytest.param(a_pipe, "not a regular file", "use a file", id="pipe"),
        pytest.param(a_loop_of_links, "cannot be read", "owner and permissions", id="link loop"),
    ],
)
def test_what_cannot_be_trusted_is_refused_and_left_as_it_is(
    path: Path, harm: object, expected: str, hint: str
) -> None:
    assert callable(harm)
    harm(path)
    before = path.read_bytes() if path.is_file() else None

    error = refusal(path)

    assert expected in error.message
    assert hint in error.hint
    assert error.where == str(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_an_empty_file_is_a_new_ledger(tmp_path: Path) -> None:
    (tmp_path / "listsync.db").touch()

    with SqliteLedger(tmp_path / "listsync.db", URL) as ledger:
        ledger.memory.record({FILM: MemoryEntry()}, {})
        assert ledger.memory.read() == MEMORY


def test_a_memory_row_that_cannot_be_read_is_a_ledger_error_without_its_content(
    path: Path,
) -> None:
    meddle(
        path,
        "INSERT INTO memberships (server, list, source) VALUES ('http://seerr:5055', 'a', 'x')",
        "INSERT INTO members (server, list, key, item, present)"
        " VALUES ('http://seerr:5055', 'a', 'k', '{\"title\": 5}', 1)",
    )

    with SqliteLedger(path, URL) as ledger, pytest.raises(LedgerError) as caught:
        ledger.memory.memberships()

    assert str(caught.value).startswith(f"{path}: the ledger has a row that cannot be read; move")


def test_a_ledger_moved_away_while_in_use_is_said_to_be_gone(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger:
        path.rename(path.with_name("moved.db"))

        with pytest.raises(LedgerError, match="moved or deleted while it was in use"):
            ledger.memory.record({}, {"anna": Membership("imdb:ur1")})


def test_a_new_ledger_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    def open_and_record(number: int) -> None:
        with SqliteLedger(tmp_path / "new.db", URL) as ledger:
            ledger.memory.record(
                {MemoryKey(Target(MediaKey(Kind.MOVIE, number))): MemoryEntry()}, {}
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_and_record, range(1, 17)))

    with SqliteLedger(tmp_path / "new.db", URL) as ledger:
        assert len(ledger.memory.read().slots) == 16


# ------------------------------------------------------------------------- content and privacy


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param("DROP TABLE attempts", "the table attempts is missing", id="no table"),
        pytest.param(
            "ALTER TABLE notifications DROP COLUMN at",
            "the column notifications.at is missing",
            id="no column",
        ),
        pytest.param(
            "UPDATE memory_entries SET tmdb = 'x'",
            "memory_entries.tmdb contains a value that is not a whole number",
            id="text",
        ),
        pytest.param(
            "UPDATE matches SET answer = x'ff'",
            "matches.answer contains a value that is not text",
            id="bytes",
        ),
        pytest.param("PRAGMA user_version = -3", "is damaged", id="a version below zero"),
    ],
)
def test_content_that_no_listsync_wrote_is_named_and_moving_the_file_away_helps(
    path: Path, statement: str, expected: str
) -> None:
    meddle(path, statement)

    error = refusal(path)
    assert expected in error.message
    assert "move the file away" in error.hint

    path.rename(path.with_suffix(".damaged"))
    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory()


def test_only_its_owner_can_read_a_ledger_its_lock_and_what_is_beside_it(path: Path) -> None:
    beside = [path.with_name(path.name + end) for end in ("", "-wal", "-shm", ".lock")]
    with SqliteLedger(path, URL) as ledger, ledger.lock():
        pass
    assert [file.stat().st_mode & 0o777 for file in (beside[0], beside[3])] == [0o600] * 2

    for file in beside:  # as an older listsync left them
        file.touch()
        file.chmod(0o644)
    with SqliteLedger(path, URL) as ledger, ledger.lock():
        assert {file.stat().st_mode & 0o777 for file in beside if file.exists()} == {0o600}
