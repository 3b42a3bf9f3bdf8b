"""StevenLu's list: films with ids and without years."""

from __future__ import annotations

import requests_mock

from reconciler.core.model import Ids, Item, Kind, Outcome
from reconciler.sources.registry import recognize_list
from tests.sources.asking import SITE, fetch

ROWS = [
    {"title": "Dune", "imdb_id": "tt1160419", "tmdb_id": 438631, "poster_url": "http://x/y.jpg"},
    {"title": "Léon", "imdb_id": None, "tmdb_id": None, "poster_url": None},
    {"poster_url": None},
]


def test_every_row_is_a_film_in_order(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{SITE}/movies.json", json=ROWS)
    snapshot = fetch("https://movies.stevenlu.com")
    assert snapshot.outcome is Outcome.INCOMPLETE  # for its last row
    assert snapshot.items == (
        Item(1, "Dune", None, Kind.MOVIE, Ids("tt1160419", 438631)),
        Item(2, "Léon", None, Kind.MOVIE),
        Item(3, "", None, Kind.MOVIE, unsupported="unknown"),
    )


def test_a_variant_is_a_file_of_its_own(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{SITE}/movies-imdb-min7.json", json=ROWS[:1])
    assert len(fetch("stevenlu:movies-imdb-min7").items) == 1


def test_it_is_a_chart_whose_ups_and_downs_are_no_readd() -> None:
    assert recognize_list("stevenlu").chart
