"""The server's state of one film or season."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import (
    MediaState,
    MediaStatus,
    Observed,
    RequestState,
    RequestStatus,
    Target,
)
from reconciler.core.state import (
    Presence,
    TargetState,
    blocklisted,
    film,
    known_seasons,
    season,
    show,
)
from tests.core.values import BEAR, DUNE, request, row, server

FILM, FILM_4K, SHOW = Target(DUNE), Target(DUNE, is_4k=True), Target(BEAR)

UNKNOWN, PENDING, PROCESSING = MediaStatus.UNKNOWN, MediaStatus.PENDING, MediaStatus.PROCESSING
PARTIAL, AVAILABLE, DELETED = MediaStatus.PARTIAL, MediaStatus.AVAILABLE, MediaStatus.DELETED

PENDING_REQUEST = request(1, DUNE, RequestStatus.PENDING)
APPROVED = request(2, DUNE, RequestStatus.APPROVED)
DECLINED = request(3, DUNE, RequestStatus.DECLINED)
FAILED = request(4, DUNE, RequestStatus.FAILED)
COMPLETED = request(5, DUNE, RequestStatus.COMPLETED)


@pytest.mark.parametrize(
    ("observed", "presence"),
    [
        pytest.param(server(), Presence.NOTHING, id="nothing"),
        pytest.param(server(row(DUNE)), Presence.NOTHING, id="1: a row without meaning"),
        pytest.param(server(row(DUNE, PENDING)), Presence.REQUESTED, id="2"),
        pytest.param(server(row(DUNE, PROCESSING)), Presence.PROCESSING, id="3"),
        pytest.param(server(row(DUNE, PARTIAL)), Presence.AVAILABLE, id="4"),
        pytest.param(server(row(DUNE, AVAILABLE)), Presence.AVAILABLE, id="5"),
        pytest.param(server(row(DUNE, MediaStatus.BLOCKLISTED)), Presence.BLOCKLISTED, id="6"),
        pytest.param(server(row(DUNE, DELETED)), Presence.DELETED, id="7"),
        pytest.param(server(blocklist=[DUNE]), Presence.BLOCKLISTED, id="on the blocklist"),
        pytest.param(
            server(row(DUNE, AVAILABLE), blocklist=[DUNE]),
            Presence.BLOCKLISTED,
            id="on the blocklist, though available",
        ),
        pytest.param(server(PENDING_REQUEST), Presence.REQUESTED, id="pending request"),
        pytest.param(server(APPROVED), Presence.PROCESSING, id="approved request"),
        pytest.param(server(DECLINED), Presence.DECLINED, id="declined request"),
        pytest.param(server(FAILED), Presence.FAILED, id="failed request"),
        pytest.param(server(COMPLETED), Presence.DELETED, id="completed, and nothing there now"),
        pytest.param(
            server(row(DUNE, PROCESSING), DECLINED),
            Presence.DECLINED,
            id="an approved request declined leaves the row at 3",
        ),
        pytest.param(
            server(row(DUNE, PENDING), FAILED),
            Presence.FAILED,
            id="a failed request leaves it at 2",
        ),
        pytest.param(
            server(row(DUNE, PENDING), FAILED, replace(DECLINED, id=9)),
            Presence.DECLINED,
            id="failed, declined after that",
        ),
        pytest.param(
            server(row(DUNE, PENDING), FAILED, DECLINED),
            Presence.FAILED,
            id="declined, failed after that",
        ),
        pytest.param(
            server(row(DUNE, PENDING), COMPLETED, replace(FAILED, id=9)),
            Presence.FAILED,
            id="completed and gone, failed after that",
        ),
        pytest.param(
            server(row(DUNE, PROCESSING), COMPLETED, replace(DECLINED, id=9)),
            Presence.DECLINED,
            id="completed and gone, declined after that",
        ),
        pytest.param(
            server(DECLINED, PENDING_REQUEST), Presence.REQUESTED, id="declined, asked again"
        ),
        pytest.param(server(FAILED, APPROVED), Presence.PROCESSING, id="failed, approved again"),
        pytest.param(
            server(row(DUNE, DELETED), PENDING_REQUEST),
            Presence.REQUESTED,
            id="deleted, asked again",
        ),
        pytest.param(
            server(row(DUNE, DELETED), COMPLETED), Presence.DELETED, id="completed and deleted"
        ),
        pytest.param(
            server(row(DUNE, AVAILABLE), FAILED), Presence.AVAILABLE, id="there, whatever failed"
        ),
        pytest.param(
            server(row(DUNE, AVAILABLE), DECLINED), Presence.AVAILABLE, id="there, though declined"
        ),
        pytest.param(
            server(row(DUNE, DELETED), row(DUNE, AVAILABLE)),
            Presence.AVAILABLE,
            id="two rows of one film",
        ),
        pytest.param(
            server(row(DUNE, UNKNOWN, AVAILABLE)), Presence.NOTHING, id="there in 4K only"
        ),
        pytest.param(
            server(request(1, DUNE, RequestStatus.PENDING, is_4k=True)),
            Presence.NOTHING,
            id="requested in 4K only",
        ),
    ],
)
def test_a_film_is_what_its_requests_and_then_its_rows_say(
    observed: Observed, presence: Presence
) -> None:
    assert film(FILM, observed).presence is presence


@pytest.mark.parametrize(
    ("observed", "presence"),
    [
        (server(row(DUNE, AVAILABLE)), Presence.NOTHING),
        (server(row(DUNE, UNKNOWN, AVAILABLE)), Presence.AVAILABLE),
        (server(PENDING_REQUEST), Presence.NOTHING),
        (server(request(1, DUNE, RequestStatus.PENDING, is_4k=True)), Presence.REQUESTED),
        (server(row(DUNE, MediaStatus.BLOCKLISTED)), Presence.BLOCKLISTED),
    ],
    ids=["row", "4K row", "request", "4K request", "the blocklist knows no quality"],
)
def test_4k_is_a_title_of_its_own(observed: Observed, presence: Presence) -> None:
    assert film(FILM_4K, observed).presence is presence


def test_the_requests_that_say_so_are_named() -> None:
    observed = server(request(9, DUNE, RequestStatus.FAILED), FAILED)

    assert film(FILM, observed) == TargetState(Presence.FAILED, (4, 9))


def test_a_blocklist_entry_of_the_show_with_the_same_number_says_nothing() -> None:
    other = replace(DUNE, kind=BEAR.kind)

    assert not blocklisted(DUNE, server(blocklist=[other]))


def only(number: int, status: MediaStatus, whole: MediaStatus = UNKNOWN) -> MediaState:
    return row(BEAR, whole, seasons={number: status})


def ask(number: int, status: RequestStatus, *seasons: int) -> RequestState:
    return request(number, BEAR, status, *seasons)


@pytest.mark.parametrize(
    ("observed", "presence"),
    [
        pytest.param(server(), Presence.NOTHING, id="nothing"),
        pytest.param(
            server(row(BEAR, AVAILABLE)),
            Presence.AVAILABLE,
            id="the show's 5 where no season has any",
        ),
        pytest.param(
            server(only(1, UNKNOWN, AVAILABLE)), Presence.AVAILABLE, id="the show's 5, a season's 1"
        ),
        pytest.param(
            server(only(1, AVAILABLE, AVAILABLE)),
            Presence.NOTHING,
            id="not where another season has 5",
        ),
        pytest.param(
            server(only(1, DELETED, AVAILABLE)), Presence.NOTHING, id="nor where another one has 7"
        ),
        pytest.param(
            server(row(BEAR, UNKNOWN, AVAILABLE)), Presence.NOTHING, id="nor where the 5 is of 4K"
        ),
        pytest.param(
            server(row(BEAR, AVAILABLE), ask(1, RequestStatus.DECLINED, 2)),
            Presence.AVAILABLE,
            id="the show's 5, though the season was declined",
        ),
        pytest.param(
            server(row(BEAR, AVAILABLE), ask(1, RequestStatus.FAILED, 2)),
            Presence.AVAILABLE,
            id="the show's 5, whatever failed",
        ),
        pytest.param(server(row(BEAR, PARTIAL)), Presence.NOTHING, id="the show's 4 says nothing"),
        pytest.param(server(row(BEAR, PROCESSING)), Presence.NOTHING, id="nor its 3"),
        pytest.param(server(row(BEAR, DELETED)), Presence.DELETED, id="but its 7 does"),
        pytest.param(server(only(2, AVAILABLE)), Presence.AVAILABLE, id="5"),
        pytest.param(server(only(2, PARTIAL)), Presence.AVAILABLE, id="4"),
        pytest.param(server(only(2, PROCESSING)), Presence.PROCESSING, id="3"),
        pytest.param(server(only(2, PENDING)), Presence.REQUESTED, id="2"),
        pytest.param(server(only(2, UNKNOWN)), Presence.NOTHING, id="1"),
        pytest.param(server(only(2, DELETED)), Presence.DELETED, id="7"),
        pytest.param(server(only(1, AVAILABLE)), Presence.NOTHING, id="another season"),
        pytest.param(
            server(only(2, AVAILABLE, DELETED)),
            Presence.AVAILABLE,
            id="it is there, whole show or no",
        ),
        pytest.param(server(ask(1, RequestStatus.PENDING, 1, 2)), Presence.REQUESTED, id="asked"),
        pytest.param(
            server(ask(1, RequestStatus.PENDING, 1)), Presence.NOTHING, id="asked for another"
        ),
        pytest.param(server(ask(1, RequestStatus.APPROVED, 2)), Presence.PROCESSING, id="approved"),
        pytest.param(
            server(only(2, PROCESSING), ask(1, RequestStatus.DECLINED, 2)),
            Presence.DECLINED,
            id="declined, the row left at 3",
        ),
        pytest.param(server(ask(1, RequestStatus.FAILED, 2)), Presence.FAILED, id="failed"),
        pytest.param(
            server(ask(1, RequestStatus.FAILED, 2), ask(2, RequestStatus.PENDING, 2)),
            Presence.REQUESTED,
            id="failed, and asked again",
        ),
        pytest.param(
            server(ask(1, RequestStatus.COMPLETED, 2)), Presence.DELETED, id="completed, then gone"
        ),
        pytest.param(server(blocklist=[BEAR]), Presence.BLOCKLISTED, id="blocklisted"),
    ],
)
def test_a_season_is_what_its_requests_and_then_its_rows_say(
    observed: Observed, presence: Presence
) -> None:
    assert season(SHOW, 2, observed).presence is presence


def test_a_show_marked_as_available_in_4k_is_there_in_4k_alone() -> None:
    marked = server(MediaState(BEAR, AVAILABLE, AVAILABLE, {1: (AVAILABLE, UNKNOWN)}))

    assert season(Target(BEAR, is_4k=True), 2, marked).presence is Presence.AVAILABLE
    assert season(SHOW, 2, marked).presence is Presence.NOTHING
    assert show(Target(BEAR, is_4k=True), marked) is Presence.AVAILABLE


def test_a_season_declined_within_a_living_request_is_declined() -> None:
    mixed = replace(
        ask(1, RequestStatus.APPROVED, 1, 2),
        seasons={1: RequestStatus.APPROVED, 2: RequestStatus.DECLINED},
    )

    presence = [season(SHOW, number, server(mixed)).presence for number in (1, 2)]

    assert presence == [Presence.PROCESSING, Presence.DECLINED]


def test_the_known_seasons_are_those_of_rows_and_requests() -> None:
    observed = server(only(1, UNKNOWN), ask(1, RequestStatus.DECLINED, 3))

    assert known_seasons(SHOW, observed) == {1, 3}
    assert known_seasons(Target(BEAR, is_4k=True), observed) == {1}
