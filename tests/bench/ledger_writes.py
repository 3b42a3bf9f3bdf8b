"""What a first run writes to the ledger, beside bare SQLite that ends with the same rows.

Both have the same pragmas and transactions: one for what the run has seen, then two for each
action. They take turns action by action, so that a slow moment of the disk hits both.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.core.model import (
    Action,
    Done,
    Expected,
    Ids,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Member,
    Membership,
    Op,
    Requester,
    Result,
    Target,
    User,
    Why,
)
from reconciler.ledger import SqliteLedger
from tests.bench.promises import Reading, Sizes

URL = "http://127.0.0.1:5055"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLES = ("intents", "memory_entries", "memberships", "members")
ADMIN = Requester(User(1, "admin", 2))


class Bare:
    """SQLite alone: the same rows as a ledger, in as many transactions."""

    def __init__(self, path: Path, like: Path) -> None:
        """A new file with the tables of ``like`` and the ledger's pragmas."""
        self.rows: dict[str, list[tuple[object, ...]]] = {}
        self.connection = sqlite3.connect(path, isolation_level=None)
        with _reader(like) as ledger:
            for (statement,) in ledger.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            ):
                self.connection.execute(statement)
        self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.execute("PRAGMA synchronous = FULL")

    def insert(self, table: str, rows: list[tuple[object, ...]]) -> None:
        """Rows of a table, whole."""
        marks = ", ".join("?" * len(rows[0]))
        self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """On disk when this ends."""
        self.connection.execute("BEGIN IMMEDIATE")
        yield
        self.connection.execute("COMMIT")


def measure(sizes: Sizes) -> dict[str, Reading]:
    """Write one run twice over: once to learn the rows, then in turns with the bare writer."""
    actions = [_action(number) for number in range(1, sizes.actions + 1)]
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        rehearsed = Path(folder, "rehearsed.db")
        with SqliteLedger(rehearsed, URL) as ledger:
            _record(ledger, actions)
            for action in actions:
                _settle(ledger, action, _intend(ledger, action))
        bare = Bare(Path(folder, "bare.db"), rehearsed)
        with _reader(rehearsed) as read:
            rows = {name: read.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608
        with SqliteLedger(Path(folder, "ledger.db"), URL) as ledger:
            reading = _in_turns(ledger, bare, actions, rows)
        bare.connection.close()
    return {"ledger": reading}


def _in_turns(
    ledger: SqliteLedger,
    bare: Bare,
    actions: list[Action],
    rows: dict[str, list[tuple[object, ...]]],
) -> Reading:
    ours = theirs = 0.0
    started = time.perf_counter()
    _record(ledger, actions)
    ours += time.perf_counter() - started
    started = time.perf_counter()
    with bare.transaction():
        bare.insert("memberships", rows["memberships"])
        bare.insert("members", rows["members"])
    theirs += time.perf_counter() - started
    for action, intent, slot in zip(actions, rows["intents"], rows["memory_entries"], strict=True):
        started = time.perf_counter()
        number = _intend(ledger, action)
        _settle(ledger, action, number)
        ours += time.perf_counter() - started
        started = time.perf_counter()
        with bare.transaction():
            bare.insert("intents", [(*intent[:11], *[None] * (len(intent) - 11))])
        with bare.transaction():
            bare.connection.execute(
                "UPDATE intents SET settled_at = ?, result = ?, http_status = ?, request_id = ?,"
                " message = ? WHERE id = ?",
                (*intent[11:16], intent[0]),
            )
            bare.insert("memory_entries", [slot])
        theirs += time.perf_counter() - started
    return Reading(ours, theirs)


def _record(ledger: SqliteLedger, actions: list[Action]) -> None:
    members = {
        action.item.key: Member(action.item, Match(action.target.media, MatchMethod.IMDB))
        for action in actions
    }
    ledger.memory.record({}, {"wishes": Membership("imdb:ls000000001", NOW, members)})


def _intend(ledger: SqliteLedger, action: Action) -> int:
    return ledger.journal.intend(action, NOW)


def _settle(ledger: SqliteLedger, action: Action, intent: int) -> None:
    ledger.journal.settle(intent, action, Done(Result.CREATED, 201, intent), NOW)


def _action(number: int) -> Action:
    media = MediaKey(Kind.MOVIE, number)
    item = Item(number, f"Title {number}", 2021, Kind.MOVIE, Ids(imdb=f"tt{number:07}"))
    return Action(
        Op.REQUEST,
        Why.MISSING,
        Target(media),
        item,
        ("wishes",),
        MatchMethod.IMDB,
        ADMIN,
        Expected.APPROVED,
    )


@contextmanager
def _reader(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()
