"""Trakt's API: pages by their headers, what its statuses mean, and rows as items."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Facts, FetchScope, Ids, Item, Kind, Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import NO_PATIENCE, FakeBrowser

API = "http://api.test"
KEY = "0123456789abcdef-a-client-id"
Row = dict[str, Any]


def fetch(source: str, top: int | None = None, key: str = KEY, *, facts: bool = False) -> Snapshot:
    providers = {"trakt": Provider("http://app.test", API, key=key)}
    sources = SiteSources(FakeBrowser({}), providers, Path(), NO_PATIENCE)
    return sources.fetch(recognize_list(source), FetchScope(top, facts))


def film(number: int, **changes: object) -> Row:
    ids = {"trakt": number, "slug": f"film-{number}-2001", "imdb": f"tt{number:07}", "tmdb": number}
    return {"title": f"Film {number}", "year": 2001, "ids": {**ids, "plex": {}}, **changes}


def show(number: int) -> Row:
    ids = {"trakt": number, "slug": f"show-{number}", "imdb": None, "tmdb": number, "tvdb": 7}
    return {"title": f"Show {number}", "year": None, "ids": ids}


def listed(number: int, kind: str = "movie", **parts: object) -> Row:
    """A row of a list. Its own id is not the title's."""
    part = {} if parts else {kind: film(number) if kind == "movie" else show(number)}
    return {"rank": number, "id": 9000 + number, "type": kind, "notes": None, **part, **parts}


def films(*numbers: int) -> list[Row]:
    return [listed(number) for number in numbers]


def counted(page: int, limit: int, pages: int, items: int, **more: str) -> dict[str, str]:
    names = {"Page": page, "Limit": limit, "Page-Count": pages, "Item-Count": items}
    return {f"X-Pagination-{name}": str(value) for name, value in names.items()} | more


@pytest.fixture
def serve(requests_mock: requests_mock.Mocker) -> Callable[..., None]:
    """Answer a path with pages: each the rows, and the figures of its headers."""

    def answers(
        path: str, pages: Sequence[list[Row]], items: int, limit: int = 100, count: int = 0
    ) -> None:
        count = count or len(pages)
        for number in range(1, count + 2):
            rows = pages[number - 1] if number <= len(pages) else []
            total = abs(items + number) if items < 0 else items  # below zero: no page says the same
            figures = counted(number, limit, count, total)
            requests_mock.get(f"{API}{path}?page={number}", json=rows, headers=figures)

    return answers


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("trakt:anna/night", "/users/anna/lists/night/items"),
        ("trakt:anna/night?mode=movie", "/users/anna/lists/night/items/movie"),
        ("trakt:anna/lists/night", "/users/anna/lists/night/items"),
        ("https://trakt.tv/users/anna/lists/night?mode=show", "/users/anna/lists/night/items/show"),
        ("https://trakt.tv/users/anna/lists/watchlist", "/users/anna/lists/watchlist/items"),
        ("trakt:anna/watchlist", "/users/anna/watchlist"),
        ("trakt:anna/watchlist?mode=movie", "/users/anna/watchlist/movies"),
        ("https://trakt.tv/users/anna/watchlist/shows", "/users/anna/watchlist/shows"),
        ("trakt:anna/favorites", "/users/anna/favorites"),
        ("https://trakt.tv/users/anna/favorites?mode=show", "/users/anna/favorites/shows"),
        ("https://trakt.tv/lists/42", "/lists/42/items"),
        ("https://trakt.tv/users/anna/lists/42?mode=movie", "/lists/42/items/movie"),
        ("trakt:trending/movies", "/movies/trending"),
        ("https://trakt.tv/shows/watched/weekly", "/shows/watched/weekly"),
        ("trakt:boxoffice", "/movies/boxoffice"),
    ],
)
def test_a_list_is_asked_for_where_the_api_has_it(
    requests_mock: requests_mock.Mocker, source: str, path: str
) -> None:
    requests_mock.get(re.compile(API), json=[])

    snapshot = fetch(source)

    call = requests_mock.request_history[-1]
    assert (call.path, snapshot.outcome, snapshot.route) == (path, Outcome.EMPTY, "api")
    headers = ("trakt-api-version", "trakt-api-key", "Content-Type")
    assert [call.headers[name] for name in headers] == ["2", KEY, "application/json"]
    assert call.headers["User-Agent"].startswith("listsync")


def test_a_list_is_read_page_by_page_to_its_item_count(serve: Callable[..., None]) -> None:
    serve("/lists/1/items", [films(1, 2), films(3, 4), films(5)], items=5, limit=2)

    snapshot = fetch("trakt:lists/1")

    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 5)
    assert [item.position for item in snapshot.items] == [1, 2, 3, 4, 5]
    assert [item.ids.tmdb for item in snapshot.items] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("pages", "items", "count"),
    [
        pytest.param([films(1, 2), films(3)], 4, 2, id="a row is missing"),
        pytest.param([films(1), films(2, 3)], 4, 2, id="and in the middle"),
        pytest.param([films(1, 2), films(2, 3)], 4, 2, id="a row comes twice"),
        pytest.param([films(1, 2), films(1, 2)], 6, 3, id="page 2 is page 1"),
        pytest.param([films(1, 2), []], 4, 2, id="an empty page"),
        pytest.param([films(1, 2), films(3)], -4, 2, id="the item count changes"),
        pytest.param([[]], 3, 1, id="nothing of what is declared"),
        pytest.param([films(1, 2)], 1, 1, id="more than what is declared"),
    ],
)
def test_a_list_that_is_not_whole_is_incomplete(
    serve: Callable[..., None], pages: list[list[Row]], items: int, count: int
) -> None:
    serve("/lists/1/items", pages, items=items, limit=2, count=count)

    snapshot = fetch("trakt:lists/1")

    assert snapshot.outcome is Outcome.INCOMPLETE
    assert {item.ids.tmdb for item in snapshot.items} == {r["id"] - 9000 for p in pages for r in p}


@pytest.mark.parametrize(
    ("pages", "items", "count"),
    [
        pytest.param([films(1, 2, 3)], 3, 1, id="one page"),
        pytest.param([films(1, 2, 3)], 11, 3, id="fewer than the headers of the whole list say"),
        pytest.param([films(1, 2, 3, 4), films(5, 6)], 11, 3, id="the second page is short"),
        pytest.param([films(1, 2, 3, 4), films(5, 6, 7, 8)], 8, 2, id="full to the last page"),
        pytest.param([films(1, 2, 3, 4), []], 11, 3, id="full, and then nothing"),
        pytest.param([films(1, 2, 3), films(5, 6)], 6, 2, id="a title of the first page is hidden"),
        pytest.param([films(1, 2, 3, 4), [], films(5)], 16, 4, id="an empty page in the middle"),
        pytest.param([films(1, 2, 3, 4), films(5)], 11, 1, id="more than the page count says"),
    ],
)
def test_a_filtered_list_is_complete_once_its_last_page_was_read(
    requests_mock: requests_mock.Mocker,
    serve: Callable[..., None],
    pages: list[list[Row]],
    items: int,
    count: int,
) -> None:
    serve("/users/anna/watchlist/movies", pages, items=items, limit=4, count=count)

    snapshot = fetch("trakt:anna/watchlist?mode=movie")

    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, None)
    assert requests_mock.call_count == max(count, len(pages))
    assert len(snapshot.items) == sum(map(len, pages))


@pytest.mark.parametrize(
    ("pages", "items", "count"),
    [
        pytest.param([films(1, 2), films(1, 2)], 9, 5, id="page 2 is page 1"),
        pytest.param([films(1, 2), films(1, 2)], 4, 2, id="and the last"),
        pytest.param([films(1, 2), films(2)], 9, 5, id="a row moves on"),
        pytest.param([films(1, 2), films(3)], -9, 5, id="the item count changes"),
    ],
)
def test_a_filtered_list_whose_rows_come_again_is_incomplete(
    serve: Callable[..., None], pages: list[list[Row]], items: int, count: int
) -> None:
    serve("/users/anna/watchlist/movies", pages, items=items, limit=2, count=count)

    assert fetch("trakt:anna/watchlist?mode=movie").outcome is Outcome.INCOMPLETE


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("trakt:lists/1", "/lists/1/items"),
        ("trakt:lists/1?mode=movie", "/lists/1/items/movie"),
    ],
    ids=["whole", "filtered"],
)
def test_a_short_page_of_unknown_size_is_no_proof_of_an_end(
    requests_mock: requests_mock.Mocker, source: str, path: str
) -> None:
    requests_mock.get(f"{API}{path}", json=films(1, 2))

    assert fetch(source).outcome is Outcome.UNVERIFIED


def test_an_item_count_alone_says_how_far_to_read(requests_mock: requests_mock.Mocker) -> None:
    for number, rows in enumerate((films(1, 2), films(3)), start=1):
        headers = {"X-Pagination-Item-Count": "3"}
        requests_mock.get(f"{API}/lists/1/items?page={number}", json=rows, headers=headers)

    snapshot = fetch("trakt:lists/1")

    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 3)


def chart(first: int, rows: int) -> list[Row]:
    return [{"watchers": 1, "movie": film(first + step)} for step in range(rows)]


@pytest.mark.parametrize(
    ("top", "count", "pages"),
    [
        pytest.param(None, 100, 1, id="100 where nothing is said"),
        pytest.param(20, 20, 1, id="the first 20"),
        pytest.param(150, 150, 2, id="a page more where the limit is clamped"),
        pytest.param(250, 250, 3, id="three"),
    ],
)
def test_of_a_chart_without_an_end_only_the_first_are_read(
    requests_mock: requests_mock.Mocker,
    serve: Callable[..., None],
    top: int | None,
    count: int,
    pages: int,
) -> None:
    rows = [chart(1 + page * 100, 100) for page in range(9)]
    serve("/movies/watched/weekly", rows, items=689490)

    snapshot = fetch("https://trakt.tv/movies/watched/weekly", top)

    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.UNVERIFIED, count)
    assert snapshot.note == f"only the first {count} of an endless chart"
    assert requests_mock.call_count == pages


def test_a_title_that_moves_on_in_a_chart_takes_nobodys_place(serve: Callable[..., None]) -> None:
    serve("/movies/trending", [chart(1, 100), [*chart(100, 1), *chart(101, 99)]], items=689490)

    snapshot = fetch("trakt:movies/trending", 150)

    assert [item.ids.tmdb for item in snapshot.items] == list(range(1, 151))


def test_a_chart_that_ends_early_is_still_unverified(serve: Callable[..., None]) -> None:
    serve("/movies/trending", [chart(1, 3)], items=3)

    snapshot = fetch("trakt:movies/trending")

    assert (snapshot.outcome, snapshot.note) == (Outcome.UNVERIFIED, None)


def test_a_popular_charts_rows_are_the_titles_themselves(serve: Callable[..., None]) -> None:
    serve("/shows/popular", [[show(1), show(2)]], items=163, limit=2, count=82)

    snapshot = fetch("trakt:shows/popular", 2)

    assert [(item.title, item.kind, item.year) for item in snapshot.items] == [
        ("Show 1", Kind.TV, None),
        ("Show 2", Kind.TV, None),
    ]


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [(10, Outcome.COMPLETE), (9, Outcome.INCOMPLETE), (0, Outcome.EMPTY)],
)
def test_the_box_office_is_ten_films(
    requests_mock: requests_mock.Mocker, rows: int, outcome: Outcome
) -> None:
    body = [{"revenue": 5, "movie": film(number)} for number in range(1, rows + 1)]
    requests_mock.get(f"{API}/movies/boxoffice", json=body)

    assert fetch("trakt:boxoffice").outcome is outcome


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (401, {}, Outcome.PRIVATE, None),
        (403, {}, Outcome.PRIVATE, None),
        (404, {}, Outcome.MISSING, None),
        (420, {"Retry-After": "600"}, Outcome.RATE_LIMITED, 600),
        (429, {"Retry-After": "90"}, Outcome.RATE_LIMITED, 90),
        (500, {}, Outcome.UNREACHABLE, None),
        (202, {}, Outcome.BLOCKED, None),
        (302, {"Location": "http://other.test/"}, Outcome.UNREACHABLE, None),
    ],
)
def test_a_status_is_an_outcome(
    requests_mock: requests_mock.Mocker,
    status: int,
    headers: Mapping[str, str],
    outcome: Outcome,
    wait: float | None,
) -> None:
    requests_mock.get(f"{API}/lists/1/items", status_code=status, headers=dict(headers), text="")
    requests_mock.get(f"{API}/movies/boxoffice", json=[])

    snapshot = fetch("trakt:lists/1")

    assert (snapshot.outcome, snapshot.retry_after) == (outcome, wait)
    assert f"{API}/lists/1/items" in str(snapshot.error)
    assert KEY not in repr(snapshot)


def test_a_chart_that_is_refused_is_nobodys_private_list(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(f"{API}/movies/trending", status_code=401)
    snapshot = fetch("trakt:movies/trending")
    assert (snapshot.outcome, "client_id" in str(snapshot.error)) == (Outcome.BLOCKED, True)


@pytest.mark.parametrize("source", ["trakt:anna/night", "trakt:anna/watchlist", "trakt:boxoffice"])
@pytest.mark.parametrize("body", ["", "Forbidden"])
def test_a_key_that_may_read_nothing_is_blocked_and_the_sentence_names_it(
    requests_mock: requests_mock.Mocker, source: str, body: str
) -> None:
    requests_mock.get(re.compile(API), status_code=403, text=body)

    snapshot = fetch(source)

    assert snapshot.outcome is Outcome.BLOCKED
    assert "providers.trakt.client_id" in str(snapshot.error)
    assert KEY not in repr(snapshot)


@pytest.mark.parametrize("body", [{"movies": []}, "text", None, [1, 2], [{"a": 1}], [{}]], ids=str)
def test_what_is_no_list_is_a_changed_layout(
    requests_mock: requests_mock.Mocker, body: object
) -> None:
    requests_mock.get(f"{API}/lists/1/items", json=body)

    assert fetch("trakt:lists/1").outcome is Outcome.CHANGED_LAYOUT


def test_what_was_read_before_a_page_failed_is_kept(requests_mock: requests_mock.Mocker) -> None:
    first = {"json": films(1, 2), "headers": counted(1, 2, 3, 6)}
    later = {"status_code": 429, "headers": {"Retry-After": "120"}}
    requests_mock.get(f"{API}/lists/1/items", [first, later])

    snapshot = fetch("trakt:lists/1")

    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 2)
    assert (snapshot.declared_total, snapshot.retry_after) == (6, 120)


def season(number: int, of: int = 1, row: int = 1) -> Row:
    return listed(row, "season", season={"number": number, "ids": {"trakt": 5}}, show=show(of))


def episode(number: int, of: int = 1, row: int = 1) -> Row:
    part = {"season": number, "number": 3, "title": "Third", "ids": {"tvdb": 5}}
    return listed(row, "episode", episode=part, show=show(of))


@pytest.mark.parametrize(
    ("rows", "seasons"),
    [
        pytest.param([season(2)], (2,), id="a season"),
        pytest.param([season(0)], (0,), id="specials"),
        pytest.param([episode(4)], (4,), id="an episode wants its season"),
        pytest.param([season(3, row=1), episode(1, row=2)], (1, 3), id="both"),
        pytest.param([episode(1, row=1), episode(1, row=2)], (1,), id="two of one season"),
        pytest.param([listed(1, "show"), season(2, row=2)], None, id="the show, too"),
        pytest.param([season(2, row=2), listed(1, "show")], None, id="and after it"),
    ],
)
def test_seasons_and_episodes_are_one_item_of_their_show(
    serve: Callable[..., None], rows: list[Row], seasons: tuple[int, ...] | None
) -> None:
    serve("/lists/1/items", [[listed(8), *rows, listed(9)]], items=len(rows) + 2)

    snapshot = fetch("trakt:lists/1")

    assert snapshot.outcome is Outcome.COMPLETE
    ids = Ids(tmdb=1, tvdb=7, trakt="show-1")
    assert snapshot.items[1] == Item(2, "Show 1", None, Kind.TV, ids, seasons=seasons)
    assert [item.title for item in snapshot.items] == ["Film 8", "Show 1", "Film 9"]


@pytest.mark.parametrize(
    ("row", "unsupported"),
    [
        pytest.param(listed(1, "person", person={"name": "Anna"}), "person", id="person"),
        pytest.param(listed(1, "game", game={"title": "Anna"}), "game", id="something new"),
        pytest.param(listed(1, "movie", movie=None), "unknown", id="a film without any field"),
        pytest.param(listed(1, "season", show=show(1)), "unknown", id="a season without a number"),
        pytest.param({"rank": 1, "id": 9001}, "unknown", id="a row of nothing"),
    ],
)
def test_what_cannot_be_requested_is_counted(
    serve: Callable[..., None], row: Row, unsupported: str
) -> None:
    serve("/lists/1/items", [[row, *films(2)]], items=2)

    snapshot = fetch("trakt:lists/1")

    outcome = Outcome.INCOMPLETE if unsupported == "unknown" else Outcome.COMPLETE
    assert (snapshot.outcome, len(snapshot.items)) == (outcome, 2)
    assert (snapshot.items[0].position, snapshot.items[0].unsupported) == (1, unsupported)


@pytest.mark.parametrize(
    ("changes", "ids", "year"),
    [
        ({"year": None}, Ids("tt0000001", 1, None, "film-1-2001"), None),
        ({"year": "2001"}, Ids("tt0000001", 1, None, "film-1-2001"), None),
        ({"ids": {"imdb": None, "tmdb": None, "slug": "a"}}, Ids(trakt="a"), 2001),
        ({"ids": {"imdb": "", "tmdb": 0, "slug": None}}, Ids(), 2001),
        ({"ids": {"imdb": "nm0000001", "tmdb": "5", "tvdb": -1}}, Ids(), 2001),
        ({"ids": None}, Ids(), 2001),
    ],
    ids=str,
)
def test_an_id_or_year_that_is_none_is_left_out(
    serve: Callable[..., None], changes: Row, ids: Ids, year: int | None
) -> None:
    serve("/lists/1/items", [[listed(1, movie=film(1, **changes))]], items=1)

    assert fetch("trakt:lists/1").items == (Item(1, "Film 1", year, Kind.MOVIE, ids),)


@pytest.mark.parametrize("source", ["trakt:movies/trending", "trakt:lists/1", "trakt:a/favorites"])
def test_without_a_client_id_what_only_the_api_has_says_what_to_set(source: str) -> None:
    snapshot = fetch(source, key="")

    assert snapshot.outcome is Outcome.BLOCKED
    assert "providers.trakt.client_id" in str(snapshot.error)


def test_without_a_client_id_a_users_lists_are_read_in_the_browser() -> None:
    snapshot = fetch("trakt:anna/night", key="")

    assert snapshot.route == "browser"
    assert "http://app.test/users/anna/lists/night" in str(snapshot.error)


FACT_FIELDS = {
    "rating": 8.15,
    "votes": 4321,
    "genres": ["science-fiction", "drama"],
    "language": "fr",
}


@pytest.mark.parametrize("facts", [True, False], ids=["a filter asks", "no filter asks"])
@pytest.mark.parametrize(
    ("source", "path", "row"),
    [
        ("trakt:lists/1", "/lists/1/items", listed(1, movie=film(1, **FACT_FIELDS))),
        (
            "trakt:movies/trending",
            "/movies/trending",
            {"watchers": 1, "movie": film(1, **FACT_FIELDS)},
        ),
        ("trakt:movies/popular", "/movies/popular", film(1, **FACT_FIELDS)),
        ("trakt:boxoffice", "/movies/boxoffice", {"revenue": 1, "movie": film(1, **FACT_FIELDS)}),
    ],
    ids=["a list", "a chart", "a bare chart", "the box office"],
)
def test_facts_are_asked_for_where_a_filter_needs_them(
    requests_mock: requests_mock.Mocker,
    source: str,
    path: str,
    row: Row,
    facts: bool,  # noqa: FBT001 - a table's column
) -> None:
    requests_mock.get(f"{API}{path}", json=[row])

    (item,) = fetch(source, facts=facts).items

    query = requests_mock.request_history[0].qs
    assert query.get("extended") == (["full"] if facts else None)
    assert item.facts == Facts(8.15, 4321, ("science-fiction", "drama"), "fr")


@pytest.mark.parametrize(
    ("fact_fields", "facts"),
    [
        ({"rating": 0.0, "votes": 0, "genres": []}, Facts()),
        ({"rating": 81, "votes": -1, "genres": "drama", "language": "french"}, Facts()),
        ({"rating": None, "votes": None, "genres": None, "language": None}, Facts()),
        ({"language": "en"}, Facts(language="en")),
    ],
    ids=["nobody has voted", "nonsense", "nothing", "a language alone"],
)
def test_a_fact_that_is_none_is_not_known(
    serve: Callable[..., None], fact_fields: Row, facts: Facts
) -> None:
    serve("/lists/1/items", [[listed(1, movie=film(1, **fact_fields))]], items=1)

    assert fetch("trakt:lists/1", facts=True).items[0].facts == facts


def test_a_season_on_a_list_brings_the_facts_of_its_show(serve: Callable[..., None]) -> None:
    row = listed(1, "season", season={"number": 2}, show={**show(1), **FACT_FIELDS})
    serve("/lists/1/items", [[row]], items=1)

    assert fetch("trakt:lists/1", facts=True).items[0].facts.votes == 4321
