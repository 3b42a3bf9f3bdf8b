"""The tables of ``status`` and ``history``: relative times, within 80 columns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconciler.core.times import iso_time
from reconciler.render.history import HistoryDocument, IntentRow, history_lines
from reconciler.render.layout import Look, text_of
from reconciler.render.status import StatusDocument, list_state, status_lines
from tests.loop.test_markdown import listed
from tests.loop.world import NOON

AGO, LATER = iso_time(NOON - timedelta(minutes=48)), iso_time(NOON + timedelta(hours=3))


def condition(kind: str, status: str, reason: str = "InStep", message: str = "") -> dict[str, str]:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "since": AGO,
        "observed_generation": "9c1e2b",
    }


def status(name: str = "wishes", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any value
    return {
        "name": name,
        "source": "imdb:top",
        "at": AGO,
        "fetch": listed(name)["fetch"],
        "last_attempt": AGO,
        "last_success": AGO,
        "next_due": LATER,
        "tries": 0,
        "pending": 0,
        "conditions": [condition("Ready", "True")],
        "verdicts": {},
        "items": [],
        **changes,
    }


def document(*lists: dict[str, Any]) -> StatusDocument:
    made: Any = {"conditions": [], "waiting": [], "lists": list(lists)}
    status_document: StatusDocument = made
    return status_document


def test_a_list_is_a_row_with_its_state_and_relative_times() -> None:
    waits = status(verdicts={"available": 130, "quota": 10, "unaired": 2})
    assert text_of(status_lines(document(waits), NOON, in_detail=False)).splitlines() == [
        "LIST    STATE  TITLES  WAITING  LAST RUN     NEXT RUN",
        "wishes  ready       1       12  48 min ago   in 3 h",
    ]


def test_what_waits_and_what_needs_you_has_its_own_color() -> None:
    words = ("available", "quota", "ambiguous")
    row: dict[str, Any] = {"title": "Dune", "year": 2021, "kind": "movie", "ids": {}}
    row |= {"detail": "", "would_change": "", "position": 1}
    waits = status(verdicts={"quota": 1}, items=[{**row, "verdict": word} for word in words])

    def colored_text(lst: dict[str, Any], *, in_detail: bool) -> str:
        return text_of(
            status_lines(document(lst), NOON, in_detail=in_detail), Look(80, is_colored=True)
        )

    details = colored_text(waits, in_detail=True)
    assert ["\x1b[2mavailable" in details, "\x1b[94mquota" in details] == [True, True]
    assert "\x1b[31mambiguous" in details
    assert "\x1b[94m      1" in colored_text(waits, in_detail=False)
    assert "\x1b[2m      0" in colored_text(status(), in_detail=False)


def test_each_waiting_change_has_a_line_with_the_time_it_takes_effect() -> None:
    made = document()
    made["conditions"] = [condition("RightsWaiting", "True", "WaitsForGrace", "a; b")]
    made["waiting"] = [
        {"list": "kids", "change": "4k is turned on", "since": AGO, "until": LATER},
        {"list": None, "change": "server.url is changed", "since": AGO, "until": None},
    ]
    assert text_of(status_lines(made, NOON, in_detail=False)).splitlines()[:3] == [
        "  ! RightsWaiting=True, 48 min ago · WaitsForGrace",
        "      kids: 4k is turned on · takes effect in 3 h",
        "      the whole config: server.url is changed",
    ]


def test_below_a_list_stands_why_it_is_not_ready() -> None:
    broken = condition("Ready", "False", "Missing", "the list is gone")
    text = text_of(status_lines(document(status(conditions=[broken])), NOON, in_detail=False))
    assert "\n  ! Ready=False, 48 min ago · Missing: the list is gone\n" in text


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ready"),
        ({"fetch": None, "conditions": []}, "not read yet"),
        ({"conditions": []}, "not applied yet"),
        ({"conditions": [condition("Ready", "False")]}, "not ready"),
        ({"conditions": [condition("Ready", "False", "Suspended")]}, "suspended"),
        ({"verdicts": {"ambiguous": 1}}, "1 needs you"),
        ({"verdicts": {"ambiguous": 1, "not-found": 1}}, "2 need you"),
    ],
    ids=["ready", "unread", "planned", "stalled", "suspended", "one title", "two titles"],
)
def test_the_state_of_a_list_is_a_word(changes: dict[str, Any], state: str) -> None:
    (lst,) = document(status(**changes))["lists"]
    assert list_state(lst).text == state


def test_tables_fit_80_columns() -> None:
    name, title = "a-list-with-a-name-that-is-long-indeed", "Dr. Strangelove or: How I Learned "
    row: IntentRow = {
        "at": AGO,
        "op": "extend",
        "is_4k": True,
        "seasons": [1, 3],
        "lists": [name],
        "media": {"type": "tv", "title": title * 3, "year": None, "ids": {"tmdb": 1}},
        "requester": 1,
        "result": "undelivered",
        "http_status": 500,
        "request_id": 123,
        "message": "Radarr did not accept it",
    }
    run: Any = {"began": AGO, "ended": AGO, "command": "reconcile", "exit_code": 130}
    run |= {"id": 1, "lists": [name], "results": {"created": 1_000, "exists": 20, "failed": 3}}
    history: HistoryDocument = {"format_version": "2.1", "runs": [run], "actions": [row]}
    state = status(name, fetch=listed(name)["fetch"] | {"outcome": "changed-layout"})
    for lines in (
        status_lines(document(state), NOON, in_detail=False),
        status_lines(document(state), NOON, in_detail=True),
        history_lines(history, NOON),
    ):
        assert max(map(len, text_of(lines, Look(80)).splitlines())) <= 80
