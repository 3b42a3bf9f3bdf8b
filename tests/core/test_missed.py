"""Since when a list has missed a title: what counts, and what neither starts nor resets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.membership import absences, advance
from reconciler.core.model import (
    ListRef,
    Match,
    MatchMethod,
    Membership,
    Outcome,
    Snapshot,
)
from tests.core.values import DUNE, NOW, item

DAY = timedelta(days=1)
WEEK = 7 * DAY
REF = ListRef("imdb", "a")
KEYS = [replace(DUNE, tmdb=number) for number in range(1, 9)]
MATCHES = {item(media).key: Match(media, MatchMethod.TMDB) for media in KEYS}
MEMBERSHIP = advance(
    Membership(str(REF)),
    Snapshot(Outcome.COMPLETE, "browser", tuple(map(item, KEYS))),
    MATCHES,
    NOW,
)


def fetch(numbers: Iterable[int], outcome: Outcome = Outcome.COMPLETE) -> Snapshot:
    items = tuple(item(KEYS[n - 1], position) for position, n in enumerate(numbers, start=1))
    return Snapshot(outcome, "browser", items)


ALL_BUT_8, NONE = fetch(range(1, 8)), fetch([], Outcome.EMPTY)
FEW = fetch([1, 2])


def after(*fetches: tuple[float, Snapshot], patience: timedelta = WEEK) -> Membership:
    """The membership after fetches, each so many days from now."""
    membership = MEMBERSHIP
    for days, snapshot in fetches:
        membership = advance(membership, snapshot, MATCHES, NOW + days * DAY, patience)
    return membership


def since(membership: Membership) -> dict[int, float]:
    """In days from now, by title."""
    return {m.tmdb: (a.since - NOW) / DAY for m, a in absences(membership).items()}


@pytest.mark.parametrize(
    ("fetches", "missed"),
    [
        pytest.param([(1, ALL_BUT_8)], {8: 1}, id="the first complete fetch that missed it"),
        pytest.param([(1, ALL_BUT_8), (2, ALL_BUT_8)], {8: 1}, id="and not a later one"),
        pytest.param(
            [(1, ALL_BUT_8), (2, fetch([1], Outcome.INCOMPLETE)), (3, ALL_BUT_8)],
            {8: 1},
            id="an incomplete fetch does not reset it",
        ),
        pytest.param([(1, ALL_BUT_8), (2, NONE), (3, ALL_BUT_8)], {8: 1}, id="nor an empty one"),
        pytest.param([(1, ALL_BUT_8), (2, FEW), (3, ALL_BUT_8)], {8: 1}, id="nor a shrunk one"),
        pytest.param([(1, fetch([1, 2], Outcome.INCOMPLETE))], {}, id="nor does it start it"),
        pytest.param([(1, NONE), (7.9, NONE)], {}, id="an empty list is waited out"),
        pytest.param([(1, NONE), (8, NONE)], dict.fromkeys(range(1, 9), 8), id="and then counts"),
        pytest.param([(1, FEW), (7.9, FEW)], {}, id="a shrunk list is waited out"),
        pytest.param(
            [(1, FEW), (8, FEW)], dict.fromkeys(range(3, 9), 8), id="and then counts, too"
        ),
        pytest.param([(1, NONE), (8, FEW)], {}, id="a list that changed waits again"),
        pytest.param(
            [(1, ALL_BUT_8), (2, fetch(range(1, 9))), (3, ALL_BUT_8)], {8: 3}, id="it was back"
        ),
        pytest.param(
            [(1, ALL_BUT_8), (2, fetch([8], Outcome.INCOMPLETE)), (3, ALL_BUT_8)],
            {8: 3},
            id="half a list showed it",
        ),
    ],
)
def test_a_title_is_missed_since_the_first_fetch_that_counts(
    fetches: list[tuple[float, Snapshot]], missed: dict[int, float]
) -> None:
    assert since(after(*fetches)) == missed


def test_a_shorter_patience_holds_for_pruning_alone() -> None:
    shrunk = after((1, FEW), (2, FEW), patience=DAY)

    assert since(shrunk) == dict.fromkeys(range(3, 9), 2)
    assert all(member.present for member in shrunk.members.values())


def test_a_list_that_stays_empty_misses_its_titles_and_they_are_not_gone() -> None:
    empty = after((1, NONE), (8, NONE), (16, NONE))

    assert empty.completed == NOW + 16 * DAY
    assert since(empty) == dict.fromkeys(range(1, 9), 8)
    assert all(member.present for member in empty.members.values())


def test_a_title_under_two_names_is_missed_when_both_are() -> None:
    renamed = replace(item(KEYS[0]), title="Another", ids=replace(item(KEYS[0]).ids, imdb="tt1"))
    both = Snapshot(Outcome.COMPLETE, "browser", (*map(item, KEYS), renamed))
    matches = {**MATCHES, renamed.key: Match(KEYS[0], MatchMethod.IMDB)}
    first = advance(MEMBERSHIP, both, matches, NOW + DAY)
    second = advance(first, fetch(range(1, 9)), matches, NOW + 2 * DAY)
    third = advance(second, fetch(range(2, 9)), matches, NOW + 3 * DAY)

    assert since(second) == {}
    assert since(third) == {1: 3}
