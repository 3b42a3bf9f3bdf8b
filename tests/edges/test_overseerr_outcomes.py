"""The table of docs/internals/media-servers/requests.md, against the code and the recordings.

One account of three: what the page says an answer means is what the client makes of it, for the
page's own rows and for every answer that a real server gave to a request or a retry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import requests_mock

from reconciler.core.model import Done, Result
from reconciler.errors import AnswerLostError
from reconciler.overseerr import OverseerrServer, requests
from tests.edges.made_up import KEY, URL, request_of
from tests.edges.recorded import RECORDINGS, Exchange, is_sent, only
from tests.project import places

BODIES: dict[str, dict[str, Any]] = {
    "`id`, `status` 4": {"id": 9, "status": 4, "type": "tv"},
    "`id`, `status`": {"id": 9, "status": 2},
    "`media`, no `id`": {"status": 2, "type": "tv", "media": {"tmdbId": 1396, "tvdbId": None}},
    "something else": {"message": "a sentence nobody has seen"},
}
LOOK = "–"  # a look decides


@dataclass(frozen=True)
class Row:
    """One row of the page."""

    call: str
    status: str
    has: str
    result: str

    @property
    def statuses(self) -> list[int]:
        """The statuses it speaks of; some of a class."""
        classes = {"4xx": [400, 404, 405, 418], "other": [200, 204, 302, 500, 502, 504]}
        return classes.get(self.status) or [int(number) for number in self.status.split(", ")]

    @property
    def body(self) -> dict[str, Any]:
        return BODIES.get(self.has) or {"message": f"Sorry: {self.text}."}

    @property
    def text(self) -> str:
        """What of a sentence it goes by."""
        return self.has.strip("`") if self.has not in BODIES else ""

    def fits(self, call: str, status: int, answer: object) -> bool:
        is_in_class = {"4xx": 400 <= status < 500, "other": True}.get(self.status)
        if self.call not in (call, "any") or not (status in self.statuses or is_in_class):
            return False
        shown = answer if isinstance(answer, dict) else {}
        match self.has:
            case "`id`, `status` 4":
                return "id" in shown and shown["status"] == 4
            case "`id`, `status`":
                return {"id", "status"} <= shown.keys()
            case "`media`, no `id`":
                return "media" in shown and "id" not in shown
            case "something else":
                return True
            case _:
                return self.text in str(shown.get("message"))


ROWS = [Row(*row[:4]) for row in places.table(places.SERVERS / "requests.md", "# Requests")]
CASES = [
    pytest.param(call, status, row.body, row.result, id=f"{call} {status} {row.has}")
    for row in ROWS
    for call in (("request", "retry") if row.call == "any" else (row.call,))
    for status in row.statuses
    if (call, status, row.has) not in {("request", 302, "something else"),
                                       ("retry", 302, "something else")}
]  # fmt: skip


def answered(call: str, status: int, body: object) -> Done | None:
    """What the client makes of an answer; None: a look has to decide."""
    with requests_mock.Mocker() as mock, OverseerrServer(URL, KEY, rate=10_000) as server:
        mock.post(requests_mock.ANY, status_code=status, json=body)
        try:
            return server.request(request_of()) if call == "request" else server.retry(9)
        except AnswerLostError:
            return None


@pytest.mark.parametrize(("call", "status", "body", "result"), CASES)
def test_an_answer_means_what_the_page_says(
    call: str, status: int, body: dict[str, Any], result: str
) -> None:
    done = answered(call, status, body)
    assert (f"`{done.result}`" if done else LOOK) == result


def test_the_page_and_the_code_have_the_same_texts_in_the_same_order() -> None:
    has_reason = [(status, row.text) for row in ROWS if row.text for status in row.statuses]
    assert has_reason == [(meaning.status, meaning.text) for meaning in requests.MEANINGS]


RECORDED = only(is_sent) if RECORDINGS.is_dir() else []
has_recordings = pytest.mark.skipif(
    not RECORDED, reason="no recordings of real servers beside this repository"
)


@has_recordings
@pytest.mark.parametrize("exchange", RECORDED, ids=str)
def test_a_recorded_answer_means_what_the_page_says(exchange: Exchange) -> None:
    call = "retry" if exchange.path.endswith("/retry") else "request"
    row = next(row for row in ROWS if row.fits(call, exchange.status, exchange.response))
    done = answered(call, exchange.status, exchange.response)
    assert done is not None, "every recorded answer is certain"
    assert f"`{done.result}`" == row.result
    if exchange.status not in (200, 201):
        sentence = " ".join(str(exchange.response["message"]).split())
        assert sentence[:150] in done.message, "the server's own words are kept"


@has_recordings
def test_the_recordings_are_of_all_three_servers_and_show_most_rows() -> None:
    assert {row.file.partition("-")[0] for row in RECORDED} == {"overseerr", "jellyseerr", "seerr"}
    shown = {
        next(row for row in ROWS if row.fits(call, each.status, each.response)).has
        for each in RECORDED
        for call in ["retry" if each.path.endswith("/retry") else "request"]
    }
    assert {row.has for row in ROWS} - shown == {"`blacklisted`"}


@pytest.mark.parametrize(
    ("status", "sentence", "result"),
    [
        (403, "You do not have permission to bypass user quota limits.", Result.REFUSED),
        (403, "You do not have permission to request blocklisted media.", Result.REFUSED),
        (403, "Movie Quota exceeded.", Result.QUOTA),
        (403, "This media is blocklisted.", Result.BLOCKLISTED),
        (409, "Auto-request for this media and user already exists.", Result.FAILED),
        (409, "Request for this media already exists.", Result.EXISTS),
        (409, "This quota of requests already exists.", Result.FAILED),
        (500, "UNIQUE constraint failed: user.email", Result.FAILED),
    ],
)
def test_a_sentence_with_two_keywords_is_read_as_a_whole(
    status: int, sentence: str, result: Result
) -> None:
    done = answered("request", status, {"message": sentence})
    assert done is not None
    assert done.result is result


def test_who_has_to_remove_an_automatic_request_is_named() -> None:
    sentence = "Auto-request for this media and user already exists."
    done = answered("request", 409, {"message": sentence})
    assert done is not None
    assert "as somebody or an administrator, then run" in done.message
    assert "`listsync forget tmdb:movie:438631`" in done.message


@pytest.mark.parametrize(
    ("tvdb", "has_reason"), [(None, True), (81189, False)], ids=["no TVDB id", "a TVDB id"]
)
def test_a_201_without_an_id_blames_a_tvdb_id_only_where_it_is_missing(
    tvdb: int | None,
    has_reason: bool,  # noqa: FBT001
) -> None:
    body = {"status": 2, "type": "tv", "media": {"tmdbId": 1396, "tvdbId": tvdb}}
    done = answered("request", 201, body)
    assert done is not None
    assert ("TVDB id" in done.message) is has_reason
