"""The ledger on a file, a folder or a disk that does not take writes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.model import (
    Kind,
    Match,
    MatchMethod,
    MediaKey,
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
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path() -> Iterator[Path]:
    """A ledger that remembers one film, where pytest does not keep others from reaching it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listsync.db"
        with SqliteLedger(path, URL) as ledger:
            ledger.memory.record({FILM: MemoryEntry()}, {})
            ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)
        yield path


def run(script: str, path: Path) -> str:
    """What a Python process prints, given the ledger's path and the server's URL."""
    done = subprocess.run(  # noqa: S603 - this test's own script
        [sys.executable, "-c", script, str(path), URL],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_a_full_disk_is_a_ledger_error_that_leaves_the_ledger_whole(path: Path) -> None:
    """The file may grow by one page more, as on a disk that is all but full."""
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from reconciler.core.model import Membership\n"
        "from reconciler.errors import LedgerError\n"
        "from reconciler.ledger import SqliteLedger\n"
        "path = Path(sys.argv[1])\n"
        "limit = path.stat().st_size + 4096\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "with SqliteLedger(path, sys.argv[2]) as ledger:\n"
        "    try:\n"
        "        ledger.memory.record({}, {'a' * 99_999: Membership('x')})\n"
        "    except LedgerError as error:\n"
        "        print(error)\n"
    )

    output = run(script, path)

    assert output.startswith(f"{path}: the disk")
    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == MEMORY
        assert ledger.memory.memberships() == {}


READ_ONLY = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import structlog
from reconciler.core.model import *
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger

structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
Path("/").as_uri()  # imports more since Python 3.13, which another user may not be able to read
if os.getuid() == 0:  # permission bits do not bind root
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MATCH = Match(MediaKey(Kind.MOVIE, 2), MatchMethod.TMDB)

def attempt(name, work):
    try:
        print(name, work())
    except LedgerError as error:
        print(name, "LedgerError", error.message)

def lock():
    with ledger.lock():
        return "held"

try:
    ledger = SqliteLedger(Path(sys.argv[1]), sys.argv[2])
except LedgerError as error:
    sys.exit(print("open LedgerError", error.message))
with ledger:
    attempt("slots", lambda: len(ledger.memory.read().slots))
    attempt("matches", lambda: len(ledger.cache.matches(["imdb:tt1"], NOW)))
    attempt("cache", lambda: ledger.cache.keep_matches({"imdb:tt2": MATCH}, NOW))
    attempt("record", lambda: ledger.memory.record({}, {}))
    attempt("lock", lock)
"""


@pytest.fixture
def shelf(path: Path) -> Iterator[Path]:
    """The ledger in a folder that everybody may reach."""
    path.parent.chmod(0o755)
    path.chmod(0o644)
    yield path
    path.parent.chmod(0o755)


def expect(obstacle: str, *, slots: int) -> list[str]:
    return [
        f"slots {slots}",
        f"matches {slots}",
        "cache None",
        f"record LedgerError {obstacle}",
        f"lock LedgerError {obstacle}",
    ]


def test_a_read_only_file_can_be_read_and_is_left_as_it_is(shelf: Path) -> None:
    shelf.chmod(0o444)
    shelf.parent.chmod(0o777)
    before = shelf.read_bytes()

    output = run(READ_ONLY, shelf).splitlines()

    assert output == expect("the ledger is read-only", slots=1)
    assert shelf.read_bytes() == before
    assert [file.name for file in shelf.parent.iterdir()] == ["listsync.db"]


def test_a_file_in_a_read_only_folder_can_be_read_and_is_left_as_it_is(shelf: Path) -> None:
    shelf.chmod(0o666)
    shelf.parent.chmod(0o555)
    before = shelf.read_bytes()

    output = run(READ_ONLY, shelf).splitlines()

    assert output == expect("the ledger's folder is read-only", slots=1)
    assert shelf.read_bytes() == before


def test_no_ledger_in_a_read_only_folder_reads_as_an_empty_one(shelf: Path) -> None:
    shelf.parent.chmod(0o555)

    output = run(READ_ONLY, shelf.with_name("none.db")).splitlines()

    assert output == expect("the ledger does not exist, and its folder is read-only", slots=0)


def test_a_ledger_that_may_not_be_read_is_refused(shelf: Path) -> None:
    """To take it for an empty one would request again what people declined."""
    shelf.chmod(0o000)

    assert run(READ_ONLY, shelf) == "open LedgerError the ledger cannot be read (permission denied)"


def test_a_ledger_behind_a_closed_folder_is_refused(shelf: Path) -> None:
    shelf.parent.chmod(0o000)

    assert run(READ_ONLY, shelf) == "open LedgerError the ledger cannot be read (Permission denied)"


@pytest.mark.parametrize("fault", ["newer", "damaged"])
def test_a_read_only_ledger_that_cannot_be_trusted_is_refused_too(shelf: Path, fault: str) -> None:
    if fault == "newer":
        with closing(sqlite3.connect(shelf)) as connection:
            connection.execute("PRAGMA user_version = 99")
    else:
        shelf.write_bytes(shelf.read_bytes()[:-4096])
    shelf.chmod(0o444)

    output = run(READ_ONLY, shelf)

    assert output.startswith("open LedgerError")
    assert fault in output


def test_where_no_folder_can_be_made_reading_works_and_acting_does_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with SqliteLedger(tmp_path / "file" / "listsync.db", URL) as ledger:
        ledger.cache.keep_matches({"imdb:tt1": DUNE}, NOW)
        assert ledger.memory.read() == Memory()
        assert ledger.cache.reports() == {}

        with pytest.raises(LedgerError, match="neither does its folder"):
            ledger.memory.record({FILM: MemoryEntry()}, {})
        with pytest.raises(LedgerError, match="neither does its folder"), ledger.lock():
            pass


def test_a_ledger_left_half_written_is_not_read_where_it_cannot_be_mended(shelf: Path) -> None:
    """A transaction is spilled to the file, then file and journal are copied as a crash would."""
    crashed = shelf.with_name("crashed.db")
    with closing(sqlite3.connect(shelf, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM memory_entries")
        connection.execute("INSERT INTO reports VALUES ('s', 'l', zeroblob(500000), '')")
        crashed.write_bytes(shelf.read_bytes())
        crashed.with_name("crashed.db-journal").write_bytes(
            shelf.with_name("listsync.db-journal").read_bytes()
        )
    crashed.chmod(0o444)

    output = run(READ_ONLY, crashed)
    crashed.chmod(0o644)

    assert output.startswith("open LedgerError a process was killed while writing the ledger")
    with SqliteLedger(crashed, URL) as ledger:
        assert ledger.memory.read() == MEMORY
