"""Which seasons the lists want: each list's rule, their union, and what a list's item names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import Action, Memory, Observed, Reason, SeasonRule, Verdict
from tests.core.test_plan_shows import DECLINED, ask, remembered, there
from tests.core.values import BEAR, entry, facts, having, plan, server, summarize, wishes

FIRST, LATEST = SeasonRule(first=1), SeasonRule(last=1)
SHOWS = {BEAR.tmdb: facts(1, 2, 3, coming=(4,))}


def by_rules(*rules: SeasonRule, on: Observed, memory: Memory | None = None) -> list[str]:
    """A show of three aired seasons on as many lists as there are rules."""
    lists = [
        having(wishes(entry(BEAR), name=f"list {i}", index=i), seasons=rule)
        for i, rule in enumerate(rules)
    ]
    return summarize(plan(*lists, on=replace(on, shows=SHOWS), memory=memory))


@pytest.mark.parametrize(
    ("rules", "observed", "answer"),
    [
        pytest.param([FIRST], server(), ["request S1 (missing)"], id="first"),
        pytest.param([LATEST], server(), ["request S3 (missing)"], id="latest"),
        pytest.param([FIRST], there(1), ["available"], id="first is there"),
        pytest.param([LATEST], there(1), ["extend S3 (new-season)"], id="followed"),
        pytest.param([FIRST], there(3), ["extend S1 (missing)"], id="an older one"),
        pytest.param([FIRST, LATEST], server(), ["request S1, S3 (missing)"], id="union"),
        pytest.param([LATEST, SeasonRule()], there(1), ["extend S2-3 (new-season)"], id="all wins"),
        pytest.param([FIRST], server(ask(DECLINED, 1)), ["declined"], id="what it wants declined"),
        pytest.param(
            [FIRST, LATEST], server(ask(DECLINED, 1)), ["request S3 (missing)"], id="one declined"
        ),
        pytest.param(
            [SeasonRule(named=(4,))], server(), ["unaired"], id="a season that is to come"
        ),
    ],
)
def test_lists_ask_for_the_seasons_they_want(
    rules: list[SeasonRule], observed: Observed, answer: list[str]
) -> None:
    assert by_rules(*rules, on=observed) == answer


@pytest.mark.parametrize(
    ("numbers", "observed", "answer"),
    [
        pytest.param((0,), server(), ["not-permitted"], id="specials alone"),
        pytest.param((0, 1), server(), ["request S1 (missing)"], id="others are asked for"),
        pytest.param((0, 1), there(1), ["available"], id="others are there"),
        pytest.param((0,), there(0), ["available"], id="they are there"),
    ],
)
def test_specials_are_not_asked_of_a_server_that_takes_none(
    numbers: tuple[int, ...], observed: Observed, answer: list[str]
) -> None:
    lst = having(wishes(entry(BEAR)), seasons=SeasonRule(named=numbers))
    on = replace(observed, shows={BEAR.tmdb: facts(0, 1)}, takes_specials=False)
    made = plan(lst, on=on)
    assert summarize(made) == answer
    rows: list[Action | Verdict] = [*made.actions, *made.verdicts]
    details = [row.detail for row in rows if Reason.NOT_PERMITTED in row.beside]
    assert all("the server does not accept requests for specials" in detail for detail in details)
    assert bool(details) is (answer != ["available"] or numbers == (0, 1))


def test_a_season_taken_away_stays_out_while_others_are_asked_for() -> None:
    assert by_rules(FIRST, LATEST, on=there(2), memory=remembered(1)) == ["extend S3 (new-season)"]


def test_seasons_that_a_place_on_a_list_names_are_the_only_ones_it_wants() -> None:
    item = replace(entry(BEAR).item, seasons=(2,))
    lst = wishes(replace(entry(BEAR), item=item))
    assert summarize(plan(lst, on=replace(server(), shows=SHOWS))) == ["request S2 (missing)"]


def test_what_another_list_held_when_last_complete_counts_for_its_seasons() -> None:
    fresh = having(wishes(entry(BEAR)), seasons=FIRST)
    stale = having(wishes(entry(BEAR, fresh=False), name="other", index=1), seasons=LATEST)
    made = plan(fresh, stale, on=replace(server(), shows=SHOWS))
    assert summarize(made) == ["request S1, S3 (missing)"]
