"""Episodes on a list, by what the list says of them and wants of them."""

from __future__ import annotations

import pytest

from reconciler.core.desired import as_wanted
from reconciler.core.model import Episodes, Ids, Item, Kind, TitleRef

SERIES = TitleRef("tt0944947", "Thrones")
PILOT = Item(3, "Pilot", 2011, None, Ids("tt1480055"), None, "tvEpisode", SERIES)
UNNAMED = Item(3, "Pilot", 2011, None, Ids("tt1480055"), None, "tvEpisode")
GAME = Item(4, "Chess", 1990, None, Ids("tt0000004"), None, "videoGame")
PODCAST = Item(4, "News", 2020, None, Ids("tt0000005"), None, "podcastEpisode", SERIES)
FILM = Item(5, "Heat", 1995, Kind.MOVIE, Ids("tt0113277"))


@pytest.mark.parametrize("item", [PILOT, UNNAMED, GAME, PODCAST, FILM], ids=lambda item: item.title)
def test_without_a_word_an_episode_stays_what_it_is(item: Item) -> None:
    assert as_wanted([item], Episodes.SKIP) == (item,)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            PILOT,
            Item(
                3,
                "Thrones",
                None,
                Kind.TV,
                Ids("tt0944947"),
                episode=TitleRef("tt1480055", "Pilot"),
            ),
        ),
        (GAME, GAME),
        (PODCAST, PODCAST),
        (FILM, FILM),
    ],
    ids=["an episode", "a game", "an episode of a podcast", "a film"],
)
def test_with_series_an_episode_stands_for_its_series(item: Item, expected: Item) -> None:
    assert as_wanted([item], Episodes.SERIES) == (expected,)


def test_an_episode_whose_series_the_list_does_not_name_stays_unsupported() -> None:
    (item,) = as_wanted([UNNAMED], Episodes.SERIES)
    assert item.unsupported == "tvEpisode, and its list does not name the series"
    assert (item.key, item.kind) == (UNNAMED.key, None)
