"""A clock that was ahead, and was set right: no list waits until the time it showed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.controller.results import config_hash
from reconciler.controller.workers import WorkQueue
from reconciler.core.model import Schedule
from reconciler.core.schedule import first_due, retry_wait
from reconciler.core.times import FARTHEST, bounded, shifted
from reconciler.ledger import SqliteLedger
from tests.loop.serving import fetches, pass_time, served
from tests.loop.world import NOON, World, by_tmdb

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
NEVER = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempted", "due", "is_now"),
    [
        pytest.param(-HOUR, 5 * HOUR, False, id="an ordinary wait"),
        pytest.param(-HOUR, 6.5 * HOUR, False, id="an interval and its jitter"),
        pytest.param(None, 6.5 * HOUR, False, id="no turn, an ordinary wait"),
        pytest.param(None, 7 * HOUR, True, id="no turn, too long a wait"),
        pytest.param(-HOUR, 29 * 24 * HOUR, False, id="a site asked for it"),
        pytest.param(HOUR / 60, 12 * HOUR, False, id="a site asked for it, clock set back a bit"),
        pytest.param(-HOUR, YEAR, True, id="a year, which no site may ask for"),
        pytest.param(YEAR, YEAR + 6 * HOUR, True, id="written a year ahead"),
        pytest.param(YEAR, YEAR + 12 * HOUR, True, id="written a year ahead, a site asked"),
        pytest.param(-YEAR, YEAR, True, id="a run long ago, due in a year"),
    ],
)
def test_a_due_time_that_no_wait_leads_to_is_due_now(
    world: World, attempted: timedelta | None, due: timedelta, *, is_now: bool
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    config = world.config
    lst = config.lists[0]
    list_hash = config_hash(config, lst)
    last_attempt = None if attempted is None else NOON + attempted
    schedule = Schedule(list_hash, NOON + due, 0, last_attempt, None)

    assert first_due(schedule, list_hash, lst.rules, NOON) == (NOON if is_now else NOON + due)


@pytest.mark.parametrize("ahead", [YEAR, NEVER - NOON], ids=["a year", "the year 9999"])
def test_a_list_is_read_at_once_by_the_next_process(
    world: World, tmp_path: Path, ahead: timedelta
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        schedule = service.status.schedules["wishes"]
    moved = replace(
        schedule,
        due=bounded(min(schedule.due, NEVER - ahead) + ahead),
        attempted=bounded(NOON + ahead),
    )
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        ledger.statuses.keep_status("wishes", moved, {})
        ledger.statuses.keep_status("wishes", moved, service.status.conditions["wishes"])
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        pass_time(world, service, hours=7)

    assert fetches(world) == 3


def test_a_list_that_became_due_while_the_clock_was_ahead_is_read_now(
    world: World, tmp_path: Path
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        schedule = service.status.schedules["wishes"]
        service.statuses.set_schedule("wishes", replace(schedule, attempted=NOON + YEAR))
        service._workers.move("wishes", NOON + YEAR + 6 * HOUR)  # noqa: SLF001 - as a run does that ends while the clock is set
        pass_time(world, service, seconds=1)

    assert fetches(world) == 2


def test_a_running_queue_survives_a_clock_of_the_year_9000_set_back() -> None:
    keys = WorkQueue(lambda _: [])
    keys.add("overdue", NOON - HOUR)
    keys.add("later", FARTHEST + HOUR)
    assert keys.is_due(FARTHEST)

    assert keys.is_due(NOON)
    assert (keys.take(NOON), keys.due("later")) == ("overdue", NOON + HOUR)


def test_a_time_moves_along_with_the_clock_as_far_as_there_are_years() -> None:
    assert shifted(NOON, YEAR) == NOON + YEAR
    assert shifted(FARTHEST, FARTHEST - NOON) == FARTHEST
    assert shifted(NOON, NOON - FARTHEST) == NOON


@pytest.mark.parametrize("tries", [-(10**30), 0, 1, 10**30])
def test_a_number_of_tries_out_of_a_damaged_row_is_a_wait(tries: int) -> None:
    assert timedelta() < retry_wait(tries, timedelta(minutes=10), 1) <= 6 * HOUR
