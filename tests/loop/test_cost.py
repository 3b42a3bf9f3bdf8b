"""What a run costs the media server in calls, and what it does not ask again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import ceil

import pytest

from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.titles import Title
from reconciler.core.model import Facts, Ids, Item, Kind
from tests.loop.world import World, by_imdb, by_tmdb, decisions

FIRST, SECOND = "imdb:ls000000001", "imdb:ls000000002"
SEVERANCE = next(show for show in SHOWS if show.title == "Severance")  # still running
GENERATED = [title for title in CATALOGUE if title.tmdb >= 9_200_000]
ENDED_SHOWS = [title for title in GENERATED if title.kind == "tv"][:25]


def paths(world: World, part: str) -> list[str]:
    """The paths with ``part`` in them that a look reads, without their queries."""
    return [call.path.partition("?")[0] for call in world.calls(world.look) if part in call.path]


@pytest.mark.parametrize("length", [10, 150], ids=["a short list", "a long list"])
def test_a_quiet_run_costs_the_same_however_long_the_lists_are(world: World, length: int) -> None:
    titles = (*GENERATED[:1100], *ENDED_SHOWS)
    world.sandbox.state.seed(titles, requested_by=1, status=5)
    listed = [*map(by_imdb, GENERATED[:length]), *map(by_imdb, ENDED_SHOWS[: length // 10])]
    world.lists.hold(FIRST, listed)
    world.lists.hold(SECOND, listed)
    world.write(
        {"a": {"source": FIRST, "requester": "alice"}, "b": {"source": SECOND, "requester": "bob"}}
    )
    world.apply()
    calls = world.calls(world.apply)
    rows = len(titles)
    assert len(calls) <= 2 * ceil(rows / 1000) + 6 + 2
    assert {call.method for call in calls} == {"GET"}


def test_a_first_run_asks_once_for_each_title_and_each_show(world: World) -> None:
    films, shows = FILMS[:30], SHOWS[:10]
    world.follow(*map(by_imdb, (*films, *shows)))
    calls = world.calls(world.apply)
    assert len(world.requested()) == 40
    assert len(calls) <= 2 * 40 + 10 + 10
    assert sum("/search" in call.path for call in calls) == 40
    assert sum("/tv/" in call.path for call in calls) == 10


def test_a_known_id_is_never_looked_up(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:5]))
    assert paths(world, "/search") == []


def test_one_title_on_two_lists_is_looked_up_once(world: World) -> None:
    world.write({"a": {"source": FIRST}, "b": {"source": SECOND}})
    world.lists.hold(FIRST, [by_imdb(FILMS[0])])
    world.lists.hold(SECOND, [by_imdb(FILMS[1]), by_imdb(FILMS[0])])
    assert len(paths(world, "/search")) == 2


def both_ids(title: Title, tmdb: int | None = None) -> Item:
    """A title as a list with TMDB and IMDb ids gives it."""
    ids = Ids(imdb=title.imdb, tmdb=tmdb or title.tmdb)
    return replace(by_imdb(title), ids=ids)


def test_a_title_is_not_looked_up_whose_tmdb_id_another_list_carries(world: World) -> None:
    world.write({"a": {"source": FIRST}, "b": {"source": SECOND}})
    world.lists.hold(FIRST, [by_imdb(FILMS[0]), by_imdb(SHOWS[0])])
    world.lists.hold(SECOND, [both_ids(FILMS[0]), both_ids(SHOWS[0])])
    assert paths(world, "/search") == []
    assert decisions(world.look()) == {FILMS[0].title: "request", SHOWS[0].title: "request"}


def test_a_title_is_not_looked_up_whose_tmdb_id_a_list_carried_in_an_earlier_run(
    world: World,
) -> None:
    world.write({"a": {"source": FIRST}, "b": {"source": SECOND}})
    world.lists.hold(FIRST, [by_imdb(FILMS[1])])
    world.lists.hold(SECOND, [both_ids(FILMS[0])])
    world.apply()
    world.lists.hold(FIRST, [by_imdb(FILMS[1]), by_imdb(FILMS[0])])
    world.lists.fail(SECOND)
    assert paths(world, "/search") == []


def test_a_title_is_looked_up_for_which_two_lists_carry_different_tmdb_ids(world: World) -> None:
    world.write({name: {"source": f"imdb:ls00000000{name}"} for name in "123"})
    world.lists.hold("imdb:ls000000001", [by_imdb(FILMS[0])])
    world.lists.hold("imdb:ls000000002", [both_ids(FILMS[0])])
    world.lists.hold("imdb:ls000000003", [both_ids(FILMS[0], tmdb=FILMS[1].tmdb)])
    assert len(paths(world, "/search")) == 1


# ---------------------------------------------------------------------------------------- filters

RATED = {"min_rating": 1, "genres": ["Drama"]}
BY_NAME = {"types": ["movie", "tv"], "years": "1900..", "exclude_titles": ["Cats (2019)"]}


def with_facts(title: Title) -> Item:
    """A title whose list gives every fact that a filter needs."""
    return replace(by_imdb(title), facts=Facts(8.0, 10_000, ("Drama",), "en"))


@pytest.mark.parametrize(
    ("items", "rules", "more"),
    [
        pytest.param([by_imdb(film) for film in FILMS[:30]], RATED, 30, id="films, facts unknown"),
        pytest.param(
            [with_facts(film) for film in FILMS[:30]], RATED, 0, id="films, their list tells"
        ),
        pytest.param([by_imdb(show) for show in SHOWS[:10]], RATED, 0, id="shows"),
        pytest.param(
            [by_imdb(film) for film in FILMS[:30]], BY_NAME, 0, id="what every list tells"
        ),
    ],
)
def test_a_filter_costs_one_call_for_each_film_that_its_list_does_not_tell_of_and_once(
    world: World, items: list[Item], rules: dict[str, object], more: int
) -> None:
    world.follow(*items)
    without = len(world.calls(world.look))
    world.ledger.unlink()
    world.follow(*items, filter=rules)
    first, quiet = len(world.calls(world.look)), len(world.calls(world.look))
    assert first - without == more
    assert quiet <= 8


# ----------------------------------------------------------------------------------- season facts


@pytest.mark.parametrize(
    ("later", "numbers"),
    [
        (timedelta(hours=23), []),
        (timedelta(hours=25), [SEVERANCE.tmdb]),
        (timedelta(days=6), [SEVERANCE.tmdb]),
        (timedelta(days=8), [SHOWS[0].tmdb, SEVERANCE.tmdb]),
    ],
    ids=["the same day", "the next day", "within the week", "after a week"],
)
def test_season_facts_are_believed_for_a_day_and_those_of_ended_shows_for_a_week(
    world: World, later: timedelta, numbers: list[int]
) -> None:
    world.follow(by_tmdb(SHOWS[0]), by_tmdb(SEVERANCE))
    world.look()
    world.clock.moment += later
    assert sorted(paths(world, "/tv/")) == [f"/api/v1/tv/{number}" for number in numbers]


def test_at_most_twenty_shows_are_read_again_in_a_run(world: World) -> None:
    world.follow(*map(by_tmdb, ENDED_SHOWS))
    assert len(paths(world, "/tv/")) == 25
    world.clock.forward(days=8)
    first, second = paths(world, "/tv/"), paths(world, "/tv/")
    assert (len(first), len(second)) == (20, 5)
    assert len({*first, *second}) == 25


def test_old_season_facts_serve_while_tmdb_does_not_answer(world: World) -> None:
    world.follow(by_tmdb(SEVERANCE))
    world.look()
    world.clock.forward(days=2)
    world.sandbox.faults.tmdb_down = True
    assert decisions(world.look()) == {"Severance": "request"}


def test_a_show_whose_seasons_cannot_be_read_is_unresolved_and_asked_for_again(
    world: World,
) -> None:
    world.follow(by_tmdb(SEVERANCE), by_tmdb(FILMS[0]))
    world.sandbox.faults.tmdb_down = True
    by_title = decisions(world.look())
    assert by_title == {"Severance": "unresolved", FILMS[0].title: "request"}
    world.sandbox.faults.tmdb_down = False
    assert decisions(world.look())["Severance"] == "request"


# --------------------------------------------------------------------------------------- look-ups

NOBODYS = Item(1, "The Reel in the Attic", 1997, Kind.MOVIE, Ids(imdb="tt90000003"))


@pytest.mark.parametrize(
    ("days", "times"), [(1, 0), (6.9, 0), (7.1, 1)], ids=["a day", "almost a week", "a week"]
)
def test_a_no_is_believed_for_a_week(world: World, days: float, times: int) -> None:
    world.follow(NOBODYS)
    assert decisions(world.look()) == {NOBODYS.title: "not-found"}
    world.clock.forward(days=days)
    assert len(paths(world, "/search")) == times


def test_a_match_is_believed_for_good(world: World) -> None:
    world.follow(by_imdb(FILMS[0]))
    world.look()
    world.clock.forward(days=100)
    assert paths(world, "/search") == []


@pytest.mark.parametrize(
    "item",
    [by_imdb(FILMS[0]), Item(1, FILMS[0].title, FILMS[0].year, Kind.MOVIE)],
    ids=["by id", "by title"],
)
def test_trouble_at_tmdb_is_unresolved_and_not_remembered(world: World, item: Item) -> None:
    world.follow(item)
    world.sandbox.faults.tmdb_down = True
    assert decisions(world.look()) == {FILMS[0].title: "unresolved"}
    world.sandbox.faults.tmdb_down = False
    assert decisions(world.look()) == {FILMS[0].title: "request"}


def test_a_title_with_its_year_or_country_is_found_by_one_search(world: World) -> None:
    film, show = FILMS[1], SHOWS[0]
    world.follow(
        Item(1, f"{film.title} (1972)", None, Kind.MOVIE),
        Item(2, f"{show.title} (US)", show.year, Kind.TV),
    )
    calls = world.calls(world.apply)
    assert sorted(world.requested()) == sorted((film.tmdb, show.tmdb))
    assert sum("/search" in call.path for call in calls) == 2
