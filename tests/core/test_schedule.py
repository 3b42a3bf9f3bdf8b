"""When a list runs next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.core import conditions
from reconciler.core.conditions import APPLIED, LIST_FETCHED, STALLED
from reconciler.core.model import Finding, ListRef, ListRules, Schedule, Status
from reconciler.core.schedule import ReconcileResult, add_jitter, first_due, next_run, retry_wait

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = ListRules("kids", ListRef("imdb", "ls1"), interval=6 * HOUR, retry_interval=10 * MINUTE)
FAILED_TWICE = Schedule("hash", NOON, 2, NOON - HOUR, NOON - 9 * HOUR)
READY = (Finding(LIST_FETCHED, Status.TRUE, "", ""), Finding(APPLIED, Status.TRUE, "", ""))
NOT_READY = (Finding(LIST_FETCHED, Status.FALSE, "Blocked", ""),)
STUCK = (Finding(STALLED, Status.TRUE, "Private", ""),)


@pytest.mark.parametrize(
    ("result", "wait", "tries", "succeeded"),
    [
        pytest.param(ReconcileResult(READY), 6 * HOUR, 0, NOON, id="ready: its interval"),
        pytest.param(
            ReconcileResult(STUCK), 6 * HOUR, 0, FAILED_TWICE.succeeded, id="stalled: its interval"
        ),
        pytest.param(
            ReconcileResult(NOT_READY), 40 * MINUTE, 3, FAILED_TWICE.succeeded, id="third failure"
        ),
        pytest.param(
            ReconcileResult(NOT_READY, own_fault=False),
            10 * MINUTE,
            2,
            FAILED_TWICE.succeeded,
            id="the server's fault does not count",
        ),
        pytest.param(
            ReconcileResult(NOT_READY, retry_after=7200),
            2 * HOUR,
            3,
            FAILED_TWICE.succeeded,
            id="the site asked for longer",
        ),
        pytest.param(
            ReconcileResult(READY, retry_after=60), 6 * HOUR, 0, NOON, id="the site asked for less"
        ),
        pytest.param(
            ReconcileResult(READY, retry_after=1e12),
            timedelta(days=30),
            0,
            NOON,
            id="the site asked for ages",
        ),
    ],
)
def test_the_next_run_of_a_list(
    result: ReconcileResult, wait: timedelta, tries: int, succeeded: datetime
) -> None:
    after = conditions.update_list({}, result.findings, "g", NOON)

    schedule = next_run(FAILED_TWICE, RULES, "new hash", result, after, now=NOON, chance=0.0)

    assert schedule == Schedule("new hash", NOON + wait, tries, NOON, succeeded)


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        pytest.param(None, NOON, id="a new list"),
        pytest.param(Schedule("old", NOON + HOUR), NOON, id="its configuration has changed"),
        pytest.param(Schedule("hash", NOON + HOUR), NOON + HOUR, id="nothing has changed"),
        pytest.param(Schedule("hash", NOON + 7 * HOUR), NOON, id="later than any wait allows"),
    ],
)
def test_when_a_list_is_due_that_was_just_read_from_the_file(
    schedule: Schedule | None, due: datetime
) -> None:
    assert first_due(schedule, "hash", RULES, NOON) == due


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 10), (2, 20), (3, 40), (6, 320), (7, 360), (10**6, 360)]
)
def test_each_failure_waits_twice_as_long_up_to_six_hours(tries: int, minutes: int) -> None:
    assert retry_wait(tries, 10 * MINUTE, 0.0) == minutes * MINUTE


def test_a_first_wait_beyond_six_hours_is_kept() -> None:
    assert retry_wait(3, timedelta(hours=12), 1.0) == timedelta(hours=12)


def test_jitter_lengthens_by_a_tenth_at_most_and_never_shortens() -> None:
    assert add_jitter(10 * MINUTE, 0.0) == 10 * MINUTE
    assert add_jitter(10 * MINUTE, 1.0) == 11 * MINUTE
    assert retry_wait(1, 10 * MINUTE, 0.5) == 10.5 * MINUTE
