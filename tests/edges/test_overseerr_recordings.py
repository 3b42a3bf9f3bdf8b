"""Recorded exchanges with real servers, replayed: what the client makes of each is right.

Replayed is every call this client could send, and every answer it could get however it was asked.
A test at the end holds that each exchange is replayed, or is none of ours for a reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests_mock

from reconciler.core.model import (
    Action,
    Allowance,
    Candidate,
    Delivery,
    Facts,
    Flavour,
    Kind,
    MatchMethod,
    MediaKey,
    MediaStatus,
    Observed,
    Option,
    RequestStatus,
    RequestTrace,
    Result,
    Season,
    ServerInfo,
    Show,
    Target,
    User,
    Whereabouts,
)
from reconciler.core.seasons import aired
from reconciler.core.state import Presence, season
from reconciler.errors import (
    CsrfProtectionError,
    MissingRightError,
    ServerError,
    TmdbError,
    TransientError,
)
from reconciler.overseerr import OverseerrServer
from tests.edges.made_up import request_of
from tests.edges.recorded import (
    KEY,
    NOT_OURS,
    RECORDINGS,
    URL,
    Exchange,
    blocklist_denied,
    cancelled,
    csrf_refused,
    details,
    downloaders_read,
    exchanges,
    introduced,
    is_sent,
    log_in,
    looked_up,
    only,
    page_of_many,
    plain,
    quota_read,
    replayed,
    request_read,
    request_sent,
    retry_denied,
    search_refused,
    searched,
    table_refused,
    title_searched,
    whole_table,
    without_blocklist,
    year_searched,
)

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="no recordings of real servers beside this repository"
)
REPLAYED: set[str] = set()


def each(*tests: Callable[[Exchange], object]) -> pytest.MarkDecorator:
    """Run a test with each exchange of a kind, and note that it is replayed."""
    actual = only(*tests)
    REPLAYED.update(map(str, actual))
    return pytest.mark.parametrize("exchange", actual, ids=str)


@each(looked_up)
def test_a_recorded_look_up_by_id_finds_what_the_server_found(exchange: Exchange) -> None:
    prefix, _, number = exchange.query["query"].partition(":")
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500 or (prefix == "tmdb" and not exchange.response["results"]):
            with pytest.raises(TmdbError):
                server.find(MatchMethod(prefix), number)
            return
        actual = server.find(MatchMethod(prefix), number)
    assert [str(each.media) for each in actual] == [
        f"{row['mediaType']}/{row['id']}" for row in exchange.response["results"]
    ]


@each(title_searched)
def test_a_recorded_title_search_finds_films_and_shows_or_says_tmdb_failed(
    exchange: Exchange,
) -> None:
    rows, pages = exchange.response["results"], exchange.response["totalPages"]
    mock, server = replayed(exchange)
    with mock, server:
        if not rows and pages:
            with pytest.raises(TmdbError):
                server.search(exchange.query["query"], None)
            return
        actual = server.search(exchange.query["query"], None)
    expected = [row for row in rows if row["mediaType"] in ("movie", "tv")]
    assert [(each.media.tmdb, each.title) for each in actual] == [
        (row["id"], row.get("title") or row.get("name")) for row in expected
    ]
    assert [urlsplit(sent.url).query for sent in mock.request_history] == (
        [f"query={quote(exchange.query['query'], safe='')}&language=en"]
        if exchange.query["query"].strip()
        else []
    )


FIRST_PAGE = {
    "totalPages": 3,
    "results": [{"id": 1, "mediaType": "movie", "title": "Lantern", "releaseDate": "1999-01-01"}],
}


@each(year_searched)
def test_a_recorded_search_of_one_year_narrows_what_has_many_pages(exchange: Exchange) -> None:
    prefix, _, words = exchange.query["query"].partition(" ")
    year = int(prefix.removeprefix("year:"))
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/search?query={quote(words)}", json=FIRST_PAGE)
        mock.get(f"{URL}/api/v1/search?query={quote(f'{prefix} {words}')}", json=exchange.response)
        rows = exchange.response["results"]
        if not rows:  # TMDB was down; the first page had a film of that year
            with pytest.raises(TmdbError):
                server.search(words, year)
            return
        actual = server.search(words, year)
    assert [(each.media.tmdb, each.year) for each in actual] == [(row["id"], year) for row in rows]


@each(search_refused)
def test_a_recorded_refusal_of_a_search_is_neither_nothing_found_nor_tmdbs_trouble(
    exchange: Exchange,
) -> None:
    mock, server = replayed(exchange)
    with mock, server, pytest.raises(ServerError, match="/search returned HTTP 400") as refused:
        server.search("a title", None)
    assert not isinstance(refused.value, TransientError)


@pytest.mark.parametrize(
    "words",
    sorted({row.query["query"] for row in only(search_refused) if row.query.get("query")}),
)
def test_words_that_a_server_refused_as_they_were_are_sent_encoded(words: str) -> None:
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        mock.get(f"{URL}/api/v1/search", json={"totalPages": 0, "results": []})
        assert server.search(words, None) == ()
    (sent,) = mock.request_history
    assert re.fullmatch(r"query=([\w.~-]|%[0-9A-F]{2})+&language=en", urlsplit(sent.url).query)


@each(details)
def test_recorded_details_tell_a_titles_requests(exchange: Exchange) -> None:
    _, kind, tmdb = exchange.path.split("/")
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500:
            with pytest.raises(TmdbError):
                server.look(MediaKey(Kind(kind), int(tmdb)))
            return
        actual = server.look(MediaKey(Kind(kind), int(tmdb)))
    rows = exchange.response.get("mediaInfo", {}).get("requests", [])
    assert [(each.id, each.target.is_4k, list(each.seasons)) for each in actual] == [
        (row["id"], row["is4k"], [season["seasonNumber"] for season in row["seasons"]])
        for row in rows
    ]
    assert {each.target.media for each in actual} <= {MediaKey(Kind(kind), int(tmdb))}


@each(details, lambda shown: shown.path.startswith("/tv/"))
def test_recorded_shows_give_their_seasons(exchange: Exchange) -> None:
    tmdb = int(exchange.path.rpartition("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status == 500:
            with pytest.raises(TmdbError):
                server.details(MediaKey(Kind.TV, tmdb))
            return
        show = server.details(MediaKey(Kind.TV, tmdb))
    assert isinstance(show, Show)
    assert show.title == exchange.response["name"]
    assert show.ended is (exchange.response["status"] == "Ended")
    assert list(show.seasons) == [
        Season(
            row["seasonNumber"],
            date.fromisoformat(row["airDate"]) if row["airDate"] else None,
            row["episodeCount"],
        )
        for row in exchange.response["seasons"]
    ]
    assert show.last_aired_season == exchange.response["lastEpisodeToAir"]["seasonNumber"]


NEWEST_LOOK = date(2026, 11, 29)


def test_a_show_that_ended_has_aired_whichever_site_the_server_takes_its_seasons_from() -> None:
    """Recorded with TMDB, with TheTVDB, and with TheTVDB down."""
    looks = only(
        details, lambda each: (each.file, each.path) == ("seerr-3.1-tvdb-metadata", "/tv/1396")
    )
    aired_seasons = []
    for exchange in looks:
        mock, server = replayed(exchange)
        with mock, server:
            show = server.details(MediaKey(Kind.TV, 1396))
        assert isinstance(show, Show)
        aired_seasons.append(aired(show, NEWEST_LOOK))
    assert aired_seasons == [(1, 2, 3, 4, 5)] * 3


@pytest.mark.parametrize("server_name", ["overseerr-1.34", "jellyseerr-2.7", "seerr-3.1"])
def test_a_recorded_show_marked_as_available_without_seasons_is_there(server_name: str) -> None:
    """The server has no row for any season, one request of before, and would take another."""
    recorded = only(lambda each: each.file == f"{server_name}-marked-available")
    marked = Target(MediaKey(Kind.TV, 265229))
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        for each in recorded[3:5]:
            mock.get(f"{URL}/api/v1{each.path}", json=each.response)
        media, listed = server.media(), server.requests()
    observed = Observed(
        media={row.media: (row,) for row in media},
        requests={state.target: (state,) for state in listed},
    )
    assert [season(marked, number, observed).presence for number in (1, 2, 3)] == [
        Presence.AVAILABLE
    ] * 3
    assert (recorded[6].body["seasons"], recorded[6].status) == ([3], 201)


@each(details, lambda shown: shown.status == 200 and "voteCount" in shown.response)
def test_recorded_details_give_what_filters_ask(exchange: Exchange) -> None:
    kind, tmdb = exchange.path.strip("/").split("/")
    mock, server = replayed(exchange)
    with mock, server:
        actual_details = server.details(MediaKey(Kind(kind), int(tmdb)))
    row = exchange.response
    assert (actual_details.title, actual_details.facts) == (
        row.get("title") or row.get("name"),
        Facts(
            rating=row["voteAverage"],
            votes=row["voteCount"],
            genres=tuple(genre["name"] for genre in row["genres"]),
            language=row["originalLanguage"],
        ),
    )


@each(whole_table)
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


@each(page_of_many)
def test_recorded_pages_of_a_thousand_rows_are_one_table(exchange: Exchange) -> None:
    """The recording keeps one row of each page: the others are copies of it, under other ids."""
    path, total = exchange.path, exchange.response["pageInfo"]["results"]
    of_owner = only(
        page_of_many, plain, lambda page: (page.file, page.path) == (exchange.file, path)
    )
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        for page in (*of_owner, exchange):
            page_rows = [
                (row, n) for row in page.response["results"] for n in range(page.rows_cut + 1)
            ]
            rows = [row | {"id": row["id"] - n} for row, n in page_rows]
            address = f"{URL}/api/v1{path}?take=1000&skip={page.query['skip']}"
            mock.get(address, json=page.response | {"results": rows})
        read = server.requests() if path == "/request" else server.media()
    assert (len(read), mock.call_count) == (total, -(-total // 1000))


@each(table_refused)
def test_a_recorded_refusal_of_a_table_is_no_empty_table(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    read = server.requests if exchange.path == "/request" else server.media
    with mock, server, pytest.raises(ServerError, match="HTTP 400"):
        read()


def test_recorded_trouble_of_the_servers_own_services_is_tolerated() -> None:
    troubled = only(whole_table, lambda read: "serviceErrors" in read.response)
    assert {row.path for row in troubled} == {"/request"}
    for exchange in troubled:
        trouble = {"radarr": [{"id": 0, "name": "Radarr"}], "sonarr": []}
        answer = exchange.response | {"serviceErrors": trouble}
        with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
            mock.get(f"{URL}/api/v1/request", json=answer)
            assert len(server.requests()) == len(answer["results"])


@each(without_blocklist)
def test_a_recorded_lack_of_a_blocklist_is_that_of_an_older_jellyseerr(exchange: Exchange) -> None:
    settled = exchange.path == "/blacklist"
    version = "1.9.2" if settled else "develop-local"
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/status", json={"version": version})
        mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True, "mediaServerType": 2})
        assert server.identify().flavour is Flavour.JELLYSEERR
        if settled:
            assert server.blocklist() == frozenset()


STATES = {1: RequestStatus.PENDING, 2: RequestStatus.APPROVED}
# What every answer means: tests/edges/test_overseerr_outcomes.py
REPLAYED.update(map(str, only(is_sent)))


def action(body: dict[str, Any], user: int | None) -> Action:
    kind = Kind.TV if body.get("mediaType") == "tv" else Kind.MOVIE
    number = body.get("mediaId")
    media = MediaKey(kind, number if isinstance(number, int) else 1)
    seasons = body.get("seasons")
    expected = tuple(seasons) if isinstance(seasons, list) else (1,)
    return request_of(
        media,
        is_4k=body.get("is4k") is True,
        user=user,
        seasons=expected,
        approved_for=body.get("userId") if user is None else None,
        delivery=way(body) if "serverId" in body else None,
    )


def way(body: dict[str, Any]) -> Delivery:
    """Where a recorded request was to go; what things were called there is not recorded."""
    profile, folder, tags = (body.get(key) for key in ("profileId", "rootFolder", "tags"))
    return Delivery(
        Option(body["serverId"], "a downloader"),
        None if profile is None else Option(profile, "a profile"),
        None if folder is None else Option(1, folder),
        None if tags is None else tuple(Option(tag, "a tag") for tag in tags),
    )


@each(request_sent)
def test_a_recorded_request_is_sent_as_it_was(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.key == "test-api-key":
            server.request(action(exchange.body, exchange.user))
        else:
            mock.get(f"{URL}/api/v1/auth/me", status_code=exchange.status, json=exchange.response)
            mock.get(f"{URL}/api/v1/status", json={"version": "3.1.0"})
            mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True})
            with pytest.raises(ServerError, match="API key is refused"):
                server.request(action(exchange.body, exchange.user))
    sent = mock.request_history[0]
    user = None if exchange.user is None else str(exchange.user)
    assert (sent.json(), sent.headers.get("X-Api-User")) == (exchange.body, user)


@each(retry_denied)
def test_a_recorded_refusal_of_a_retry_names_the_right_that_is_missing(exchange: Exchange) -> None:
    number = int(exchange.path.split("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/auth/me", json={"id": 1, "displayName": "admin"})
        done = server.retry(number)
    assert done.result is Result.REFUSED
    assert done.message.startswith("admin, the owner of the API key, lacks the permission")


@each(request_read)
def test_a_recorded_request_is_found_or_detached_or_gone(exchange: Exchange) -> None:
    number, film = int(exchange.path.split("/")[2]), MediaKey(Kind.MOVIE, 4711)
    row = {"id": 9, "mediaType": "movie", "tmdbId": film.tmdb, "status": 3}
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/movie/4711", json={"id": 4711, "mediaInfo": row})
        trace = server.trace_request(number, film)
    if exchange.status == 404:
        assert trace.whereabouts is Whereabouts.GONE
        assert trace.row
        assert trace.row.status is MediaStatus.PROCESSING
        return
    actual = Whereabouts.FOUND if exchange.response["media"] else Whereabouts.DETACHED
    assert trace == RequestTrace(actual)


CANCELS = {204: Result.CANCELLED, 404: Result.MOOT, 401: Result.REFUSED}


@each(cancelled)
def test_a_recorded_deletion_of_a_request_is_understood(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        done = server.cancel(int(exchange.path.split("/")[2]))
    assert (done.result, done.http_status) == (CANCELS[exchange.status], exchange.status)
    assert [(sent.method, sent.body) for sent in mock.request_history] == [("DELETE", None)]


@each(quota_read)
def test_a_recorded_quota_is_understood(exchange: Exchange) -> None:
    user = int(exchange.path.split("/")[2])
    mock, server = replayed(exchange)
    with mock, server:
        if exchange.status != 200:  # unknown, or not to be seen: never "no quota"
            mock.get(f"{URL}/api/v1/auth/me", json={"id": 1, "displayName": "admin"})
            refusal = "lacks the permission to see other users' quotas|returned HTTP 404"
            with pytest.raises(ServerError, match=refusal):
                server.quota(user)
            return
        quota = server.quota(user)
    for mine, kind in ((quota.movies, "movie"), (quota.seasons, "tv")):
        row = exchange.response[kind]
        expected = (row.get("remaining"), row.get("limit") or None, row.get("days"))
        assert mine == Allowance(*expected)


@each(log_in)
def test_a_recorded_log_in_proves_or_refuses_the_key(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/status", json={"version": "3.1.0"})
        mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True})
        if exchange.status != 200:
            with pytest.raises(ServerError, match="API key is refused"):
                server.whoami()
            return
        name, rights = exchange.response["username"], exchange.response["permissions"]
        owner = User(exchange.user or 1, name, rights, (f"{name}@test.local", name))
        assert server.whoami() == owner


@each(blocklist_denied)
def test_a_recorded_blocklist_that_may_not_be_read_names_the_right(exchange: Exchange) -> None:
    recorded = only(lambda each: each.file == exchange.file and each.path == "/auth/me")
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/status", json={"version": VERSIONS[exchange.file.split("-")[0]]})
        mock.get(f"{URL}/api/v1/settings/public", json={"initialized": True, "mediaServerType": 2})
        mock.get(f"{URL}/api/v1/auth/me", json=recorded[0].response)
        with pytest.raises(MissingRightError, match=r"admin, .* lacks the permission to read"):
            server.blocklist()


@each(downloaders_read)
def test_recorded_lists_of_radarrs_are_read(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server:
        assert server.downloaders(Kind.MOVIE) == ()


@each(introduced, lambda met: met.file.endswith("-settings"))
def test_recorded_answers_that_set_the_csrf_cookie_tell_that_sending_is_in_vain(
    exchange: Exchange,
) -> None:
    other = {"/status": "/settings/public", "/settings/public": "/status"}[exchange.path]
    body = {"version": VERSIONS[exchange.file.split("-")[0]], "initialized": True}
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1{other}", json=body)
        if "_csrf=" in exchange.cookies:
            with pytest.raises(CsrfProtectionError, match="CSRF"):
                server.identify()
        else:
            server.identify()


@each(csrf_refused)
def test_a_recorded_refusal_by_csrf_protection_is_the_same_error(exchange: Exchange) -> None:
    mock, server = replayed(exchange)
    with mock, server, pytest.raises(CsrfProtectionError, match="CSRF") as refused:
        server.request(action(exchange.body, exchange.user))
    assert "turn off" in refused.value.hint


VERSIONS = {"overseerr": "1.34.0", "jellyseerr": "2.7.3", "seerr": "3.1.0"}


@each(introduced, lambda met: met.path == "/settings/public" and not met.cookies)
def test_recorded_public_settings_tell_what_the_server_can(exchange: Exchange) -> None:
    flavour = exchange.file.partition("-")[0]
    mock, server = replayed(exchange)
    with mock, server:
        mock.get(f"{URL}/api/v1/status", json={"version": VERSIONS[flavour]})
        info = server.identify()
    assert info.flavour == flavour
    assert info.lacks_4k == set(Kind)
    assert info.takes_specials is (flavour == "overseerr")


SERVERS = [
    ("overseerr-1.34", ServerInfo(Flavour.OVERSEERR, "1.34.0", frozenset(Kind))),
    (
        "seerr-3.1-curated",
        ServerInfo(Flavour.SEERR, "3.1.0", frozenset(Kind), takes_specials=False),
    ),
    (
        "seerr-3.1-tvdb-metadata",
        ServerInfo(Flavour.SEERR, "3.1.0", frozenset(Kind), takes_specials=False),
    ),
]
REPLAYED.update(map(str, only(introduced, lambda met: met.file in dict(SERVERS))))


@pytest.mark.parametrize(("file", "expected"), SERVERS, ids=[file for file, _ in SERVERS])
def test_a_recorded_server_is_identified(file: str, expected: ServerInfo) -> None:
    recorded = only(lambda each: each.file == file and each.method == "GET")
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        mock.get(
            f"{URL}/api/v1/status", json={"version": expected.version}
        )  # not in every recording
        for each in recorded:
            if each.path in ("/status", "/settings/public"):
                mock.get(f"{URL}/api/v1{each.path}", json=each.response)
        assert server.identify() == expected


def test_the_recorded_state_of_a_server_reads_as_it_was() -> None:
    """Values written by hand, so that a mistake shared with the other tests would show."""
    recorded = only(lambda each: each.file == "seerr-3.1-curated", whole_table)
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        for each in recorded:
            mock.get(f"{URL}/api/v1{each.path}", json=each.response)
        media = {str(state.media): state for state in server.media()}
        listed = {state.id: state for state in server.requests()}
    assert (media["movie/238"].status, media["movie/238"].status_4k) == (
        MediaStatus.PROCESSING,
        MediaStatus.PROCESSING,
    )
    assert media["tv/1396"].status_4k is MediaStatus.UNKNOWN
    assert media["tv/1396"].tvdb == 81189
    game_of_thrones = listed[5]
    assert game_of_thrones.target == Target(MediaKey(Kind.TV, 1399), is_4k=False)
    assert game_of_thrones.seasons == {1: RequestStatus.APPROVED, 2: RequestStatus.APPROVED}


def test_a_recorded_imdb_id_of_a_film_and_a_show_gives_both() -> None:
    (exchange,) = only(searched, lambda each: each.query["query"] == "imdb:tt0008394")
    mock, server = replayed(exchange)
    with mock, server:
        assert server.find(MatchMethod.IMDB, "tt0008394") == (
            Candidate(MediaKey(Kind.MOVIE, 52898), "Dover 44", "Dover 44", 1954),
            Candidate(MediaKey(Kind.TV, 66151), "Dover 44", "Dover 44", 1954, ("US",)),
        )


class TestEveryRecordedExchange:
    def test_is_replayed_or_none_of_ours_for_a_reason(self) -> None:
        assert exchanges()
        unexplained = []
        for exchange in exchanges():
            reasons = [why for call, why in NOT_OURS.items() if re.fullmatch(call, exchange.call)]
            if str(exchange) not in REPLAYED and len(reasons) != 1:
                unexplained.append((str(exchange), reasons))
        assert unexplained == []

    def test_has_a_name_of_its_own(self) -> None:
        actual = exchanges()
        assert len({str(exchange) for exchange in actual}) == len(actual)

    def test_leaves_no_reason_without_its_exchange(self) -> None:
        left = {row.call for row in exchanges() if str(row) not in REPLAYED}
        assert [c for c in NOT_OURS if not any(re.fullmatch(c, call) for call in left)] == []
