"""What was taken away stays away, and comes back each time it is put back (law 5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.core.model import (
    Kind,
    MediaKey,
    MemoryEntry,
    MemoryKey,
    Op,
    RequestStatus,
    Target,
    Why,
)
from tests.core.household import Household, Server, snapshot
from tests.core.values import BEAR, DUNE, facts

OTHERS = [MediaKey(Kind.MOVIE, number) for number in (1, 2, 3)]
FACTS = {BEAR.tmdb: facts(1, 2)}


@pytest.mark.parametrize("number", [None, 1, 2], ids=["film", "S1", "S2"])
def test_what_was_requested_and_taken_away_is_handled_without_a_trace_of_it(
    number: int | None,
) -> None:
    media = DUNE if number is None else BEAR
    house = Household(Server(FACTS))
    held = {"first": snapshot([media]), "second": snapshot([])}
    house.apply(house.look(held))
    house.server.remove(media)

    seen = house.look(held)

    assert seen.plan.actions == ()
    gone = MemoryEntry(present=False, refused=house.now)
    assert seen.decision.state.memory.slots[MemoryKey(Target(media), number)] == gone


def _newest(server: Server, media: MediaKey) -> int:
    return max(n for n, r in server.requests.items() if r.target.media == media)


def _decline(server: Server, media: MediaKey) -> None:
    server.judge(_newest(server, media), RequestStatus.DECLINED)


def _withdraw(server: Server, media: MediaKey) -> None:
    server.delete_request(_newest(server, media))


def _complete_and_delete(server: Server, media: MediaKey) -> None:
    server.complete(_newest(server, media))
    server.mark_deleted(media)


def _complete_and_remove(server: Server, media: MediaKey) -> None:
    server.complete(_newest(server, media))
    server.remove(media)


ENDS = [_decline, _withdraw, _complete_and_delete, _complete_and_remove]


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["film", "show"])
@pytest.mark.parametrize("second", ENDS)
@pytest.mark.parametrize("first", ENDS)
def test_a_title_can_be_put_back_again_however_it_ended_before(
    first: Callable[[Server, MediaKey], None],
    second: Callable[[Server, MediaKey], None],
    media: MediaKey,
) -> None:
    house = Household(Server(FACTS))
    held = {"first": snapshot([*OTHERS, media]), "second": snapshot([])}
    without = {**held, "first": snapshot(OTHERS)}
    house.apply(house.look(held))
    for end in (first, second):
        end(house.server, media)
        assert house.look(held).plan.actions == ()
        house.apply(house.look(without))
        back = house.look(held)
        assert [(a.target.media, a.why) for a in back.plan.actions] == [(media, Why.READDED)]
        house.apply(back)


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["film", "show"])
@pytest.mark.parametrize("end", ENDS)
def test_a_request_that_fails_after_a_title_was_put_back_is_retried(
    end: Callable[[Server, MediaKey], None], media: MediaKey
) -> None:
    house = Household(Server(FACTS))
    held = {"first": snapshot([*OTHERS, media]), "second": snapshot([])}
    house.apply(house.look(held))
    end(house.server, media)
    house.apply(house.look({**held, "first": snapshot(OTHERS)}))
    house.apply(house.look(held))
    house.server.judge(_newest(house.server, media), RequestStatus.FAILED)

    assert [(a.op, a.target.media) for a in house.look(held).plan.actions] == [(Op.RETRY, media)]
