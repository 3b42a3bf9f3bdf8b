"""AniList: a user's anime list, chunk by chunk, by title, year and kind."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Facts, Item, Kind, Outcome
from tests.sources.asking import API, fetch

Row = dict[str, Any]


def media(number: int, form: str = "TV", **changes: object) -> Row:
    names = {"english": f"Title {number}", "romaji": f"Taitoru {number}", "native": "題"}
    row = {"id": number, "format": form, "title": names, "startDate": {"year": 2001}}
    return {"media": {**row, "genres": None, "averageScore": None, **changes}}


def chunk(*lists: list[Row], more: bool = False) -> Row:
    named_lists = [{"isCustomList": False, "entries": entries} for entries in lists]
    return {"data": {"MediaListCollection": {"hasNextChunk": more, "lists": named_lists}}}


def test_a_title_has_its_names_year_and_kind_and_no_id(requests_mock: requests_mock.Mocker) -> None:
    with_facts = media(3, "MOVIE", genres=["Drama"], averageScore=81)
    rows = [media(1), media(2, "OVA", title={"romaji": "Only"}), with_facts, media(4, "MUSIC")]
    requests_mock.post(API, json=chunk(rows))
    snapshot = fetch("anilist:anna/planning")
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.items == (
        Item(1, "Title 1", 2001, Kind.TV, original_title="Taitoru 1"),
        Item(2, "Only", 2001),
        Item(
            3,
            "Title 3",
            2001,
            Kind.MOVIE,
            original_title="Taitoru 3",
            facts=Facts(8.1, genres=("Drama",)),
        ),
        Item(4, "Title 4", 2001, original_title="Taitoru 4", unsupported="music"),
    )


@pytest.mark.parametrize(
    ("source", "status"),
    [("anilist:anna/planning", "PLANNING"), ("anilist:anna/watching", "CURRENT")],
)
def test_a_status_is_asked_for_in_anilists_word(
    requests_mock: requests_mock.Mocker, source: str, status: str
) -> None:
    requests_mock.post(API, json=chunk([]))
    assert fetch(source).outcome is Outcome.EMPTY
    variables = requests_mock.request_history[0].json()["variables"]
    assert (variables["user"], variables["status"], variables["chunk"]) == ("anna", status, 1)


def test_without_a_status_everything_is_asked_for(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.post(API, json=chunk([media(1)]))
    fetch("anilist:anna")
    assert "status" not in requests_mock.request_history[0].json()["variables"]


def test_chunks_are_read_to_the_last(requests_mock: requests_mock.Mocker) -> None:
    answers = [{"json": chunk([media(1)], more=True)}, {"json": chunk([media(2)])}]
    requests_mock.post(API, answers)
    snapshot = fetch("anilist:anna/planning")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2)
    chunks = [call.json()["variables"]["chunk"] for call in requests_mock.request_history]
    assert chunks == [1, 2]


def test_a_title_that_stands_in_two_lists_of_a_user_counts_once(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.post(API, json=chunk([media(1), media(2)], [media(1)]))
    assert [item.position for item in fetch("anilist:anna").items] == [1, 2]


@pytest.mark.parametrize("silent", [{}, {"hasNextChunk": None}], ids=["missing", "null"])
def test_a_full_chunk_that_does_not_say_whether_more_follow_is_no_end(
    requests_mock: requests_mock.Mocker, silent: Row
) -> None:
    chunks = [[media(number) for number in range(1, 501)], [media(501)]]
    answers = [{"lists": [{"entries": entries}], **silent} for entries in chunks]
    bodies = [{"json": {"data": {"MediaListCollection": answer}}} for answer in answers]
    requests_mock.post(API, bodies)
    snapshot = fetch("anilist:anna")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 501)


def test_titles_without_an_id_are_dropped_on_no_chunk(requests_mock: requests_mock.Mocker) -> None:
    first = chunk([media(1), media(2, id=None)], more=True)
    requests_mock.post(API, [{"json": first}, {"json": chunk([media(3, id=None), {}])}])
    snapshot = fetch("anilist:anna")
    names = [item.title or item.unsupported for item in snapshot.items]
    assert names == ["Title 1", "Title 2", "Title 3", "unknown"]
    assert [item.position for item in snapshot.items] == [1, 2, 3, 4]


def test_a_chunk_without_anything_new_ends_the_reading(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.post(API, json=chunk([{}, media(1)], more=True))
    assert fetch("anilist:anna").outcome is Outcome.INCOMPLETE
    assert requests_mock.call_count == 2


def test_a_list_whose_entries_are_not_there_is_not_read_as_empty(
    requests_mock: requests_mock.Mocker,
) -> None:
    collection = {"hasNextChunk": False, "lists": [{"entries": None}]}
    requests_mock.post(API, json={"data": {"MediaListCollection": collection}})
    assert fetch("anilist:anna").outcome is Outcome.CHANGED_LAYOUT


@pytest.mark.parametrize(
    ("status", "message", "outcome"),
    [
        (404, "User not found", Outcome.MISSING),
        (404, "Private User", Outcome.PRIVATE),
        (200, "Private User", Outcome.PRIVATE),
        (200, "Something new", Outcome.CHANGED_LAYOUT),
    ],
)
def test_what_anilist_says_is_an_outcome(
    requests_mock: requests_mock.Mocker, status: int, message: str, outcome: Outcome
) -> None:
    body = {"errors": [{"message": message, "status": status}], "data": None}
    requests_mock.post(API, status_code=status, json=body)
    assert fetch("anilist:anna").outcome is outcome
