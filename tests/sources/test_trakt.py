"""Trakt's cards as items, and what a page without cards says."""

from __future__ import annotations

import pytest

from reconciler.core.model import Ids, Item, Kind, Outcome
from reconciler.sources.sites.trakt.app import parse, without_cards


def card(path: str, title: str, note: str = "") -> dict[str, object]:
    return {"path": path, "title": title, "note": note}


@pytest.mark.parametrize(
    ("slug", "title", "year"),
    [
        ("dune-2021", "Dune", 2021),
        ("blade-runner-2049", "Blade Runner 2049", None),
        ("blade-runner-2049-2017", "Blade Runner 2049", 2017),
        ("1917-2019", "1917", 2019),
        ("2012", "2012", None),
        ("love-2020-2020", "Love 2020", 2020),
        ("apollo-13-1995", "Apollo 13", 1995),
        ("room-237", "Room 237", None),
        ("se7en-7777", "Se7en", None),
        ("heat", "Heat", None),
    ],
)
def test_a_slugs_year_counts_unless_it_is_the_titles_own(
    slug: str, title: str, year: int | None
) -> None:
    assert parse([card(f"/movies/{slug}", title)])[0].year == year


@pytest.mark.parametrize(
    ("site_card", "item"),
    [
        (
            card("/movies/dune-2021", "Dune"),
            Item(1, "Dune", 2021, Kind.MOVIE, Ids(trakt="dune-2021")),
        ),
        (
            card("/shows/severance", "Severance", "2022 • 2 seasons"),
            Item(1, "Severance", 2022, Kind.TV, Ids(trakt="severance")),
        ),
        (card("/shows/dark", ""), Item(1, "dark", None, Kind.TV, Ids(trakt="dark"))),
        (
            card("/shows/dark/seasons/1/episodes/2", "Lies"),
            Item(1, "Lies 1 episodes 2", unsupported="episode"),
        ),
        (card("/shows/dark/seasons/1", "Dark"), Item(1, "Dark 1", unsupported="season")),
        (card("/people/anna", "Anna"), Item(1, "Anna", unsupported="person")),
        (
            card("/movies/a\ud83d-2000", "Half \ud83d"),
            Item(1, "Half ?", 2000, Kind.MOVIE, Ids(trakt="a?-2000")),
        ),
        (
            {"path": "/movies/heat", "title": 5, "note": 1995},
            Item(1, "heat", None, Kind.MOVIE, Ids(trakt="heat")),
        ),
    ],
    ids=[
        "film",
        "show with a year on its card",
        "no title",
        "episode",
        "season",
        "person",
        "half a character",
        "numbers for texts",
    ],
)
def test_a_card_is_an_item(site_card: dict[str, object], item: Item) -> None:
    assert parse([site_card]) == (item,)


def test_cards_keep_their_order_and_links_elsewhere_are_none() -> None:
    cards = [card("/shows/b", "B"), card("/users/anna", "Anna"), card("/movies/a-2000", "A")]
    assert [(item.position, item.title) for item in parse(cards)] == [(1, "B"), (2, "A")]


def test_a_filtered_list_has_its_kind_only() -> None:
    cards = [card("/movies/a-2000", "A"), card("/shows/b", "B"), card("/people/c", "C")]
    assert [item.title for item in parse(cards, Kind.TV)] == ["B"]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ({"failed": [401], "says": ""}, Outcome.PRIVATE),
        ({"failed": [403], "says": "Nothing here yet"}, Outcome.PRIVATE),
        ({"failed": [404], "says": ""}, Outcome.MISSING),
        ({"failed": [429], "says": ""}, Outcome.RATE_LIMITED),
        ({"failed": [500], "says": ""}, Outcome.UNREACHABLE),
        ({"failed": [], "says": "This list is private"}, Outcome.PRIVATE),
        ({"failed": [], "says": "404 - Page not found"}, Outcome.MISSING),
        ({"failed": [], "says": "Something went wrong"}, Outcome.UNREACHABLE),
        ({"failed": [], "says": "Nothing here yet"}, Outcome.EMPTY),
        ({"failed": [], "says": "", "emptied": True}, Outcome.EMPTY),
        ({"failed": [], "says": "Welcome"}, Outcome.CHANGED_LAYOUT),
        ({}, Outcome.CHANGED_LAYOUT),
    ],
    ids=str,
)
def test_a_page_without_cards_says_what_it_is(state: dict[str, object], outcome: Outcome) -> None:
    assert without_cards(state, "http://trakt.test/users/a/lists/b").outcome is outcome
