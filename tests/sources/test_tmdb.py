"""TMDB: pages of lists, collections and charts, with a key or a token."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Facts, Ids, Item, Kind, Outcome
from reconciler.sources.registry import recognize_list
from tests.sources.asking import API, KEY, fetch

Row = dict[str, Any]
TOKEN = "a-made-up-token." * 8


def film(number: int, **changes: object) -> Row:
    words = {"title": f"Film {number}", "original_title": f"Film {number}"}
    return {"id": number, **words, "release_date": "2001-02-03", **changes}


def page(
    rows: list[Row], number: int = 1, pages: int = 1, total: int = 0, key: str = "results"
) -> Row:
    figures = {"page": number, "total_pages": pages, "total_results": total or len(rows)}
    return {key: rows, **figures}


def test_a_list_holds_films_and_shows_with_what_tmdb_tells_of_them(
    requests_mock: requests_mock.Mocker,
) -> None:
    rows = [
        film(1, media_type="movie", original_title="Le Film", original_language="fr"),
        {"id": 2, "media_type": "tv", "name": "Show", "first_air_date": ""},
        film(3, media_type="movie", vote_average=7.5, vote_count=12),
        film(4, media_type="movie", vote_average=0, vote_count=0),
        {"id": 5, "media_type": "person", "name": "Anna"},
    ]
    requests_mock.get(f"{API}/3/list/7", json=page(rows, key="items"))
    snapshot = fetch("tmdb:list/7", key=KEY)
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.items == (
        Item(1, "Film 1", 2001, Kind.MOVIE, Ids(tmdb=1), "Le Film", facts=Facts(language="fr")),
        Item(2, "Show", None, Kind.TV, Ids(tmdb=2)),
        Item(3, "Film 3", 2001, Kind.MOVIE, Ids(tmdb=3), facts=Facts(7.5, 12)),
        Item(4, "Film 4", 2001, Kind.MOVIE, Ids(tmdb=4)),
        Item(5, "Anna", unsupported="person"),
    )
    assert requests_mock.request_history[0].qs["api_key"] == [KEY]


def test_a_token_reads_the_same_list_through_v4_and_stays_out_of_the_address(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(f"{API}/4/list/7", json=page([film(1, media_type="movie")]))
    assert fetch("tmdb:list/7", key=TOKEN).outcome is Outcome.COMPLETE
    (call,) = requests_mock.request_history
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "token" not in call.url


def pages(mock: requests_mock.Mocker, path: str, *parts: list[Row], total: int) -> None:
    for number, rows in enumerate(parts, start=1):
        body = page(rows, number, len(parts), total)
        mock.get(f"{API}{path}?page={number}", json=body)


@pytest.mark.parametrize(
    ("second", "total", "outcome"),
    [
        ([film(3)], 3, Outcome.COMPLETE),
        ([film(3)], 4, Outcome.INCOMPLETE),
        ([film(2)], 3, Outcome.INCOMPLETE),
        ([], 3, Outcome.INCOMPLETE),
    ],
    ids=["whole", "one is missing", "one comes again", "the last page is empty"],
)
def test_a_list_is_read_to_its_total(
    requests_mock: requests_mock.Mocker, second: list[Row], total: int, outcome: Outcome
) -> None:
    pages(requests_mock, "/3/list/7", [film(1), film(2)], second, total=total)
    snapshot = fetch("tmdb:list/7", key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (outcome, total)


def test_a_list_that_says_nothing_of_its_length_is_not_called_whole(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(f"{API}/3/list/7", json={"items": [film(1)], "page": 1})
    snapshot = fetch("tmdb:list/7", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 1)


@pytest.mark.parametrize(
    ("source", "path", "kind"),
    [
        ("tmdb:movie/popular", "/3/movie/popular", Kind.MOVIE),
        ("tmdb:movie/now-playing", "/3/movie/now_playing", Kind.MOVIE),
        ("tmdb:tv/top-rated", "/3/tv/top_rated", Kind.TV),
        ("tmdb:trending/tv", "/3/trending/tv/week", Kind.TV),
    ],
)
def test_a_chart_is_read_to_its_top_and_never_called_whole(
    requests_mock: requests_mock.Mocker, source: str, path: str, kind: Kind
) -> None:
    parts = [[film(number + 20 * at) for number in range(1, 21)] for at in range(9)]
    pages(requests_mock, path, *parts, total=180)
    assert recognize_list(source).chart
    snapshot = fetch(source, top=30, key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 30)
    assert {item.kind for item in snapshot.items} == {kind}
    assert snapshot.note == "only the first 30 of an endless chart"
    assert requests_mock.call_count == 2
    assert len(fetch(source, key=KEY).items) == 100


def test_a_collection_is_whole_in_one_answer(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{API}/3/collection/10", json={"id": 10, "parts": [film(1), film(2)]})
    snapshot = fetch("tmdb:collection/10", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2)
    assert snapshot.items[0].kind is Kind.MOVIE


def test_without_a_key_the_sentence_says_where_to_get_one() -> None:
    snapshot = fetch("tmdb:list/7")
    assert snapshot.outcome is Outcome.BLOCKED
    assert "providers.tmdb.api_key" in str(snapshot.error)
