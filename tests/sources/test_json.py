"""Lists as JSON at any address: the fields they may have, and what becomes of each entry."""

from __future__ import annotations

import json

import pytest
import requests_mock

from reconciler.core.model import Ids, Item, Kind, Outcome
from tests.sources.asking import fetch

URL = "http://lists.test/films"


def only(mock: requests_mock.Mocker, row: object, source: str = f"json:{URL}") -> Item:
    mock.get(URL, json=[row, {"title": "Another"}])
    item, _ = fetch(source).items
    return item


@pytest.mark.parametrize(
    ("row", "item"),
    [
        (
            {"title": "Dune", "imdb_id": "tt1160419", "year": 2021},
            Item(1, "Dune", 2021, None, Ids(imdb="tt1160419")),
        ),
        ({"imdbId": "tt1160419"}, Item(1, "", ids=Ids(imdb="tt1160419"))),
        ({"tvdbId": 121361}, Item(1, "", None, Kind.TV, Ids(tvdb=121361))),
        ({"tvdb_id": "7", "tmdb_id": 3}, Item(1, "", ids=Ids(tmdb=3, tvdb=7))),
        (
            {"id": 5, "tmdbId": "438631", "mediatype": "movie", "name": "Dune"},
            Item(1, "Dune", None, Kind.MOVIE, Ids(tmdb=438631)),
        ),
        (
            {"title": "Léon", "originalTitle": "Léon ", "release_date": "1994-09-14"},
            Item(1, "Léon", 1994),
        ),
        ({"imdb_id": "TT0111161"}, Item(1, "", ids=Ids(imdb="tt0111161"))),
        (
            {"imdb": "https://www.imdb.com/title/tt0111161/?ref_=x"},
            Item(1, "", ids=Ids(imdb="tt0111161")),
        ),
        ({"imdb": "m.imdb.com/de/title/tt0111161"}, Item(1, "", ids=Ids(imdb="tt0111161"))),
        ({"tmdb_id": 550.0, "year": 1999.0}, Item(1, "", 1999, ids=Ids(tmdb=550))),
        ({"tmdb_id": "550"}, Item(1, "", ids=Ids(tmdb=550))),
        ({"tmdb_id": "550.0"}, Item(1, "", ids=Ids(tmdb=550))),
        ({"tmdb_id": 550.5}, Item(1, "", unsupported="unknown")),
        ({"tmdb_id": True}, Item(1, "", unsupported="unknown")),
        ({"imdb_id": "0111161"}, Item(1, "", unsupported="unknown")),
        ({"imdb_id": "https://evil.example/title/tt0111161"}, Item(1, "", unsupported="unknown")),
        (
            {"title": "Dune", "ids": {"imdb": "tt1160419", "tmdb": 438631, "tvdb": None}},
            Item(1, "Dune", ids=Ids(imdb="tt1160419", tmdb=438631)),
        ),
        ({"ids": {"imdb_id": "tt1160419"}}, Item(1, "", ids=Ids(imdb="tt1160419"))),
        ({"ids": {"imdbId": "TT1160419"}}, Item(1, "", ids=Ids(imdb="tt1160419"))),
        ({"ids": {"tvdb": "121361"}}, Item(1, "", None, Kind.TV, Ids(tvdb=121361))),
        (
            {"imdb_id": "tt1160419", "ids": {"imdb": "tt0000001", "tmdb": 438631}},
            Item(1, "", ids=Ids(imdb="tt1160419", tmdb=438631)),
        ),
        ({"ids": [1]}, Item(1, "", unsupported="unknown")),
        ({"ids": {"slug": "dune"}}, Item(1, "", unsupported="unknown")),
        (
            {"title": "Dune (2021)", "category": "movie", "guids": ["tmdb://438631", "tvdb://1"]},
            Item(1, "Dune", 2021, Kind.MOVIE, Ids(tmdb=438631, tvdb=1)),
        ),
        (
            {"title": "1917 (2019)", "year": 2019, "guids": [{"id": "imdb://tt8579674"}]},
            Item(1, "1917 (2019)", 2019, ids=Ids(imdb="tt8579674")),
        ),
        (
            {"title": "Dark", "Guid": [{"id": "com.plexapp.agents.thetvdb://334824?lang=en"}]},
            Item(1, "Dark", None, Kind.TV, Ids(tvdb=334824)),
        ),
        ({"guids": ["plex://movie/5d77", 7, None]}, Item(1, "", unsupported="unknown")),
        (
            {"type": "movie", "movie": {"title": "Dune", "year": 2021, "ids": {"tmdb": 438631}}},
            Item(1, "Dune", 2021, Kind.MOVIE, Ids(tmdb=438631)),
        ),
        (
            {"type": "season", "season": {"number": 2}, "show": {"title": "Dark", "ids": {}}},
            Item(1, "Dark", None, Kind.TV, seasons=(2,)),
        ),
        (
            {"type": "movie", "movie": {"title": None, "ids": {}}},
            Item(1, "", None, Kind.MOVIE, unsupported="unknown"),
        ),
        (
            {"title": "Dark", "tmdbId": 70523, "seasons": [{"seasonNumber": 1}]},
            Item(1, "Dark", None, Kind.TV, Ids(tmdb=70523)),
        ),
        ({"title": "A", "type": "videoGame"}, Item(1, "A", unsupported="videoGame")),
        ({"title": "A", "imdb_id": "nm1", "tmdb_id": 0, "year": 0}, Item(1, "A")),
        ({"nothing": 1}, Item(1, "", unsupported="unknown")),
        (7, Item(1, "", unsupported="unknown")),
    ],
    ids=str,
)
def test_an_entry_is_what_its_fields_say(
    requests_mock: requests_mock.Mocker, row: object, item: Item
) -> None:
    assert only(requests_mock, row) == item


@pytest.mark.parametrize(("word", "kind"), [("movies", Kind.MOVIE), ("shows", Kind.TV)])
def test_the_source_may_say_the_kind_that_the_list_leaves_out(
    requests_mock: requests_mock.Mocker, word: str, kind: Kind
) -> None:
    assert only(requests_mock, {"tmdb_id": 3}, f"json:{word}:{URL}").kind is kind
    row = {"tmdb_id": 3, "type": "show"}
    assert only(requests_mock, row, f"json:{word}:{URL}").kind is Kind.TV


def test_a_list_keeps_its_order_and_is_complete(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, json=[{"title": name, "year": 2000} for name in "cab"])
    snapshot = fetch(f"json:{URL}")
    assert (snapshot.outcome, snapshot.route) == (Outcome.COMPLETE, "api")
    assert [(item.position, item.title) for item in snapshot.items] == [
        (1, "c"),
        (2, "a"),
        (3, "b"),
    ]


def test_films_and_shows_may_stand_apart(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, json={"movies": [{"title": "a"}], "shows": [{"title": "b"}]})
    kinds = [(item.title, item.kind) for item in fetch(f"json:{URL}").items]
    assert kinds == [("a", Kind.MOVIE), ("b", Kind.TV)]


def test_plexs_feed_as_json_is_read_and_never_called_whole(
    requests_mock: requests_mock.Mocker,
) -> None:
    row = {"title": "Dune (2021)", "guids": ["imdb://tt1160419"], "category": "movie"}
    requests_mock.get(URL, json={"links": {"self": URL}, "items": [row]})
    snapshot = fetch(f"json:{URL}")
    assert snapshot.outcome is Outcome.UNVERIFIED
    requests_mock.get(URL, json={"links": {"next": f"{URL}?cursor=2"}, "items": [row]})
    assert fetch(f"json:{URL}").outcome is Outcome.INCOMPLETE


LIST = json.dumps([{"title": 'Dune "II"', "year": 2021, "ok": True, "rating": -8.5e3}, None])


@pytest.mark.parametrize("end", range(1, len(LIST) - 1))
def test_an_answer_that_is_cut_anywhere_says_so(
    requests_mock: requests_mock.Mocker, end: int
) -> None:
    requests_mock.get(URL, text=LIST[:end])
    snapshot = fetch(f"json:{URL}")
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert snapshot.error == f"{URL}: the response was cut off in the middle; try again later"


@pytest.mark.parametrize("text", ["{title: 1}", "[1] trailing", "<html>", "", "null and void"])
def test_an_answer_that_is_no_json_is_not_called_cut_off(
    requests_mock: requests_mock.Mocker, text: str
) -> None:
    requests_mock.get(URL, text=text)
    assert fetch(f"json:{URL}").outcome is Outcome.CHANGED_LAYOUT


def test_the_whole_query_is_asked_for(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{URL}?list=5&apikey=hunter2", json=[{"title": "a"}])
    assert fetch(f"json:{URL}?list=5&apikey=hunter2").outcome is Outcome.COMPLETE


A_FILM = {"title": "Dune", "imdb_id": "tt1160419"}


@pytest.mark.parametrize(
    "more",
    [
        {"pagination": {"has_more": True, "page": 1}},
        {"pagination": {"total": 9}},
        {"meta": {"total": 5}},
        {"meta": {"page": {"last_page": 2}}},
        {"data": {"pageInfo": {"hasNextPage": True}}},
        {"links": {"next": "/films?page=2"}},
        {"pages": 3},
        {"hasNextPage": True},
        {"nextPageToken": "x"},
        {"totalCount": 5},
        {"total_movies": 5},
        {"total_movies": 1, "total_shows": 1},
        {"has_more": "true"},
    ],
    ids=str,
)
def test_an_answer_that_speaks_of_more_titles_anywhere_is_incomplete(
    requests_mock: requests_mock.Mocker, more: dict[str, object]
) -> None:
    requests_mock.get(URL, json={"items": [A_FILM], **more})
    snapshot = fetch(f"json:{URL}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1)
    assert "only one response is read" in str(snapshot.error)


@pytest.mark.parametrize(
    "last",
    [
        {"pagination": {"has_more": False, "next_cursor": None, "total": 1, "pages": 1}},
        {"meta": {"total_movies": 1, "total_shows": 0, "hasNextPage": "false"}},
        {"owner": {"name": "Anna", "lists": 12}},
    ],
    ids=str,
)
def test_an_answer_that_speaks_of_no_more_than_it_holds_is_complete(
    requests_mock: requests_mock.Mocker, last: dict[str, object]
) -> None:
    requests_mock.get(URL, json={"items": [A_FILM], **last})
    assert fetch(f"json:{URL}").outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    ("header", "outcome"),
    [
        (("X-Has-More", "true"), Outcome.INCOMPLETE),
        (("X-Pagination-Page-Count", "3"), Outcome.INCOMPLETE),
        (("X-Total-Count", "2"), Outcome.INCOMPLETE),
        (("X-Has-More", "false"), Outcome.COMPLETE),
        (("X-Total-Count", "1"), Outcome.COMPLETE),
    ],
    ids=str,
)
def test_headers_may_speak_of_more_titles_too(
    requests_mock: requests_mock.Mocker, header: tuple[str, str], outcome: Outcome
) -> None:
    requests_mock.get(URL, json=[A_FILM], headers=dict([header]))
    assert fetch(f"json:{URL}").outcome is outcome
