"""The sandbox's list sites: every list whole, and every way to fail."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import pytest

from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from tests.sandbox.visitor import Marks, ask, ids, list_search, next_data, walk_for


@pytest.fixture
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


class TestImdbLists:
    @pytest.mark.parametrize(
        ("path", "key"),
        [
            ("/list/ls000000620/", "imdb:ls000000620"),
            ("/list/ls000000260", "imdb:ls000000260"),
            ("/user/ur000000143/watchlist/", "imdb:ur000000143"),
            ("/user/p.annasandbox/watchlist/", "imdb:ur000000143"),
            ("/fr-CA/list/ls000000260/", "imdb:ls000000260"),
        ],
    )
    def test_the_pages_of_a_list_give_all_of_it_in_order(
        self, sites: SandboxSites, path: str, key: str
    ) -> None:
        expected = ids(sites, key)
        edges: list[dict[str, Any]] = []
        for page in range(1, ceil(len(expected) / 250) + 1):
            answer = ask(f"{sites.imdb_url}{path}?sort=created%3Adesc&page={page}")
            search = list_search(answer.body)
            assert search["total"] == len(expected)
            edges += search["edges"]
            assert search["pageInfo"]["hasNextPage"] == (len(edges) < len(expected))
        assert [edge["listItem"]["id"] for edge in edges] == expected
        positions = [edge["node"]["absolutePosition"] for edge in edges]
        assert positions == list(range(1, len(expected) + 1))

    @pytest.mark.parametrize(
        ("path", "count"),
        [
            ("/chart/top", 250),
            ("/chart/toptv", 250),
            ("/chart/moviemeter", 100),
            ("/chart/tvmeter", 100),
            ("/chart/bottom", 100),
            ("/chart/top-english-movies", 250),
            ("/india/top-rated-indian-movies", 250),
            ("/india/top-rated-tamil-movies", 250),
            ("/india/top-rated-telugu-movies", 250),
            ("/india/top-rated-malayalam-movies", 250),
        ],
    )
    def test_a_chart_stands_on_one_page(self, sites: SandboxSites, path: str, count: int) -> None:
        key = f"imdb:{path.removeprefix('/').removeprefix('chart/')}"
        edges = next_data(ask(sites.imdb_url + path).body)["pageData"]["chartTitles"]["edges"]
        assert [edge["currentRank"] for edge in edges] == list(range(1, count + 1))
        assert [edge["node"]["id"] for edge in edges] == ids(sites, key)

    def test_a_mixed_list_has_every_kind_of_row(self, sites: SandboxSites) -> None:
        edges = list_search(ask(f"{sites.imdb_url}/list/ls000000012/").body)["edges"]
        rows = [edge["listItem"] for edge in edges]
        kinds = {row["titleType"]["id"] for row in rows}
        assert kinds >= {"movie", "short", "tvSeries", "tvMiniSeries", "tvEpisode", "videoGame"}
        assert [row["releaseYear"] for row in rows].count(None) == 2
        episode = next(row for row in rows if row["titleType"]["id"] == "tvEpisode")
        assert episode["series"]["series"]["id"] == sites.lists["imdb:toptv"][0].imdb
        assert len(sites.lists["imdb:ls000000012"]) == len(rows) - 2

    def test_an_empty_list_says_so(self, sites: SandboxSites) -> None:
        page = ask(f"{sites.imdb_url}/list/ls000000001/").body
        assert list_search(page)["total"] == 0
        assert "This list is empty." in page


class TestImdbTrouble:
    @pytest.mark.parametrize(
        ("path", "status", "mark"),
        [
            ("/list/ls000000002/", 200, "list-page-mc-private-list-content"),
            ("/user/ur000000002/watchlist/", 200, "list-page-mc-private-list-content"),
            ("/list/ls000000404/", 404, "error-page-title"),
            ("/list/ls123456789/", 404, "error-page-title"),
            ("/chart/nothing/", 404, "error-page-title"),
            ("/list/ls000000008/", 200, "accept-button"),
            ("/list/ls000000403/", 403, "verify that you're not a robot"),
            ("/list/ls000000007/", 202, "challenge.js"),
            ("/list/ls000000500/", 500, "500"),
            ("/list/ls000000503/", 503, "503"),
            ("/list/ls000000429/", 429, "429"),
        ],
    )
    def test_trouble_looks_like_itself(
        self, sites: SandboxSites, path: str, status: int, mark: str
    ) -> None:
        answer = ask(sites.imdb_url + path)
        assert answer.status == status
        assert mark in answer.body

    @pytest.mark.parametrize("path", ["/list/ls000000002/", "/user/ur000000002/watchlist/"])
    def test_a_private_list_tells_no_titles(self, sites: SandboxSites, path: str) -> None:
        page = ask(sites.imdb_url + path).body
        assert walk_for("titleListItemSearch", next_data(page)) is None
        assert walk_for("visibility", next_data(page)) == {"id": "PRIVATE"}
        assert Marks(page).rows == 0

    def test_a_challenged_page_is_empty(self, sites: SandboxSites) -> None:
        answer = ask(f"{sites.imdb_url}/list/ls000000202/")
        assert (answer.status, answer.body) == (202, "")
        assert answer.headers["x-amzn-waf-action"] == "challenge"

    def test_a_challenge_lets_its_cookie_pass(self, sites: SandboxSites) -> None:
        answer = ask(f"{sites.imdb_url}/list/ls000000007/", cookie="aws-waf-token=any")
        assert list_search(answer.body)["total"] == 130

    def test_a_half_loaded_list_declares_more_than_it_gives(self, sites: SandboxSites) -> None:
        search = list_search(ask(f"{sites.imdb_url}/list/ls000000003/").body)
        assert (search["total"], len(search["edges"])) == (130, 65)

    def test_moved_json_is_found_by_its_name(self, sites: SandboxSites) -> None:
        props = next_data(ask(f"{sites.imdb_url}/list/ls000000004/").body)
        assert "mainColumnData" not in props
        assert len(walk_for("titleListItemSearch", props)["edges"]) == 130

    def test_another_layout_has_neither_json_nor_rows(self, sites: SandboxSites) -> None:
        page = ask(f"{sites.imdb_url}/list/ls000000005/").body
        assert walk_for("titleListItemSearch", next_data(page)) is None
        assert Marks(page).rows == 0

    def test_a_page_without_json_still_has_rows(self, sites: SandboxSites) -> None:
        page = ask(f"{sites.imdb_url}/list/ls000000006/").body
        assert "__NEXT_DATA__" not in page
        assert Marks(page).rows == 25

    def test_ones_own_list_asks_to_sign_in(self, sites: SandboxSites) -> None:
        answer = ask(f"{sites.imdb_url}/list/watchlist")
        assert answer.status == 302
        signin = ask(sites.imdb_url + answer.headers["Location"])
        assert (signin.status, "Sign in" in signin.body) == (200, True)

    def test_a_page_that_never_ends_begins(self, sites: SandboxSites) -> None:
        address = urlsplit(sites.imdb_url)
        connection = HTTPConnection(address.netloc, timeout=1)
        connection.request("GET", "/list/ls000000009/")
        answer = connection.getresponse()
        assert answer.read(15) == b"<!DOCTYPE html>"
        with pytest.raises(TimeoutError):
            answer.read()
        connection.close()


class TestFaults:
    PATH = "/list/ls000000620"

    def test_a_status_is_answered_with_its_wait(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set(self.PATH, Fault(status=429, retry_after=7))
        answer = ask(f"{sites.imdb_url}{self.PATH}/")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")

    def test_a_fault_of_one_page_leaves_the_others(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set(f"{self.PATH}?page=2", Fault("challenge"))
        statuses = [ask(f"{sites.imdb_url}/de{self.PATH}/?page={n}").status for n in (1, 2, 3)]
        assert statuses == [200, 202, 200]

    def test_a_fault_can_be_for_some_answers_only(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set("*", Fault(status=503, times=2))
        assert [ask(sites.imdb_url + self.PATH).status for _ in range(3)] == [503, 503, 200]

    def test_the_closest_fault_wins(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set("*", Fault(status=503))
        sites.imdb.faults.set(self.PATH, Fault("private"))
        page = ask(sites.imdb_url + self.PATH).body
        assert "list-page-mc-private-list-content" in page

    def test_a_cut_answer_is_shorter_than_it_says(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set(self.PATH, Fault(truncate=1000))
        with pytest.raises(IncompleteRead) as cut:
            ask(sites.imdb_url + self.PATH)
        assert len(cut.value.partial) == 1000

    def test_a_slow_answer_comes_late(self, sites: SandboxSites) -> None:
        sites.imdb.faults.set(self.PATH, Fault(delay=0.2))
        began = time.monotonic()
        assert ask(sites.imdb_url + self.PATH).status == 200
        assert time.monotonic() - began >= 0.2

    def test_faults_are_set_and_cleared_over_http(self, sites: SandboxSites) -> None:
        address = f"{sites.imdb_url}/sandbox/faults"
        ask(address, {"path": self.PATH, "status": 503})
        ask(address, {"path": "/chart/top", "outcome": "challenge"})
        assert ask(sites.imdb_url + self.PATH).status == 503
        ask(address, {"path": self.PATH})
        assert ask(sites.imdb_url + self.PATH).status == 200
        assert ask(f"{sites.imdb_url}/chart/top/").status == 202
        ask(address, {})
        assert json.loads(ask(address).body) == {}

    @pytest.mark.parametrize(
        ("address", "content", "message"),
        [
            ("faults", {"path": "*", "stauts": 503}, "unknown field: stauts"),
            ("faults", {"path": "*", "outcome": "odd"}, "outcome: one of"),
            ("faults", {"status": 503}, "path: missing"),
            ("lists", {"list": "imdb:ls000000001", "items": ["imdb:tt1"]}, "not in the catalogue"),
            ("lists", {"list": "trakt:anna/watchlist", "items": []}, "expected"),
            ("lists", [], "expected a JSON object"),
        ],
    )
    def test_a_wrong_setting_is_refused(
        self, sites: SandboxSites, address: str, content: object, message: str
    ) -> None:
        answer = ask(f"{sites.imdb_url}/sandbox/{address}", content)
        assert answer.status == 400
        assert message in json.loads(answer.body)["error"]


class TestEditing:
    def test_a_list_is_edited_over_http(self, sites: SandboxSites) -> None:
        address = f"{sites.imdb_url}/sandbox/lists"
        items = json.loads(ask(address).body)["imdb:ls000000012"]
        edited = [items[-1], "imdb:tt1160419", *items[1:3]]
        assert ask(address, {"list": "imdb:ls000000012", "items": edited}).status == 200
        edges = list_search(ask(f"{sites.imdb_url}/list/ls000000012/").body)["edges"]
        kinds = [edge["listItem"]["titleType"]["id"] for edge in edges]
        assert kinds == ["movie", "movie", "tvSeries", "tvEpisode"]
        assert edges[1]["listItem"]["titleText"]["text"] == "Dune"
        assert [title.kind for title in sites.lists["imdb:ls000000012"]] == ["movie", "movie", "tv"]

    def test_a_new_list_can_be_made(self, sites: SandboxSites) -> None:
        new_list = {"list": "trakt:bob/new", "items": ["tmdb:tv:1396"]}
        ask(f"{sites.trakt_url}/sandbox/lists", new_list)
        answer = ask(f"{sites.trakt_url}/sandbox/app-data/users/bob/lists/new")
        assert [item["path"] for item in json.loads(answer.body)["items"]] == [
            "/shows/breaking-bad"
        ]

    def test_visits_are_kept(self, sites: SandboxSites) -> None:
        ask(f"{sites.imdb_url}/chart/top/?ref_=a")
        ask(f"{sites.imdb_url}/sandbox/lists")
        assert sites.imdb.visits == ["/chart/top/?ref_=a"]


class TestTrakt:
    def test_the_html_holds_no_items(self, sites: SandboxSites) -> None:
        page = ask(f"{sites.trakt_url}/users/anna/lists/big-shelf?mode=media").body
        assert "/movies/" not in page
        assert "/shows/" not in page

    def test_the_data_holds_every_item_in_pages_of_100(self, sites: SandboxSites) -> None:
        data = f"{sites.trakt_url}/sandbox/app-data/users/anna/lists/big-shelf"
        pages = [json.loads(ask(f"{data}?page={page}").body)["items"] for page in range(1, 6)]
        assert [len(page) for page in pages] == [100, 100, 100, 100, 30]
        shown = [item["title"] for page in pages for item in page]
        titles = sites.lists["trakt:anna/big-shelf"]
        assert shown == [title.title for title in titles]
        assert {title.kind for title in titles} == {"movie", "tv"}

    @pytest.mark.parametrize(("mode", "group"), [("movie", "movies"), ("show", "shows")])
    def test_a_mode_shows_one_kind_only(self, sites: SandboxSites, mode: str, group: str) -> None:
        data = f"{sites.trakt_url}/sandbox/app-data/users/anna/watchlist?mode={mode}"
        paths = [item["path"] for item in json.loads(ask(data).body)["items"]]
        assert {path.split("/")[1] for path in paths} == {group}

    def test_addresses_of_films_carry_a_year_and_of_shows_only_where_names_repeat(
        self, sites: SandboxSites
    ) -> None:
        items = ["imdb:tt0211915", "imdb:tt2802850", "imdb:tt0290978", "tmdb:movie:9100015"]
        items += ["tmdb:movie:9100003", "tmdb:movie:9100004"]
        new_list = {"list": "trakt:bob/names", "items": items}
        ask(f"{sites.trakt_url}/sandbox/lists", new_list)
        answer = ask(f"{sites.trakt_url}/sandbox/app-data/users/bob/lists/names")
        paths = [item["path"] for item in json.loads(answer.body)["items"]]
        assert paths == [
            "/movies/amelie-2001",
            "/shows/fargo",
            "/shows/the-office-2001",
            "/movies/untitled-glacier-project",
            "/movies/northern-line-2015",
            "/movies/northern-line-2015-2",
        ]

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/sandbox/app-data/users/anna/lists/private", 403),
            ("/sandbox/app-data/users/hidden/watchlist", 403),
            ("/sandbox/app-data/users/anna/lists/nobody-made-this", 404),
            ("/users/anna/lists/unavailable", 503),
            ("/users/anna/lists/just-a-moment", 403),
            ("/nowhere", 404),
        ],
    )
    def test_trouble_has_its_status(self, sites: SandboxSites, path: str, status: int) -> None:
        assert ask(sites.trakt_url + path).status == status

    def test_a_bot_check_looks_like_cloudflares(self, sites: SandboxSites) -> None:
        page = ask(f"{sites.trakt_url}/users/anna/lists/just-a-moment").body
        assert "<title>Just a moment...</title>" in page
