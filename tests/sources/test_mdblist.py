"""MDBList: pages of a public list, and of its API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Facts, Ids, Item, Kind, Outcome
from tests.sources.asking import API, KEY, SITE, fetch

Row = dict[str, Any]
OPEN = f"{SITE}/lists/anna/night/json"
KEYED = f"{API}/lists/anna/night/items"


def row(number: int, mediatype: str = "movie", **changes: object) -> Row:
    ids = {"id": number, "imdb_id": f"tt{number:07}", "tvdb_id": None}
    words = {"title": f"Title {number}", "language": "en", "adult": 0, "release_year": 2001}
    return {**ids, **words, "rank": number, "mediatype": mediatype, **changes}


def rows(first: int, count: int) -> list[Row]:
    return [row(number) for number in range(first, first + count)]


def test_a_row_has_kind_year_ids_and_language(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(OPEN, json=[row(1), row(2, "show", imdb_id=None, tvdb_id=9)])
    snapshot = fetch("mdblist:anna/night")
    facts = Facts(language="en")
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.items == (
        Item(1, "Title 1", 2001, Kind.MOVIE, Ids("tt0000001", 1), facts=facts),
        Item(2, "Title 2", 2001, Kind.TV, Ids(tmdb=2, tvdb=9), facts=facts),
    )


def test_a_public_list_is_read_until_a_page_is_short(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{OPEN}?limit=1000&offset=0", json=rows(1, 1000))
    requests_mock.get(f"{OPEN}?limit=1000&offset=1000", json=rows(1001, 7))
    snapshot = fetch("mdblist:anna/night")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 1007)
    assert requests_mock.call_count == 2


@pytest.mark.parametrize("most", [25, 50, 100, 250, 500])
def test_a_limit_that_is_clamped_is_no_end(requests_mock: requests_mock.Mocker, most: int) -> None:
    requests_mock.get(f"{OPEN}?offset=0", json=rows(1, most))
    requests_mock.get(f"{OPEN}?offset={most}", json=rows(most + 1, most))
    requests_mock.get(f"{OPEN}?offset={2 * most}", json=[])
    snapshot = fetch("mdblist:anna/night")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2 * most)


def test_a_page_that_comes_again_makes_the_list_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(OPEN, json=rows(1, 1000))
    assert fetch("mdblist:anna/night").outcome is Outcome.INCOMPLETE
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("List is private", Outcome.PRIVATE),
        ("empty or private list", Outcome.PRIVATE),
        ("List not found", Outcome.MISSING),
        ("Something new", Outcome.CHANGED_LAYOUT),
    ],
)
@pytest.mark.parametrize("rows", [False, True], ids=["alone", "in the list's only row"])
def test_an_error_in_words_is_an_outcome(
    requests_mock: requests_mock.Mocker,
    message: str,
    outcome: Outcome,
    rows: bool,  # noqa: FBT001 - a table's column
) -> None:
    body = {"error": message}
    requests_mock.get(OPEN, json=[body] if rows else body)
    assert fetch("mdblist:anna/night").outcome is outcome


def page(movies: list[Row], shows: list[Row], **pages: object) -> Row:
    return {"movies": movies, "shows": shows, "pagination": pages}


def test_with_a_key_films_and_shows_are_laid_together_by_rank(
    requests_mock: requests_mock.Mocker,
) -> None:
    body = page([row(1), row(3)], [row(2, "show")], has_more=False)
    requests_mock.get(KEYED, json=body, headers={"X-Total-Items": "3", "X-Has-More": "false"})
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 3)
    assert [item.ids.tmdb for item in snapshot.items] == [1, 2, 3]
    assert requests_mock.request_history[0].qs["apikey"] == [KEY]


@pytest.mark.parametrize(
    ("headers", "pages", "follows"),
    [
        ({"X-Has-More": "true"}, {}, "offset=2"),
        ({}, {"has_more": True}, "offset=2"),
        ({}, {"next_cursor": "abc"}, "cursor=abc"),
    ],
    ids=["header", "body", "cursor"],
)
def test_with_a_key_pages_are_followed_as_the_api_says(
    requests_mock: requests_mock.Mocker, headers: dict[str, str], pages: Row, follows: str
) -> None:
    total = {"X-Total-Items": "3"}
    requests_mock.get(KEYED, json=page(rows(1, 2), [], **pages), headers=headers | total)
    requests_mock.get(f"{KEYED}?{follows}", json=page([], [row(3, "show")]), headers=total)
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 3)


def test_with_a_key_pages_without_a_word_of_more_are_read_on_and_prove_no_end(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(f"{KEYED}?offset=0", json={"movies": rows(1, 1000), "shows": []})
    requests_mock.get(f"{KEYED}?offset=1000", json={"movies": rows(1001, 7), "shows": []})
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, 1007)


def test_fewer_than_its_total_is_incomplete(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(KEYED, json=page(rows(1, 2), []), headers={"X-Total-Items": "5"})
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.INCOMPLETE, 5)


def test_a_page_that_fails_keeps_what_was_read(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(f"{OPEN}?offset=0", json=rows(1, 1000))
    late = {"status_code": 429, "headers": {"Retry-After": "90"}}
    requests_mock.get(f"{OPEN}?offset=1000", [late])
    snapshot = fetch("mdblist:anna/night")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1000)
    assert snapshot.retry_after == 90


def test_a_list_by_its_number_needs_a_key(requests_mock: requests_mock.Mocker) -> None:
    assert "providers.mdblist.api_key" in str(fetch("mdblist:42").error)
    requests_mock.get(f"{API}/lists/42/items", json=page(rows(1, 1), [], has_more=False))
    assert fetch("mdblist:42", key=KEY).outcome is Outcome.COMPLETE


def count_page(total: int, rows: int, *, more: bool) -> dict[str, str]:  # noqa: ARG001 - of a table
    """The headers as measured on a real list."""
    return {"X-Total-Items": str(rows), "X-Has-More": str(more).lower()}


def count_list(total: int, rows: int, *, more: bool) -> dict[str, str]:  # noqa: ARG001 - of a table
    """The headers as MDBList's description has them."""
    return {"X-Total-Items": str(total), "X-Has-More": str(more).lower()}


@pytest.mark.parametrize("headers", [count_page, count_list])
@pytest.mark.parametrize("number", [1, 999, 1000, 1001, 1378, 2000, 6378])
def test_a_list_of_any_length_is_complete_whatever_its_totals_count(
    requests_mock: requests_mock.Mocker, number: int, headers: Callable[..., dict[str, str]]
) -> None:
    for offset in range(0, number + 1, 1000):
        some = rows(offset + 1, min(1000, number - offset))
        page_headers = headers(number, len(some), more=offset + 1000 < number)
        answer = {"movies": some, "shows": []}
        requests_mock.get(f"{KEYED}?offset={offset}", json=answer, headers=page_headers)
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, number)


@pytest.mark.parametrize("headers", [count_page, count_list])
def test_a_list_whose_later_page_stays_away_is_incomplete_whatever_its_totals_count(
    requests_mock: requests_mock.Mocker, headers: Callable[..., dict[str, str]]
) -> None:
    some = rows(1, 1000)
    first_headers = headers(1378, 1000, more=True)
    requests_mock.get(f"{KEYED}?offset=0", json={"movies": some}, headers=first_headers)
    empty = headers(1378, 0, more=True)
    requests_mock.get(f"{KEYED}?offset=1000", json={"movies": []}, headers=empty)
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1000)


def test_the_totals_of_films_and_shows_are_counted_against(
    requests_mock: requests_mock.Mocker,
) -> None:
    totals = {"total_movies": 2, "total_shows": 1, "has_more": False}
    requests_mock.get(KEYED, json=page(rows(1, 2), [], **totals), headers={"X-Total-Items": "2"})
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.INCOMPLETE, 3)


@pytest.mark.parametrize(
    ("movies", "shows", "order"),
    [
        pytest.param([(1, 2), (2, 1)], [(3, 1), (4, 2)], [2, 1, 3, 4], id="each kind from 1"),
        pytest.param([(1, 0), (2, 3)], [(3, 1), (4, 2)], [1, 3, 4, 2], id="one ranking from 0"),
        pytest.param([(1, 3), (2, None)], [(3, 1)], [1, 2, 3], id="not every title has one"),
        pytest.param([(1, 3), (2, 3)], [(3, 1)], [1, 2, 3], id="two films of one rank"),
    ],
)
def test_ranks_order_the_list(
    requests_mock: requests_mock.Mocker,
    movies: list[tuple[int, int | None]],
    shows: list[tuple[int, int | None]],
    order: list[int],
) -> None:
    films = [row(number, rank=rank) for number, rank in movies]
    series = [row(number, "show", rank=rank) for number, rank in shows]
    requests_mock.get(KEYED, json=page(films, series, has_more=False))
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert [item.ids.tmdb for item in snapshot.items] == order
    assert [item.position for item in snapshot.items] == list(range(1, len(order) + 1))


@pytest.mark.parametrize(
    ("source", "address", "label"),
    [
        ("mdblist:watchlist", f"{API}/watchlist/items", "your own watchlist"),
        ("mdblist:external/7", f"{API}/external/lists/7/items", "an external list"),
    ],
)
def test_lists_that_only_the_api_gives_need_a_key(
    requests_mock: requests_mock.Mocker, source: str, address: str, label: str
) -> None:
    error = str(fetch(source).error)
    assert error.startswith(f"{label} can only be read through the API")
    assert "providers.mdblist.api_key" in error
    requests_mock.get(address, json=page(rows(1, 2), [row(3, "show")], has_more=False))
    snapshot = fetch(source, key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 3)
