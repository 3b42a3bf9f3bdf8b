"""A row that loses some of its ids for one fetch is still the same title."""

from __future__ import annotations

from dataclasses import replace

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import Ids, Item, Kind
from tests.loop.world import World, by_imdb, decisions

FILM, OTHERS = FILMS[0], tuple(by_imdb(film) for film in FILMS[1:10])
ROW = by_imdb(FILM)
POORER = {
    "no ids": Ids(),
    "a slug alone": Ids(trakt="some-slug"),
    "an unknown TVDB id alone": Ids(tvdb=999_999),
}


@pytest.mark.parametrize("ids", [pytest.param(ids, id=name) for name, ids in POORER.items()])
@pytest.mark.parametrize("title", [FILM.title, "A Film Nobody Knows"], ids=["known", "unknown"])
@pytest.mark.parametrize("verdict", ["declined", "handled"])
def test_it_does_not_count_as_removed_and_readded(
    world: World, ids: Ids, title: str, verdict: str
) -> None:
    row = replace(ROW, title=title)
    world.follow(row, *OTHERS)
    world.apply()
    number = world.number(FILM)
    if verdict == "declined":
        world.person("POST", f"/request/{number}/decline")
    else:
        world.person("DELETE", f"/request/{number}")
    world.follow(replace(row, ids=ids), *OTHERS)
    world.apply()
    world.follow(row, *OTHERS)
    world.apply()

    assert decisions(world.look())[title] == verdict
    assert world.requested().count(FILM.tmdb) == (verdict == "declined")


def test_its_pending_request_is_not_canceled(world: World) -> None:
    options = {"prune": "cancel-pending", "prune_after": "1h", "requester": "alice"}
    unknown = replace(ROW, title="A Film Nobody Knows")
    world.follow(unknown, *OTHERS[:2], **options)
    world.apply()
    for _ in range(3):
        world.clock.forward(hours=2)
        world.follow(replace(unknown, ids=Ids(trakt="some-slug")), *OTHERS[:2], **options)
        world.apply()

    assert FILM.tmdb in world.requested()


def test_it_stays_adopted(world: World) -> None:
    world.follow(ROW, *OTHERS, start="new-only")
    world.apply()
    world.follow(Item(1, FILM.title, FILM.year, Kind.MOVIE), *OTHERS, start="new-only")
    world.apply()

    assert world.requested() == []
    assert decisions(world.look())[FILM.title] == "adopted"
