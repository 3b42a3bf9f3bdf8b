"""What the sandbox's media server does with requests, users, media rows and the blocklist."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.media_server import (
    Flavour,
    MediaStatus,
    Permission,
    RequestStatus,
    SandboxServer,
    Service,
    Settings,
    User,
)
from examples.sandbox.seerr.state import USERS
from tests.sandbox.server_client import Client

ALICE, BOB, CAROL = 2, 3, 4
FILMS = [title for title in CATALOGUE if title.kind == "movie" and title.imdb]


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Iterator[Client]:
    with Client(server) as made:
        yield made


class TestRequests:
    def test_without_is4k_the_same_film_is_taken_twice(self, client: Client) -> None:
        body = {"mediaType": "movie", "mediaId": 278}
        assert [client.call("POST", "/request", body).status_code for _ in range(2)] == [201, 201]

    def test_simultaneous_requests_for_one_new_film_leave_several_media_rows(
        self, server: SandboxServer, client: Client
    ) -> None:
        server.faults.rendezvous = 6
        with ThreadPoolExecutor(6) as pool:
            sent = [pool.submit(client.request, "movie", 278) for _ in range(6)]
        assert [future.result().status_code for future in sent] == [201] * 6
        assert {(row["mediaType"], row["tmdbId"]) for row in client.get("/media")["results"]} == {
            ("movie", 278)
        }
        assert len(server.state.media) == 6
        assert client.request("movie", 278).status_code == 409

    def test_a_film_whose_first_request_was_declined_is_taken_again_and_again(
        self, client: Client
    ) -> None:
        first = client.request("movie", 278).json()["id"]
        client.call("POST", f"/request/{first}/decline")
        assert [client.request("movie", 278).status_code for _ in range(3)] == [201] * 3

    @pytest.mark.parametrize(
        ("flavour", "status"), [("overseerr", 409), ("jellyseerr", 201), ("seerr", 201)]
    )
    def test_an_available_film_with_an_old_request(self, flavour: Flavour, status: int) -> None:
        with SandboxServer(flavour=flavour) as server, Client(server) as client:
            media = client.request("movie", 278).json()["media"]["id"]
            client.call("POST", f"/media/{media}/available", {"is4k": False})
            assert client.request("movie", 278).status_code == status

    def test_a_request_for_somebody_by_body_is_approved_and_by_header_pending(
        self, client: Client
    ) -> None:
        by_body = client.request("movie", 278, userId=ALICE).json()
        by_header = client.request("movie", 238, user=ALICE).json()
        assert (by_body["requestedBy"]["id"], by_body["status"]) == (ALICE, RequestStatus.APPROVED)
        assert (by_header["requestedBy"]["id"], by_header["status"]) == (ALICE, 1)

    def test_seasons_over_quota_are_refused_as_a_whole(self, client: Client) -> None:
        answer = client.request("tv", 2316, seasons=list(range(1, 12)), user=ALICE)
        assert (answer.status_code, answer.json()) == (403, {"message": "Series Quota exceeded."})
        assert client.info("tv", 2316) is None

    @pytest.mark.parametrize("gives_back", ["decline", "delete"])
    def test_declining_or_deleting_gives_quota_back(self, client: Client, gives_back: str) -> None:
        made = client.request("movie", 278, user=ALICE).json()["id"]
        assert client.get("/user/2/quota")["movie"]["used"] == 1
        if gives_back == "delete":
            client.call("DELETE", f"/request/{made}")
        else:
            client.call("POST", f"/request/{made}/decline")
        assert client.get("/user/2/quota")["movie"]["remaining"] == 5

    def test_quota_comes_back_after_its_days(self) -> None:
        moment = [datetime(2026, 1, 1, tzinfo=UTC)]
        with (
            SandboxServer(settings=Settings(clock=lambda: moment[0])) as server,
            Client(server) as client,
        ):
            for title in FILMS[:5]:
                client.request("movie", title.tmdb, user=ALICE)
            assert client.request("movie", FILMS[5].tmdb, user=ALICE).status_code == 403
            moment[0] += timedelta(days=7)
            assert client.request("movie", FILMS[5].tmdb, user=ALICE).status_code == 201

    def test_any_user_may_delete_a_pending_request_of_another(self, client: Client) -> None:
        made = client.request("movie", 278, user=ALICE).json()["id"]
        assert client.call("DELETE", f"/request/{made}", user=CAROL).status_code == 204

    def test_without_a_right_to_view_one_sees_ones_own_requests_only(self, client: Client) -> None:
        client.request("movie", 278)
        client.request("movie", 238, user=ALICE)
        rows = client.get("/request", user=ALICE)["results"]
        assert [row["media"]["tmdbId"] for row in rows] == [238]

    def test_declining_an_approved_show_leaves_its_media_processing(self, client: Client) -> None:
        made = client.request("tv", 1396, seasons=[1]).json()["id"]
        client.call("POST", f"/request/{made}/decline")
        assert client.info("tv", 1396)["status"] == MediaStatus.PROCESSING

    def test_a_request_of_4k_has_its_own_right_and_status(self, client: Client) -> None:
        answer = client.request("tv", 1396, seasons=[1], is4k=True, user=BOB)
        assert answer.json()["message"] == "You do not have permission to make 4K series requests."
        client.request("tv", 1396, seasons=[1], is4k=True)
        media = client.info("tv", 1396)
        assert (media["status"], media["status4k"]) == (1, 3)

    def test_more_users_may_be_given(self) -> None:
        dora = User(5, "dora", Permission.REQUEST_MOVIE)
        with SandboxServer(settings=Settings(users=(*USERS, dora))) as server, Client(server) as c:
            assert c.request("movie", 278, user=5).status_code == 201
            assert c.request("tv", 1396, seasons=[1], user=5).status_code == 403


class TestServices:
    @pytest.fixture
    def server(self) -> Iterator[SandboxServer]:
        settings = Settings(radarr=(Service(0, "Radarr"),), sonarr=(Service(0, "Sonarr"),))
        with SandboxServer(settings=settings) as running:
            yield running

    def test_an_unreachable_radarr_fails_the_request_until_a_retry_finds_it_back(
        self, server: SandboxServer, client: Client
    ) -> None:
        server.faults.radarr_down = True
        made = client.request("movie", 278)
        assert made.status_code == 201
        row = client.get("/request?filter=failed")
        assert [(request["status"], request["media"]["status"]) for request in row["results"]] == [
            (4, 2)
        ]
        assert row["serviceErrors"]["radarr"] == [{"id": 0, "name": "Radarr"}]
        assert client.request("movie", 278).status_code == 409
        server.faults.radarr_down = False
        client.call("POST", f"/request/{made.json()['id']}/retry")
        media = client.info("movie", 278)
        assert (media["status"], media["requests"][0]["status"]) == (3, 2)

    def test_sonarr_lets_a_show_without_tvdb_id_vanish(self, client: Client) -> None:
        assert client.request("tv", 9_100_029, seasons=[1]).status_code == 201
        assert client.info("tv", 9_100_029) is None

    def test_an_unknown_server_id_is_stored_and_nothing_happens(self, client: Client) -> None:
        made = client.request("movie", 278, serverId=7).json()
        assert (made["serverId"], client.info("movie", 278)["status"]) == (7, 3)

    def test_only_the_default_of_a_quality_is_taken_unasked(
        self, server: SandboxServer, client: Client
    ) -> None:
        sharp, spare = Service(1, "4K", is4k=True), Service(2, "Spare", is_default=False)
        server.services.radarr = (spare, sharp)
        server.faults.radarr_down = True
        states = [
            client.request("movie", tmdb, **body).json()["id"]
            for tmdb, body in ((278, {}), (238, {"serverId": 2}), (240, {"is4k": True}))
        ]
        assert [int(server.state.requests[number].status) for number in states] == [2, 4, 4]

    def test_one_that_is_away_is_an_error_of_sonarr_and_one_that_is_not_there_a_404(
        self, server: SandboxServer, client: Client
    ) -> None:
        server.faults.sonarr_down = True
        calls = ("/service/sonarr", "/service/sonarr/0", "/service/sonarr/1", "/service/radarr/0")
        assert [client.call("GET", path).status_code for path in calls] == [200, 500, 404, 200]


class TestBlocklist:
    def block(self, client: Client, kind: str, tmdb: int) -> int:
        body = {"tmdbId": tmdb, "mediaType": kind, "title": "x", "user": 1}
        return client.call("POST", "/blocklist", body).status_code

    def test_blocking_a_show_blocks_the_film_of_that_number_instead(self, client: Client) -> None:
        client.request("movie", 9_100_009)
        assert self.block(client, "tv", 9_100_009) == 201
        assert client.info("movie", 9_100_009)["status"] == MediaStatus.BLOCKLISTED
        assert client.request("tv", 9_100_009, seasons=[1]).status_code == 201
        assert client.call("DELETE", "/blocklist/9100009").status_code == 204
        assert client.info("movie", 9_100_009) is None

    def test_requests_for_blocklisted_media_are_not_listed(self, client: Client) -> None:
        client.request("movie", 278)
        self.block(client, "movie", 278)
        assert client.get("/request")["pageInfo"]["results"] == 0
        assert client.info("movie", 278)["requests"]

    def test_deleting_a_request_makes_a_blocklisted_film_requestable(self, client: Client) -> None:
        made = client.request("movie", 278).json()["id"]
        self.block(client, "movie", 278)
        client.call("DELETE", f"/request/{made}")
        assert client.request("movie", 278).status_code == 201
        assert client.get("/blocklist?filter=all")["pageInfo"]["results"] == 1

    def test_refusals(self, client: Client) -> None:
        assert self.block(client, "movie", 278) == 201
        assert self.block(client, "movie", 278) == 412
        nameless = {"tmdbId": 5, "mediaType": "movie"}
        assert client.call("POST", "/blocklist", nameless).status_code == 500
        assert client.call("GET", "/blocklist/99").status_code == 401

    @pytest.mark.parametrize(
        ("flavour", "statuses"),
        [("overseerr", (404, 404)), ("jellyseerr", (404, 200)), ("seerr", (200, 200))],
    )
    def test_its_paths_tell_the_flavours_apart(
        self, flavour: Flavour, statuses: tuple[int, int]
    ) -> None:
        with SandboxServer(flavour=flavour) as server, Client(server) as client:
            answers = [client.call("GET", path) for path in ("/blocklist", "/blacklist")]
        assert tuple(answer.status_code for answer in answers) == statuses
        assert ("Sunset" in answers[1].headers) is (flavour == "seerr")

    @pytest.mark.parametrize(("version", "rows"), [("3.0.0", 0), ("3.1.0", 1)])
    def test_deleting_its_media_row(self, version: str, rows: int) -> None:
        with SandboxServer(version=version) as server, Client(server) as client:
            self.block(client, "movie", 278)
            assert client.call("DELETE", "/media/1").status_code == 204
            assert client.get("/media")["pageInfo"]["results"] == rows


class TestSeerrFrom32:
    """As its source reads; nobody has run it here."""

    @pytest.fixture
    def newer(self) -> Iterator[SandboxServer]:
        with SandboxServer(version="3.4.1") as server:
            yield server

    @pytest.fixture
    def newer_client(self, newer: SandboxServer) -> Iterator[Client]:
        with Client(newer) as client:
            yield client

    def block(self, client: Client, kind: str, tmdb: int) -> int:
        body = {"tmdbId": tmdb, "mediaType": kind, "title": "x", "user": 1}
        return client.call("POST", "/blocklist", body).status_code

    def test_blocking_a_show_leaves_the_film_of_that_number_alone(
        self, newer_client: Client
    ) -> None:
        newer_client.request("movie", 9_100_009)
        assert self.block(newer_client, "tv", 9_100_009) == 201
        assert self.block(newer_client, "movie", 9_100_009) == 201
        assert self.block(newer_client, "tv", 9_100_009) == 412
        assert newer_client.request("tv", 9_100_009, seasons=[1]).status_code == 403
        entry = "/blocklist/9100009"
        assert newer_client.call("DELETE", f"{entry}?mediaType=movie").status_code == 204
        assert newer_client.request("movie", 9_100_009).status_code == 201
        assert newer_client.get(f"{entry}?mediaType=tv")["mediaType"] == "tv"

    @pytest.mark.parametrize(
        ("path", "status"),
        [("/blocklist/9100009", 400), ("/blocklist/9100009?mediaType=movie", 404)],
        ids=["no kind", "nothing of that kind"],
    )
    def test_an_entry_is_found_by_kind_and_number(
        self, newer_client: Client, path: str, status: int
    ) -> None:
        self.block(newer_client, "tv", 9_100_009)
        answers = [newer_client.call(method, path) for method in ("GET", "DELETE")]
        assert [answer.status_code for answer in answers] == [status, status]

    @pytest.mark.parametrize(("version", "rows"), [("3.1.0", 1), ("3.4.1", 2)])
    def test_its_list_shows_what_tags_put_there_without_being_asked_for_it(
        self, version: str, rows: int
    ) -> None:
        with SandboxServer(version=version) as server, Client(server) as client:
            self.block(client, "movie", 278)
            self.block(client, "movie", 238)
            blocked = server.state.blocklist
            blocked["movie", 238] = replace(blocked["movie", 238], tags="12377")
            assert client.get("/blocklist")["pageInfo"]["results"] == rows
            assert client.get("/blocklist?filter=all")["pageInfo"]["results"] == 2
            assert client.get("/blocklist?filter=blocklistedTags")["pageInfo"]["results"] == 1

    def test_a_manager_goes_past_a_quota_and_nothing_is_counted(self, newer_client: Client) -> None:
        for film in FILMS[:6]:
            made = newer_client.request("movie", film.tmdb, userId=ALICE, ignoreQuota=True)
            assert (made.status_code, made.json()["ignoreQuota"]) == (201, True)
        assert newer_client.get(f"/user/{ALICE}/quota")["movie"]["used"] == 0

    def test_others_may_not(self, newer_client: Client) -> None:
        refused = newer_client.request("movie", 278, user=ALICE, ignoreQuota=True)
        assert (refused.status_code, refused.json()["message"]) == (
            403,
            "You do not have permission to bypass user quota limits.",
        )

    def test_a_request_for_a_film_that_is_there_is_completed(
        self, newer: SandboxServer, newer_client: Client
    ) -> None:
        newer.state.seed(FILMS[:1])
        made = newer_client.request("movie", FILMS[0].tmdb)
        assert made.status_code == 201
        row = newer_client.get(f"/request/{made.json()['id']}")
        assert row["status"] == RequestStatus.COMPLETED


class TestLists:
    def test_pages_cover_everything_once_newest_first(
        self, server: SandboxServer, client: Client
    ) -> None:
        server.state.seed(FILMS[:25], requested_by=1)
        for path in ("/media", "/request"):
            pages = [client.get(f"{path}?take=10&skip={skip}") for skip in (0, 10, 20)]
            ids = [row["id"] for page in pages for row in page["results"]]
            assert ids == list(range(25, 0, -1))
            assert [page["pageInfo"]["page"] for page in pages] == [1, 2, 3]
            assert pages[0]["pageInfo"]["pages"] == 3

    @pytest.mark.parametrize(("take", "rows"), [("0", 10), ("-1", 25), ("30000", 25)])
    def test_odd_page_sizes(
        self, server: SandboxServer, client: Client, take: str, rows: int
    ) -> None:
        server.state.seed(FILMS[:25], requested_by=1)
        assert len(client.get(f"/request?take={take}")["results"]) == rows

    def test_a_fractional_page_size_is_an_error(self, client: Client) -> None:
        assert client.call("GET", "/request?take=1.5").status_code == 500

    def test_ten_thousand_rows_come_in_quick_pages(
        self, server: SandboxServer, client: Client
    ) -> None:
        for _ in range(4):
            server.state.seed(FILMS, status=MediaStatus.PROCESSING, requested_by=1)
        assert len(server.state.requests) > 9_000
        for path in ("/media", "/request"):
            began = time.process_time()
            page = client.get(f"{path}?take=1000&skip=3000&sort=added&filter=all")
            assert time.process_time() - began < 0.5
            assert len(page["results"]) == 1000

    def test_five_hundred_look_ups_and_requests_take_a_few_seconds(self, client: Client) -> None:
        began = time.process_time()
        for title in FILMS[:500]:
            assert client.get(f"/search?query=imdb%3A{title.imdb}")["totalResults"] >= 1
            assert client.request("movie", title.tmdb).status_code == 201
        assert time.process_time() - began < 8

    def test_an_unchanged_answer_is_not_sent_again(self, client: Client) -> None:
        tag = client.call("GET", "/media").headers["ETag"]
        again = client.session.get(f"{client.base}/media", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


class TestVersions:
    @pytest.mark.parametrize(
        ("flavour", "version", "query", "status"),
        [
            ("overseerr", None, "sortDirection=asc", 400),
            ("jellyseerr", "2.1.0", "sortDirection=asc", 400),
            ("jellyseerr", "2.2.0", "sortDirection=asc", 200),
            ("jellyseerr", "2.5.0", "mediaType=movie", 400),
            ("jellyseerr", "2.6.0", "mediaType=movie", 200),
            ("jellyseerr", "2.5.0", "filter=completed", 400),
            ("seerr", None, "filter=completed&sortDirection=asc&mediaType=tv", 200),
        ],
    )
    def test_which_parameters_a_version_knows(
        self, flavour: Flavour, version: str | None, query: str, status: int
    ) -> None:
        with SandboxServer(flavour=flavour, version=version) as server, Client(server) as client:
            assert client.call("GET", f"/request?{query}").status_code == status

    @pytest.mark.parametrize(
        ("flavour", "version", "first"),
        [
            ("overseerr", None, 0),
            ("jellyseerr", "2.1.0", 0),
            ("jellyseerr", None, 1),
            ("seerr", None, 1),
        ],
    )
    def test_what_all_seasons_are(self, flavour: Flavour, version: str | None, first: int) -> None:
        with SandboxServer(flavour=flavour, version=version) as server, Client(server) as client:
            made = client.request("tv", 1396, seasons="all").json()
            assert [season["seasonNumber"] for season in made["seasons"]] == list(range(first, 6))

    @pytest.mark.parametrize(
        ("radarr", "on"),
        [
            ((), False),
            ((Service(0, "Radarr"),), False),
            ((Service(1, "UHD", is4k=True, is_default=False),), False),
            ((Service(0, "Radarr"), Service(1, "UHD", is4k=True)), True),
        ],
        ids=["no Radarr", "none for 4K", "no default for 4K", "a default for 4K"],
    )
    def test_4k_is_on_where_a_radarr_is_the_default_for_it(
        self,
        radarr: tuple[Service, ...],
        on: bool,  # noqa: FBT001
    ) -> None:
        with SandboxServer(settings=Settings(radarr=radarr)) as server:
            public = requests.get(f"{server.url}/api/v1/settings/public", timeout=5).json()
        assert (public["movie4kEnabled"], public["series4kEnabled"]) == (on, False)

    @pytest.mark.parametrize(
        ("flavour", "kind"), [("overseerr", None), ("jellyseerr", 4), ("seerr", 4)]
    )
    def test_only_overseerr_names_no_media_server(self, flavour: Flavour, kind: int | None) -> None:
        with SandboxServer(flavour=flavour) as server:
            public = requests.get(f"{server.url}/api/v1/settings/public", timeout=5).json()
        assert public.get("mediaServerType") == kind
