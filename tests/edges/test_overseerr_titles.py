"""Titles the server has to ask TMDB for; an empty answer is not always a no."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests_mock

from reconciler.core.match import by_title
from reconciler.core.model import (
    Candidate,
    Facts,
    Film,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Reason,
    Season,
    Show,
    Target,
)
from reconciler.errors import TmdbError
from reconciler.ports import MediaServer
from tests.edges.made_up import API, DUNE


def results(*rows: dict[str, Any], pages: int = 1) -> dict[str, Any]:
    return {"page": 1, "totalPages": pages, "totalResults": len(rows), "results": list(rows)}


FILM = {"id": 841, "mediaType": "movie", "title": "Dune", "releaseDate": "1984-12-14"}
SHOW = {
    "id": 9,
    "mediaType": "tv",
    "name": "Dune",
    "originalName": "Wüste",
    "firstAirDate": "",
    "originCountry": ["US", None, "", 7, "GB"],
}
BREAKING_BAD = {"id": 1396, "name": "Breaking Bad", "seasons": []}
PERSON = {"id": 10, "mediaType": "person", "name": "Dune"}


def test_only_films_and_shows_are_candidates(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/search", json=results(PERSON, FILM, SHOW, {"mediaType": "movie", "id": 1}))
    assert server.search("Dune", None) == (
        Candidate(MediaKey(Kind.MOVIE, 841), "Dune", None, 1984),
        Candidate(MediaKey(Kind.TV, 9), "Dune", "Wüste", None, ("US", "GB")),
    )


def test_half_a_character_in_a_title_becomes_a_whole_one(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    row = {**FILM, "title": "Dune \ud83d", "originalTitle": "\ude00"}
    mock.get(f"{API}/search", json=results(row))
    (candidates,) = server.search("Dune", None)
    assert (candidates.title, candidates.original_title) == ("Dune ?", "?")


@pytest.mark.parametrize(
    ("route", "body", "candidates"),
    [
        pytest.param(MatchMethod.IMDB, results(), (), id="imdb knows none"),
        pytest.param(MatchMethod.TVDB, results(), (), id="tvdb knows none"),
        pytest.param(MatchMethod.IMDB, results(PERSON), (), id="imdb knows a person"),
        pytest.param(MatchMethod.TMDB, results(), None, id="tmdb is silent"),
    ],
)
def test_an_empty_answer_to_an_id_is_a_no_from_all_but_tmdb(
    mock: requests_mock.Mocker,
    server: MediaServer,
    route: MatchMethod,
    body: dict[str, Any],
    candidates: tuple[Candidate, ...] | None,
) -> None:
    mock.get(f"{API}/search", json=body)
    number = "tt0000001" if route is MatchMethod.IMDB else "1"
    if candidates is None:
        with pytest.raises(TmdbError):
            server.find(route, number)
    else:
        assert server.find(route, number) == candidates


@pytest.mark.parametrize(
    ("route", "foreign_id"),
    [
        (MatchMethod.IMDB, "nm0000001"),
        (MatchMethod.IMDB, "ev0000001"),
        (MatchMethod.IMDB, "tt"),
        (MatchMethod.IMDB, "tt12 Dune"),
        (MatchMethod.TMDB, "x"),
        (MatchMethod.TVDB, "\u0661"),  # a digit, but not ours
        (MatchMethod.TVDB, ""),
    ],
)
def test_what_is_no_id_is_not_searched_for_as_a_title(
    mock: requests_mock.Mocker, server: MediaServer, route: MatchMethod, foreign_id: str
) -> None:
    mock.get(f"{API}/search", json=results(FILM))
    assert server.find(route, foreign_id) == ()
    assert not mock.called


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Amélie", "Am%C3%A9lie"),
        ("What's Up, Doc? (1972)", "What%27s%20Up%2C%20Doc%3F%20%281972%29"),
        ("Mission: Impossible", "Mission%3A%20Impossible"),
        ("50% + 1", "50%25%20%2B%201"),
        ("year:1999 tmdb:1", "year%201999%20tmdb%201"),
        ("xTVDB:1 imdb:tt1", "xTVDB%201%20imdb%20tt1"),
        ("a/b&c=d#e", "a%2Fb%26c%3Dd%23e"),
        ("broken \ud800", "broken%20%3F"),
    ],
)
def test_a_title_is_encoded_whole_and_gives_the_server_no_commands(
    mock: requests_mock.Mocker, server: MediaServer, title: str, query: str
) -> None:
    mock.get(f"{API}/search", json=results(FILM))
    server.search(title, None)
    assert mock.request_history[0].url == f"{API}/search?query={query}&language=en"


def test_an_endless_title_does_not_make_an_endless_url(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/search", json=results(FILM))
    server.search("東" * 10_000, None)
    assert len(mock.request_history[0].url) < 2000


def test_a_title_without_a_word_finds_nothing_and_asks_nobody(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    assert server.search("  ", 1999) == ()
    assert not mock.called


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        pytest.param(results(pages=0), False, id="no page: none"),
        pytest.param(results(pages=1), True, id="an empty page: silence"),
        pytest.param({"results": []}, True, id="no word of pages: silence"),
    ],
)
def test_an_empty_title_search_is_believed_only_without_a_page(
    mock: requests_mock.Mocker, server: MediaServer, body: dict[str, Any], *, trouble: bool
) -> None:
    mock.get(f"{API}/search", json=body)
    if trouble:
        with pytest.raises(TmdbError):
            server.search("Dune", 1984)
    else:
        assert server.search("Dune", 1984) == ()


@pytest.mark.parametrize(
    ("pages", "year", "queries"),
    [
        pytest.param(1, 1984, ["Dune"], id="one page"),
        pytest.param(5, None, ["Dune"], id="no year"),
        pytest.param(5, 1984, ["Dune", "year%3A1984%20Dune"], id="several pages and a year"),
    ],
)
def test_a_year_narrows_a_search_of_several_pages(
    mock: requests_mock.Mocker,
    server: MediaServer,
    pages: int,
    year: int | None,
    queries: list[str],
) -> None:
    mock.get(f"{API}/search", [{"json": results(SHOW, pages=pages)}, {"json": results(FILM, SHOW)}])
    candidates = server.search("Dune", year)
    assert [sent.url for sent in mock.request_history] == [
        f"{API}/search?query={query}&language=en" for query in queries
    ]
    assert [each.media.tmdb for each in candidates] == ([9, 841] if len(queries) == 2 else [9])


def film(number: int, year: int | None, title: str = "Carrie") -> dict[str, Any]:
    return {
        "id": number,
        "mediaType": "movie",
        "title": title,
        "releaseDate": f"{year}-11-03" if year else "",
    }


OTHERS = [film(100 + each, 1950 + each, f"Carrie {each}") for each in range(18)]


@pytest.mark.parametrize(
    ("page_one", "narrowed", "match"),
    [
        pytest.param(
            [film(1, 1977)], [film(2, 1976)], MediaKey(Kind.MOVIE, 2), id="the year's own film"
        ),
        pytest.param([film(1, 1977)], [film(9, 1976, "Carrier")], Reason.NOT_FOUND, id="none"),
        pytest.param([film(1, 1977)], [], Reason.NOT_FOUND, id="an empty year"),
        pytest.param(
            [film(1, 1976)], [film(1, 1976), film(2, 1976)], Reason.AMBIGUOUS, id="two of the year"
        ),
        pytest.param([film(1, None)], [], Reason.AMBIGUOUS, id="one without a year yet"),
    ],
)
def test_a_neighbour_on_the_first_of_many_pages_is_not_the_film(
    mock: requests_mock.Mocker,
    server: MediaServer,
    page_one: list[dict[str, Any]],
    narrowed: list[dict[str, Any]],
    match: MediaKey | Reason,
) -> None:
    """Its namesake, a year away on the other side, may stand on a page that nobody reads."""
    first = results(*page_one, *OTHERS, pages=3)
    mock.get(f"{API}/search", [{"json": first}, {"json": results(*narrowed)}])
    candidates = by_title(Item(1, "Carrie", 1976, Kind.MOVIE), server.search("Carrie", 1976))
    assert (candidates.media if isinstance(candidates, Match) else candidates.reason) == match


def test_a_neighbour_is_the_film_where_one_page_holds_all(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/search", json=results(film(1, 1977)))
    candidates = by_title(Item(1, "Carrie", 1976, Kind.MOVIE), server.search("Carrie", 1976))
    assert isinstance(candidates, Match)


def test_silence_while_narrowing_is_trouble_and_not_a_no(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/search", [{"json": results(FILM, pages=5)}, {"json": results(pages=1)}])
    with pytest.raises(TmdbError):
        server.search("Dune", 1984)


def test_narrowing_to_a_year_that_no_title_has_finds_nothing_more(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/search", [{"json": results(SHOW, pages=5)}, {"json": results(pages=1)}])
    assert [candidates.media.tmdb for candidates in server.search("Dune", 1984)] == [9]


def test_a_show_tells_its_seasons_in_order(mock: requests_mock.Mocker, server: MediaServer) -> None:
    seasons = [
        {"seasonNumber": 2, "airDate": None, "episodeCount": 0},
        {"seasonNumber": 1, "airDate": "2008-01-20", "episodeCount": 7},
        {"seasonNumber": 0, "airDate": "soon", "episodeCount": "some"},
    ]
    body = {
        "id": 1396,
        "name": "Breaking Bad",
        "firstAirDate": "2008-01-20",
        "status": "Canceled",
        "seasons": seasons,
        "lastEpisodeToAir": {"seasonNumber": 1, "episodeNumber": 7},
    }
    mock.get(f"{API}/tv/1396", json=body)
    expected_seasons = (Season(0, None, None), Season(1, date(2008, 1, 20), 7), Season(2, None, 0))
    shown = server.details(MediaKey(Kind.TV, 1396))
    assert shown == Show(
        1396, "Breaking Bad", 2008, ended=True, seasons=expected_seasons, last_aired_season=1
    )


@pytest.mark.parametrize("shown", [None, {}, {"seasonNumber": None}, {"seasonNumber": "3"}, "S3"])
def test_a_last_episode_that_names_no_season_is_unknown(
    mock: requests_mock.Mocker, server: MediaServer, shown: object
) -> None:
    mock.get(f"{API}/tv/1396", json=BREAKING_BAD | {"lastEpisodeToAir": shown})
    show = server.details(MediaKey(Kind.TV, 1396))
    assert isinstance(show, Show)
    assert show.last_aired_season is None


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        pytest.param(
            {"voteAverage": 7.8, "voteCount": 12000}, Facts(rating=7.8, votes=12000), id="rated"
        ),
        pytest.param({"voteAverage": 8, "voteCount": 1}, Facts(rating=8.0, votes=1), id="whole"),
        pytest.param({"voteAverage": 0, "voteCount": 0}, Facts(votes=0), id="nobody has voted"),
        pytest.param({"voteAverage": 7.8}, Facts(), id="no number of votes"),
        pytest.param({"voteAverage": "7.8", "voteCount": True}, Facts(), id="no numbers at all"),
        pytest.param(
            {"genres": [{"id": 878, "name": "Science-Fiction"}, {"id": 53, "name": "Krimi"}]},
            Facts(genres=("Science Fiction", "Thriller")),
            id="genres in the owner's language",
        ),
        pytest.param(
            {"genres": [{"id": 1, "name": "Kaiju"}, {"id": 2}, 3]},
            Facts(genres=("Kaiju",)),
            id="a genre nobody knows",
        ),
        pytest.param({"genres": []}, Facts(), id="genres yet to come"),
        pytest.param({"originalLanguage": "ko"}, Facts(language="ko"), id="language"),
    ],
)
def test_a_film_tells_what_filters_ask(
    mock: requests_mock.Mocker, server: MediaServer, row: dict[str, Any], facts: Facts
) -> None:
    names = {"title": "Dune", "originalTitle": "Dune: Part One"}
    body = {"id": 438631, **names, "releaseDate": "2021-09-15", **row}
    mock.get(f"{API}/movie/438631", json=body)
    assert server.details(DUNE) == Film(438631, "Dune", 2021, facts, "Dune: Part One")


def test_a_look_sees_both_qualities(mock: requests_mock.Mocker, server: MediaServer) -> None:
    rows = [{"id": 1, "is4k": False, "status": 2}, {"id": 2, "is4k": True, "status": 1}]
    mock.get(f"{API}/movie/438631", json={"id": 438631, "mediaInfo": {"requests": rows}})
    assert [(each.id, each.target) for each in server.look(DUNE)] == [
        (1, Target(DUNE)),
        (2, Target(DUNE, is_4k=True)),
    ]


def test_a_title_the_server_has_no_row_of_has_no_requests(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/movie/438631", json={"id": 438631})
    assert server.look(DUNE) == ()
