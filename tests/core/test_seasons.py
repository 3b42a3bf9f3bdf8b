"""Which seasons have aired, and how a set of seasons is written."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from reconciler.core.model import (
    MediaStatus,
    Observed,
    Reason,
    RequestStatus,
    Season,
    SeasonRule,
    Show,
    Unmatched,
)
from reconciler.core.seasons import Basis, aired, basis, choose_seasons, span, unaired
from tests.core.values import (
    BEAR,
    TODAY,
    entry,
    facts,
    plan,
    request,
    row,
    server,
    summarize,
    wishes,
)


def show(*seasons: tuple[int, date | None]) -> Show:
    return running(*((number, aired_on, 8) for number, aired_on in seasons))


def running(*seasons: tuple[int, date | None, int | None], last: int | None = None) -> Show:
    """A show whose last episode to air is in season ``last``."""
    listed = tuple(Season(*each) for each in seasons)
    return Show(1, "A show", 2020, ended=False, seasons=listed, last_aired_season=last)


def ended_show(*seasons: tuple[int, date | None, int | None], last: int | None = None) -> Show:
    """A show that has ended or was canceled."""
    return replace(running(*seasons, last=last), ended=True)


YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "out", "coming"),
    [
        pytest.param(show(), (), (), id="no seasons"),
        pytest.param(show((1, YESTERDAY), (2, TOMORROW)), (1,), (2,), id="one of each"),
        pytest.param(show((1, TODAY)), (1,), (), id="on the day itself"),
        pytest.param(show((1, None)), (), (1,), id="no date is not aired"),
        pytest.param(show((0, YESTERDAY), (1, YESTERDAY)), (1,), (), id="specials are not implied"),
        pytest.param(show((0, TOMORROW)), (), (), id="specials alone"),
        pytest.param(
            show((3, YESTERDAY), (1, YESTERDAY), (2, YESTERDAY)), (1, 2, 3), (), id="in order"
        ),
        pytest.param(show((1, YESTERDAY), (3, YESTERDAY)), (1, 3), (), id="with a gap"),
        pytest.param(
            running((1, None, 8), (2, None, 8), (3, None, 8), last=2),
            (1, 2),
            (3,),
            id="without dates, up to the last episode",
        ),
        pytest.param(
            ended_show((1, None, 8), (2, None, 8), last=1),
            (1, 2),
            (),
            id="without dates, the show has ended",
        ),
        pytest.param(ended_show((1, None, 8)), (1,), (), id="ended, no last episode is known"),
        pytest.param(
            ended_show((1, None, 8), (2, None, 0)),
            (1,),
            (2,),
            id="ended, a season without episodes",
        ),
        pytest.param(
            ended_show((1, None, None), (2, None, None), last=1),
            (1,),
            (2,),
            id="ended, the numbers of episodes are unknown",
        ),
        pytest.param(
            running((1, None, None), last=1), (1,), (), id="running, the number is unknown"
        ),
        pytest.param(
            running((1, YESTERDAY, None)), (1,), (), id="a date, and an unknown number of episodes"
        ),
        pytest.param(
            running((1, YESTERDAY, 8), (2, YESTERDAY, 0), (3, TOMORROW, 0), last=3),
            (1,),
            (2, 3),
            id="no episodes, whatever the date",
        ),
        pytest.param(
            running((1, None, 8), (2, TOMORROW, 8), last=2),
            (1,),
            (2,),
            id="a date to come outweighs the last episode",
        ),
        pytest.param(
            running((1, YESTERDAY, 8), (2, YESTERDAY, 8), last=1),
            (1, 2),
            (),
            id="so does a date that has come",
        ),
        pytest.param(ended_show((1, TOMORROW, 8), last=1), (), (1,), id="and the end of the show"),
        pytest.param(
            running((0, None, 3), (1, None, 8), last=0), (), (1,), id="the last was a special"
        ),
        pytest.param(running((1, None, 8), last=4), (1,), (), id="later seasons are not listed"),
    ],
)
def test_a_season_has_aired_once_its_first_episode_has(
    facts: Show, out: tuple[int, ...], coming: tuple[int, ...]
) -> None:
    assert (aired(facts, TODAY), unaired(facts, TODAY)) == (out, coming)


def test_of_the_facts_that_are_known_the_first_of_the_table_decides() -> None:
    """From a season without facts to one with all facts, fact by fact."""
    shows = [
        running((1, None, None)),
        running((1, None, None), last=1),
        ended_show((1, None, 8), last=1),
        ended_show((1, YESTERDAY, 8), last=1),
        ended_show((1, YESTERDAY, 0), last=1),
    ]
    table = re.findall(r" (no-episodes|air-date|ended|last-episode|nothing)  ", basis.__doc__ or "")
    assert table == list(Basis)
    assert [basis(show.seasons[0], show) for show in shows] == list(Basis)[::-1]


@pytest.mark.parametrize(
    ("facts", "here"),
    [
        pytest.param(running((0, None, 3), last=2), True, id="something of the show has aired"),
        pytest.param(running((0, None, 3)), False, id="nothing is known to have aired"),
        pytest.param(running((0, None, 0), last=2), False, id="there are none"),
        pytest.param(running((0, TOMORROW, 3), last=2), False, id="they have a date to come"),
        pytest.param(ended_show((0, None, 3)), True, id="the show has ended"),
    ],
)
def test_specials_without_a_date_have_aired_once_anything_of_the_show_has(
    facts: Show,
    here: bool,  # noqa: FBT001
) -> None:
    assert choose_seasons([SeasonRule(named=(0,))], facts, TODAY) == (
        ((0,), ()) if here else ((), (0,))
    )


WITH_SPECIALS = facts(0, 1, 2, 3, 4, coming=(5,))


@pytest.mark.parametrize(
    ("rules", "out", "coming"),
    [
        pytest.param([SeasonRule()], (1, 2, 3, 4), (5,), id="all"),
        pytest.param([SeasonRule(first=1)], (1,), (), id="first"),
        pytest.param([SeasonRule(first=2)], (1, 2), (), id="first 2"),
        pytest.param([SeasonRule(first=9)], (1, 2, 3, 4), (5,), id="more than there are"),
        pytest.param([SeasonRule(last=1)], (4,), (5,), id="latest"),
        pytest.param([SeasonRule(last=3)], (2, 3, 4), (5,), id="last 3"),
        pytest.param([SeasonRule(last=9)], (1, 2, 3, 4), (5,), id="last of more than there are"),
        pytest.param([SeasonRule(named=(1, 2, 3))], (1, 2, 3), (), id="1-3"),
        pytest.param([SeasonRule(named=(1, 4))], (1, 4), (), id="named"),
        pytest.param([SeasonRule(named=(0,))], (0,), (), id="specials, named"),
        pytest.param([SeasonRule(named=(5, 9))], (), (5, 9), id="named, to come and unheard of"),
        pytest.param([SeasonRule(first=1), SeasonRule(last=1)], (1, 4), (5,), id="two lists"),
        pytest.param([SeasonRule(named=(0, 2)), SeasonRule(first=1)], (0, 1, 2), (), id="union"),
    ],
)
def test_a_rule_chooses_among_the_aired_seasons(
    rules: list[SeasonRule], out: tuple[int, ...], coming: tuple[int, ...]
) -> None:
    assert choose_seasons(rules, WITH_SPECIALS, TODAY) == (out, coming)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([4], "S4"),
        ([1, 2], "S1-2"),
        ([1, 2, 3, 5], "S1-3, S5"),
        ([5, 3, 1], "S1, S3, S5"),
        ([2, 2, 1], "S1-2"),
        ([0, 1], "S0-1"),
        ([9, 10, 11], "S9-11"),
    ],
)
def test_neighbouring_seasons_are_written_as_a_span(numbers: list[int], text: str) -> None:
    assert span(numbers) == text


S1_IS_THERE = server(row(BEAR, seasons={1: MediaStatus.AVAILABLE}))


@pytest.mark.parametrize(
    ("show", "observed", "answer"),
    [
        pytest.param(facts(1, coming=[2]), server(), ["request S1 (missing)"], id="announced"),
        pytest.param(facts(1, undated=[2]), server(), ["request S1 (missing)"], id="undated"),
        pytest.param(facts(1, coming=[2]), S1_IS_THERE, ["available"], id="all that has aired"),
        pytest.param(facts(coming=[1]), server(), ["unaired"], id="not begun"),
        pytest.param(facts(undated=[1]), server(), ["unaired"], id="no date"),
        pytest.param(facts(), server(), ["unaired"], id="no seasons"),
        pytest.param(facts(0), server(), ["unaired"], id="specials alone"),
        pytest.param(facts(0, 1), server(), ["request S1 (missing)"], id="specials are left out"),
        pytest.param(
            facts(1),
            server(request(1, BEAR, RequestStatus.PENDING, 2)),
            ["extend S1 (missing)"],
            id="a later one is asked",
        ),
        pytest.param(
            Unmatched(Reason.UNRESOLVED, "TMDB did not answer"),
            S1_IS_THERE,
            ["unresolved"],
            id="its seasons cannot be read",
        ),
    ],
)
def test_only_seasons_that_aired_are_asked_for(
    show: Show | Unmatched, observed: Observed, answer: list[str]
) -> None:
    with_show = replace(observed, shows={BEAR.tmdb: show})

    assert summarize(plan(wishes(entry(BEAR)), on=with_show)) == answer


def test_a_show_of_which_nothing_was_read_is_unresolved() -> None:
    assert summarize(plan(wishes(entry(BEAR)))) == ["unresolved"]
