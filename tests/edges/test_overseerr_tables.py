"""Whole tables of the server: media, requests, users, blocklist, quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import (
    Allowance,
    MediaStatus,
    Quota,
    RequestStatus,
    Target,
)
from reconciler.errors import ServerError, TransientError
from reconciler.ports import MediaServer
from tests.edges.made_up import API, BREAKING_BAD, films, introduce, page


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (1, MediaStatus.UNKNOWN),
        (2, MediaStatus.PENDING),
        (3, MediaStatus.PROCESSING),
        (4, MediaStatus.PARTIAL),
        (5, MediaStatus.AVAILABLE),
        (6, MediaStatus.BLOCKLISTED),
        (7, MediaStatus.DELETED),
        (8, MediaStatus.BLOCKLISTED),
        (0, MediaStatus.BLOCKLISTED),
        (None, MediaStatus.UNKNOWN),
        (True, MediaStatus.BLOCKLISTED),
        ("5", MediaStatus.BLOCKLISTED),
    ],
)
def test_a_media_status_nobody_knows_forbids_a_request(
    mock: requests_mock.Mocker, server: MediaServer, number: object, status: MediaStatus
) -> None:
    season = {"seasonNumber": 1, "status": number}
    row = {"id": 1, "mediaType": "tv", "tmdbId": 7, "status": number, "seasons": [season]}
    mock.get(f"{API}/media", json=page(row))
    (state,) = server.media()
    assert (state.status, state.status_4k) == (status, MediaStatus.UNKNOWN)
    assert state.seasons == {1: (status, MediaStatus.UNKNOWN)}


def test_a_status_that_is_null_in_one_quality_leaves_the_other_alone(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    season = {"seasonNumber": 1, "status": 5, "status4k": None}
    row = {"id": 1, "mediaType": "tv", "tmdbId": 7, "status": 4, "status4k": None}
    mock.get(f"{API}/media", json=page({**row, "seasons": [season]}))
    (state,) = server.media()
    assert (state.status, state.status_4k) == (MediaStatus.PARTIAL, MediaStatus.UNKNOWN)
    assert state.seasons == {1: (MediaStatus.AVAILABLE, MediaStatus.UNKNOWN)}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (1, RequestStatus.PENDING),
        (2, RequestStatus.APPROVED),
        (3, RequestStatus.DECLINED),
        (4, RequestStatus.FAILED),
        (5, RequestStatus.COMPLETED),
        (6, RequestStatus.APPROVED),
        (None, RequestStatus.APPROVED),
    ],
)
def test_a_request_status_nobody_knows_counts_as_covered(
    mock: requests_mock.Mocker, server: MediaServer, number: object, status: RequestStatus
) -> None:
    row = {
        "id": 3,
        "type": "tv",
        "is4k": True,
        "status": number,
        "media": {"tmdbId": 1396},
        "requestedBy": {"id": 4},
        "seasons": [{"seasonNumber": 2, "status": number}],
    }
    mock.get(f"{API}/request", json=page(row))
    (state,) = server.requests()
    assert state.target == Target(BREAKING_BAD, is_4k=True)
    assert (state.id, state.requester) == (3, 4)
    assert (state.status, state.seasons) == (status, {2: status})


def test_rows_that_are_no_film_or_show_are_left_out(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    rows: list[Any] = [
        {"id": 1, "mediaType": "movie", "tmdbId": 5, "status": 5},
        {"id": 2, "mediaType": "music", "tmdbId": 6, "status": 5},
        {"id": 3, "mediaType": "movie", "tmdbId": None, "status": 5},
        {"id": 4, "mediaType": ["movie"], "tmdbId": 9, "status": 5},
        {"id": 5, "mediaType": "tv", "tmdbId": 10.5, "status": 5},
    ]
    mock.get(f"{API}/media", json=page(*rows))
    assert [str(state.media) for state in server.media()] == ["movie/5"]


def test_requests_without_media_are_left_out(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    rows = [{"id": 1, "type": "movie", "media": None}, {"id": 2, "type": "movie"}]
    mock.get(f"{API}/request", json=page(*rows))
    assert server.requests() == ()


def test_several_media_rows_of_one_title_are_kept(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    row = {"mediaType": "movie", "tmdbId": 5}
    mock.get(
        f"{API}/media", json=page({**row, "id": 1, "status": 1}, {**row, "id": 2, "status": 5})
    )
    assert [state.status for state in server.media()] == [
        MediaStatus.UNKNOWN,
        MediaStatus.AVAILABLE,
    ]


def test_a_table_is_read_to_its_last_page(mock: requests_mock.Mocker, server: MediaServer) -> None:
    pages = [page(*films(1, 1000), total=1500), page(*films(1001, 1500), total=1500)]
    mock.get(f"{API}/media", [{"json": each} for each in pages])
    assert [state.media.tmdb for state in server.media()] == list(range(1, 1501))
    assert [sent.qs["skip"] for sent in mock.request_history] == [["0"], ["1000"]]


def test_a_server_that_gives_smaller_pages_than_asked_for_is_read_whole(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    pages = [page(*films(1, 2), total=3), page(*films(3, 3), total=3)]
    mock.get(f"{API}/media", [{"json": each} for each in pages])
    assert len(server.media()) == 3


@pytest.mark.parametrize(
    "first",
    [
        pytest.param([page(*films(1, 2), total=4), page(*films(3, 5), total=5)], id="one more"),
        pytest.param([page(*films(1, 2), total=4), page(*films(2, 3), total=4)], id="shifted"),
        pytest.param([page(*films(1, 2), total=4), page(total=4)], id="nothing more"),
    ],
)
def test_a_table_that_changes_while_it_is_read_is_read_again(
    mock: requests_mock.Mocker, server: MediaServer, first: list[dict[str, Any]]
) -> None:
    second = [page(*films(1, 4))]
    mock.get(f"{API}/media", [{"json": each} for each in first + second])
    assert [state.media.tmdb for state in server.media()] == [1, 2, 3, 4]


def test_a_row_added_behind_those_read_is_not_missed(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    first = [page(*films(1, 2), total=4), page(*films(3, 4), total=5)]
    mock.get(f"{API}/media", [{"json": each} for each in [*first, page(*films(1, 5))]])
    assert len(server.media()) == 5


def test_a_table_that_never_holds_still_is_no_table(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    readings = [[page(*films(n, 2 + n), total=9), page(total=9 + n)] for n in range(1, 4)]
    mock.get(f"{API}/media", [{"json": each} for reading in readings for each in reading])
    with pytest.raises(TransientError, match="kept changing"):
        server.media()
    assert mock.call_count == 6


def test_a_table_that_declares_more_than_it_shows_is_believed_when_it_shows_it_twice(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/media", [{"json": page(*films(1, 2), total=4)}, {"json": page(total=4)}] * 2)
    assert [state.media.tmdb for state in server.media()] == [1, 2]


def test_a_server_that_gives_the_same_page_for_ever_is_neither_believed_nor_asked_for_ever(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/media", json=page(*films(1, 2), total=1_000))
    with pytest.raises(TransientError):
        server.media()
    assert mock.call_count == 6


TABLES: dict[str, Callable[[MediaServer], object]] = {
    "media": lambda server: server.media(),
    "request": lambda server: server.requests(),
    "user": lambda server: server.users(),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "row", [{}, "what is this", None, {"id": "7", "type": "movie"}, {"id": True}, [7]], ids=repr
)
def test_a_row_without_an_id_is_no_row_of_the_server(
    mock: requests_mock.Mocker, server: MediaServer, table: str, row: object
) -> None:
    good = {"id": 1, "mediaType": "movie", "tmdbId": 5, "status": 5, "permissions": 2}
    mock.get(f"{API}/{table}", json={**page(good, total=2), "results": [good, row]})
    with pytest.raises(ServerError, match=f"the response from /{table} does not match"):
        TABLES[table](server)


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        "{}",
        "null",
        '{"pageInfo": {}, "results": []}',
        '{"pageInfo": {"results": 0}}',
    ],
)
def test_a_table_of_another_shape_is_an_error_that_names_the_call(
    mock: requests_mock.Mocker, server: MediaServer, body: str
) -> None:
    mock.get(f"{API}/request", text=body)
    with pytest.raises(ServerError, match="/request"):
        server.requests()


BLOCKED = page(
    {"id": 1, "mediaType": "tv", "tmdbId": 1396}, {"id": 2, "mediaType": "music", "tmdbId": 1}
)


@pytest.mark.parametrize(
    ("version", "path"),
    [
        pytest.param("3.1.0", "/blocklist", id="seerr"),
        pytest.param("2.7.3", "/blacklist", id="jellyseerr"),
    ],
)
def test_the_blocklist_is_read_under_the_name_it_has_here(
    mock: requests_mock.Mocker, server: MediaServer, version: str, path: str
) -> None:
    introduce(mock, version, mediaServerType=2)
    mock.get(f"{API}{path}?filter=all", json=BLOCKED)
    assert server.blocklist() == {BREAKING_BAD}


def test_a_blocklist_that_knows_no_filter_is_read_without(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    introduce(mock, "2.1.0", mediaServerType=2)
    mock.get(f"{API}/blacklist", json=BLOCKED)
    refusal = {"message": "Unknown query parameter 'filter'"}
    mock.get(f"{API}/blacklist?filter=all", status_code=400, json=refusal)
    assert server.blocklist() == {BREAKING_BAD}


@pytest.mark.parametrize(
    ("version", "settings"),
    [
        pytest.param("1.34.0", {}, id="overseerr"),
        pytest.param("1.9.2", {"mediaServerType": 2}, id="jellyseerr 1"),
    ],
)
def test_a_server_without_a_blocklist_has_blocked_nothing(
    mock: requests_mock.Mocker,
    server: MediaServer,
    version: str,
    settings: dict[str, object],
) -> None:
    introduce(mock, version, **settings)
    mock.get(f"{API}/blacklist", status_code=404, json={"message": "not found"})
    assert server.blocklist() == frozenset()


@pytest.mark.parametrize(("version", "status"), [("3.1.0", 404), ("3.1.0", 400), ("2.7.3", 405)])
def test_a_blocklist_that_cannot_be_read_is_not_an_empty_one(
    mock: requests_mock.Mocker, server: MediaServer, version: str, status: int
) -> None:
    introduce(mock, version, mediaServerType=2)
    mock.get(requests_mock.ANY, status_code=status, json={"message": "no"})
    introduce(mock, version, mediaServerType=2)
    with pytest.raises(ServerError, match=str(status)):
        server.blocklist()


@pytest.mark.parametrize(
    ("row", "allowance"),
    [
        ({"limit": 0, "used": 3, "restricted": False}, Allowance()),
        ({"used": 0, "restricted": False}, Allowance()),
        ({"limit": 5, "days": 7, "used": 1, "remaining": 4}, Allowance(4, 5, 7)),
        ({"limit": 5, "days": 7, "used": 7, "remaining": -2}, Allowance(0, 5, 7)),
        ({"limit": 5, "days": 7, "used": 2}, Allowance(3, 5, 7)),
        (None, Allowance()),
    ],
)
def test_a_quota_of_zero_is_none_and_others_are_what_is_left(
    mock: requests_mock.Mocker, server: MediaServer, row: object, allowance: Allowance
) -> None:
    mock.get(f"{API}/user/2/quota", json={"movie": row, "tv": row})
    assert server.quota(2) == Quota(allowance, allowance)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"displayName": "Anna", "username": "a"}, "Anna"),
        ({"displayName": " ", "username": "a", "email": "a@b"}, "a"),
        ({"displayName": None, "email": "a@b"}, "a@b"),
        ({}, "user 7"),
        ({"displayName": "An\x1b[31mna\n"}, "An[31mna"),
        ({"displayName": "Anna \ud83d"}, "Anna ?"),
    ],
)
def test_a_user_is_shown_by_the_best_name_there_is(
    mock: requests_mock.Mocker, server: MediaServer, row: dict[str, object], name: str
) -> None:
    mock.get(f"{API}/user", json=page({"id": 7, **row}))
    assert [user.name for user in server.users()] == [name]
