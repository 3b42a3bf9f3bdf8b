"""The requests that are sent to the server, and the meaning of each answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests_mock

from reconciler.core.model import MediaStatus, RequestTrace, Result, Whereabouts
from reconciler.errors import AnswerLostError, ServerError, TmdbError, TransientError
from reconciler.ports import MediaServer
from tests.edges.made_up import API, BREAKING_BAD, DUNE, GUARD, introduce, request_of


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        pytest.param(201, {"id": 9, "status": 1}, Result.CREATED, id="pending"),
        pytest.param(202, {"message": "No seasons available to request"}, Result.EXISTS, id="202"),
        pytest.param(
            409, {"message": "Request for this media already exists."}, Result.EXISTS, id="409",
        ),
        pytest.param(409, {"message": "exists"}, Result.FAILED, id="another 409"),
        pytest.param(403, {"message": "Movie Quota exceeded."}, Result.QUOTA, id="quota"),
        pytest.param(403, {"message": "This media is blocklisted."}, Result.BLOCKLISTED, id="bl"),
        pytest.param(403, {"message": "This media is blacklisted."}, Result.BLOCKLISTED, id="bk"),
        pytest.param(403, {"message": "You do not have permission"}, Result.REFUSED, id="right"),
        pytest.param(403, {"message": "Because."}, Result.REFUSED, id="another 403"),
        pytest.param(201, {"id": 9, "status": 4}, Result.UNDELIVERED, id="Radarr is away"),
        pytest.param(201, {"status": 2, "media": {"tmdbId": 1}}, Result.FAILED, id="no id"),
        pytest.param(400, {"message": "should be number"}, Result.FAILED, id="400"),
        pytest.param(404, None, Result.FAILED, id="404"),
        pytest.param(
            500, {"message": "SQLITE_CONSTRAINT: UNIQUE constraint failed: media.tvdbId"},
            Result.FAILED, id="two shows of one tvdb id",
        ),
        pytest.param(
            500, {"message": "[TMDB] Failed to fetch tv show details: 429"}, Result.FAILED,
            id="TMDB fails",
        ),
    ],
)  # fmt: skip
def test_a_certain_answer_to_a_request_is_a_value(
    mock: requests_mock.Mocker,
    server: MediaServer,
    status: int,
    body: object,
    result: Result,
) -> None:
    mock.post(f"{API}/request", status_code=status, json=body)
    done = server.request(request_of())
    assert (done.result, done.http_status) == (result, status)
    assert done.message


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, '{"id": 9, "status": 1}'),
        (201, "<html>"),
        (201, "{}"),
        (201, '{"id": null, "status": 1}'),
        (202, "accepted"),
        (204, ""),
        (500, '{"message": "SQLITE_BUSY: database is locked"}'),
        (500, "<html>"),
        (500, '{"message": ""}'),
        (502, '{"message": "[TMDB] Failed to fetch"}'),
        (503, ""),
        (504, ""),
        (520, ""),
    ],
)
def test_an_uncertain_answer_to_a_request_is_a_lost_one_and_nothing_is_sent_again(
    mock: requests_mock.Mocker, server: MediaServer, status: int, text: str
) -> None:
    mock.post(f"{API}/request", status_code=status, text=text)
    with pytest.raises(AnswerLostError):
        server.request(request_of())
    assert mock.call_count == 1


@pytest.mark.parametrize(
    ("status", "body", "hint"),
    [
        pytest.param(403, {"message": "invalid csrf token"}, "CSRF", id="csrf"),
        pytest.param(403, GUARD, "server.api_key", id="key refused"),
        pytest.param(401, {"message": "cookie required"}, "server.api_key", id="key missing"),
        pytest.param(403, None, "send GET, POST and DELETE", id="a firewall"),
        pytest.param(401, None, "exempt /api/v1", id="a log-in page"),
        pytest.param(301, None, "the server's own address", id="a redirect"),
    ],
)
def test_what_every_request_would_meet_is_an_error_with_a_way_out(
    mock: requests_mock.Mocker, server: MediaServer, status: int, body: object, hint: str
) -> None:
    introduce(mock, "3.1.0")
    mock.post(f"{API}/request", status_code=status, json=body)
    mock.get(f"{API}/auth/me", status_code=status, json=body)
    with pytest.raises(ServerError) as raised:
        server.request(request_of())
    assert not isinstance(raised.value, TransientError)
    assert hint in raised.value.hint


def test_a_busy_server_took_nothing_and_says_when_to_come_back(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.post(f"{API}/request", status_code=429, headers={"Retry-After": "7"})
    with pytest.raises(TransientError) as raised:
        server.request(request_of())
    assert not isinstance(raised.value, AnswerLostError)
    assert raised.value.retry_after == 7
    assert mock.call_count == 1


def test_a_requester_the_server_does_not_know_is_not_taken_for_a_wrong_key(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.post(f"{API}/request", status_code=403, json=GUARD)
    mock.get(f"{API}/auth/me", json={"id": 1, "permissions": 2})
    done = server.request(request_of(user=44))
    assert (done.result, done.http_status) == (Result.REFUSED, 403)
    assert "44" in done.message


def test_a_key_refused_midway_is_an_error_for_other_requesters_too(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    introduce(mock, "3.1.0")
    mock.post(f"{API}/request", status_code=403, json=GUARD)
    mock.get(f"{API}/auth/me", status_code=403, json=GUARD)
    with pytest.raises(ServerError, match="API key is refused"):
        server.request(request_of(user=44))


@pytest.mark.parametrize(
    ("user", "header"), [pytest.param(None, None, id="owner"), pytest.param(4, "4", id="user 4")]
)
def test_a_request_says_its_quality_its_seasons_and_its_requester(
    mock: requests_mock.Mocker, server: MediaServer, user: int | None, header: str | None
) -> None:
    mock.post(f"{API}/request", status_code=201, json={"id": 1, "status": 2})
    server.request(request_of(user=user))
    server.request(request_of(BREAKING_BAD, user=user, seasons=(1, 3)))
    film, show = mock.request_history
    assert film.json() == {"mediaType": "movie", "mediaId": 438631, "is4k": False}
    assert show.json() == {"mediaType": "tv", "mediaId": 1396, "is4k": False, "seasons": [1, 3]}
    assert film.headers.get("X-Api-User") == show.headers.get("X-Api-User") == header


def test_the_owner_asks_on_a_users_behalf_and_so_approves(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.post(f"{API}/request", status_code=201, json={"id": 1, "status": 2})
    sent_body = request_of(user=4)
    server.request(replace(sent_body, requester=replace(sent_body.requester, approved=True)))
    (sent,) = mock.request_history
    assert sent.json()["userId"] == 4
    assert "X-Api-User" not in sent.headers


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        pytest.param(200, {"id": 5, "status": 2}, Result.RETRIED, id="retried"),
        pytest.param(200, {"id": 5, "status": 4}, Result.UNDELIVERED, id="failed once more"),
        pytest.param(404, {"message": "Request not found."}, Result.FAILED, id="gone"),
        pytest.param(500, {"message": "who knows"}, None, id="lost"),
        pytest.param(503, None, None, id="lost on the way"),
        pytest.param(200, {}, None, id="unreadable"),
    ],
)
def test_the_answer_to_a_retry_is_a_value_or_lost(
    mock: requests_mock.Mocker,
    server: MediaServer,
    status: int,
    body: object,
    result: Result | None,
) -> None:
    mock.post(f"{API}/request/5/retry", status_code=status, json=body)
    if result is None:
        with pytest.raises(AnswerLostError):
            server.retry(5)
    else:
        assert (server.retry(5).result, mock.call_count) == (result, 1)


NOT_FOUND = {"message": "Request not found."}
ROW = {"id": 3, "mediaType": "movie", "tmdbId": 438631, "status": 3}
TITLE = {"id": 438631, "title": "Dune"}


@pytest.mark.parametrize(
    ("status", "body", "title", "trace"),
    [
        pytest.param(
            200,
            {"id": 5, "media": {"tmdbId": 1}},
            None,
            RequestTrace(Whereabouts.FOUND),
            id="found",
        ),
        pytest.param(
            200, {"id": 5, "media": None}, None, RequestTrace(Whereabouts.DETACHED), id="detached"
        ),
        pytest.param(404, NOT_FOUND, TITLE, RequestTrace(Whereabouts.GONE), id="gone, and its row"),
        pytest.param(404, NOT_FOUND, None, TmdbError, id="gone, its row unknown"),
        pytest.param(404, {"message": "not found"}, TITLE, ServerError, id="another server's 404"),
        pytest.param(404, None, TITLE, ServerError, id="a page"),
        pytest.param(403, {"message": "You do not have permission"}, TITLE, ServerError, id="403"),
        pytest.param(500, {"message": "why"}, TITLE, TransientError, id="500"),
        pytest.param(200, {}, TITLE, ServerError, id="200 of somebody else"),
        pytest.param(200, {"id": 5}, TITLE, ServerError, id="200 that does not speak of media"),
    ],
)
def test_a_request_that_the_table_does_not_show_is_traced_or_left_in_doubt(  # noqa: PLR0913, PLR0917 - a table
    mock: requests_mock.Mocker,
    server: MediaServer,
    status: int,
    body: object,
    title: dict[str, object] | None,
    trace: RequestTrace | type[ServerError],
) -> None:
    mock.get(f"{API}/request/5", status_code=status, json=body)
    mock.get(f"{API}/auth/me", json={"id": 1, "permissions": 2})
    mock.get(f"{API}/movie/438631", status_code=200 if title else 500, json=title or {})
    if isinstance(trace, RequestTrace):
        assert server.trace_request(5, DUNE) == trace
    else:
        with pytest.raises(trace):
            server.trace_request(5, DUNE)


def test_of_a_gone_request_the_row_is_read_after_that(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/request/5", status_code=404, json=NOT_FOUND)
    mock.get(f"{API}/movie/438631", json={**TITLE, "mediaInfo": ROW})
    trace = server.trace_request(5, DUNE)
    assert trace.row
    assert trace.row.status is MediaStatus.PROCESSING
    assert [call.path.rpartition("/")[2] for call in mock.request_history] == ["5", "438631"]
