"""The client's rhythm: time is given, so nobody waits."""

from __future__ import annotations

from reconciler.overseerr.pace import Pace


def test_calls_of_one_moment_are_spaced_by_the_rate() -> None:
    pace = Pace(rate=20)
    assert [round(pace.book(100.0), 9) for _ in range(4)] == [0.0, 0.05, 0.1, 0.15]


def test_a_call_after_a_quiet_time_need_not_wait() -> None:
    pace = Pace(rate=20)
    pace.book(100.0)
    assert pace.book(100.06) == 0.0


def test_idle_time_is_not_saved_up_for_a_burst() -> None:
    pace = Pace(rate=10)
    pace.book(0.0)
    pace.book(100.0)
    assert round(pace.book(100.0), 9) == 0.1


def test_a_rest_holds_every_later_call_back_and_keeps_them_spaced() -> None:
    pace = Pace(rate=10)
    assert pace.rest(0.0, 5.0)
    assert [round(pace.book(1.0), 9) for _ in range(2)] == [4.0, 4.1]


def test_patience_is_one_sum_for_all_rests() -> None:
    pace = Pace(rate=10, patience=30)
    assert pace.rest(0.0, 20.0)
    assert not pace.rest(50.0, 11.0)
    assert pace.rest(50.0, 10.0)
    assert not pace.rest(100.0, 0.1)


def test_threads_told_to_rest_together_use_up_one_rest() -> None:
    pace = Pace(rate=10, patience=30)
    assert all(pace.rest(0.0, 20.0) for _ in range(4))
    assert pace.rest(0.0, 30.0)
    assert not pace.rest(0.0, 30.5)


def test_a_rest_that_is_refused_holds_nobody_back() -> None:
    pace = Pace(rate=10, patience=30)
    assert not pace.rest(0.0, 3600.0)
    assert pace.book(0.0) == 0.0
