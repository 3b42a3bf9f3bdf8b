"""Our requests that the server's table does not show: which are asked for, and what is learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.memory import observe
from reconciler.core.model import (
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    OwnRequest,
    RequestState,
    RequestStatus,
    RequestTrace,
    Sighting,
    Target,
    Whereabouts,
)
from reconciler.core.own_requests import (
    MOST_TRACED,
    account_for_missing,
    requests_to_trace,
)
from reconciler.core.state import Presence, film, season
from tests.core.values import BEAR, DUNE, NOW, request, row, server

FILM, SHOW = Target(DUNE), Target(BEAR)
WAITS = row(DUNE, MediaStatus.PROCESSING)
NOT_FOUND = RequestTrace(Whereabouts.GONE, WAITS)
DETACHED = RequestTrace(Whereabouts.DETACHED)


def all_seen(*parts: object, **traces: RequestTrace) -> Observed:
    """A server with these parts that shows every request; ``_13``: where request 13 led to."""
    by_number = {int(name[1:]): trace for name, trace in traces.items()}
    return replace(
        server(*parts),  # type: ignore[arg-type]
        shows_all_requests=True,
        traces=by_number,
    )


def memory_of(*numbers: int, sighting: Sighting | None = None, target: Target = FILM) -> Memory:
    own = OwnRequest(target, 4, ("list",), None, sighting)
    return Memory({MemoryKey(target): MemoryEntry()}, ours=dict.fromkeys(numbers, own))


def seasons(number: int, *numbers: int, sighting: Sighting | None = None) -> Memory:
    own = OwnRequest(SHOW, 4, ("list",), numbers, sighting)
    return Memory(
        {MemoryKey(SHOW, n): MemoryEntry() for n in (None, *numbers)},
        ours={number: own},
    )


DECLINED = request(9, DUNE, RequestStatus.DECLINED)


@pytest.mark.parametrize(
    ("observed", "memory", "traced"),
    [
        pytest.param(all_seen(WAITS), memory_of(13), (13,), id="never seen, the row waits"),
        pytest.param(
            all_seen(row(DUNE, MediaStatus.PENDING)), memory_of(13), (13,), id="the row is at 2"
        ),
        pytest.param(all_seen(row(DUNE)), memory_of(13), (), id="the row is at 1"),
        pytest.param(all_seen(), memory_of(13), (), id="no row"),
        pytest.param(
            all_seen(row(DUNE, MediaStatus.AVAILABLE)), memory_of(13), (), id="it is there"
        ),
        pytest.param(
            all_seen(WAITS, request(13, DUNE, RequestStatus.APPROVED)),
            memory_of(13),
            (),
            id="shown",
        ),
        pytest.param(
            all_seen(WAITS, DECLINED), memory_of(13), (13,), id="beside an older dead one"
        ),
        pytest.param(all_seen(WAITS, DECLINED), memory_of(5), (), id="a newer request decides"),
        pytest.param(
            all_seen(WAITS, request(9, DUNE, RequestStatus.APPROVED)),
            memory_of(13),
            (),
            id="one lives",
        ),
        pytest.param(
            replace(all_seen(WAITS), blocklist=frozenset({DUNE})),
            memory_of(13),
            (),
            id="blocklisted",
        ),
        pytest.param(
            replace(all_seen(WAITS), shows_all_requests=False),
            memory_of(13),
            (),
            id="not all is shown",
        ),
        pytest.param(all_seen(WAITS), memory_of(13, sighting=Sighting.LISTED), (), id="seen once"),
        pytest.param(all_seen(WAITS), memory_of(13, sighting=Sighting.DETACHED), (), id="known"),
        pytest.param(all_seen(WAITS), memory_of(13, 14), (14,), id="the newest of two"),
        pytest.param(
            all_seen(WAITS),
            memory_of(13, target=Target(DUNE, is_4k=True)),
            (),
            id="the other quality",
        ),
        pytest.param(
            all_seen(row(BEAR, MediaStatus.PROCESSING)), seasons(13, 1, 2), (13,), id="a show"
        ),
        pytest.param(
            all_seen(
                row(BEAR, MediaStatus.PROCESSING), request(9, BEAR, RequestStatus.PENDING, 1, 2)
            ),
            seasons(13, 1, 2),
            (),
            id="a show, its seasons covered by another request",
        ),
    ],
)
def test_a_request_is_asked_for_by_its_id_only_where_that_decides_something(
    observed: Observed, memory: Memory, traced: tuple[int, ...]
) -> None:
    targets = {own.target for own in memory.ours.values()}
    assert requests_to_trace(observed, memory, targets) == traced
    assert requests_to_trace(observed, memory, ()) == (), "its title is on no list"


def test_a_pass_asks_for_so_many_and_no_more() -> None:
    films = [Target(replace(DUNE, tmdb=n)) for n in range(1, 100)]
    rows = [row(target.media, MediaStatus.PROCESSING) for target in films]
    ours = {n: OwnRequest(target, 4, ("list",)) for n, target in enumerate(films)}
    traced = requests_to_trace(all_seen(*rows), Memory(ours=ours), films)
    assert traced == tuple(range(MOST_TRACED))
    assert len(films) > MOST_TRACED


@pytest.mark.parametrize(
    ("observed", "memory", "presence"),
    [
        pytest.param(all_seen(WAITS, _13=NOT_FOUND), memory_of(13), Presence.LOST, id="lost"),
        pytest.param(
            all_seen(WAITS, _13=DETACHED), memory_of(13), Presence.PROCESSING, id="detached"
        ),
        pytest.param(
            all_seen(WAITS, DECLINED, _13=DETACHED),
            memory_of(13),
            Presence.PROCESSING,
            id="detached, beside an older dead one",
        ),
        pytest.param(
            all_seen(WAITS, DECLINED, _13=NOT_FOUND),
            memory_of(13),
            Presence.DECLINED,
            id="404 beside an older dead one, whose row a deletion leaves as it is",
        ),
        pytest.param(all_seen(WAITS), memory_of(13), Presence.PROCESSING, id="not asked"),
        pytest.param(
            all_seen(row(DUNE, MediaStatus.PENDING)),
            memory_of(13),
            Presence.REQUESTED,
            id="not asked, 2",
        ),
        pytest.param(
            all_seen(WAITS),
            memory_of(13, sighting=Sighting.LISTED),
            Presence.NOTHING,
            id="seen, and gone",
        ),
        pytest.param(
            all_seen(WAITS, _14=NOT_FOUND),
            replace(
                memory_of(14),
                ours={**memory_of(13, sighting=Sighting.LISTED).ours, **memory_of(14).ours},
            ),
            Presence.LOST,
            id="an older one was seen and gone; the newest decides",
        ),
        pytest.param(
            all_seen(WAITS, _15=NOT_FOUND),
            memory_of(13, 14, 15),
            Presence.LOST,
            id="lost three times",
        ),
    ],
)
def test_what_a_film_is_when_our_request_for_it_is_missing(
    observed: Observed, memory: Memory, presence: Presence
) -> None:
    assert film(FILM, account_for_missing(observed, memory)).presence is presence


def test_a_season_that_another_request_holds_is_not_lost_with_the_others() -> None:
    observed = all_seen(
        row(BEAR, MediaStatus.PROCESSING),
        request(9, BEAR, RequestStatus.DECLINED, 1),
        _13=RequestTrace(Whereabouts.GONE, row(BEAR, MediaStatus.PROCESSING)),
    )
    completed = account_for_missing(observed, seasons(13, 1, 2))
    assert [season(SHOW, n, completed).presence for n in (1, 2)] == [
        Presence.DECLINED,
        Presence.LOST,
    ]


def test_accounting_twice_is_accounting_once() -> None:
    for trace in (NOT_FOUND, DETACHED, None):
        observed = replace(all_seen(WAITS), traces={13: trace} if trace else {})
        once = account_for_missing(observed, memory_of(13))
        assert account_for_missing(once, memory_of(13)) == once


# ---------------------------------------------------------------------------------- what is learned


def learned(memory: Memory, observed: Observed) -> Memory:
    return observe(memory, [FILM], observed, NOW)


@pytest.mark.parametrize(
    ("observed", "before", "after"),
    [
        (all_seen(WAITS), None, None),
        (all_seen(WAITS, request(13, DUNE, RequestStatus.PENDING)), None, Sighting.LISTED),
        (all_seen(WAITS, _13=DETACHED), None, Sighting.DETACHED),
        (all_seen(WAITS, _13=NOT_FOUND), None, None),
        (all_seen(WAITS, _13=RequestTrace(Whereabouts.GONE, row(DUNE))), None, Sighting.GONE),
        (all_seen(row(DUNE)), None, Sighting.GONE),
        (all_seen(), None, Sighting.GONE),
        (all_seen(), Sighting.DETACHED, Sighting.GONE),
        (all_seen(), Sighting.LISTED, Sighting.LISTED),
        (server(), None, None),
        (replace(all_seen(), blocklist=frozenset({DUNE})), None, None),
        (all_seen(WAITS), Sighting.LISTED, Sighting.LISTED),
        (
            all_seen(WAITS, request(13, DUNE, RequestStatus.APPROVED)),
            Sighting.DETACHED,
            Sighting.LISTED,
        ),
    ],
    ids=[
        "missing",
        "shown",
        "detached",
        "lost",
        "deleted while it was looked for",
        "deleted",
        "deleted with its row",
        "detached, and deleted with its row",
        "seen before, and deleted",
        "not all requests are shown",
        "hidden while it is blocklisted",
        "seen before",
        "mended",
    ],
)
def test_a_look_remembers_how_it_has_shown_a_request(
    observed: Observed, before: Sighting | None, after: Sighting | None
) -> None:
    assert learned(memory_of(13, sighting=before), observed).ours[13].sighting is after


def test_what_was_deleted_before_any_look_is_not_lost_when_its_row_waits_once_more() -> None:
    """Somebody else's request, say, that a stopped server left as an orphan."""
    deleted = learned(memory_of(13), all_seen(row(DUNE)))
    orphan = all_seen(row(DUNE, MediaStatus.PENDING), _13=NOT_FOUND)
    assert film(FILM, account_for_missing(orphan, deleted)).presence is Presence.NOTHING


def test_a_lost_request_is_no_persons_no() -> None:
    after = learned(memory_of(13), all_seen(WAITS, _13=NOT_FOUND))
    assert after.slots == {MemoryKey(FILM): MemoryEntry()}
    assert learned(after, all_seen(row(DUNE))).slots[MemoryKey(FILM)].present is False


def test_a_no_that_comes_after_a_lost_title_was_put_back_binds() -> None:
    lost = all_seen(WAITS, _13=NOT_FOUND)
    waiting = observe(memory_of(13), [FILM], lost, NOW, frozenset({DUNE}))
    assert waiting.slots[MemoryKey(FILM)].readded
    later = replace(DECLINED, created=NOW + timedelta(hours=1))
    refused = observe(waiting, [FILM], all_seen(WAITS, later), NOW + timedelta(hours=2))
    assert not refused.slots[MemoryKey(FILM)].readded


def test_one_that_was_seen_and_is_gone_is_a_persons_no_whatever_the_row_says() -> None:
    before = learned(memory_of(13), all_seen(WAITS, request(13, DUNE, RequestStatus.APPROVED)))
    after = learned(before, all_seen(WAITS, _13=NOT_FOUND))
    assert after.slots == {MemoryKey(FILM): MemoryEntry(present=False, refused=NOW)}


def test_a_detached_request_is_never_taken_for_one_that_may_be_cancelled() -> None:
    completed = account_for_missing(all_seen(row(DUNE, MediaStatus.PENDING)), memory_of(13))
    (presumed,) = completed.requests[FILM]
    assert isinstance(presumed, RequestState)
    assert presumed.requester is None
