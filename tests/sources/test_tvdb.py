"""TVDB: signing in, a list's series and films, and a user's favourites."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Ids, Item, Kind, Outcome
from tests.sources.asking import API, KEY, fetch

Row = dict[str, Any]
PIN = "a-made-up-pin"


def serve(mock: requests_mock.Mocker, entities: list[Row]) -> None:
    mock.post(f"{API}/v4/login", json={"data": {"token": "signed-in"}})
    mock.get(f"{API}/v4/user", json={"data": {"id": 42}})
    mock.get(f"{API}/v4/user/favorites", json={"data": {"series": [9], "movies": [5]}})
    mock.get(f"{API}/v4/lists/slug/night", json={"data": {"id": 7}})
    mock.get(f"{API}/v4/lists/7/extended", json={"data": {"entities": entities}})
    ids = [{"id": "tt0000005", "sourceName": "IMDB"}, {"id": "55", "sourceName": "TheMovieDB.com"}]
    film = {"name": "Film", "year": "2001", "remoteIds": ids}
    mock.get(f"{API}/v4/movies/5/extended", json={"data": film})
    mock.get(f"{API}/v4/movies/6/extended", status_code=404, json={})


SERIES = Item(1, "", None, Kind.TV, Ids(tvdb=9))
ENTITIES = [{"order": 2, "movieId": 5}, {"order": 1, "seriesId": 9}, {"order": 3, "seriesId": 8}]


@pytest.mark.parametrize("source", ["https://thetvdb.com/lists/night", "tvdb:lists/7"])
def test_a_list_keeps_its_order_and_its_films_come_with_ids(
    requests_mock: requests_mock.Mocker, source: str
) -> None:
    serve(requests_mock, ENTITIES)
    snapshot = fetch(source, key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 3)
    assert snapshot.items == (
        SERIES,
        Item(2, "Film", 2001, Kind.MOVIE, Ids("tt0000005", 55)),
        Item(3, "", None, Kind.TV, Ids(tvdb=8)),
    )
    login, *others = requests_mock.request_history
    assert login.json() == {"apikey": KEY}
    assert {call.headers["Authorization"] for call in others} == {"Bearer signed-in"}


def test_what_is_gone_or_unknown_is_counted(requests_mock: requests_mock.Mocker) -> None:
    serve(requests_mock, [{"order": 1, "movieId": 6}, {"order": 2}, {"order": 3, "seriesId": 9}])
    snapshot = fetch("tvdb:lists/7", key=KEY)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert [item.unsupported for item in snapshot.items] == ["gone", "unknown", None]


def test_a_film_that_cannot_be_asked_for_keeps_what_was_read(
    requests_mock: requests_mock.Mocker,
) -> None:
    serve(requests_mock, ENTITIES)
    requests_mock.get(f"{API}/v4/movies/5/extended", status_code=429, headers={"Retry-After": "90"})
    snapshot = fetch("tvdb:lists/7", key=KEY)
    assert (snapshot.outcome, snapshot.items) == (Outcome.INCOMPLETE, (SERIES,))
    assert (snapshot.declared_total, snapshot.retry_after) == (3, 90)


def test_an_empty_list_is_empty(requests_mock: requests_mock.Mocker) -> None:
    serve(requests_mock, [])
    assert fetch("tvdb:lists/7", key=KEY).outcome is Outcome.EMPTY


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("tvdb:favorites", Outcome.COMPLETE),
        ("https://thetvdb.com/user/42/favorites", Outcome.COMPLETE),
        ("https://thetvdb.com/user/43/favorites", Outcome.PRIVATE),
    ],
)
def test_favourites_are_those_of_the_pins_user_and_of_nobody_else(
    requests_mock: requests_mock.Mocker, source: str, outcome: Outcome
) -> None:
    serve(requests_mock, [])
    snapshot = fetch(source, key=KEY, token=PIN)
    assert snapshot.outcome is outcome
    assert [item.kind for item in snapshot.items] in ([], [Kind.TV, Kind.MOVIE])
    assert requests_mock.request_history[0].json() == {"apikey": KEY, "pin": PIN}
    assert PIN not in repr(snapshot)


def test_half_of_the_favourites_is_no_list(requests_mock: requests_mock.Mocker) -> None:
    serve(requests_mock, [])
    half = {"data": {"series": [9], "movies": {"error": "later"}}}
    requests_mock.get(f"{API}/v4/user/favorites", json=half)
    assert fetch("tvdb:favorites", key=KEY, token=PIN).outcome is Outcome.CHANGED_LAYOUT


def test_an_objection_names_what_the_file_lacks() -> None:
    assert "providers.tvdb.api_key" in str(fetch("tvdb:lists/7").error)
    assert "providers.tvdb.pin" in str(fetch("tvdb:favorites", key=KEY).error)
