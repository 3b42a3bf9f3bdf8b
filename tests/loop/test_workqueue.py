"""Which key is next, and when; time is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reconciler.controller.workers import WorkQueue

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

    keys.finish("a", NOON + timedelta(hours=6))
    assert keys.take(NOON) == "a"


def test_a_full_room_lets_other_keys_go_first() -> None:
    keys = queue(a=("imdb", 1), b=("imdb", 1), c=("trakt", 1))
    for key in "abc":
        keys.add(key, NOON)

    assert [keys.take(NOON) for _ in range(3)] == ["a", "c", None]
    keys.finish("a", None)
    assert keys.take(NOON) == "b"


def test_what_was_removed_comes_no_more() -> None:
    keys = queue()
    keys.add("a", NOON)
    keys.take(NOON)
    keys.add("a", NOON)
    keys.remove("a")
    keys.finish("a", None)

    assert keys.take(NOON + timedelta(days=1)) is None


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
    keys.finish("a", tomorrow + 10 * MINUTE)
    assert keys.take(NOON) is None
    assert keys.take(NOON + 10 * MINUTE) == "a"
