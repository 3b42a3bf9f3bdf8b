"""What every source that asks an interface does alike: outcomes, waits, and secrets kept."""

from __future__ import annotations

import re

import pytest
import requests_mock
from requests_mock import ANY

from reconciler.core.model import Outcome
from tests.sources.asking import KEY, fetch

KEYLESS = (
    "mdblist:anna/night",
    "stevenlu:movies",
    "json:http://site.test/a?apikey=hunter2&list=3",
    "rss:http://site.test/a?apikey=hunter2&list=3",
    "anilist:anna/planning",
)
KEYED = (
    "mdblist:anna/night",
    "tmdb:list/7",
    "tmdb:movie/popular",
    "tmdb:collection/10",
    "tvdb:lists/7",
)
EVERYWHERE = re.compile("^http://")

STATUSES = [
    (401, Outcome.PRIVATE, Outcome.BLOCKED),
    (403, Outcome.BLOCKED, Outcome.BLOCKED),
    (202, Outcome.BLOCKED, Outcome.BLOCKED),
    (404, Outcome.MISSING, Outcome.MISSING),
    (429, Outcome.RATE_LIMITED, Outcome.RATE_LIMITED),
    (500, Outcome.UNREACHABLE, Outcome.UNREACHABLE),
    (302, Outcome.UNREACHABLE, Outcome.UNREACHABLE),
]


def answer_everywhere(mock: requests_mock.Mocker, status: int) -> None:
    headers = {"Retry-After": "90"} if status == 429 else {"Location": "http://other.test/x"}
    mock.register_uri(ANY, EVERYWHERE, status_code=status, headers=headers, text="")


@pytest.mark.parametrize("source", KEYLESS)
@pytest.mark.parametrize(("status", "outcome", "_"), STATUSES, ids=[str(r[0]) for r in STATUSES])
def test_without_a_key_a_status_is_an_outcome(
    requests_mock: requests_mock.Mocker, source: str, status: int, outcome: Outcome, _: Outcome
) -> None:
    answer_everywhere(requests_mock, status)
    snapshot = fetch(source)
    assert (snapshot.outcome, snapshot.items) == (outcome, ())
    assert snapshot.retry_after == (90 if status == 429 else None)
    assert "hunter2" not in repr(snapshot)


@pytest.mark.parametrize("source", KEYED)
@pytest.mark.parametrize(("status", "_", "outcome"), STATUSES, ids=[str(r[0]) for r in STATUSES])
def test_with_a_key_a_status_is_an_outcome_that_never_tells_it(
    requests_mock: requests_mock.Mocker, source: str, status: int, _: Outcome, outcome: Outcome
) -> None:
    answer_everywhere(requests_mock, status)
    snapshot = fetch(source, key=KEY)
    assert snapshot.outcome is outcome
    assert snapshot.retry_after == (90 if status == 429 else None)
    assert KEY not in repr(snapshot)
    if outcome is Outcome.BLOCKED and status != 202:
        assert "providers." in str(snapshot.error)


@pytest.mark.parametrize("source", KEYLESS)
@pytest.mark.parametrize("body", ["<html>", '"text"', "3", "null", '{"a": 1}', ""], ids=repr)
def test_what_is_no_list_is_a_changed_layout(
    requests_mock: requests_mock.Mocker, source: str, body: str
) -> None:
    requests_mock.register_uri(ANY, EVERYWHERE, text=body)
    is_cut = not body and source.startswith("rss:")  # a feed without any content
    assert fetch(source).outcome is (Outcome.UNREACHABLE if is_cut else Outcome.CHANGED_LAYOUT)


def pages(*movies: object, **more: object) -> dict[str, object]:
    return {"movies": list(movies), "shows": [], "pagination": more}


def anime(*entries: object, **more: object) -> dict[str, object]:
    rows = [{"media": {"id": 1, "title": {"romaji": "A"}, "format": "TV"}} for _ in entries]
    return {"data": {"MediaListCollection": {"lists": [{"entries": rows}], **more}}}


FILM = {"id": 1, "title": "A", "media_type": "movie"}
NOT_THE_WHOLE = [
    ("json:http://site.test/a", {"items": [FILM], "total": 50}),
    ("json:http://site.test/a", {"items": [FILM], "next": "/a?page=2"}),
    ("json:http://site.test/a", {"results": [FILM], "total_pages": 9}),
    ("json:http://site.test/a", {"movies": [FILM], "shows": {"error": "later"}}),
    ("json:http://site.test/a", {"movies": [], "shows": {"error": "later"}}),
    ("json:http://site.test/a", {"movies": [FILM], "shows": "later"}),
    ("json:http://site.test/a", {"items": [FILM], "total": 0}),
    ("mdblist:anna/night", {"movies": [FILM], "shows": {"error": "later"}}),
    ("tmdb:list/7", {"items": [FILM], "page": 1, "total_pages": 1, "total_results": 0}),
    ("mdblist:anna/night", pages(has_more=True)),
    ("mdblist:anna/night", pages(FILM, has_more=True)),
    ("tmdb:list/7", {"items": [], "page": 1, "total_pages": 3}),
    ("tmdb:list/7", {"items": [], "item_count": 5}),
    ("tmdb:list/7", {"items": [FILM], "page": 1, "total_pages": 3}),
    ("anilist:anna", anime(1, hasNextChunk=True)),
    ("anilist:anna", anime(1) | {"errors": [{"message": "trouble"}]}),
]


@pytest.mark.parametrize(("source", "body"), NOT_THE_WHOLE, ids=str)
def test_an_answer_that_speaks_of_more_is_no_whole_list(
    requests_mock: requests_mock.Mocker, source: str, body: object
) -> None:
    requests_mock.register_uri(ANY, EVERYWHERE, json=body)
    assert fetch(source, key=KEY).outcome is Outcome.INCOMPLETE
    assert requests_mock.call_count <= 2


@pytest.mark.parametrize("source", ["mdblist:anna/night", "json:http://site.test/a"])
@pytest.mark.parametrize(
    "body",
    [["tt0111161", "tt0068646"], [550], [{"error": "no such list"}], [{"foo": 1}] * 100],
    ids=["texts", "numbers", "an error", "something else for ever"],
)
def test_entries_without_any_title_or_id_are_a_changed_layout(
    requests_mock: requests_mock.Mocker, source: str, body: object
) -> None:
    requests_mock.register_uri(ANY, EVERYWHERE, json=body)
    assert fetch(source).outcome is Outcome.CHANGED_LAYOUT
    assert requests_mock.call_count <= 2


def test_a_chart_of_entries_that_are_none_is_a_changed_layout(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(EVERYWHERE, json={"page": 1, "total_pages": 1, "results": [{"foo": 1}]})
    assert fetch("tmdb:movie/popular", key=KEY).outcome is Outcome.CHANGED_LAYOUT


@pytest.mark.parametrize("source", KEYLESS[2:4])
@pytest.mark.parametrize("status", [401, 403])
def test_an_address_that_is_refused_has_its_key_doubted(
    requests_mock: requests_mock.Mocker, source: str, status: int
) -> None:
    answer_everywhere(requests_mock, status)
    assert "in the address" in str(fetch(source).error)


def test_of_json_in_pages_the_sentence_says_what_helps(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(EVERYWHERE, json={"items": [FILM], "total": 50})
    error = str(fetch("json:http://site.test/a").error)
    assert "only 1 of 50 entries were delivered; only one response is read" in error
    assert "later" not in error


@pytest.mark.parametrize("total", [0, "0"], ids=repr)
def test_a_total_of_none_is_a_total(requests_mock: requests_mock.Mocker, total: object) -> None:
    requests_mock.get(EVERYWHERE, json={"movies": [], "shows": [], "total": total})
    snapshot = fetch("json:http://site.test/a")
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.EMPTY, 0)


def test_an_error_beside_an_empty_list_is_no_empty_list(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(EVERYWHERE, json={"error": "later", "items": []})
    assert fetch("json:http://site.test/a").outcome is Outcome.CHANGED_LAYOUT


def test_a_page_of_what_cannot_be_requested_that_comes_again_ends_the_reading(
    requests_mock: requests_mock.Mocker,
) -> None:
    people = [{"id": n, "title": f"P{n}", "mediatype": "person"} for n in range(100)]
    requests_mock.get(EVERYWHERE, json=people)
    assert fetch("mdblist:anna/night").outcome is Outcome.INCOMPLETE
    assert requests_mock.call_count == 2
