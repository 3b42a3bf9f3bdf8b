"""The sandbox's Trakt API answers as the captured one did, and as the facts of it say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3.util import SKIP_HEADER

from examples.sandbox import trakt_accounts, trakt_api
from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared/captures/trakt/api-2026-05"
HEADERS = {"trakt-api-version": "2", "trakt-api-key": trakt_accounts.CLIENT_ID}


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


def ask(sites: SandboxSites, path: str, **headers: str | None) -> requests.Response:
    dashed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**HEADERS, **dashed}
    return requests.get(f"{sites.trakt_api_url}{path}", headers=sent, timeout=10)


def figures(answer: requests.Response) -> dict[str, int]:
    names = ("Page", "Limit", "Page-Count", "Item-Count")
    return {name: int(answer.headers[f"X-Pagination-{name}"]) for name in names}


def shape(value: object) -> object:
    """The names in a value, and what kind of thing is under each; null fits everything."""
    if isinstance(value, dict):
        inner = {name: shape(part) for name, part in value.items()}
        return {name: part for name, part in inner.items() if part is not None}
    return None if value is None else type(value).__name__


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("movies_boxoffice", "/movies/boxoffice"),
        ("movies_popular_limit_5", "/movies/popular?limit=5"),
        ("movies_trending_limit_5", "/movies/trending?limit=5"),
        ("shows_anticipated_limit_5", "/shows/anticipated?limit=5"),
        ("shows_popular_limit_5", "/shows/popular?limit=5"),
        ("users_jemus42_lists_2171659_items", "/users/anna/lists/family-night/items"),
        ("users_sean_watchlist_shows", "/users/anna/watchlist/shows"),
    ],
)
def test_an_answer_has_the_shape_of_the_captured_one(
    sites: SandboxSites, name: str, path: str
) -> None:
    if not CAPTURES.is_dir():
        pytest.skip("no captured answers here")
    captured = json.loads((CAPTURES / f"{name}.json").read_text("utf-8"))
    exchange = json.loads((CAPTURES / f"{name}.headers.json").read_text("utf-8"))

    answer = ask(sites, path)

    ours, theirs = shape(answer.json()[0]), shape(captured[0])
    assert _without_plex(ours) == _without_plex(theirs)
    paging = {header for header in exchange["headers"] if header.startswith("x-pagination")}
    assert {h.lower() for h in answer.headers if h.lower().startswith("x-pagination")} == paging


def _without_plex(row: object) -> object:
    """Ids of another service differ from title to title."""
    text = json.dumps(row, sort_keys=True)
    document = json.loads(text)
    for part in (document, *document.values()):
        if isinstance(part, dict) and "ids" in part:
            part["ids"].pop("plex", None)
    return document


@pytest.mark.parametrize(
    ("query", "limit", "rows"),
    [("", 100, 100), ("?limit=250", 250, 250), ("?limit=1000", 250, 250), ("?limit=5", 5, 5)],
)
def test_a_page_holds_100_rows_and_250_at_most(
    sites: SandboxSites, query: str, limit: int, rows: int
) -> None:
    answer = ask(sites, f"/users/anna/lists/big-shelf/items{query}")

    assert (figures(answer)["Limit"], len(answer.json())) == (limit, rows)
    assert figures(answer)["Item-Count"] == 430


def test_the_pages_of_a_list_give_all_of_it_in_order(sites: SandboxSites) -> None:
    rows: list[dict[str, Any]] = []
    for page in range(1, 6):
        rows += ask(sites, f"/users/anna/lists/big-shelf/items?page={page}").json()

    assert [row["rank"] for row in rows] == list(range(1, 431))
    titles = sites.lists["trakt:anna/big-shelf"]
    assert [row[row["type"]]["ids"]["tmdb"] for row in rows] == [title.tmdb for title in titles]
    assert ask(sites, "/users/anna/lists/big-shelf/items?page=6").json() == []


def test_the_headers_of_a_filtered_list_count_the_whole_list(sites: SandboxSites) -> None:
    whole = ask(sites, "/users/anna/watchlist?limit=10")
    shows = ask(sites, "/users/anna/watchlist/shows?limit=50")

    assert figures(shows)["Item-Count"] == figures(whole)["Item-Count"] == 60
    assert {row["type"] for row in shows.json()} == {"show"}
    assert len(shows.json()) < 50 < figures(shows)["Page-Count"] * 50


def test_a_list_is_there_by_its_number_too(sites: SandboxSites) -> None:
    number = trakt_api.list_number("trakt:anna/family-night")

    by_number = ask(sites, f"/lists/{number}/items")

    assert by_number.json() == ask(sites, "/users/anna/lists/family-night/items").json()


def test_a_list_may_hold_seasons_episodes_and_people(sites: SandboxSites) -> None:
    rows = ask(sites, "/users/anna/lists/bits-and-pieces/items").json()

    types = [row["type"] for row in rows[4:]]
    assert types == ["season", "person", "season", "episode", "movie"]
    assert all("show" in row for row in rows if row["type"] in {"season", "episode"})
    assert rows[-1]["movie"]["year"] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/anna/lists/private/items", 403),
        ("/users/hidden/watchlist", 401),
        ("/users/anna/lists/missing/items", 404),
        ("/users/nobody/watchlist", 404),
        ("/lists/5/items", 404),
        ("/movies/nonsense", 404),
        ("/movies/trending/weekly", 404),
        ("/shows/boxoffice", 404),
        ("/movies/watched/weekly", 200),
        ("/users/anna/lists/unavailable/items", 503),
    ],
)
def test_every_refusal_has_its_status(sites: SandboxSites, path: str, status: int) -> None:
    assert ask(sites, path).status_code == status


@pytest.mark.parametrize(
    "headers",
    [{"trakt_api_key": None}, {"trakt_api_key": "dead"}, {"trakt_api_version": None}],
    ids=str,
)
def test_a_call_without_a_living_client_id_is_forbidden(
    sites: SandboxSites, headers: dict[str, str | None]
) -> None:
    assert ask(sites, "/movies/trending", **headers).status_code == 403


def test_a_call_without_a_user_agent_is_blocked(sites: SandboxSites) -> None:
    with requests.Session() as session:
        call = requests.Request("GET", f"{sites.trakt_api_url}/movies/boxoffice", headers=HEADERS)
        prepared = session.prepare_request(call)
        prepared.headers["User-Agent"] = SKIP_HEADER
        answer = session.send(prepared)

    assert (answer.status_code, "have been blocked" in answer.text) == (403, True)


@pytest.mark.parametrize("status", [420, 429])
def test_a_limit_comes_with_its_time(sites: SandboxSites, status: int) -> None:
    path = "/users/anna/watchlist"
    sites.trakt.faults.set(f"{trakt_api.PREFIX}{path}", Fault(status=status, retry_after=90))
    try:
        answer = ask(sites, path)
    finally:
        sites.trakt.faults.clear()

    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "90")
