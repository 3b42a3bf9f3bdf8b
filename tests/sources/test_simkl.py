"""Simkl: the lists of an access token's user, films, shows and anime."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Ids, Item, Kind, Outcome
from tests.sources.asking import API, KEY, fetch

Row = dict[str, Any]
TOKEN = "a-made-up-access-token"


def row(number: int, part: str, **changes: object) -> Row:
    ids = {"simkl": 900 + number, "imdb": f"tt{number:07}", "tmdb": str(number), "tvdb": "7"}
    return {
        "status": "plantowatch",
        part: {"title": f"T{number}", "year": 2001, "ids": ids},
        **changes,
    }


def serve(mock: requests_mock.Mocker, **groups: object) -> None:
    for name in ("movies", "shows", "anime"):
        body = json.dumps({name: groups[name]} if name in groups else None)
        mock.get(f"{API}/sync/all-items/{name}/plantowatch", text=body)
    mock.post(f"{API}/users/settings", json={"account": {"id": 42}})


def test_films_shows_and_anime_are_one_list(requests_mock: requests_mock.Mocker) -> None:
    anime = [row(3, "show", anime_type="tv"), row(4, "show", anime_type="movie")]
    serve(requests_mock, movies=[row(1, "movie")], shows=[row(2, "show")], anime=anime)
    snapshot = fetch("simkl:plantowatch", key=KEY, token=TOKEN)
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.items == (
        Item(1, "T1", 2001, Kind.MOVIE, Ids("tt0000001", 1)),
        Item(2, "T2", 2001, Kind.TV, Ids("tt0000002", 2, 7)),
        Item(3, "T3", 2001, Kind.TV, Ids("tt0000003", 3, 7)),
        Item(4, "T4", 2001, Kind.MOVIE, Ids("tt0000004", 4)),
    )
    for call in requests_mock.request_history:
        assert call.headers["simkl-api-key"] == KEY
        assert call.headers["Authorization"] == f"Bearer {TOKEN}"


def test_one_group_is_asked_for_alone(requests_mock: requests_mock.Mocker) -> None:
    serve(requests_mock, movies=[row(1, "movie")])
    snapshot = fetch("simkl:movies/plantowatch", key=KEY, token=TOKEN)
    assert (len(snapshot.items), requests_mock.call_count) == (1, 1)


def test_what_simkl_calls_null_is_empty(requests_mock: requests_mock.Mocker) -> None:
    serve(requests_mock)
    assert fetch("simkl:plantowatch", key=KEY).outcome is Outcome.EMPTY


@pytest.mark.parametrize(("user", "outcome"), [(42, Outcome.COMPLETE), (43, Outcome.PRIVATE)])
def test_a_pasted_list_is_read_for_its_own_user_alone(
    requests_mock: requests_mock.Mocker, user: int, outcome: Outcome
) -> None:
    serve(requests_mock, movies=[row(1, "movie")])
    source = f"https://simkl.com/{user}/movies/plan-to-watch/"
    assert fetch(source, key=KEY, token=TOKEN).outcome is outcome


@pytest.mark.parametrize(
    ("status", "token", "outcome", "says"),
    [
        (401, "", Outcome.PRIVATE, "set providers.simkl.access_token"),
        (401, TOKEN, Outcome.PRIVATE, "check providers.simkl.access_token"),
        (412, TOKEN, Outcome.BLOCKED, "providers.simkl.client_id"),
        (404, TOKEN, Outcome.CHANGED_LAYOUT, "newer version"),
    ],
)
def test_a_refusal_says_what_to_do(
    requests_mock: requests_mock.Mocker, status: int, token: str, outcome: Outcome, says: str
) -> None:
    requests_mock.get(f"{API}/sync/all-items/movies/plantowatch", status_code=status)
    snapshot = fetch("simkl:plantowatch", key=KEY, token=token)
    assert (snapshot.outcome, says in str(snapshot.error)) == (outcome, True)
    assert TOKEN not in repr(snapshot)


def test_a_page_in_place_of_an_answer_is_no_empty_list(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{API}/sync/all-items/movies/plantowatch", text="<html>")
    assert fetch("simkl:plantowatch", key=KEY).outcome is Outcome.CHANGED_LAYOUT
