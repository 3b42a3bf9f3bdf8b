"""The ledger when processes are killed, and when two of them want to act (laws 4 and 9)."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.core.model import Kind, MediaKey, Memory, MemoryEntry, MemoryKey, Target
from reconciler.errors import LedgerError, LockHeldError
from reconciler.ledger import SqliteLedger

URL = "http://seerr:5055"
FILM = MemoryKey(Target(MediaKey(Kind.MOVIE, 1)))
ROOT = Path(__file__).resolve().parents[2]

PRELUDE = """
import os, signal, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from reconciler.core.model import *
from reconciler.ledger import SqliteLedger

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ledger = SqliteLedger(Path(sys.argv[1]), sys.argv[2])

def film(number):
    return Action(
        Op.REQUEST, Why.MISSING, Target(MediaKey(Kind.MOVIE, number)), Item(1, "Dune"), ("anna",),
        MatchMethod.IMDB, Requester(User(4, "anna", 32)), Expected.PENDING,
    )

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(dict):
    def items(self):
        yield from super().items()
        die()

class DyingSeasons(tuple):
    def __iter__(self):
        die()
"""


@contextmanager
def process(script: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the ledger open; killed at the end if it is not yet dead."""
    with subprocess.Popen(  # noqa: S603 - this test's own script
        [sys.executable, "-c", PRELUDE + script, str(path), URL],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def run_until_killed(script: str, path: Path) -> None:
    with process(script, path) as running:
        assert running.wait(60) == -signal.SIGKILL


def intent_rows(path: Path) -> list[tuple[int, str | None]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT id, result FROM intents ORDER BY id").fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger that remembers one film."""
    path = tmp_path / "listsync.db"
    with SqliteLedger(path, URL) as ledger:
        ledger.memory.record({FILM: MemoryEntry()}, {})
    return path


# ---------------------------------------------------------------------------------------- crashes


def test_an_intent_outlives_a_kill_and_decides_nothing(path: Path) -> None:
    run_until_killed("ledger.journal.intend(film(2), NOW); die()", path)

    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory({FILM: MemoryEntry()})
    assert intent_rows(path) == [(1, None)]


def test_what_was_recorded_outlives_a_kill(path: Path) -> None:
    run_until_killed(
        "ledger.memory.record({MemoryKey(film(2).target): MemoryEntry()},"
        " {'a': Membership('x', NOW)}); die()",
        path,
    )

    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read().slots.keys() == {
            FILM,
            MemoryKey(Target(MediaKey(Kind.MOVIE, 2))),
        }
        assert ledger.memory.memberships().keys() == {"a"}


# More than SQLite keeps in memory, so that the file itself is half written at the kill.
HALF_WRITTEN = """
members = {f"imdb:tt{n}": Member(Item(n, "x" * 300), None) for n in range(12_000)}
gone = {MemoryKey(film(n).target): MemoryEntry(present=False) for n in range(1, 9)}
ledger.memory.record(gone, Dying({"anna": Membership("imdb:ur1", NOW, members)}))
"""


def test_a_kill_in_the_middle_of_recording_leaves_nothing_of_it(path: Path) -> None:
    run_until_killed(HALF_WRITTEN, path)
    assert path.with_name("listsync.db-journal").stat().st_size > 0

    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory({FILM: MemoryEntry()})
        assert ledger.memory.memberships() == {}
    assert [file.name for file in path.parent.iterdir()] == ["listsync.db"]


def test_a_kill_in_the_middle_of_settling_leaves_the_intent_open(path: Path) -> None:
    run_until_killed(
        "intent = ledger.journal.intend(film(2), NOW)\n"
        "show = Target(MediaKey(Kind.TV, 2))\n"
        "dying = replace(film(2), target=show, seasons=DyingSeasons((1,)))\n"
        "ledger.journal.settle(intent, dying, Done(Result.CREATED), NOW)\n",
        path,
    )

    with SqliteLedger(path, URL) as ledger:
        assert ledger.memory.read() == Memory({FILM: MemoryEntry()})
    assert intent_rows(path) == [(1, None)]


ACTING = """
for number in range(2, 10_000):
    intent = ledger.journal.intend(film(number), NOW)
    print("intended", intent, flush=True)
    ledger.journal.settle(intent, film(number), Done(Result.CREATED), NOW)
    print("settled", intent, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 2, 5, 12, 31])
def test_a_kill_at_any_moment_loses_nothing_that_was_promised(path: Path, lines: int) -> None:
    with process(ACTING, path) as running:
        assert running.stdout
        lines_read = [running.stdout.readline().split() for _ in range(lines)]
        running.kill()
        lines_read += [line.split() for line in running.stdout]

    with SqliteLedger(path, URL) as ledger:
        remembered = {slot.target.media.tmdb for slot in ledger.memory.read().slots}
    results = dict(intent_rows(path))
    assert results.keys() >= {int(number) for _, number in lines_read}
    settled = {number for number, result in results.items() if result == "created"}
    assert settled >= {int(number) for word, number in lines_read if word == "settled"}
    assert remembered == {1} | {number + 1 for number in settled}


# ------------------------------------------------------------------------------------- one writer

HOLDING = """
with ledger.lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def seconds_ago(text: str) -> float:
    since = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return (datetime.now(UTC) - since).total_seconds()


def test_a_second_process_learns_who_holds_the_lock_since_when(path: Path) -> None:
    with process(HOLDING, path) as holder, SqliteLedger(path, URL) as ledger:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(LockHeldError) as caught, ledger.lock():
            pass

        who, since = caught.value.message.rsplit(" ", 1)
        assert who == f"another listsync (pid {holder.pid}) has held the lock since"
        assert 0 <= seconds_ago(since) < 60
        assert caught.value.hint
        assert caught.value.exit_code == 75
        assert ledger.memory.read() == Memory({FILM: MemoryEntry()})


def test_the_lock_of_a_killed_process_blocks_nobody(path: Path) -> None:
    with process(HOLDING, path) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait(60)

        with SqliteLedger(path, URL) as ledger, ledger.lock():
            note = json.loads(path.with_name("listsync.db.lock").read_text())

    assert note["pid"] == os.getpid()


def test_two_names_of_one_ledger_share_one_lock(path: Path) -> None:
    other = path.parent / "deep" / "other.db"
    other.parent.mkdir()
    other.symlink_to(path)

    with (
        SqliteLedger(path, URL) as ledger,
        SqliteLedger(other, URL) as renamed,
        ledger.lock(),
        pytest.raises(LockHeldError),
        renamed.lock(),
    ):
        pass


def test_the_lock_ends_with_its_block_however_that_ends(path: Path) -> None:
    with SqliteLedger(path, URL) as ledger:
        with pytest.raises(KeyboardInterrupt), ledger.lock():
            raise KeyboardInterrupt

        with SqliteLedger(path, URL) as other, other.lock():
            pass


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        pytest.param("", "another listsync holds the lock", id="not yet written"),
        pytest.param("\ufffd{", "another listsync holds the lock", id="not a note"),
        pytest.param('{"pid": "x"}', "another listsync holds the lock", id="another shape"),
        pytest.param(
            '{"pid": 7, "host": "no-such-host", "since": "2026-11-22T20:15:00Z"}',
            "another listsync (pid 7 on no-such-host) has held the lock since 2026-11-22T20:15:00Z",
            id="on another machine",
        ),
    ],
)
def test_as_much_is_said_of_the_holder_as_is_known(path: Path, note: str, expected: str) -> None:
    with (
        path.with_name("listsync.db.lock").open("w") as lock_file,
        SqliteLedger(path, URL) as ledger,
    ):
        lock_file.write(note)
        lock_file.flush()
        fcntl.flock(lock_file, fcntl.LOCK_EX)

        with pytest.raises(LockHeldError) as caught, ledger.lock():
            pass

    assert caught.value.message == expected


def test_a_lock_file_that_cannot_be_written_is_a_ledger_error(path: Path) -> None:
    path.with_name("listsync.db.lock").mkdir()

    with (
        SqliteLedger(path, URL) as ledger,
        pytest.raises(LedgerError, match=r"listsync\.db\.lock: the lock cannot be taken"),
        ledger.lock(),
    ):
        pass
