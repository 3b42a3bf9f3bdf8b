"""A list that names some of a show's seasons, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import DesiredList, Entry, MediaStatus, Observed, RequestStatus
from tests.core.values import BEAR, entry, facts, plan, request, row, server, summarize, wishes


def entry_naming(*seasons: int, fresh: bool = True) -> Entry:
    whole = entry(BEAR, fresh=fresh)
    return replace(whole, item=replace(whole.item, seasons=seasons))


def decide(*lists: DesiredList, on: Observed | None = None) -> list[str]:
    """Four aired seasons, one to come, and specials that aired."""
    shows = {BEAR.tmdb: facts(0, 1, 2, 3, 4, coming=[5])}
    return summarize(plan(*lists, on=replace(on or server(), shows=shows)))


@pytest.mark.parametrize(
    ("seasons", "answer"),
    [
        pytest.param((2,), ["request S2 (missing)"], id="one"),
        pytest.param((1, 3), ["request S1, S3 (missing)"], id="several"),
        pytest.param((4, 5), ["request S4 (missing)"], id="one is still to come"),
        pytest.param((5,), ["unaired"], id="none has aired"),
        pytest.param((9,), ["unaired"], id="nobody announced it"),
        pytest.param((0,), ["request S0 (missing)"], id="specials, when they are named"),
    ],
)
def test_only_the_named_seasons_are_asked_for(seasons: tuple[int, ...], answer: list[str]) -> None:
    assert decide(wishes(entry_naming(*seasons))) == answer


@pytest.mark.parametrize(
    ("observed", "answer"),
    [
        pytest.param(
            server(row(BEAR, seasons={1: MediaStatus.AVAILABLE})),
            ["extend S2 (new-season)"],
            id="another season is there",
        ),
        pytest.param(
            server(row(BEAR, seasons={2: MediaStatus.AVAILABLE})), ["available"], id="it is there"
        ),
        pytest.param(
            server(request(1, BEAR, RequestStatus.DECLINED, 2)), ["declined"], id="it was declined"
        ),
    ],
)
def test_the_other_seasons_do_not_count(observed: Observed, answer: list[str]) -> None:
    assert decide(wishes(entry_naming(2)), on=observed) == answer


def test_two_lists_want_the_seasons_of_both() -> None:
    both = wishes(entry_naming(1), name="one"), wishes(entry_naming(3), name="other", index=1)

    assert decide(*both) == ["request S1, S3 (missing)"]


def test_a_list_that_wants_the_whole_show_wants_every_season() -> None:
    some = wishes(entry_naming(1), name="some")

    assert decide(some, wishes(entry(BEAR), name="whole", index=1)) == ["request S1-4 (missing)"]


def test_a_list_that_was_not_read_still_wants_its_seasons() -> None:
    unread = wishes(entry_naming(1, fresh=False), name="unread")

    assert decide(unread, wishes(entry_naming(2), name="read", index=1)) == [
        "request S1-2 (missing)"
    ]


def test_what_has_not_aired_is_listed_beside() -> None:
    made = plan(wishes(entry_naming(4, 5)), on=server(shows={BEAR.tmdb: facts(4, coming=[5])}))

    assert made.actions[0].detail == "S5 unaired"
