"""Recorded exchanges with real servers, replayed: what the client makes of each is right.

Replayed is every call this client could send, and every answer to a request however it was asked.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
import requests_mock

from reconciler.core.model import (
    Action,
    Allowance,
    Candidate,
    Done,
    Flavour,
    Kind,
    MediaKey,
    MediaStatus,
    RequestStatus,
    Result,
    Route,
    Season,
    ServerInfo,
    Target,
    User,
)
from reconciler.errors import ServerError, TmdbTroubleError
from reconciler.overseerr import OverseerrServer
from tests.edges.made_up import request_of
from tests.edges.recorded import (
    KEY,
    RECORDINGS,
    URL,
    Exchange,
    details,
    only,
    plain,
    replayed,
    request_answered,
    request_sent,
    searched,
    whole_table,
)

if TYPE_CHECKING:
    from reconciler.core.model import Action

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="no recordings of real servers beside this repository"
)
IDS = r"(imdb:tt|tmdb:|tvdb:)[0-9]+"


@pytest.mark.parametrize(
    "exchange",
    only(searched, lambda each: re.fullmatch(IDS, each.query.get("query", ""))),
    ids=str,
)
def test_a_recorded_look_up_by_id_finds_what_the_server_found(exchange: Exchange) -> None:
    prefix, _, number = exchange.query["query"].partition(":")
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500 or (prefix == "tmdb" and not exchange.response["results"]):
            with pytest.raises(TmdbTroubleError):
                server.find(Route(prefix), number)
            return
        found = server.find(Route(prefix), number)
    assert [str(each.media) for each in found] == [
        f"{row['mediaType']}/{row['id']}" for row in exchange.response["results"]
    ]


@pytest.mark.parametrize(
    "exchange",
    only(
        searched,
        lambda each: each.status == 200,
        lambda each: not re.search(r"(imdb|tmdb|tvdb|year):|^$", each.query["query"]),
    ),
    ids=str,
)
def test_a_recorded_title_search_finds_films_and_shows_or_says_tmdb_failed(
    exchange: Exchange,
) -> None:
    rows, pages = exchange.response["results"], exchange.response["totalPages"]
    mock, server = replayed(exchange)
    with mock, server:
        if not rows and pages:
            with pytest.raises(TmdbTroubleError):
                server.search(exchange.query["query"], None)
            return
        found = server.search(exchange.query["query"], None)
    wanted = [row for row in rows if row["mediaType"] in ("movie", "tv")]
    assert [(each.media.tmdb, each.title) for each in found] == [
        (row["id"], row.get("title") or row.get("name")) for row in wanted
    ]
    assert [urlsplit(sent.url).query for sent in mock.request_history] == (
        [f"query={quote(exchange.query['query'], safe='')}"]
        if exchange.query["query"].strip()
        else []
    )


@pytest.mark.parametrize("exchange", only(details), ids=str)
def test_recorded_details_tell_a_titles_requests(exchange: Exchange) -> None:
    _, kind, tmdb = exchange.path.split("/")
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500:
            with pytest.raises(TmdbTroubleError):
                server.look(MediaKey(Kind(kind), int(tmdb)))
            return
        found = server.look(MediaKey(Kind(kind), int(tmdb)))
    rows = exchange.response.get("mediaInfo", {}).get("requests", [])
    assert [(each.id, each.target.is_4k, list(each.seasons)) for each in found] == [
        (row["id"], row["is4k"], [season["seasonNumber"] for season in row["seasons"]])
        for row in rows
    ]
    assert {each.target.media for each in found} <= {MediaKey(Kind(kind), int(tmdb))}


@pytest.mark.parametrize(
    "exchange", only(details, lambda each: each.path.startswith("/tv/")), ids=str
)
def test_recorded_shows_give_their_seasons(exchange: Exchange) -> None:
    tmdb = int(exchange.path.rpartition("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500:
            with pytest.raises(TmdbTroubleError):
                server.show(tmdb)
            return
        show = server.show(tmdb)
    assert show.title == exchange.response["name"]
    assert show.ended is (exchange.response["status"] == "Ended")
    assert list(show.seasons) == [
        Season(row["seasonNumber"], date.fromisoformat(row["airDate"]) if row["airDate"] else None)
        for row in exchange.response["seasons"]
    ]


@pytest.mark.parametrize("exchange", only(whole_table), ids=str)
def test_recorded_tables_are_read_whole(exchange: Exchange) -> None:
    rows = exchange.response["results"]
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.path == "/user":
            assert [user.id for user in server.users()] == [row["id"] for row in rows]
        elif exchange.path == "/media":
            assert [(state.media.tmdb, state.tvdb) for state in server.media()] == [
                (row["tmdbId"], row["tvdbId"]) for row in rows
            ]
        elif exchange.path == "/request":
            assert [(state.id, state.requester) for state in server.requests()] == [
                (row["id"], row["requestedBy"]["id"]) for row in rows
            ]
        else:
            mock.get(f"{URL}/api/v1/status", json={"version": "3.1.0"})
            mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True})
            listed = {f"{row['mediaType']}/{row['tmdbId']}" for row in rows}
            assert {str(key) for key in server.blocklist()} == listed


RESULTS = {
    "Request for this media already exists.": Result.EXISTS,
    "No seasons available to request": Result.EXISTS,
    "Movie Quota exceeded.": Result.QUOTA,
    "Series Quota exceeded.": Result.QUOTA,
    "This media is blocklisted.": Result.BLOCKLISTED,
    "You do not have permission to make movie requests.": Result.REFUSED,
    "You do not have permission to make 4K movie requests.": Result.REFUSED,
    "You do not have permission to modify the request user.": Result.REFUSED,
}
STATES = {1: RequestStatus.PENDING, 2: RequestStatus.APPROVED}


def action(body: dict[str, Any], user: int | None) -> Action:
    media = MediaKey(Kind(body["mediaType"]), body["mediaId"])
    seasons = body.get("seasons")
    wanted = tuple(seasons) if isinstance(seasons, list) else (1,)
    return request_of(media, is_4k=body.get("is4k") is True, user=user, seasons=wanted)


@pytest.mark.parametrize(
    "exchange",
    only(request_answered, lambda each: each.key == "test-api-key"),
    ids=str,
)
def test_a_recorded_answer_to_a_request_is_understood(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        done = server.request(action(exchange.body, exchange.user))
    if exchange.status == 201:
        status = STATES[exchange.response["status"]]
        assert done == Done(Result.CREATED, 201, exchange.response["id"], status)
        return
    said = " ".join(exchange.response["message"].split())
    assert (done.result, done.http_status) == (RESULTS.get(said, Result.FAILED), exchange.status)
    assert said.startswith(done.message.rstrip("…"))
    assert done.message


@pytest.mark.parametrize("exchange", only(request_sent), ids=str)
def test_a_recorded_request_is_sent_as_it_was(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.key == "test-api-key":
            server.request(action(exchange.body, exchange.user))
        else:
            with pytest.raises(ServerError, match="API key is refused"):
                server.request(action(exchange.body, exchange.user))
    (sent,) = mock.request_history
    user = None if exchange.user is None else str(exchange.user)
    assert (sent.json(), sent.headers.get("X-Api-User")) == (exchange.body, user)


@pytest.mark.parametrize(
    "exchange", only(lambda each: re.fullmatch(r"/request/[0-9]+/retry", each.path)), ids=str
)
def test_a_recorded_retry_is_understood(exchange: Exchange) -> None:
    number = int(exchange.path.split("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        done = server.retry(number)
    status = STATES[exchange.response["status"]]
    assert done == Done(Result.RETRIED, 200, number, status)


@pytest.mark.parametrize(
    "exchange",
    only(lambda each: re.fullmatch(r"/user/[0-9]+/quota", each.path), plain),
    ids=str,
)
def test_a_recorded_quota_is_understood(exchange: Exchange) -> None:
    user = int(exchange.path.split("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 404:
            with pytest.raises(ServerError, match="404"):
                server.quota(user)
            return
        quota = server.quota(user)
    for mine, kind in ((quota.movies, "movie"), (quota.seasons, "tv")):
        row = exchange.response[kind]
        wanted = (row.get("remaining"), row["limit"] or None, row.get("days"))
        assert mine == Allowance(*wanted)


@pytest.mark.parametrize("exchange", only(lambda each: each.path == "/auth/me"), ids=str)
def test_a_recorded_log_in_proves_or_refuses_the_key(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/status", json={"version": "3.1.0"})
        mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True})
        if exchange.status != 200:
            with pytest.raises(ServerError, match="API key is refused"):
                server.whoami()
            return
        assert server.whoami() == User(1, "admin", 2, ("admin@test.local", "admin"))


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("overseerr-1.34", ServerInfo(Flavour.OVERSEERR, "1.34.0")),
        ("seerr-3.1-curated", ServerInfo(Flavour.SEERR, "3.1.0")),
    ],
)
def test_a_recorded_server_is_identified(file: str, wanted: ServerInfo) -> None:
    recorded = only(lambda each: each.file == file and each.method == "GET")
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        for each in recorded:
            if each.path in ("/status", "/settings/public"):
                mock.get(f"{URL}/api/v1{each.path}", json=each.response)
        assert server.identify() == wanted


def test_the_recorded_state_of_a_server_reads_as_it_was() -> None:
    """Values written by hand, so that a mistake shared with the other tests would show."""
    recorded = only(lambda each: each.file == "seerr-3.1-curated", whole_table)
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        for each in recorded:
            mock.get(f"{URL}/api/v1{each.path}", json=each.response)
        media = {str(state.media): state for state in server.media()}
        asked = {state.id: state for state in server.requests()}
    assert (media["movie/238"].status, media["movie/238"].status_4k) == (
        MediaStatus.PROCESSING,
        MediaStatus.PROCESSING,
    )
    assert media["tv/1396"].status_4k is MediaStatus.UNKNOWN
    assert media["tv/1396"].tvdb == 81189
    game_of_thrones = asked[5]
    assert game_of_thrones.target == Target(MediaKey(Kind.TV, 1399), is_4k=False)
    assert game_of_thrones.seasons == {1: RequestStatus.APPROVED, 2: RequestStatus.APPROVED}


def test_a_recorded_imdb_id_of_a_film_and_a_show_gives_both() -> None:
    (exchange,) = only(searched, lambda each: each.query["query"] == "imdb:tt0008394")
    mock, server = replayed(exchange)
    with mock, server:
        assert server.find(Route.IMDB, "tt0008394") == (
            Candidate(MediaKey(Kind.MOVIE, 52898), "Dover 44", "Dover 44", 1954),
            Candidate(MediaKey(Kind.TV, 66151), "Dover 44", "Dover 44", 1954),
        )
