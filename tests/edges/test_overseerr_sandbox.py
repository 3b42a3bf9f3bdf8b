"""The client against the sandbox, which is checked against recordings of real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from examples.sandbox.catalogue import CATALOGUE
from examples.sandbox.media_server import AnswerAfter, SandboxServer, Service, Settings
from reconciler.core.model import (
    Flavour,
    Kind,
    MatchMethod,
    MediaKey,
    MediaStatus,
    RequestStatus,
    Result,
    Show,
    Target,
)
from reconciler.errors import AnswerLostError, ServerError, TmdbError, TransientError
from reconciler.overseerr import OverseerrServer
from tests.edges.made_up import BREAKING_BAD, DUNE, request_of

ALICE, CAROL, NOBODY = 2, 4, 99
SHAWSHANK = MediaKey(Kind.MOVIE, 278)


@pytest.fixture(name="sandbox")
def _sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as sandbox:
        yield sandbox


@pytest.fixture(name="client")
def _client(sandbox: SandboxServer) -> Iterator[OverseerrServer]:
    with OverseerrServer(sandbox.url, sandbox.api_key, rate=10_000, timeout=5) as client:
        yield client


@pytest.mark.parametrize("flavour", list(Flavour))
def test_each_of_the_three_is_known_and_read_whole(flavour: Flavour) -> None:
    with (
        SandboxServer(flavour=flavour.value) as sandbox,
        OverseerrServer(sandbox.url, sandbox.api_key, rate=10_000) as client,
    ):
        assert client.identify().flavour is flavour
        assert client.whoami().id == 1
        assert [user.name for user in client.users()][:2] == ["admin", "alice"]
        assert client.blocklist() == frozenset()
        assert client.request(request_of()).result is Result.CREATED
        (stored,), (media,) = client.requests(), client.media()
        assert (stored.target, media.media) == (Target(DUNE), DUNE)
        assert client.look(DUNE) == (stored,)


@pytest.mark.parametrize(
    ("route", "foreign_id", "media"),
    [
        (MatchMethod.IMDB, "tt0111161", SHAWSHANK),
        (MatchMethod.TMDB, "438631", DUNE),
        (MatchMethod.TVDB, "81189", BREAKING_BAD),
    ],
)
def test_ids_and_titles_lead_to_the_same_titles(
    client: OverseerrServer, route: MatchMethod, foreign_id: str, media: MediaKey
) -> None:
    (candidate,) = client.find(route, foreign_id)
    assert candidate.media == media
    assert candidate in client.search(candidate.title, candidate.year)


@pytest.mark.parametrize(
    ("imdb", "english", "original"),
    [
        ("tt0245429", "Spirited Away", "千と千尋の神隠し"),
        ("tt6468322", "Money Heist", "La Casa de Papel"),
    ],
    ids=["film", "show"],
)
def test_titles_are_english_whatever_the_servers_display_language(
    imdb: str, english: str, original: str
) -> None:
    with (
        SandboxServer(settings=Settings(locale="fr")) as sandbox,
        OverseerrServer(sandbox.url, sandbox.api_key, rate=10_000) as client,
    ):
        (candidate,) = client.find(MatchMethod.IMDB, imdb)
        assert (candidate.title, candidate.original_title) == (english, original)
        assert candidate in client.search(english, candidate.year)
        details = client.details(candidate.media)
    assert (details.title, details.original_title) == (english, original)


def test_tmdb_trouble_is_never_an_empty_answer(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    assert client.search("zzzzqqq", None) == ()
    assert client.find(MatchMethod.IMDB, "tt9999999") == ()
    sandbox.faults.tmdb_down = True
    for route, number in (
        (MatchMethod.IMDB, "tt0068646"),
        (MatchMethod.TMDB, "841"),
        (MatchMethod.TVDB, "121361"),
    ):
        with pytest.raises(TmdbError):
            client.find(route, number)
    with pytest.raises(TmdbError):
        client.search("Godfather", 1972)
    with pytest.raises(TmdbError):
        client.details(MediaKey(Kind.TV, 1399))


def test_a_show_is_requested_by_season_and_then_there_is_nothing_left(
    client: OverseerrServer,
) -> None:
    show = client.details(BREAKING_BAD)
    assert isinstance(show, Show)
    numbers = tuple(each.number for each in show.seasons if each.number)
    done = client.request(request_of(BREAKING_BAD, seasons=numbers))
    assert (done.result, done.message) == (Result.CREATED, "approved")
    (stored,) = client.look(BREAKING_BAD)
    assert stored.id == done.request_id
    assert stored.seasons == dict.fromkeys(numbers, RequestStatus.APPROVED)
    again = client.request(request_of(BREAKING_BAD, seasons=numbers))
    assert (again.result, again.http_status) == (Result.EXISTS, 202)


def test_a_film_is_requested_once_per_quality(client: OverseerrServer) -> None:
    assert client.request(request_of()).result is Result.CREATED
    assert client.request(request_of()).result is Result.EXISTS
    assert client.request(request_of(is_4k=True)).result is Result.CREATED
    assert {each.target.is_4k for each in client.look(DUNE)} == {False, True}


def test_a_requesters_rights_and_quota_are_theirs(client: OverseerrServer) -> None:
    assert client.request(request_of(user=ALICE)).message == "pending"
    assert client.quota(ALICE).movies.remaining == 4
    assert client.quota(1).movies.remaining is None
    assert client.request(request_of(user=CAROL)).result is Result.REFUSED
    assert client.request(request_of(user=NOBODY)).result is Result.REFUSED
    films = [MediaKey(Kind.MOVIE, number) for number in (278, 238, 841, 194, 101)]
    results = [client.request(request_of(film, user=ALICE)).result for film in films]
    assert results == [Result.CREATED] * 4 + [Result.QUOTA]


def test_an_answer_lost_after_the_commit_is_settled_by_one_look(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    sandbox.faults.drop_after_commit = 1
    with pytest.raises(AnswerLostError):
        client.request(request_of())
    assert [each.target for each in client.look(DUNE)] == [Target(DUNE)]
    assert [call.method for call in sandbox.state.calls].count("POST") == 1


def test_an_answer_lost_before_the_commit_left_nothing_behind(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    sandbox.faults.drop_before_commit = 1
    with pytest.raises(AnswerLostError):
        client.request(request_of())
    assert client.look(DUNE) == ()


def test_a_failed_request_is_retried() -> None:
    settings = Settings(radarr=(Service(0, "Radarr"),))
    with SandboxServer(settings=settings) as sandbox:
        sandbox.faults.radarr_down = True
        with OverseerrServer(sandbox.url, sandbox.api_key, rate=10_000) as client:
            done = client.request(request_of())
            assert done.request_id is not None
            assert [each.status for each in client.requests()] == [RequestStatus.FAILED]
            sandbox.faults.radarr_down = False
            assert client.retry(done.request_id).result is Result.RETRIED
            assert [each.status for each in client.requests()] == [RequestStatus.APPROVED]
            assert client.retry(4711).result is Result.FAILED


def test_a_server_that_goes_away_midway_is_transient(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    sandbox.faults.answer_after = AnswerAfter(calls=1, status=503)
    client.whoami()
    with pytest.raises(TransientError):
        client.media()


def test_a_radarr_is_recognised(sandbox: SandboxServer, client: OverseerrServer) -> None:
    sandbox.faults.not_a_media_server = "radarr"
    with pytest.raises(ServerError, match=r"not an Overseerr.*Radarr"):
        client.identify()


def test_a_wrong_key_and_a_wrong_url_are_different_errors(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    sandbox.faults.wrong_key = True
    assert client.identify().flavour is Flavour.SEERR
    with pytest.raises(ServerError, match="API key is refused"):
        client.whoami()
    with pytest.raises(ServerError, match="API key is refused"):
        client.request(request_of())


def test_thousands_of_rows_cost_one_call_each_thousand(
    sandbox: SandboxServer, client: OverseerrServer
) -> None:
    titles = CATALOGUE[:2500]
    sandbox.state.seed(titles, requested_by=ALICE)
    media_keys = {MediaKey(Kind(title.kind), title.tmdb) for title in titles}
    assert {state.media for state in client.media()} == media_keys
    assert {state.target.media for state in client.requests()} == media_keys
    assert {state.status for state in client.media()} == {MediaStatus.AVAILABLE}
    assert len(sandbox.state.calls) == 9
