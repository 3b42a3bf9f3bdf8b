"""A removed title is requested again only when it is put back on a list, each time (law 5)."""

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
    household = Household(Server(FACTS))
    snapshots = {"first": snapshot([media]), "second": snapshot([])}
    household.apply(household.look(snapshots))
    household.server.remove(media)

    reconciliation = household.look(snapshots)

    assert reconciliation.plan.actions == ()
    taken_away = MemoryEntry(present=False, refused=household.now)
    assert (
        reconciliation.decision.state.memory.slots[MemoryKey(Target(media), number)] == taken_away
    )


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
    household = Household(Server(FACTS))
    snapshots = {"first": snapshot([*OTHERS, media]), "second": snapshot([])}
    without = {**snapshots, "first": snapshot(OTHERS)}
    household.apply(household.look(snapshots))
    for end in (first, second):
        end(household.server, media)
        assert household.look(snapshots).plan.actions == ()
        household.apply(household.look(without))
        back = household.look(snapshots)
        assert [(a.target.media, a.why) for a in back.plan.actions] == [(media, Why.READDED)]
        household.apply(back)


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["film", "show"])
@pytest.mark.parametrize("end", ENDS)
def test_a_request_that_fails_after_a_title_was_put_back_is_retried(
    end: Callable[[Server, MediaKey], None], media: MediaKey
) -> None:
    household = Household(Server(FACTS))
    snapshots = {"first": snapshot([*OTHERS, media]), "second": snapshot([])}
    household.apply(household.look(snapshots))
    end(household.server, media)
    household.apply(household.look({**snapshots, "first": snapshot(OTHERS)}))
    household.apply(household.look(snapshots))
    household.server.judge(_newest(household.server, media), RequestStatus.FAILED)

    assert [(a.op, a.target.media) for a in household.look(snapshots).plan.actions] == [
        (Op.RETRY, media)
    ]
