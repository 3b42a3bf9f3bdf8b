"""How long a target is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.core.memory import attempts_after, gap
from reconciler.core.model import Attempts, Op, Result

NOW = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def minutes(count: int) -> datetime:
    return NOW + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("tries", "wait"),
    [
        pytest.param(1, timedelta(minutes=10), id="first"),
        pytest.param(2, timedelta(minutes=20), id="second"),
        pytest.param(3, timedelta(minutes=40), id="third"),
        pytest.param(8, timedelta(minutes=1280), id="last below a day"),
        pytest.param(9, timedelta(hours=24), id="capped"),
        pytest.param(10_000, timedelta(hours=24), id="far past the cap"),
    ],
)
def test_each_try_doubles_the_wait_up_to_a_day(tries: int, wait: timedelta) -> None:
    assert gap(tries) == wait


@pytest.mark.parametrize(
    ("before", "op", "result", "after"),
    [
        pytest.param(
            Attempts(failures=3, retries=1, not_before=LATER),
            Op.REQUEST,
            Result.CREATED,
            Attempts(),
            id="a new request is retried for itself",
        ),
        pytest.param(
            Attempts(failures=1, retries=1, not_before=LATER),
            Op.EXTEND,
            Result.EXISTS,
            Attempts(retries=1),
            id="somebody was quicker",
        ),
        pytest.param(
            Attempts(failures=2),
            Op.RETRY,
            Result.RETRIED,
            Attempts(retries=1, not_before=minutes(10)),
            id="first retry",
        ),
        pytest.param(
            Attempts(retries=1),
            Op.RETRY,
            Result.RETRIED,
            Attempts(retries=2, not_before=minutes(20)),
            id="second retry waits longer",
        ),
        pytest.param(
            Attempts(),
            Op.REQUEST,
            Result.FAILED,
            Attempts(failures=1, not_before=minutes(10)),
            id="first failure",
        ),
        pytest.param(
            Attempts(failures=2, retries=1, not_before=NOW),
            Op.EXTEND,
            Result.REFUSED,
            Attempts(failures=3, retries=1, not_before=minutes(40)),
            id="third failure, no right",
        ),
        pytest.param(
            Attempts(failures=1, retries=1),
            Op.RETRY,
            Result.FAILED,
            Attempts(failures=2, retries=2, not_before=minutes(20)),
            id="a failed retry was a retry",
        ),
        pytest.param(
            Attempts(failures=2, retries=1),
            Op.REQUEST,
            Result.UNDELIVERED,
            Attempts(not_before=minutes(10)),
            id="a new request that the downloader did not take is not retried at once",
        ),
        pytest.param(
            Attempts(retries=1),
            Op.RETRY,
            Result.UNDELIVERED,
            Attempts(retries=2, not_before=minutes(20)),
            id="a retry that the downloader did not take was a retry",
        ),
    ],
)
def test_an_outcome_that_speaks_of_the_target_is_counted(
    before: Attempts, op: Op, result: Result, after: Attempts
) -> None:
    assert attempts_after(before, op, result, NOW) == after


@pytest.mark.parametrize("result", [Result.QUOTA, Result.UNKNOWN, Result.SKIPPED])
def test_an_outcome_that_says_nothing_of_the_target_changes_nothing(result: Result) -> None:
    before = Attempts(failures=1, retries=1, not_before=LATER)

    assert attempts_after(before, Op.REQUEST, result, NOW) == before


@pytest.mark.parametrize("result", [Result.FAILED, Result.REFUSED, Result.BLOCKLISTED])
def test_what_the_server_refused_waits(result: Result) -> None:
    after = attempts_after(Attempts(), Op.REQUEST, result, NOW)

    assert after == Attempts(failures=1, not_before=NOW + gap(1))


def test_a_retry_whose_answer_was_lost_counts_as_one() -> None:
    after = attempts_after(Attempts(retries=1), Op.RETRY, Result.UNKNOWN, NOW)

    assert after == Attempts(retries=2, not_before=NOW + gap(2))
