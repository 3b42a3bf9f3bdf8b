"""Which key is next, and when; time is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.controller.queue import LONGEST, WorkQueue, spread, wait_after

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def queue(**rooms: tuple[str, int]) -> WorkQueue:
    return WorkQueue(lambda key: [rooms[key]] if key in rooms else [])


def test_the_longest_due_is_first_and_what_is_not_due_waits() -> None:
    keys = queue()
    keys.add("b", NOON)
    keys.add("a", NOON - MINUTE)
    keys.add("c", NOON + MINUTE)

    assert [keys.take(NOON) for _ in range(3)] == ["a", "b", None]
    assert keys.take(NOON + MINUTE) == "c"


def test_added_twice_it_is_done_once_at_the_sooner_time() -> None:
    keys = queue()
    keys.add("a", NOON + MINUTE)
    keys.add("a", NOON)

    assert [keys.take(NOON), keys.take(NOON + MINUTE)] == ["a", None]


def test_no_key_is_worked_on_twice_at_once_and_none_is_forgotten() -> None:
    keys = queue()
    keys.add("a", NOON)
    keys.take(NOON)
    keys.add("a", NOON)
    assert keys.take(NOON) is None

    keys.done("a", NOON + timedelta(hours=6))
    assert keys.take(NOON) == "a"


def test_a_room_holds_so_many_and_others_pass_by() -> None:
    keys = queue(a=("imdb", 1), b=("imdb", 1), c=("trakt", 1))
    for key in "abc":
        keys.add(key, NOON)

    assert [keys.take(NOON) for _ in range(3)] == ["a", "c", None]
    keys.done("a", None)
    assert keys.take(NOON) == "b"


def test_what_was_removed_comes_no_more() -> None:
    keys = queue()
    keys.add("a", NOON)
    keys.take(NOON)
    keys.add("a", NOON)
    keys.remove("a")
    keys.done("a", None)

    assert keys.take(NOON + LONGEST) is None


def test_a_clock_that_is_set_back_makes_nothing_wait_longer() -> None:
    keys = queue()
    keys.take(NOON)
    keys.add("a", NOON + 10 * MINUTE)
    yesterday = NOON - timedelta(days=1)

    assert keys.take(yesterday) is None
    assert keys.take(yesterday + 9 * MINUTE) is None
    assert keys.take(yesterday + 10 * MINUTE) == "a"


def test_a_clock_that_jumps_ahead_and_back_does_each_key_once() -> None:
    keys = queue()
    keys.take(NOON)
    keys.add("a", NOON + 10 * MINUTE)

    tomorrow = NOON + timedelta(days=1)
    assert keys.take(tomorrow) == "a"
    keys.done("a", tomorrow + 10 * MINUTE)
    assert keys.take(NOON) is None
    assert keys.take(NOON + 10 * MINUTE) == "a"


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 10), (2, 20), (3, 40), (6, 320), (7, 360), (10**6, 360)]
)
def test_each_failure_waits_twice_as_long_up_to_six_hours(tries: int, minutes: int) -> None:
    assert wait_after(tries, 10 * MINUTE, 0.0) == minutes * MINUTE


def test_a_first_wait_beyond_six_hours_holds() -> None:
    assert wait_after(3, timedelta(hours=12), 1.0) == timedelta(hours=12)


def test_jitter_lengthens_by_a_tenth_at_most_and_never_shortens() -> None:
    assert spread(10 * MINUTE, 0.0) == 10 * MINUTE
    assert spread(10 * MINUTE, 1.0) == 11 * MINUTE
    assert wait_after(1, 10 * MINUTE, 0.5) == 10.5 * MINUTE
