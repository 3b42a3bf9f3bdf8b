"""Shows on a Seerr that takes its seasons from TheTVDB, and so gives no air date for any."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from examples.sandbox.known_titles import SHOWS
from examples.sandbox.titles import Title
from examples.sandbox.tricky_titles import TRICKY
from reconciler.sync.explain import explain
from tests.loop.world import World, by_tmdb, decisions, explain_text

ENDED_SHOW, WITHOUT_TVDB = SHOWS[0], next(title for title in SHOWS if title.tvdb is None)
TRICKY_NAMED = {title.title: title for title in TRICKY}
RUNNING, PLACEHOLDER = TRICKY_NAMED["Long Orbit"], TRICKY_NAMED["Tides"]
NOT_BEGUN = TRICKY_NAMED["Announced Only"]
ALL = (ENDED_SHOW, WITHOUT_TVDB, RUNNING, PLACEHOLDER, NOT_BEGUN)
REQUESTED = {
    ENDED_SHOW: [1, 2, 3, 4, 5],
    WITHOUT_TVDB: [1, 2, 3],
    RUNNING: [1],
    PLACEHOLDER: [1, 2],
}


@pytest.fixture
def from_tvdb(world: World) -> World:
    world.person("PUT", "/settings/metadatas", {"tv": "tvdb", "anime": "tvdb"})
    return world


def seasons_requested(world: World) -> dict[int, list[int]]:
    return {
        request.media.tmdb: [season.number for season in request.seasons]
        for request in world.sandbox.state.requests.values()
    }


def explained(world: World, title: Title) -> str:
    return explain_text(explain(world.look(), title.title), "?")


@pytest.mark.parametrize("provider", ["tmdb", "tvdb"])
def test_the_same_seasons_are_requested_whichever_site_they_come_from(
    world: World, provider: str
) -> None:
    world.person("PUT", "/settings/metadatas", {"tv": provider, "anime": provider})
    world.follow(*map(by_tmdb, ALL))
    world.apply()
    assert seasons_requested(world) == {show.tmdb: numbers for show, numbers in REQUESTED.items()}
    assert decisions(world.look())[NOT_BEGUN.title] == "unaired"


def test_while_the_tvdb_is_down_nothing_changes(from_tvdb: World) -> None:
    from_tvdb.follow(*map(by_tmdb, ALL))
    from_tvdb.apply()
    from_tvdb.sandbox.faults.tvdb_down = True
    from_tvdb.clock.forward(days=30)  # all seasons are read again
    assert from_tvdb.look().plan.actions == ()


@pytest.mark.parametrize(
    ("title", "says"),
    [
        pytest.param(
            ENDED_SHOW, "S0-5 aired (no air date, but the show has ended)", id="the show has ended"
        ),
        pytest.param(WITHOUT_TVDB, "S1-3 aired (air date)", id="not on TheTVDB"),
        pytest.param(
            RUNNING,
            "S1 aired (no air date; the last aired episode is in S1); "
            "S2 not aired (no air date; the last aired episode is in S1)",
            id="the show goes on",
        ),
        pytest.param(
            PLACEHOLDER,
            "S1-2 aired (no air date; the last aired episode is in S2); S3 not aired (0 episodes)",
            id="a season without episodes",
        ),
        pytest.param(
            NOT_BEGUN,
            "S1 not aired (no air date, and no episode is known to have aired)",
            id="nothing is known",
        ),
    ],
)
def test_explain_says_which_seasons_have_aired_and_by_what(
    from_tvdb: World, title: Title, says: str
) -> None:
    from_tvdb.follow(by_tmdb(title))
    assert f"  seasons   {says}\n" in explained(from_tvdb, title)


def test_explain_says_so_of_dates_as_well(world: World) -> None:
    world.follow(by_tmdb(RUNNING))
    assert "  seasons   S1 aired (air date); S2 not aired (air date 2999-01-01)\n" in explained(
        world, RUNNING
    )


def test_what_an_older_version_cached_holds_no_show_back(from_tvdb: World) -> None:
    """It knew dates alone, and would be believed for a week."""
    from_tvdb.follow(by_tmdb(ENDED_SHOW))
    from_tvdb.look()
    older = {
        "tmdb": ENDED_SHOW.tmdb,
        "title": ENDED_SHOW.title,
        "year": ENDED_SHOW.year,
        "ended": True,
        "seasons": [{"number": season.number, "air_date": None} for season in ENDED_SHOW.seasons],
        "facts": {"rating": 7.1, "votes": 100, "genres": ["Drama"], "language": "en"},
        "original_title": ENDED_SHOW.title,
    }
    with closing(sqlite3.connect(from_tvdb.ledger)) as connection, connection:
        changed = connection.execute("UPDATE titles SET details = ?", (json.dumps(older),))
        assert changed.rowcount == 1
    from_tvdb.apply()
    assert seasons_requested(from_tvdb) == {ENDED_SHOW.tmdb: REQUESTED[ENDED_SHOW]}
