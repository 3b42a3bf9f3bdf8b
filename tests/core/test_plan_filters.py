"""Filters among what a list says of its titles: whose they are, and what is asked of the server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import (
    DesiredList,
    Entry,
    Facts,
    Film,
    Filter,
    Ids,
    Item,
    Match,
    MatchMethod,
    MediaKey,
    Name,
    Observed,
    Reason,
    Role,
    Unmatched,
    Years,
)
from reconciler.core.wants import dropped, in_doubt
from tests.core.values import (
    ANNA,
    BEAR,
    DUNE,
    HEAT,
    entry,
    facts,
    having,
    plan,
    server,
    summarize,
    unresolved_entry,
    wishes,
)

WELL_RATED = Filter(min_rating=7.0)
OLD = Filter(years=Years(None, 1999))


def rated(media: MediaKey, rating: float | None, position: int = 1) -> Entry:
    """As ``entry``, from a list that rates."""
    plain = entry(media, position)
    return replace(plain, item=replace(plain.item, facts=Facts(rating=rating)))


def filtered(rules: Filter, *entries: Entry, name: str = "list", index: int = 0) -> DesiredList:
    return having(wishes(*entries, name=name, index=index), filter=rules)


def films(**facts_by_name: Film | Unmatched) -> Observed:
    """A server that was asked for ``dune``."""
    return replace(server(), films={DUNE.tmdb: facts_by_name["dune"]})


def dune(rating: float | None) -> Film:
    return Film(DUNE.tmdb, "Dune", 2021, Facts(rating=rating))


@pytest.mark.parametrize(
    ("rated_by_list", "on", "expected"),
    [
        pytest.param(8.0, films(dune=dune(1.0)), "request (missing)", id="the list rates it"),
        pytest.param(None, films(dune=dune(8.0)), "request (missing)", id="TMDB rates it"),
        pytest.param(6.0, films(dune=dune(9.0)), "rating 6 from the list, below 7", id="too low"),
        pytest.param(
            None, films(dune=dune(6.5)), "rating 6.5 from TMDB, below 7", id="too low at TMDB"
        ),
        pytest.param(None, films(dune=dune(None)), "rating unknown", id="nobody rates it"),
        pytest.param(None, server(), "rating unknown", id="nobody was asked"),
        pytest.param(
            None,
            films(dune=Unmatched(Reason.UNRESOLVED, "TMDB is silent")),
            "rating unknown (TMDB is silent)",
            id="TMDB does not answer",
        ),
    ],
)
def test_a_title_is_filtered_and_it_is_said_why(
    rated_by_list: float | None, on: Observed, expected: str
) -> None:
    made = plan(filtered(WELL_RATED, rated(DUNE, rated_by_list)), on=on)
    if summarize(made) != ["filtered"]:
        assert summarize(made) == [expected]
        return
    assert [(row.reason, row.detail) for row in made.verdicts] == [(Reason.FILTERED, expected)]


def test_a_shows_facts_come_with_its_seasons() -> None:
    good, bad = (replace(facts(1, 2), facts=Facts(rating=rating)) for rating in (8.6, 5.0))
    lst = filtered(WELL_RATED, entry(BEAR))
    assert summarize(plan(lst, on=server(shows={BEAR.tmdb: good}))) == ["request S1-2 (missing)"]
    assert summarize(plan(lst, on=server(shows={BEAR.tmdb: bad}))) == ["filtered"]


def test_a_title_that_one_list_filters_belongs_to_the_next_that_wants_it() -> None:
    first = filtered(OLD, entry(DUNE), name="first")
    second = replace(wishes(entry(DUNE), name="second", index=1), requester=ANNA)
    (action,) = plan(first, second).actions
    assert (action.lists, action.requester) == (("second",), ANNA)


def test_a_list_that_was_not_read_wakes_no_title_that_another_filters() -> None:
    here = filtered(OLD, entry(DUNE), name="here")
    unread = wishes(entry(DUNE, fresh=False), name="unread", index=1)
    assert summarize(plan(here, unread)) == ["filtered"]


def test_of_lists_that_were_not_read_none_asks_for_a_title_that_those_that_were_filter() -> None:
    unread = wishes(entry(DUNE, fresh=False), name="unread")
    here = filtered(OLD, entry(DUNE), name="here", index=1)
    assert summarize(plan(unread, here)) == ["filtered"]


def test_a_list_that_filters_a_show_adds_no_seasons_of_it() -> None:
    item = replace(entry(BEAR).item, seasons=(3,))
    other = filtered(OLD, Entry(item, Match(BEAR, MatchMethod.TMDB)), name="other", index=1)
    mine = wishes(replace(entry(BEAR), item=replace(item, seasons=(1,))), name="mine")
    on = server(shows={BEAR.tmdb: facts(1, 2, 3)})
    assert summarize(plan(mine, other, on=on)) == ["request S1 (missing)"]


def test_an_exclusion_comes_before_a_filter() -> None:
    never = having(wishes(entry(DUNE), name="never", index=1), role=Role.EXCLUDE)
    assert summarize(plan(filtered(OLD, entry(DUNE)), never)) == ["excluded"]


def test_what_the_list_tells_drops_a_title_of_a_suspended_list_and_nothing_else_is_asked() -> None:
    lst = having(filtered(WELL_RATED, rated(DUNE, 6.0), rated(HEAT, None, 2)), suspended=True)
    assert summarize(plan(lst)) == ["filtered", "suspended"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.AMBIGUOUS, "filtered"),
        (Reason.NOT_FOUND, "filtered"),
        (Reason.UNSUPPORTED_KIND, "unsupported-kind"),
    ],
)
def test_a_title_that_its_list_drops_anyway_needs_nobody(reason: Reason, expected: str) -> None:
    unmatched = unresolved_entry(reason)
    if reason is Reason.UNSUPPORTED_KIND:
        unmatched = replace(unmatched, item=replace(unmatched.item, unsupported="videoGame"))
    assert summarize(plan(filtered(OLD, unmatched))) == [expected]


def test_a_title_that_leads_nowhere_stays_so_where_its_list_does_not_tell_enough() -> None:
    assert summarize(plan(filtered(WELL_RATED, unresolved_entry(Reason.NOT_FOUND)))) == [
        "not-found"
    ]


def test_the_kind_is_the_servers_where_the_title_was_matched() -> None:
    item = Item(1, "Dune", 2021, None, Ids(imdb="tt1160419"))
    only_shows = Filter(types=(BEAR.kind,))
    made = plan(filtered(only_shows, Entry(item, Match(DUNE, MatchMethod.IMDB, "Dune", 2021))))
    assert [row.detail for row in made.verdicts] == ["a film, not a show"]


def test_a_list_of_bare_ids_is_filtered_by_the_names_the_server_gives() -> None:
    bare = Entry(
        Item(1, "", None, None, Ids(imdb="tt1")), Match(DUNE, MatchMethod.IMDB, "Dune", 2021)
    )
    cats = Filter(exclude_titles=(Name(("dune",), 2021),))
    assert summarize(plan(filtered(cats, bare))) == ["filtered"]


@pytest.mark.parametrize(
    ("lst", "drops", "asks"),
    [
        pytest.param(wishes(entry(DUNE)), False, False, id="no filter"),
        pytest.param(filtered(OLD, entry(DUNE)), True, False, id="dropped by its year"),
        pytest.param(filtered(WELL_RATED, rated(DUNE, 8)), False, False, id="rated by the list"),
        pytest.param(filtered(WELL_RATED, entry(DUNE)), False, True, id="not rated"),
        pytest.param(
            having(filtered(WELL_RATED, entry(DUNE)), suspended=True), False, False, id="suspended"
        ),
        pytest.param(
            replace(filtered(WELL_RATED, entry(DUNE)), adopted=frozenset({entry(DUNE).item.key})),
            False,
            False,
            id="adopted",
        ),
        pytest.param(
            replace(filtered(WELL_RATED, entry(DUNE)), awaits_baseline=True),
            False,
            False,
            id="expectant",
        ),
    ],
)
def test_the_server_is_asked_only_what_the_list_leaves_open(
    lst: DesiredList, *, drops: bool, asks: bool
) -> None:
    (place,) = lst.entries
    assert (dropped(lst, place), in_doubt(lst, place)) == (drops, asks)
