"""The rate limiter of the client: the time is a parameter, so nobody waits."""

from __future__ import annotations

import pytest

from reconciler.overseerr.rate_limiter import RateLimiter, overload


def test_calls_of_one_moment_are_spaced_by_the_rate_after_a_tenth_of_a_second_s_calls() -> None:
    limiter = RateLimiter(rate=20)
    assert [round(limiter.reserve(100.0), 9) for _ in range(5)] == [0.0, 0.0, 0.0, 0.05, 0.1]


def test_a_slow_rate_lets_the_second_call_go_a_tenth_of_a_second_early() -> None:
    limiter = RateLimiter(rate=2)
    assert [round(limiter.reserve(100.0), 9) for _ in range(3)] == [0.0, 0.4, 0.9]


def test_a_call_after_a_quiet_time_need_not_wait() -> None:
    limiter = RateLimiter(rate=20)
    limiter.reserve(100.0)
    assert limiter.reserve(100.06) == 0.0


def test_longer_idle_time_is_not_saved_up_for_a_longer_burst() -> None:
    limiter = RateLimiter(rate=20)
    limiter.reserve(0.0)
    assert [round(limiter.reserve(100.0), 9) for _ in range(5)] == [0.0, 0.0, 0.0, 0.05, 0.1]


def test_a_rest_holds_every_later_call_back_and_keeps_them_spaced() -> None:
    limiter = RateLimiter(rate=20)
    assert limiter.pause(0.0, 5.0)
    assert [round(limiter.reserve(1.0), 9) for _ in range(3)] == [4.0, 4.05, 4.1]


def test_patience_is_one_sum_for_all_rests() -> None:
    limiter = RateLimiter(rate=10, patience=30)
    assert limiter.pause(0.0, 20.0)
    assert not limiter.pause(50.0, 11.0)
    assert limiter.pause(50.0, 10.0)
    assert not limiter.pause(100.0, 0.1)


def test_threads_that_pause_together_use_up_one_pause() -> None:
    limiter = RateLimiter(rate=10, patience=30)
    assert all(limiter.pause(0.0, 20.0) for _ in range(4))
    assert limiter.pause(0.0, 30.0)
    assert not limiter.pause(0.0, 30.5)


def test_a_rest_that_is_refused_holds_nobody_back() -> None:
    limiter = RateLimiter(rate=10, patience=30)
    assert not limiter.pause(0.0, 3600.0)
    assert limiter.reserve(0.0) == 0.0


def test_a_slow_answer_halves_the_rate_of_the_calls_after_it() -> None:
    limiter = RateLimiter(rate=20)
    assert limiter.slow_down(began=0.0, now=3.0)
    assert [round(limiter.reserve(3.0), 9) for _ in range(3)] == [0.0, 0.1, 0.2]


def test_calls_that_were_in_flight_together_halve_the_rate_once() -> None:
    limiter = RateLimiter(rate=64)
    assert limiter.slow_down(began=0.0, now=3.0)
    assert not any(limiter.slow_down(began=began, now=3.5) for began in (0.1, 0.2, 2.9))
    assert limiter.rate == 32


def test_a_server_that_stays_slow_is_spared_further_down_to_one_call_a_second() -> None:
    limiter = RateLimiter(rate=10)
    steps = []
    for start in range(0, 60, 10):
        limiter.slow_down(began=float(start), now=start + 3.0)
        steps.append(limiter.rate)
    assert steps == [5.0, 2.5, 1.25, 1.0, 1.0, 1.0]


def test_a_rate_below_one_call_a_second_is_left_alone() -> None:
    limiter = RateLimiter(rate=0.5)
    assert not limiter.slow_down(began=0.0, now=3.0)
    assert limiter.rate == 0.5


@pytest.mark.parametrize(
    ("status", "seconds", "cause"),
    [
        (200, 0.05, None),
        (500, 1.9, None),
        (409, 2.0, None),
        (200, 2.04, "the server took 2.0 s to respond"),
        (201, 7.26, "the server took 7.3 s to respond"),
        (429, 0.01, "the server returned HTTP 429"),
        (503, 3.0, "the server returned HTTP 503"),
    ],
)
def test_a_server_is_overloaded_when_it_says_so_or_takes_over_two_seconds(
    status: int, seconds: float, cause: str | None
) -> None:
    assert overload(status, seconds) == cause
