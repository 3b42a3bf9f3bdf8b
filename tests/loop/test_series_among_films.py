"""Mini-series on lists of films: found as shows, filtered as shows, and mapped to shows."""

from __future__ import annotations

from dataclasses import replace

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import Item, Kind
from tests.loop.world import World, decisions

SHOW = SHOWS[0]
LISTED = Item(1, SHOW.title, SHOW.year, Kind.MOVIE, may_be_show=True)
FILM = Item(1, FILMS[0].title, FILMS[0].year, Kind.MOVIE, may_be_show=True)


def test_a_series_on_a_list_of_films_is_requested_as_a_show(world: World) -> None:
    world.follow(LISTED, FILM)
    world.apply()
    requests = {(row.media.kind, row.media.tmdb) for row in world.sandbox.state.requests.values()}
    assert requests == {("tv", SHOW.tmdb), ("movie", FILMS[0].tmdb)}
    assert decisions(world.look()) == {SHOW.title: "processing", FILMS[0].title: "processing"}


def test_a_list_that_is_sure_of_its_films_gets_no_show(world: World) -> None:
    world.follow(replace(LISTED, may_be_show=False))
    assert decisions(world.look()) == {SHOW.title: "type-mismatch"}


def test_a_filter_for_shows_lets_the_series_through_and_drops_the_film(world: World) -> None:
    world.follow(LISTED, FILM, filter={"types": ["tv"]})
    assert decisions(world.look()) == {SHOW.title: "request", FILMS[0].title: "filtered"}


def test_a_rule_by_title_may_name_a_show(world: World) -> None:
    unknown = replace(LISTED, title="Another Name", year=1999)
    lists = {"wishes": {"source": "letterboxd:watchlist.csv"}}
    world.lists.hold("letterboxd:watchlist.csv", [unknown])
    world.write(lists, map={'title:"Another Name (1999)"': f"tmdb:tv:{SHOW.tmdb}"})
    (action,) = world.look().plan.actions
    assert action.target.media.tmdb == SHOW.tmdb
    assert action.target.media.kind is Kind.TV
