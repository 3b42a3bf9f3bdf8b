"""The sandbox's media server going wrong on purpose."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from examples.sandbox.media_server import AnswerAfter, SandboxServer, Service, Settings
from tests.sandbox.server_client import Client

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(settings=Settings(radarr=(Service(0, "Radarr"),))) as running:
        yield running


@pytest.fixture
def client(server: SandboxServer) -> Iterator[Client]:
    with Client(server) as made:
        yield made


def stored(server: SandboxServer) -> list[int]:
    return [request.media.tmdb for request in server.state.requests.values()]


def test_a_request_dropped_after_commit_is_stored_though_no_answer_came(
    server: SandboxServer, client: Client
) -> None:
    server.faults.drop_after_commit = 1
    with pytest.raises(BROKEN):
        client.request("movie", 278)
    assert client.request("movie", 238).status_code == 201
    assert stored(server) == [278, 238]


def test_a_request_dropped_before_commit_is_not_stored(
    server: SandboxServer, client: Client
) -> None:
    server.faults.drop_before_commit = 1
    with pytest.raises(BROKEN):
        client.request("movie", 278)
    assert stored(server) == []
    assert client.request("movie", 278).status_code == 201


def test_a_refused_request_uses_no_drop_after_commit_up(
    server: SandboxServer, client: Client
) -> None:
    client.request("movie", 278)
    server.faults.drop_after_commit = 1
    assert client.request("movie", 278).status_code == 409
    assert server.faults.drop_after_commit == 1


def test_a_request_that_hangs_after_commit_is_stored_and_never_answered(
    server: SandboxServer, client: Client
) -> None:
    server.faults.hang_after_commit = 1
    with pytest.raises(requests.ReadTimeout):
        client.session.post(
            f"{client.base}/request",
            json={"mediaType": "movie", "mediaId": 278, "is4k": False},
            timeout=0.6,
        )
    assert stored(server) == [278]


@pytest.mark.parametrize(
    ("method", "path", "user"),
    [
        ("GET", "/auth/me", "abc"),
        ("GET", "/blocklist?take=0", "1"),
        ("POST", "/media/abc/available", "1"),
        ("GET", "/service/radarr/0", "1"),
    ],
)
def test_calls_that_a_real_server_never_answers_hang_until_it_stops(
    server: SandboxServer, client: Client, method: str, path: str, user: str
) -> None:
    server.faults.radarr_down = True
    with pytest.raises(requests.ReadTimeout):
        client.session.request(
            method, client.base + path, headers={"X-Api-User": user}, timeout=0.6
        )


def test_the_server_is_gone_after_the_last_post_and_comes_back_with_its_rows(
    server: SandboxServer, client: Client
) -> None:
    server.faults.stop_after_posts = 2
    assert client.request("movie", 278).status_code == 201
    assert client.request("movie", 238).status_code == 201
    with pytest.raises(BROKEN):
        client.request("movie", 13)
    server.start()
    assert client.request("movie", 13).status_code == 201
    assert stored(server) == [278, 238, 13]


def test_other_connections_are_reset_when_the_server_stops(
    server: SandboxServer, client: Client
) -> None:
    with Client(server) as other:
        assert other.get("/status")["version"]
        server.stop()
        for each in (client, other):
            with pytest.raises(BROKEN):
                each.get("/status")


def test_answers_turn_bad_after_so_many_calls(server: SandboxServer, client: Client) -> None:
    server.faults.answer_after = AnswerAfter(calls=2, status=429, retry_after=7)
    answers = [client.call("GET", "/auth/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["Retry-After"] == "7"


def test_answers_of_one_method_alone_may_turn_bad(server: SandboxServer, client: Client) -> None:
    server.faults.answer_after = AnswerAfter(calls=0, method="POST")
    assert client.request("movie", 278).status_code == 503
    assert client.call("GET", "/auth/me").status_code == 200
    assert stored(server) == []


def test_every_path_may_redirect(server: SandboxServer, client: Client) -> None:
    server.faults.redirect_to = "https://seerr.example/"
    answer = client.request("movie", 278)
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://seerr.example/api/v1/request"


def test_it_may_be_a_radarr(server: SandboxServer, client: Client) -> None:
    server.faults.not_a_media_server = "radarr"
    answer = client.call("GET", "/status")
    assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})
    assert "Radarr" in requests.get(server.url, timeout=5).text


def test_no_key_may_be_the_right_one(server: SandboxServer, client: Client) -> None:
    server.faults.wrong_key = True
    answer = client.call("GET", "/auth/me")
    assert answer.status_code == 403
    assert answer.json()["error"] == "You do not have permission to access this endpoint"
    assert requests.get(f"{client.base}/status", timeout=5).status_code == 200


def test_latency_slows_every_call(server: SandboxServer, client: Client) -> None:
    server.faults.latency = 0.15
    began = time.perf_counter()
    client.get("/status")
    assert time.perf_counter() - began >= 0.15


def test_tmdb_being_down_shows_in_look_ups_by_id_only(
    server: SandboxServer, client: Client
) -> None:
    server.faults.tmdb_down = True
    assert client.call("GET", "/search?query=imdb%3Att0111161").status_code == 500
    assert client.call("GET", "/tv/1396").status_code == 500
    down = client.get("/search?query=dune")
    server.faults.tmdb_down = False
    nothing = client.get("/search?query=zzzzqqq")
    assert (down["totalResults"], down["totalPages"]) == (0, 1)
    assert (nothing["totalResults"], nothing["totalPages"]) == (0, 0)


class TestOverHttp:
    def test_faults_are_set_and_reset(self, server: SandboxServer, client: Client) -> None:
        settings = {"tmdb_down": True, "answer_after": {"calls": 9, "status": 502}}
        shown = client.control("POST", "faults", settings).json()
        assert shown["tmdb_down"] is True
        assert shown["answer_after"]["calls"] == 9
        assert isinstance(server.faults.answer_after, AnswerAfter)
        assert client.control("POST", "reset").status_code == 204
        assert client.control("GET", "faults").json()["answer_after"] is None

    def test_an_unknown_fault_is_refused(self, client: Client) -> None:
        answer = client.control("POST", "faults", {"latencey": 1})
        assert (answer.status_code, answer.json()) == (
            400,
            {"message": "no such fault: latencey"},
        )

    def test_the_state_shows_rows_and_calls(self, client: Client) -> None:
        titles = [["movie", 278], ["tv", 1396]]
        seed = {"titles": titles, "status": 5, "requested_by": 2}
        assert client.control("POST", "seed", seed).status_code == 204
        client.get("/auth/me", user=2)
        state = client.control("GET", "state").json()
        assert [row["tmdbId"] for row in state["media"]] == [278, 1396]
        assert [row["requestedBy"]["id"] for row in state["requests"]] == [2, 2]
        assert state["calls"] == [
            {"method": "GET", "path": "/api/v1/auth/me", "status": 200, "user": 2}
        ]
