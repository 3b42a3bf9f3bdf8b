"""A TMDB number without a kind names a film or a show: people are asked which."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import Ids, Item, Kind
from reconciler.sources import json_items
from reconciler.sync.explain import explain
from tests.loop.test_prune_text import document_of
from tests.loop.world import World, decisions, plan_text
from tests.project import places

ADDRESS = "https://lists.example/shows"
SHOW = SHOWS[0]
CASE = places.ROOT.parent / "shared/cases/arr-series-without-a-kind.json"
ROWS = {
    "title": {"title": "Rogue People", "year": 0, "tmdbId": SHOW.tmdb},
    "title and year": {"title": "Rogue People", "year": 1998, "tmdbId": SHOW.tmdb},
    "number alone": {"tmdbId": SHOW.tmdb},
}


def follow(world: World, row: Mapping[str, object], kind: Kind | None = None) -> None:
    word = {Kind.TV: "shows:", Kind.MOVIE: "movies:", None: ""}[kind]
    items = json_items.parse([row], kind)
    assert items
    world.lists.hold(f"json:{word}{ADDRESS}", items)
    world.write({"series": {"source": f"json:{word}{ADDRESS}"}})


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_person_is_asked_which_one_it_is_and_the_advice_settles_it(
    world: World, row: Mapping[str, object]
) -> None:
    follow(world, row)
    reconciliation = world.look()
    lines = plan_text(document_of(reconciliation)).splitlines()
    (place,) = [place for place, line in enumerate(lines) if "film or show?" in line]
    command = shlex.split(lines[place + 1])
    assert command[:2] == ["listsync", "explain"]
    (explanation,) = explain(reconciliation, command[2])
    assert explanation["verdict"]["word"] == "ambiguous"
    assert "use `json:shows:…` or `json:movies:…`" in explanation["would_change"]
    assert "map" not in explanation["would_change"]

    follow(world, row, Kind.TV)
    world.apply()
    assert world.requested() == [SHOW.tmdb]


def test_a_title_of_that_year_settles_it(world: World) -> None:
    follow(world, {"title": SHOW.title, "year": SHOW.year, "tmdbId": SHOW.tmdb})
    assert decisions(world.look()) == {SHOW.title: "request"}


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (Item(1, "Rogue People", ids=Ids(tmdb=1)), "title"),
        (Item(1, "Rogue People", ids=Ids(trakt="rogue")), "title"),
        (Item(1, "Rogue People", ids=Ids(tmdb=1, tvdb=2)), "tvdb:2"),
    ],
    ids=["TMDB", "Trakt", "with another id"],
)
def test_no_line_to_paste_names_a_film_by_a_number_without_a_kind(
    world: World, item: Item, name: str
) -> None:
    world.follow(item)
    text = plan_text(document_of(world.look()))
    assert "tmdb:movie:" not in text
    assert "trakt:movie:" not in text
    assert f"listsync explain {name}" in text.replace("'", "")


@pytest.mark.skipif(not CASE.exists(), reason="the shared cases are not here")
def test_rows_of_sonarr_are_shows() -> None:
    items = json_items.parse(json.loads(CASE.read_text()))
    assert [item.kind for item in items or ()] == [Kind.TV, Kind.TV]


def test_a_row_with_seasons_is_a_show() -> None:
    (item,) = json_items.parse([{"tmdbId": 5, "seasons": [{"seasonNumber": 1}]}]) or ()
    assert item.kind is Kind.TV


def test_a_number_names_film_and_show_when_explained(world: World) -> None:
    world.follow(Item(1, FILMS[0].title, kind=Kind.MOVIE, ids=Ids(tmdb=FILMS[0].tmdb)))
    assert len(explain(world.look(), f"tmdb:{FILMS[0].tmdb}")) == 1
