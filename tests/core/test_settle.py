"""How an action's result changes the memory of its title."""

from __future__ import annotations

import pytest

from reconciler.core.memory import settle
from reconciler.core.model import (
    Action,
    Attempts,
    Done,
    Expected,
    Kind,
    MatchMethod,
    MediaKey,
    MemoryEntry,
    MemoryKey,
    Op,
    Result,
    Target,
    Why,
)
from tests.core.values import ADMIN, NOW, item

FILM, SHOW = MediaKey(Kind.MOVIE, 1), MediaKey(Kind.TV, 2)
PRESENT, ABSENT = MemoryEntry(), MemoryEntry(present=False)


def action(media: MediaKey, op: Op, seasons: tuple[int, ...] | None = None) -> Action:
    lists, matched = ("wishes",), MatchMethod.TMDB
    target, pending = Target(media), Expected.PENDING
    return Action(op, Why.MISSING, target, item(media), lists, matched, ADMIN, pending, seasons)


def slots_after(media: MediaKey, op: Op, result: Result, *seasons: int) -> dict[object, object]:
    """The memory of the whole title (None) and of its seasons after a result."""
    settlement = settle(action(media, op, seasons or None), Done(result), Attempts(), NOW)
    assert {slot.target for slot in settlement.slots} <= {Target(media)}
    return {slot.season: entry for slot, entry in settlement.slots.items()}


@pytest.mark.parametrize("result", [Result.CREATED, Result.UNDELIVERED, Result.EXISTS], ids=str)
def test_what_the_server_has_is_remembered_with_each_season(result: Result) -> None:
    assert slots_after(FILM, Op.REQUEST, result) == {None: PRESENT}
    assert slots_after(SHOW, Op.REQUEST, result, 1, 2) == {None: PRESENT, 1: PRESENT, 2: PRESENT}


def test_what_was_canceled_is_remembered_as_gone_and_a_show_beside_its_seasons_is_not() -> None:
    assert slots_after(FILM, Op.CANCEL, Result.CANCELLED) == {None: ABSENT}
    assert slots_after(SHOW, Op.CANCEL, Result.CANCELLED, 1, 2) == {1: ABSENT, 2: ABSENT}


def test_any_other_result_remembers_nothing() -> None:
    recorded = {Result.CREATED, Result.UNDELIVERED, Result.EXISTS, Result.CANCELLED}
    others = {result: slots_after(FILM, Op.REQUEST, result) for result in set(Result) - recorded}
    assert {result: slots for result, slots in others.items() if slots} == {}


@pytest.mark.parametrize("result", Result, ids=str)
def test_only_a_canceled_request_is_kept_in_mind_by_its_lists(result: Result) -> None:
    settlement = settle(action(FILM, Op.CANCEL), Done(result), Attempts(), NOW)
    assert settlement.canceled == (result is Result.CANCELLED)
    assert set(settlement.slots) <= {MemoryKey(Target(FILM))}
