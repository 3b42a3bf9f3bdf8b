"""The events that people are notified of, once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.core import conditions, notices
from reconciler.core.model import (
    READ,
    Condition,
    Done,
    Event,
    Finding,
    Intent,
    Kind,
    MediaKey,
    NotificationState,
    Op,
    Outcome,
    Result,
    Snapshot,
    Status,
    Target,
)
from tests.core.values import NOW


def state(*findings: Finding) -> dict[str, Mapping[str, Condition]]:
    """The conditions of the list ``kids`` after a turn that found this."""
    updated = conditions.update({}, findings, "g", NOW)
    return {"kids": conditions.update(updated, [conditions.ready(updated)], "g", NOW)}


def read(outcome: Outcome) -> dict[str, Mapping[str, Condition]]:
    snapshot = Snapshot(outcome, "browser", error=None if outcome in READ else "it broke")
    applied = conditions.apply_finding((), (), 0, ())
    return state(
        conditions.fetch_finding(snapshot), conditions.stall_finding(snapshot, None), applied
    )


WELL, PRIVATE, AWAY = read(Outcome.COMPLETE), read(Outcome.PRIVATE), read(Outcome.UNREACHABLE)
SUSPENDED = state(conditions.SUSPENSION)


def events(*turns: Mapping[str, Mapping[str, Condition]]) -> list[list[str]]:
    """The notices after each of these runs."""
    state, events_by_turn = NotificationState(), []
    for conditions_by_list in turns:
        new, state = notices.of_lists(state, conditions_by_list, ["kids"])
        events_by_turn.append([str(notice.event) for notice in new])
    return events_by_turn


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([WELL, WELL], [[], []], id="a list that is well"),
        pytest.param([PRIVATE, PRIVATE], [["stalled"], []], id="stalled is told once"),
        pytest.param(
            [PRIVATE, WELL, WELL], [["stalled"], ["recovered"], []], id="recovered is told once"
        ),
        pytest.param(
            [PRIVATE, AWAY, PRIVATE, WELL],
            [["stalled"], [], [], ["recovered"]],
            id="out of reach in between is no news",
        ),
        pytest.param([AWAY, WELL], [[], []], id="what comes right by itself is no news"),
        pytest.param([SUSPENDED, WELL], [[], []], id="the file's own word is no news"),
        pytest.param(
            [PRIVATE, SUSPENDED, WELL],
            [["stalled"], [], ["recovered"]],
            id="held back in between",
        ),
        pytest.param(
            [PRIVATE, WELL, PRIVATE],
            [["stalled"], ["recovered"], ["stalled"]],
            id="stalled again",
        ),
    ],
)
def test_a_list_is_reported_when_it_changes(
    turns: list[Mapping[str, Mapping[str, Condition]]], expected: list[list[str]]
) -> None:
    assert events(*turns) == expected


def test_a_stalled_list_says_why() -> None:
    ((notice,), _) = notices.of_lists(NotificationState(), PRIVATE, ["kids"])

    assert (notice.about, notice.why) == ("kids", "it broke")


def test_a_list_that_left_the_file_is_forgotten() -> None:
    _, state_after = notices.of_lists(NotificationState(frozenset({"kids", "gone"})), {}, ["kids"])

    assert state_after == NotificationState(frozenset({"kids"}))


def intent(at: datetime, result: Result | None = Result.CREATED, title: str = "Dune") -> Intent:
    done = Done(result) if result else None
    target = Target(MediaKey(Kind.MOVIE, 1))
    return Intent(at, Op.REQUEST, target, title, 1, ("kids",), done=done)


MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("digested", "over"),
    [
        pytest.param(None, True, id="at first"),
        pytest.param(MIDNIGHT, False, id="the same day"),
        pytest.param(MIDNIGHT - timedelta(seconds=1), True, id="a second before midnight"),
    ],
)
def test_a_day_is_over_at_midnight_utc(digested: datetime | None, *, over: bool) -> None:
    assert notices.is_day_over(NotificationState(digested=digested), NOW) is over


def test_a_day_reports_what_was_not_reported_yet() -> None:
    done = [
        intent(NOW - 30 * HOUR, title="told already"),
        intent(NOW - 20 * HOUR, title="Dune"),
        intent(NOW, title="Heat"),
        intent(NOW, None, title="nobody knows"),
        intent(NOW, Result.SKIPPED, title="not begun"),
    ]

    ((notice,), state_after) = notices.of_day(
        NotificationState(digested=NOW - 30 * HOUR), done, NOW
    )

    assert notice.event is Event.APPLIED
    assert [deed.title for deed in notice.deeds] == ["Dune", "Heat"]
    assert state_after.digested == NOW
    assert notices.of_day(state_after, done, NOW + 24 * HOUR)[0] == ()


def test_the_first_day_begins_at_midnight() -> None:
    done = [intent(MIDNIGHT - HOUR, title="yesterday"), intent(MIDNIGHT + HOUR, title="Dune")]

    ((notice,), _) = notices.of_day(NotificationState(), done, NOW)

    assert [deed.title for deed in notice.deeds] == ["Dune"]


def test_a_pass_that_asked_nothing_is_silent() -> None:
    assert notices.of_run(NotificationState(), (), NOW) == ((), NotificationState())


def test_a_condition_that_is_not_known_yet_is_no_news() -> None:
    unknown = {"kids": {k: replace(c, status=Status.UNKNOWN) for k, c in WELL["kids"].items()}}

    assert notices.of_lists(NotificationState(), unknown, ["kids"])[0] == ()
