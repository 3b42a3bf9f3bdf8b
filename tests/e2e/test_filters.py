"""Filters from the file to the server: what is shown, what is done, and why the rest is not."""

from __future__ import annotations

import jsonschema

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.titles import Title
from examples.sandbox.tricky_titles import TRICKY
from tests.e2e.household import ALIEN, DUNE, HEAT, JOKER, Household, numbers
from tests.e2e.plan_shape import PLAN

AMELIE = next(film for film in FILMS if film.title == "Amélie")
UNSEEN = next(film for film in TRICKY if film.title == "Untitled Glacier Project")
FILTER = {
    "types": ["movie"],
    "years": "1980..",
    "min_rating": 7.85,
    "exclude_genres": ["horror", "Sci-Fi"],
    "languages": ["en"],
    "exclude_titles": ["Joker (1999)"],
}


def test_a_title_that_the_filter_lets_through_is_requested_and_the_plan_says_why_the_rest_is_not(
    household: Household,
) -> None:
    everything: list[Title] = [DUNE, HEAT, ALIEN, JOKER, AMELIE, UNSEEN]
    household.wish(everything, filter=FILTER)

    document = household.run("plan", "-o", "json").document
    jsonschema.validate(document, PLAN)
    assert {
        row["media"]["title"]: (row["reason"], row["detail"]) for row in document["verdicts"]
    } == {
        "Dune": ("filtered", "Science Fiction from TMDB, in exclude_genres"),
        "Alien": ("filtered", "year 1979, before 1980"),
        "Amélie": ("filtered", "language fr from TMDB, not en"),
        "Untitled Glacier Project": ("filtered", "year unknown; genres unknown; rating unknown"),
    }
    text, markdown = household.run("plan").out, household.run("plan", "-o", "markdown").out
    assert "filtered: language fr from TMDB, not en" in text
    assert "filtered: year unknown; genres unknown; rating unknown" in text
    assert "year 1979, before 1980 |" in markdown
    assert "2 to do, 4 filtered" in markdown

    done = household.run("apply", "--yes", "-o", "json")
    assert (done.code, done.results()) == (0, ["created", "created"])
    assert sorted(household.stored()) == sorted(numbers([HEAT, JOKER]))
    assert "No changes." in household.run("plan").out


def test_explain_tells_which_facts_counted_and_whose_they_are(household: Household) -> None:
    household.wish([DUNE, HEAT], filter=FILTER)
    household.run("plan")
    why = household.run("explain", f"tmdb:movie:{DUNE.tmdb}").out
    facts = (
        "rating 7.8 from TMDB, genres Science Fiction and Adventure from TMDB, "
        "language en from TMDB"
    )
    assert f"  filter    {facts}\n" in why
    assert "  verdict   filtered · Science Fiction from TMDB, in exclude_genres\n" in why
    assert "  next      relax `filter` of wishes;" in why
    (heat,) = household.run("explain", f"tmdb:movie:{HEAT.tmdb}", "-o", "json").document["titles"]
    assert heat["verdict"]["word"] == "request"
    assert heat["lists"][0]["facts"]["rating"] == {"value": 7.9, "by": "TMDB"}


def test_a_plan_shows_the_first_filtered_titles_and_counts_the_others(household: Household) -> None:
    household.wish([*FILMS[:9], SHOWS[0]], filter={"types": ["tv"]})
    output = household.run("plan").out
    assert "9 filtered" in output
    assert output.count("filtered: a film, not a show") == 5
    assert "    and 4 more filtered: `listsync plan --all` shows them\n" in output
    assert household.run("plan", "--all").out.count("filtered: a film, not a show") == 9


def test_a_filter_that_is_wrong_stops_everything_and_says_where(household: Household) -> None:
    household.wish([DUNE], filter={"exclude_genres": ["Horor"]})
    done = household.run("apply", "--yes")
    assert done.code == 78
    assert 'filter.exclude_genres[0]: "Horor" is not a genre, did you mean "horror"?' in done.err
    assert household.stored() == []
