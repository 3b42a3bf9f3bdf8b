"""A 200 that is not its endpoint's leaves one title unresolved, and nothing is remembered of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests_mock

from reconciler.core.model import Ids, Item, Kind, MediaKey, Reason, Unmatched
from reconciler.errors import TmdbError
from reconciler.ledger import SqliteLedger
from reconciler.ports import MediaServer
from reconciler.render.progress import Silence
from reconciler.sync.resolve import KnownIds, Resolver
from tests.edges.made_up import API, DUNE, URL

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SHOW = MediaKey(Kind.TV, 1396)


def searching(*rows: object) -> dict[str, object]:
    return {"page": 1, "totalPages": 1, "totalResults": len(rows), "results": list(rows)}


SEARCHES = [
    pytest.param(searching("x"), id="a text among the results"),
    pytest.param(searching({"title": "Dune"}), id="a result without id and type"),
    pytest.param(searching({"id": "841", "mediaType": "movie"}), id="an id that is a text"),
    pytest.param({"results": {}, "totalPages": 1}, id="results that are no array"),
    pytest.param({"page": 1, "totalPages": 0}, id="no results at all"),
    pytest.param({}, id="an empty object"),
    pytest.param(["x"], id="an array"),
    pytest.param("ok", id="a text"),
]
DETAILS = [
    pytest.param({"name": "Breaking Bad"}, id="neither id nor seasons"),
    pytest.param({"id": 1396, "name": "Breaking Bad"}, id="no seasons"),
    pytest.param({"id": 1397, "seasons": []}, id="another show"),
    pytest.param({"id": 1396, "seasons": ["x"]}, id="a text among the seasons"),
    pytest.param({"id": 1396, "seasons": [{"airDate": "2008-01-20"}]}, id="a season's number"),
    pytest.param({}, id="an empty object"),
    pytest.param(None, id="null"),
]
ASKING: list[Callable[[MediaServer], object]] = [
    lambda server: server.search("Dune", None),
    lambda server: server.search("Dune", 1984),
]


@pytest.mark.parametrize("answer", SEARCHES)
@pytest.mark.parametrize("ask", ASKING, ids=["a title", "a title and a year"])
def test_a_search_of_another_shape_is_trouble_with_this_title(
    ask: Callable[[MediaServer], object],
    answer: object,
    mock: requests_mock.Mocker,
    server: MediaServer,
) -> None:
    mock.get(f"{API}/search", json=answer)
    with pytest.raises(TmdbError, match="the response from /search does not match"):
        ask(server)


@pytest.mark.parametrize("answer", DETAILS)
def test_details_of_another_shape_are_trouble_with_this_title(
    answer: object, mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/tv/1396", json=answer)
    for call in (server.details, server.look):
        with pytest.raises(TmdbError, match="/tv/1396 does not match"):
            call(SHOW)


def test_details_of_another_film_are_trouble_with_this_title(
    mock: requests_mock.Mocker, server: MediaServer
) -> None:
    mock.get(f"{API}/movie/{DUNE.tmdb}", json={"title": "Dune"})
    with pytest.raises(TmdbError, match="does not match"):
        server.details(DUNE)


def test_nothing_is_remembered_of_a_title_whose_answer_had_another_shape(
    mock: requests_mock.Mocker, server: MediaServer, tmp_path: Path
) -> None:
    item = Item(1, "Dune", 1984, Kind.MOVIE, Ids())
    mock.get(f"{API}/search", json=searching("x"))
    mock.get(f"{API}/tv/1396", json={"name": "Breaking Bad"})
    with SqliteLedger(tmp_path / "ledger.db", URL) as ledger:
        resolver = Resolver(server, ledger, workers=1)
        resolved = resolver.matches([item], KnownIds({}, [], []), NOW, Silence())[item.key]
        details = resolver.details([SHOW], NOW, Silence())[SHOW]
        assert isinstance(resolved, Unmatched)
        assert isinstance(details, Unmatched)
        assert resolved.reason is details.reason is Reason.UNRESOLVED
        assert ledger.cache.matches([item.key], NOW) == {}
        assert ledger.cache.details([SHOW]) == {}
