"""The ledger's journal: the actions sent, their outcomes, and the runs they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.core.model import Done, Intent, Kind, MediaKey, Result, Run
from reconciler.ledger import SqliteLedger
from tests.edges.made_up import request_of

URL = "http://seerr:5055"
NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
ACTION = request_of(MediaKey(Kind.TV, 1396), is_4k=True, user=4, seasons=(1, 2))
INTENT = Intent(
    NOW, ACTION.op, ACTION.target, ACTION.item.title, 4, ACTION.lists, ACTION.seasons, None
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with SqliteLedger(tmp_path / "listsync.db", URL) as ledger:
        yield ledger


@pytest.mark.parametrize(
    "done",
    [
        None,
        Done(Result.CREATED, 201, 57, "pending"),
        Done(Result.QUOTA, 403, message="Series Quota exceeded."),
        Done(Result.UNKNOWN, message="no answer"),
    ],
    ids=["killed", "created", "quota", "answer lost"],
)
def test_an_action_is_listed_with_its_result(ledger: SqliteLedger, done: Done | None) -> None:
    intent = ledger.journal.intend(ACTION, NOW)
    if done:
        ledger.journal.settle(intent, ACTION, done, NOW)

    assert ledger.journal.history()[0] == (replace(INTENT, done=done),)


def test_runs_are_listed_oldest_first_and_a_killed_one_has_no_end(
    ledger: SqliteLedger,
) -> None:
    first = ledger.journal.begin_run("apply", NOW)
    ended_run = replace(
        first,
        ended_at=NOW + timedelta(seconds=9),
        lists=("anna", "top"),
        counts={"created": 2, "quota": 1},
        exit_code=1,
    )
    ledger.journal.end_run(ended_run)
    second = ledger.journal.begin_run("run", NOW + timedelta(hours=6))

    assert ledger.journal.history()[1] == (ended_run, second)
    assert second == Run(second.id, "run", NOW + timedelta(hours=6))


@pytest.mark.parametrize(("days", "runs_left"), [(90, 2), (91, 1)])
def test_a_run_is_forgotten_after_90_days_and_its_actions_never(
    ledger: SqliteLedger, days: int, runs_left: int
) -> None:
    ledger.journal.begin_run("apply", NOW)
    ledger.journal.intend(ACTION, NOW)

    ledger.journal.begin_run("apply", NOW + timedelta(days=days))

    intents, runs = ledger.journal.history()
    assert (len(intents), len(runs)) == (1, runs_left)


def test_the_history_of_another_server_is_left_out(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.journal.begin_run("apply", NOW)
    ledger.journal.intend(ACTION, NOW)

    with SqliteLedger(tmp_path / "listsync.db", "http://other:5055") as other:
        assert other.journal.history() == ((), ())
