"""Totals and ends of lists as real answers and public reports have them: read in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Outcome
from tests.sources.asking import API, KEY, fetch
from tests.sources.serving import mdblist_row, trakt_row

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CAPTURES = SHARED / "captures" / "2026-11"
CASES = SHARED / "cases"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="no captured answers here")


def content(path: Path) -> Any:  # noqa: ANN401 - foreign JSON
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "meaning", ["a list of 1,378, as measured", "the same, as its description has it"]
)
def test_mdblists_headers_end_a_list_under_both_meanings(
    requests_mock: requests_mock.Mocker, meaning: str
) -> None:
    for recorded_page in content(CASES / "mdblist-headers.json")[meaning]:
        first = recorded_page["offset"] + 1
        rows = [mdblist_row(number) for number in range(first, first + recorded_page["rows"])]
        headers = {name: recorded_page[name] for name in ("X-Total-Items", "X-Has-More")}
        address = f"{API}/lists/anna/night/items?offset={recorded_page['offset']}"
        requests_mock.get(address, json={"movies": rows, "shows": []}, headers=headers)
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 1378)


def test_mdblists_watchlist_has_one_ranking_and_says_how_much_follows(
    requests_mock: requests_mock.Mocker,
) -> None:
    body = content(CAPTURES / "mdblist" / "watchlist-items_docs_pagination.json")
    requests_mock.get(f"{API}/watchlist/items?offset=0", json=body)
    requests_mock.get(f"{API}/watchlist/items?offset=15", json={"movies": [], "shows": []})
    snapshot = fetch("mdblist:watchlist", key=KEY)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.INCOMPLETE, 1160)
    assert [item.title for item in snapshot.items[:3]] == [
        "A Complete Unknown",
        "When the Phone Rings",
        "Mythic Quest",
    ]


def test_mdblists_lists_rank_films_and_shows_apart(requests_mock: requests_mock.Mocker) -> None:
    body = content(CAPTURES / "mdblist" / "list-items_docs_movies-and-shows.json")
    headers = {"X-Has-More": "false"}
    requests_mock.get(f"{API}/lists/anna/night/items?offset=0", json=body, headers=headers)
    snapshot = fetch("mdblist:anna/night", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 10)
    assert [item.kind for item in snapshot.items] == ["movie"] * 5 + ["tv"] * 5


def test_rows_of_trakt_that_cannot_be_read_make_a_list_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    rows = content(CASES / "trakt-rows-that-cannot-be-read.json")
    headers = {"X-Pagination-Page-Count": "1", "X-Pagination-Item-Count": str(len(rows))}
    requests_mock.get(f"{API}/users/anna/lists/night/items", json=rows, headers=headers)
    snapshot = fetch("trakt:anna/night", key=KEY)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert [item.title for item in snapshot.items if not item.unsupported] == ["Alpha Motor"]


def test_a_total_of_trakt_that_is_never_met_leaves_a_list_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    case = content(CASES / "trakt-total-that-is-never-met.json")
    first = 1
    for page, count in enumerate(case["rows given on pages 1, 2, 3"], start=1):
        rows = [trakt_row(number) for number in range(first, first + count)]
        first += count
        address = f"{API}/users/anna/lists/night/items?page={page}"
        requests_mock.get(address, json=rows, headers=case["headers"])
    snapshot = fetch("trakt:anna/night", key=KEY)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert (snapshot.declared_total, snapshot.delivered, len(snapshot.items)) == (593, 583, 583)


@pytest.mark.parametrize(
    ("name", "count"),
    [("list-509_2026-08_v3_16items.json", 16), ("list-v3_2013_85items_no-paging-fields.json", 85)],
    ids=["today", "2013, without paging"],
)
def test_a_list_of_tmdb_is_complete(
    requests_mock: requests_mock.Mocker, name: str, count: int
) -> None:
    requests_mock.get(f"{API}/3/list/7", json=content(CAPTURES / "tmdb" / name))
    snapshot = fetch("tmdb:list/7", key=KEY)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, count)


def test_a_chart_of_tmdb_may_change_its_total_and_repeat_a_film(
    requests_mock: requests_mock.Mocker,
) -> None:
    bodies = [
        content(CAPTURES / "tmdb" / f"movie-now_playing_2026-08_page{page}.json") for page in (1, 2)
    ]
    assert len({body["total_results"] for body in bodies}) == 2
    requests_mock.get(f"{API}/3/movie/now_playing", [{"json": body} for body in bodies])
    different = {row["id"] for body in bodies for row in body["results"]}
    snapshot = fetch("tmdb:movie/now-playing", key=KEY, top=len(different))
    assert snapshot.outcome is Outcome.UNVERIFIED
    assert {item.ids.tmdb for item in snapshot.items} == different
