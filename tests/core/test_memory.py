"""The memory of titles, season by season."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reconciler.core.memory import looks_like_another_server, observe, vanished
from reconciler.core.model import (
    Attempts,
    Kind,
    MediaKey,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    RequestStatus,
    Target,
)
from tests.core.values import BEAR, DUNE, HEAT, NOW, request, row, server

FILM, SHOW = Target(DUNE), Target(BEAR)
THERE, TAKEN_AWAY = MemoryEntry(present=True), MemoryEntry(present=False, refused=NOW)
DECLINED = MemoryEntry(present=True, refused=NOW)
DECLINED_AGAIN = MemoryEntry(present=True, readded=True, refused=NOW)
GONE_AGAIN = MemoryEntry(present=False, readded=True, refused=NOW)

AVAILABLE, DELETED = MediaStatus.AVAILABLE, MediaStatus.DELETED


def film(entry: MemoryEntry | None) -> Memory:
    return Memory({MemoryKey(FILM): entry} if entry else {})


def show(*seasons: int, entry: MemoryEntry = THERE) -> Memory:
    return Memory({MemoryKey(SHOW, number): entry for number in (None, *seasons)})


@pytest.mark.parametrize("status", list(RequestStatus))
def test_a_film_that_left_a_trace_is_remembered(status: RequestStatus) -> None:
    after_look = observe(Memory(), [FILM], server(request(1, DUNE, status)), NOW)

    assert MemoryKey(FILM) in after_look.slots


@pytest.mark.parametrize(
    ("before", "observed", "after"),
    [
        pytest.param(None, server(), None, id="nothing"),
        pytest.param(None, server(row(DUNE)), None, id="a row without meaning"),
        pytest.param(None, server(row(DUNE, AVAILABLE)), THERE, id="first seen available"),
        pytest.param(None, server(row(DUNE, DELETED)), TAKEN_AWAY, id="first seen deleted"),
        pytest.param(THERE, server(), TAKEN_AWAY, id="taken away"),
        pytest.param(THERE, server(row(DUNE)), TAKEN_AWAY, id="its request deleted, its row left"),
        pytest.param(THERE, server(row(DUNE, DELETED)), TAKEN_AWAY, id="deleted"),
        pytest.param(TAKEN_AWAY, server(row(DUNE, AVAILABLE)), THERE, id="there again"),
        pytest.param(TAKEN_AWAY, server(), TAKEN_AWAY, id="still gone"),
        pytest.param(GONE_AGAIN, server(), GONE_AGAIN, id="a re-add waits"),
        pytest.param(
            GONE_AGAIN, server(row(DUNE, DELETED)), GONE_AGAIN, id="a re-add waits, deleted"
        ),
        pytest.param(
            GONE_AGAIN, server(row(DUNE, AVAILABLE)), THERE, id="a re-add of what is there is used"
        ),
        pytest.param(
            DECLINED_AGAIN,
            server(request(1, DUNE, RequestStatus.PENDING)),
            THERE,
            id="a re-add that was requested is used up",
        ),
        pytest.param(
            DECLINED_AGAIN,
            server(request(1, DUNE, RequestStatus.DECLINED)),
            DECLINED_AGAIN,
            id="a re-add of what was declined waits",
        ),
        pytest.param(None, server(blocklist=[DUNE]), None, id="blocklisted"),
        pytest.param(THERE, server(blocklist=[DUNE]), THERE, id="blocklisted, once there"),
    ],
)
def test_a_look_at_a_film_is_remembered(
    before: MemoryEntry | None, observed: Observed, after: MemoryEntry | None
) -> None:
    assert observe(film(before), [FILM], observed, NOW) == film(after)


def test_titles_off_all_lists_are_watched_on() -> None:
    assert observe(film(THERE), [], server(), NOW) == film(TAKEN_AWAY)


def test_titles_nobody_wants_are_not_remembered() -> None:
    assert observe(Memory(), [FILM], server(row(HEAT, AVAILABLE)), NOW) == Memory()


def test_the_qualities_are_remembered_apart() -> None:
    targets = [FILM, Target(DUNE, is_4k=True)]

    after_look = observe(Memory(), targets, server(row(DUNE, AVAILABLE)), NOW)

    assert after_look == film(THERE)


def test_attempts_are_not_a_looks_business() -> None:
    memory = Memory(attempts={FILM: Attempts(failures=2)})

    assert observe(memory, [FILM], server(), NOW) == memory


def test_a_show_is_remembered_as_a_whole_and_season_by_season() -> None:
    observed = server(
        row(BEAR, seasons={1: AVAILABLE, 2: DELETED, 3: MediaStatus.UNKNOWN}),
        request(1, BEAR, RequestStatus.PENDING, 4),
    )

    after_look = observe(Memory(), [SHOW], observed, NOW)

    assert after_look.slots == {
        MemoryKey(SHOW): THERE,
        MemoryKey(SHOW, 1): THERE,
        MemoryKey(SHOW, 2): TAKEN_AWAY,
        MemoryKey(SHOW, 4): THERE,
    }


def test_a_season_taken_away_is_remembered_while_others_stay() -> None:
    after_look = observe(show(1, 2), [SHOW], server(row(BEAR, seasons={1: AVAILABLE})), NOW)

    assert after_look.slots == {
        MemoryKey(SHOW): THERE,
        MemoryKey(SHOW, 1): THERE,
        MemoryKey(SHOW, 2): TAKEN_AWAY,
    }


def test_a_show_taken_away_is_remembered_with_all_its_seasons() -> None:
    assert observe(show(1, 2), [SHOW], server(), NOW) == show(1, 2, entry=TAKEN_AWAY)


def test_a_show_deleted_before_any_season_had_a_row_is_remembered() -> None:
    """Once its row is gone too, only the ledger knows about it (law 5)."""
    after_look = observe(Memory(), [SHOW], server(row(BEAR, DELETED)), NOW)

    assert after_look.slots.get(MemoryKey(SHOW)) == TAKEN_AWAY


# ---------------------------------------------------------------------------------------- re-adds


def test_a_readd_marks_the_title_with_all_its_seasons_and_nothing_else() -> None:
    other = MemoryKey(Target(HEAT))
    memory = Memory({**show(1, 2, entry=TAKEN_AWAY).slots, other: TAKEN_AWAY})

    after_readd = observe(memory, [SHOW, Target(HEAT)], server(), NOW, frozenset({BEAR}))

    assert after_readd.slots == {**show(1, 2, entry=GONE_AGAIN).slots, other: TAKEN_AWAY}


def test_a_readd_of_a_title_without_memory_has_nothing_to_lift() -> None:
    assert observe(Memory(), [FILM], server(), NOW, frozenset({DUNE})) == Memory()


def test_a_readd_counts_in_the_quality_its_list_asks_for() -> None:
    in_4k = Target(DUNE, is_4k=True)

    both = Memory({MemoryKey(FILM): TAKEN_AWAY, MemoryKey(in_4k): TAKEN_AWAY})
    after_readd = observe(both, [in_4k], server(), NOW, frozenset({DUNE}))

    assert after_readd.slots == {MemoryKey(FILM): TAKEN_AWAY, MemoryKey(in_4k): GONE_AGAIN}


def test_a_readd_clears_no_attempts() -> None:
    memory = Memory({MemoryKey(FILM): TAKEN_AWAY}, {FILM: Attempts(retries=2)})

    assert observe(memory, [FILM], server(), NOW, frozenset({DUNE})).attempts == memory.attempts


def test_a_readd_lifts_declined_seasons_that_were_never_seen_before() -> None:
    """Requested and declined by others while the show was on no list, as a film may be."""
    declined = server(request(1, BEAR, RequestStatus.DECLINED, 1, 2))

    after_look = observe(Memory(), [SHOW], declined, NOW, frozenset({BEAR}))

    assert {n: after_look.slots[MemoryKey(SHOW, n)].readded for n in (1, 2)} == {1: True, 2: True}


@pytest.mark.parametrize(
    ("before", "observed", "after"),
    [
        pytest.param(TAKEN_AWAY, server(), GONE_AGAIN, id="gone"),
        pytest.param(TAKEN_AWAY, server(row(DUNE, DELETED)), GONE_AGAIN, id="deleted"),
        pytest.param(None, server(row(DUNE, DELETED)), GONE_AGAIN, id="deleted, never seen"),
        pytest.param(
            THERE, server(request(1, DUNE, RequestStatus.DECLINED)), DECLINED_AGAIN, id="declined"
        ),
        pytest.param(
            None,
            server(request(1, DUNE, RequestStatus.DECLINED)),
            DECLINED_AGAIN,
            id="declined, never seen",
        ),
        pytest.param(THERE, server(row(DUNE, AVAILABLE)), THERE, id="there all the time"),
        pytest.param(
            THERE, server(request(1, DUNE, RequestStatus.PENDING)), THERE, id="requested by others"
        ),
        pytest.param(
            THERE,
            server(request(1, DUNE, RequestStatus.FAILED)),
            THERE,
            id="failed: neither declined nor handled",
        ),
    ],
)
def test_a_readd_lifts_what_was_declined_or_handled(
    before: MemoryEntry | None, observed: Observed, after: MemoryEntry | None
) -> None:
    assert observe(film(before), [FILM], observed, NOW, frozenset({DUNE})) == film(after)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([], id="at once"),
        pytest.param([server()], id="after another look"),
        pytest.param([server(request(1, DUNE, RequestStatus.FAILED))], id="after it failed"),
        pytest.param([server(request(1, DUNE, RequestStatus.PENDING))], id="after it was asked"),
    ],
)
def test_what_is_declined_after_a_readd_that_still_waits_is_not_lifted_by_it(
    between: list[Observed],
) -> None:
    """The owner's word is the later one (law 5)."""
    memory = observe(film(TAKEN_AWAY), [FILM], server(), NOW, frozenset({DUNE}))
    assert memory == film(GONE_AGAIN)
    for observed in (*between, server(request(1, DUNE, RequestStatus.DECLINED))):
        memory = observe(memory, [FILM], observed, NOW)

    assert memory == film(DECLINED)


def test_a_failed_request_that_is_declined_after_a_readd_is_not_lifted_by_it() -> None:
    failed = server(request(1, DUNE, RequestStatus.FAILED))
    declined = server(request(1, DUNE, RequestStatus.DECLINED))

    readded = observe(film(THERE), [FILM], failed, NOW, frozenset({DUNE}))

    assert observe(readded, [FILM], declined, NOW) == film(DECLINED)


def test_what_was_asked_for_and_declined_once_more_is_not_lifted_by_a_readd_before_it() -> None:
    """Between two looks, so that a look before it and one after it see a decline."""
    first = request(1, DUNE, RequestStatus.DECLINED, created=NOW - timedelta(days=1))
    second = request(2, DUNE, RequestStatus.DECLINED, created=NOW + timedelta(minutes=1))
    waiting = observe(film(DECLINED), [FILM], server(first), NOW, frozenset({DUNE}))
    assert waiting == film(DECLINED_AGAIN)

    later = NOW + timedelta(minutes=2)
    after_look = observe(waiting, [FILM], server(first, second), later)

    assert after_look == film(MemoryEntry(present=True, refused=later))
    assert observe(waiting, [FILM], server(first), later) == waiting


# ----------------------------------------------------------------------- since when it is so

EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)
REFUSED = request(1, DUNE, RequestStatus.DECLINED, created=EARLIER - timedelta(days=9))
REFUSED_AGAIN = request(2, DUNE, RequestStatus.DECLINED, created=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("before", "observed", "since"),
    [
        pytest.param(None, server(REFUSED), NOW, id="first seen declined, though asked for before"),
        pytest.param(None, server(row(DUNE, DELETED)), NOW, id="first seen deleted"),
        pytest.param(MemoryEntry(), server(REFUSED), NOW, id="declined by now"),
        pytest.param(MemoryEntry(), server(), NOW, id="gone by now"),
        pytest.param(
            MemoryEntry(present=False), server(), NOW, id="gone, and an older ledger told no time"
        ),
        pytest.param(MemoryEntry(refused=EARLIER), server(REFUSED), EARLIER, id="declined still"),
        pytest.param(
            MemoryEntry(present=False, refused=EARLIER), server(), EARLIER, id="gone still"
        ),
        pytest.param(
            MemoryEntry(refused=EARLIER), server(), NOW, id="its declined request was deleted"
        ),
        pytest.param(
            MemoryEntry(refused=EARLIER),
            server(REFUSED, REFUSED_AGAIN),
            NOW,
            id="asked for and declined once more between two looks",
        ),
        pytest.param(
            MemoryEntry(refused=EARLIER), server(row(DUNE, AVAILABLE)), None, id="there by now"
        ),
        pytest.param(
            MemoryEntry(refused=EARLIER),
            server(request(1, DUNE, RequestStatus.FAILED)),
            None,
            id="failed: not refused",
        ),
        pytest.param(
            MemoryEntry(refused=EARLIER), server(blocklist=[DUNE]), None, id="blocklisted meanwhile"
        ),
    ],
)
def test_a_no_counts_from_the_first_look_that_saw_it(
    before: MemoryEntry | None, observed: Observed, since: datetime | None
) -> None:
    assert observe(film(before), [FILM], observed, NOW).slots[MemoryKey(FILM)].refused == since


def test_a_no_goes_on_from_look_to_look() -> None:
    memory = observe(film(None), [FILM], server(REFUSED, REFUSED_AGAIN), NOW)
    assert observe(memory, [FILM], server(REFUSED, REFUSED_AGAIN), LATER) == memory


# --------------------------------------------------------------------------------- another server


def entries_of(count: int, kind: Kind = Kind.MOVIE) -> dict[MemoryKey, MemoryEntry]:
    return {MemoryKey(Target(MediaKey(kind, n))): THERE for n in range(1, count + 1)}


def holding(count: int, kind: Kind = Kind.MOVIE) -> Observed:
    return server(*(row(MediaKey(kind, n)) for n in range(1, count + 1)))


@pytest.mark.parametrize(
    ("count", "left", "other"),
    [
        pytest.param(10, 0, True, id="all of 10"),
        pytest.param(9, 0, False, id="all of 9: too few to tell"),
        pytest.param(10, 4, True, id="6 of 10"),
        pytest.param(10, 5, False, id="half is not most"),
        pytest.param(10, 10, False, id="none"),
        pytest.param(0, 0, False, id="nothing is known"),
    ],
)
def test_most_titles_vanishing_at_once_is_another_server(
    count: int, left: int, *, other: bool
) -> None:
    memory, observed = Memory(entries_of(count)), holding(left)

    assert vanished(memory, observed) == (count - left, count)
    assert looks_like_another_server(memory, observed) is other


def test_titles_gone_before_and_seasons_do_not_count_as_vanished() -> None:
    taken_away = dict.fromkeys(entries_of(30), TAKEN_AWAY)
    seasons = {MemoryKey(SHOW, number): THERE for number in range(1, 30)}

    assert vanished(Memory({**taken_away, **seasons}), server()) == (0, 0)


def test_a_request_without_a_row_is_a_trace() -> None:
    assert vanished(film(THERE), server(request(1, DUNE, RequestStatus.DECLINED))) == (0, 1)
