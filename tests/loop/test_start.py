"""``start: new-only``: what is on a list today stays as it is."""

from __future__ import annotations

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import Outcome
from tests.loop.world import World, by_tmdb, decisions

OLD, NEW = FILMS[:3], FILMS[3]
FIRST, SECOND = "imdb:ls000000001", "imdb:ls000000002"


def notices(world: World) -> list[str | None]:
    return [lst.notice for lst in world.look().lists if lst.name == "wishes"]


def test_the_first_complete_fetch_that_acts_is_the_baseline(world: World) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    assert notices(world) == ["adopted 3 titles (no ledger found)"]
    assert set(decisions(world.look()).values()) == {"adopted"}
    world.apply()
    assert notices(world) == [None]
    world.lists.hold(FIRST, map(by_tmdb, (*OLD, NEW)))
    world.apply()
    assert world.requested() == [NEW.tmdb]


def test_looking_takes_nothing_as_given(world: World) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.look()
    world.lists.hold(FIRST, map(by_tmdb, (*OLD, NEW)))
    world.apply()
    assert world.requested() == []


@pytest.mark.parametrize("outcome", [Outcome.INCOMPLETE, Outcome.UNVERIFIED, Outcome.BLOCKED])
def test_half_a_list_is_no_baseline_and_adds_nothing(world: World, outcome: Outcome) -> None:
    world.follow(start="new-only")
    world.lists.hold(FIRST, map(by_tmdb, OLD[:2]), outcome)
    world.apply()
    assert notices(world) == [
        "start: new-only adds nothing until the list has been read completely once"
    ]
    world.lists.hold(FIRST, map(by_tmdb, (*OLD, NEW)))
    world.apply()
    assert world.requested() == []


def test_another_source_is_a_new_list_with_a_new_baseline(world: World) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.apply()
    world.lists.hold(SECOND, map(by_tmdb, (*OLD, NEW)))
    world.write({"wishes": {"source": SECOND, "start": "new-only"}})
    world.apply()
    assert notices(world) == [None]
    assert world.requested() == []
