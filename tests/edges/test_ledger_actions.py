"""The ledger's diary of actions, and what their outcomes mean for its memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.core.model import (
    Action,
    Attempts,
    Done,
    Expected,
    Ids,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Memory,
    MemoryEntry,
    MemoryKey,
    Op,
    Requester,
    Result,
    Target,
    User,
    Why,
)
from reconciler.errors import LedgerError
from reconciler.ledger import SqliteLedger

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
FILM = Target(MediaKey(Kind.MOVIE, 438631))
BEAR = Target(MediaKey(Kind.TV, 136315))
DUNE = Item(1, "Dune", 2021, Kind.MOVIE, Ids(imdb="tt1160419"))
REQUEST = Action(
    op=Op.REQUEST,
    why=Why.MISSING,
    target=FILM,
    item=DUNE,
    lists=("anna", "family"),
    matched_by=MatchMethod.IMDB,
    requester=Requester(User(4, "anna", 32)),
    expected=Expected.PENDING,
)
EXTEND = replace(REQUEST, op=Op.EXTEND, target=BEAR, seasons=(0, 2, 3))
RETRY = replace(REQUEST, op=Op.RETRY, request_ids=(7,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "listsync.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(path, URL) as opened:
        yield opened


def did(ledger: SqliteLedger, action: Action, result: Result, now: datetime = NOW) -> None:
    ledger.journal.settle(ledger.journal.intend(action, now), action, Done(result), now)


def intent_rows(path: Path) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM intents ORDER BY id")]


@pytest.mark.parametrize("result", [Result.CREATED, Result.UNDELIVERED, Result.EXISTS])
def test_a_film_that_is_requested_is_remembered_as_there(
    ledger: SqliteLedger, result: Result
) -> None:
    ledger.memory.record({MemoryKey(FILM): MemoryEntry(present=False, readded=True)}, {})

    did(ledger, REQUEST, result)

    assert ledger.memory.read().slots == {MemoryKey(FILM): MemoryEntry()}


def test_of_a_show_the_seasons_asked_for_and_the_show_are_remembered(
    ledger: SqliteLedger,
) -> None:
    absent = MemoryEntry(present=False)
    ledger.memory.record({MemoryKey(BEAR, 1): absent, MemoryKey(BEAR, 2): absent}, {})

    did(ledger, EXTEND, Result.CREATED)

    assert ledger.memory.read().slots == {
        MemoryKey(BEAR): MemoryEntry(),
        MemoryKey(BEAR, 0): MemoryEntry(),
        MemoryKey(BEAR, 1): absent,
        MemoryKey(BEAR, 2): MemoryEntry(),
        MemoryKey(BEAR, 3): MemoryEntry(),
    }


@pytest.mark.parametrize(
    ("actions", "left"),
    [
        pytest.param(
            [(REQUEST, Result.FAILED), (REQUEST, Result.REFUSED)],
            Attempts(2, 0, NOW + 2 * TEN_MINUTES),
            id="failures add up",
        ),
        pytest.param(
            [(RETRY, Result.RETRIED), (RETRY, Result.RETRIED)],
            Attempts(0, 2, NOW + 2 * TEN_MINUTES),
            id="retries add up",
        ),
        pytest.param(
            [(RETRY, Result.FAILED)], Attempts(1, 1, NOW + TEN_MINUTES), id="a failed retry"
        ),
        pytest.param(
            [(RETRY, Result.RETRIED), (REQUEST, Result.FAILED), (REQUEST, Result.CREATED)],
            Attempts(),
            id="a new request starts from zero",
        ),
        pytest.param(
            [(REQUEST, Result.FAILED), (REQUEST, Result.QUOTA), (REQUEST, Result.UNKNOWN)],
            Attempts(1, 0, NOW + TEN_MINUTES),
            id="quota and unknown count for nothing",
        ),
    ],
)
def test_attempts_are_counted_per_target(
    ledger: SqliteLedger, actions: list[tuple[Action, Result]], left: Attempts
) -> None:
    for action, result in actions:
        did(ledger, action, result)

    assert ledger.memory.read().attempts == {FILM: left}


@pytest.mark.parametrize("result", [Result.QUOTA, Result.UNKNOWN, Result.SKIPPED])
def test_an_outcome_that_says_nothing_of_the_target_leaves_its_memory(
    ledger: SqliteLedger, result: Result
) -> None:
    did(ledger, REQUEST, result)

    assert ledger.memory.read() == Memory()


def test_the_journal_says_what_was_sent_and_its_result(ledger: SqliteLedger, path: Path) -> None:
    intent = ledger.journal.intend(EXTEND, NOW)
    later = NOW + TEN_MINUTES
    ledger.journal.settle(intent, EXTEND, Done(Result.CREATED, 201, 77, "created"), later)

    assert intent_rows(path) == [
        {
            "id": intent,
            "server": URL,
            "at": "2026-11-22T20:15:00.000000+00:00",
            "op": "extend",
            "kind": "tv",
            "tmdb": 136315,
            "is_4k": 0,
            "seasons": "[0, 2, 3]",
            "title": "Dune",
            "requester": 4,
            "lists": '["anna", "family"]',
            "settled_at": "2026-11-22T20:25:00.000000+00:00",
            "result": "created",
            "http_status": 201,
            "request_id": 77,
            "message": "created",
            "sighting": None,
        }
    ]


def test_an_unknown_outcome_stays_open_and_can_be_settled_later(
    ledger: SqliteLedger, path: Path
) -> None:
    intent = ledger.journal.intend(REQUEST, NOW)
    ledger.journal.settle(intent, REQUEST, Done(Result.UNKNOWN), NOW)
    assert intent_rows(path)[0]["settled_at"] is None

    ledger.journal.settle(intent, REQUEST, Done(Result.EXISTS, request_id=9), NOW)

    assert intent_rows(path)[0]["result"] == "exists"
    assert ledger.memory.read().slots == {MemoryKey(FILM): MemoryEntry()}


@pytest.mark.parametrize("settled", [True, False], ids=["settled before", "never intended"])
def test_only_an_open_intent_can_be_settled(ledger: SqliteLedger, *, settled: bool) -> None:
    intent = 1
    if settled:
        intent = ledger.journal.intend(REQUEST, NOW)
        ledger.journal.settle(intent, REQUEST, Done(Result.FAILED), NOW)
    before = ledger.memory.read()

    with pytest.raises(LedgerError, match="no open intent 1"):
        ledger.journal.settle(intent, REQUEST, Done(Result.FAILED), NOW)

    assert ledger.memory.read() == before


def test_actions_on_one_server_say_nothing_of_another(ledger: SqliteLedger, path: Path) -> None:
    did(ledger, REQUEST, Result.FAILED)
    did(ledger, EXTEND, Result.CREATED)

    with SqliteLedger(path, "http://other:5055") as other:
        assert other.memory.read() == Memory()


def test_many_threads_share_a_ledger(ledger: SqliteLedger, path: Path) -> None:
    def film(number: int) -> Action:
        return replace(REQUEST, target=Target(MediaKey(Kind.MOVIE, number)))

    def work(number: int) -> None:
        action = film(number)
        ledger.cache.keep_matches(
            {f"imdb:tt{number}": Match(action.target.media, MatchMethod.IMDB)}, NOW
        )
        did(ledger, action, Result.CREATED)
        assert MemoryKey(action.target) in ledger.memory.read().slots

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 41)))

    assert set(ledger.memory.read().slots) == {MemoryKey(film(n).target) for n in range(1, 41)}
    assert len(ledger.cache.matches([f"imdb:tt{n}" for n in range(1, 41)], NOW)) == 40
    assert len({row["id"] for row in intent_rows(path)}) == 40


def test_what_was_created_counts_for_the_budget_and_nothing_else_does(ledger: SqliteLedger) -> None:
    did(ledger, REQUEST, Result.CREATED)
    did(ledger, EXTEND, Result.CREATED)
    did(ledger, REQUEST, Result.EXISTS)
    did(ledger, EXTEND, Result.UNKNOWN)
    did(ledger, RETRY, Result.RETRIED)
    ledger.journal.intend(REQUEST, NOW)

    assert ledger.memory.read().created == (NOW, NOW)
