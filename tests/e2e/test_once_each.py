"""Whatever ends an ``apply`` before its time: no title is requested twice, and none is lost."""

from __future__ import annotations

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from tests.e2e.household import COMMAND, DUNE, HEAT, Household, numbers, until

TITLES = (*FILMS[:6], *SHOWS[:2])
APPLY = ("apply", "--yes", "-o", "json")


def open_intents(household: Household) -> int:
    with closing(sqlite3.connect(household.ledger)) as ledger:
        (count,) = ledger.execute(
            "SELECT count(*) FROM intents WHERE settled_at IS NULL"
        ).fetchone()
    return int(count)


def all_there_once(household: Household) -> None:
    """One more run does the rest, and nothing is there twice."""
    household.server.faults.reset()
    assert household.run(*APPLY).code == 0
    assert sorted(household.stored()) == sorted(numbers(TITLES))


def test_a_kill_at_any_moment_neither_doubles_nor_loses_a_title(household: Household) -> None:
    household.wish(TITLES)
    household.server.faults.latency = 0.02
    lock = household.ledger.with_name("listsync.db.lock")
    for before in (0, 1, 3, 5):
        with household.started(*APPLY) as process:
            until(lock.exists)
            until(lambda expected=before: len(household.stored()) >= expected)  # type: ignore[misc]
            process.kill()
            process.wait(10)
    all_there_once(household)


def test_a_kill_between_the_commit_and_its_answer_neither_doubles_nor_loses(
    household: Household,
) -> None:
    household.wish(TITLES)
    household.server.faults.hang_after_commit = 4
    with household.started(*APPLY) as process:
        until(lambda: len(household.stored()) == 4)
        process.kill()
        process.wait(10)
    assert open_intents(household) == 4
    all_there_once(household)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_records_what_it_has_begun(
    household: Household, sent: signal.Signals
) -> None:
    household.wish(TITLES)
    household.server.faults.latency = 0.1
    with household.started(*APPLY) as process:
        until(lambda: len(household.stored()) >= 1)
        process.send_signal(sent)
        done = household.finish(process)
    assert done.code == 128 + sent
    results = done.results()
    assert set(results) == {"created", "skipped"}
    assert results.count("created") == len(household.stored())
    assert open_intents(household) == 0
    all_there_once(household)


def test_an_interrupt_before_anything_is_sent_ends_at_once(household: Household) -> None:
    household.wish(TITLES)
    household.server.faults.latency = 0.3
    with household.started(*APPLY) as process:
        until(lambda: household.server.state.calls)
        process.send_signal(signal.SIGTERM)
        done = household.finish(process)
    assert done.code == 143
    assert done.err == "listsync: interrupted, shutting down; press Ctrl-C again to force\n"
    assert household.stored() == []


def test_a_server_that_stops_in_the_middle_is_one_clear_failure(household: Household) -> None:
    household.wish(TITLES)
    household.write({"wishes": {"source": "file:wishes.txt"}}, server={"concurrency": 1})
    household.server.faults.stop_after_posts = 2
    done = household.run(*APPLY)
    assert done.code == 1
    assert done.results().count("created") == 2
    assert set(done.results()) <= {"created", "skipped", "unknown"}
    household.server.start()
    all_there_once(household)


def test_a_second_apply_says_who_holds_the_lock(household: Household) -> None:
    household.wish([DUNE, HEAT])
    household.server.faults.hang_after_commit = 2
    with household.started(*APPLY, command=COMMAND) as first:
        until(lambda: len(household.stored()) == 2)
        second = household.run("apply", "--yes")
        look = household.run("plan", "--detailed-exitcode")
        status = household.run("status")
        titles = [Path(f"/proc/{first.pid}/cmdline").read_bytes()]
        first.kill()
    assert second.code == 75
    assert re.search(rf"\(pid {first.pid}\) has held the lock since 20\d\d-\d\d-\d\dT", second.err)
    assert second.err.count("\n") == 2
    assert (look.code, status.code) == (0, 0)
    assert all(household.server.api_key.encode() not in title for title in titles)
    assert len(household.stored()) == 2
