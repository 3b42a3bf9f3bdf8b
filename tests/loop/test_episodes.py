"""A list of episodes: nothing is wanted of it, or the series they belong to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import Ids, Item, Op, TitleRef
from reconciler.sync.explain import explain
from tests.loop.world import World, by_imdb, by_tmdb, decisions

SHOW = SHOWS[0]
EPISODE = Item(1, "Pilot", 2011, None, Ids("tt9999991"), unsupported="tvEpisode")
EPISODE_OF_SHOW = replace(EPISODE, series=TitleRef(str(SHOW.imdb), SHOW.title))


def test_an_episode_is_unsupported_where_the_list_does_not_ask_for_series(world: World) -> None:
    world.follow(EPISODE_OF_SHOW)
    assert decisions(world.look()) == {"Pilot": "unsupported-kind"}


def test_an_episode_asks_for_its_series_once(world: World) -> None:
    second = replace(EPISODE_OF_SHOW, ids=Ids("tt9999992"), title="Finale")
    world.follow(EPISODE_OF_SHOW, second, by_imdb(SHOW), episodes="series", seasons="first")
    (action,) = world.look().plan.actions
    assert (action.op, action.target.media.tmdb, action.seasons) == (Op.REQUEST, SHOW.tmdb, (1,))
    world.apply()
    assert world.requested() == [SHOW.tmdb]
    assert decisions(world.look()) == {SHOW.title: "processing"}


def test_an_episode_of_an_unknown_series_says_so(world: World) -> None:
    world.follow(EPISODE, episodes="series")
    (verdict,) = world.look().plan.verdicts
    assert (verdict.reason, verdict.detail) == (
        "unsupported-kind",
        "tvEpisode, and its list does not name the series",
    )


def test_an_exclude_list_of_episodes_keeps_their_series_out(world: World) -> None:
    lists = {"wishes": "imdb:ls000000001", "never": "imdb:ls000000002"}
    world.lists.hold(lists["wishes"], [by_imdb(SHOW), by_tmdb(FILMS[0])])
    world.lists.hold(lists["never"], [EPISODE_OF_SHOW])
    world.write(
        {
            "wishes": {"source": lists["wishes"]},
            "never": {"source": lists["never"], "role": "exclude", "episodes": "series"},
        }
    )
    assert decisions(world.look()) == {SHOW.title: "excluded", FILMS[0].title: "request"}


@pytest.mark.parametrize("query", ["imdb:tt9999991", "pilot", f"imdb:{SHOW.imdb}"])
def test_explain_finds_a_series_by_its_episode_and_names_it(world: World, query: str) -> None:
    world.follow(EPISODE_OF_SHOW, episodes="series")
    (explanation,) = explain(world.look(), query)
    assert explanation["verdict"]["word"] == "request"
    assert explanation["lists"][0]["episode"] == {"imdb": "tt9999991", "title": "Pilot"}
