"""How a list is, why, and since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.core import conditions
from reconciler.core.model import (
    Condition,
    Finding,
    Item,
    ListProblem,
    Outcome,
    ProblemReason,
    Result,
    Snapshot,
    Status,
    WaitingChange,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
GOOD = Finding("Fetched", Status.TRUE, "Complete", "3 titles")
STALLING = [reason for reason in ProblemReason if reason is not ProblemReason.SERVICE_UNAVAILABLE]
BAD = Finding("Fetched", Status.FALSE, "Blocked", "a bot check")


def test_since_is_when_it_became_so() -> None:
    first = conditions.update({}, [GOOD], "g1", NOON)
    same = conditions.update(first, [GOOD], "g1", LATER)
    other = conditions.update(first, [BAD], "g2", LATER)

    assert same == first
    assert other["Fetched"] == Condition(
        "Fetched", Status.FALSE, "Blocked", "a bot check", LATER, "g2"
    )


def test_another_reason_is_recorded_and_moves_nothing() -> None:
    first = conditions.update({}, [BAD], "g1", NOON)
    other = conditions.update(first, [Finding("Fetched", Status.FALSE, "Private", "")], "g1", LATER)

    assert (other["Fetched"].reason, other["Fetched"].since) == ("Private", NOON)


def test_what_was_not_looked_at_stays() -> None:
    before = conditions.update({}, [GOOD], "g1", NOON)
    trouble = conditions.failure_finding("ServerUnreachable", "")
    finding = conditions.update(before, [trouble], "g1", LATER)
    assert finding["Fetched"] == before["Fetched"]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_list_is_fetched_if_it_was_read(outcome: Outcome) -> None:
    finding = conditions.fetch_finding(Snapshot(outcome, "browser", (Item(1, "Dune"),)))
    read = outcome in {Outcome.COMPLETE, Outcome.EMPTY, Outcome.UNVERIFIED}

    assert finding.status is (Status.TRUE if read else Status.FALSE)
    assert finding.reason == str(outcome).title().replace("-", "")


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_a_person_has_to_change_stalls(outcome: Outcome) -> None:
    finding = conditions.stall_finding(Snapshot(outcome, "browser"), None)

    stalls = outcome in {Outcome.PRIVATE, Outcome.MISSING}
    assert finding.status is (Status.TRUE if stalls else Status.FALSE)


def test_a_radarr_that_is_away_stalls_nothing() -> None:
    away = ListProblem(ProblemReason.SERVICE_UNAVAILABLE, "Radarr is away")
    finding = conditions.stall_finding(Snapshot(Outcome.COMPLETE, "browser"), away)
    assert finding.status is Status.FALSE


def test_applied_counts_the_titles_that_may_not_be_requested() -> None:
    away = ListProblem(ProblemReason.SERVICE_UNAVAILABLE, "Radarr is away")
    waiting = conditions.apply_finding((), [Result.CREATED], 0, [away, None])
    assert (waiting.status, waiting.reason) == (Status.FALSE, "ServiceUnavailable")
    assert waiting.message == "1 title is waiting: Radarr is away"
    barred = conditions.apply_finding((), [], 0, [None, None])
    assert (barred.status, barred.reason) == (Status.TRUE, "InStep")
    assert barred.message == "2 titles are not permitted; nothing else is left to do now"


@pytest.mark.parametrize("reason", STALLING)
def test_a_list_that_may_request_nothing_is_stalled_for_that_reason(reason: ProblemReason) -> None:
    finding = conditions.stall_finding(
        Snapshot(Outcome.COMPLETE, "browser"), ListProblem(reason, "why")
    )
    assert (finding.status, finding.reason, finding.message) == (Status.TRUE, reason, "why")


@pytest.mark.parametrize(
    ("stops", "results", "unresolved", "reason"),
    [
        ((), [Result.CREATED, Result.EXISTS, Result.QUOTA], 0, "InStep"),
        ((), [Result.CREATED, Result.UNKNOWN], 0, "ActionsFailed"),
        ((), [Result.UNDELIVERED], 0, "ActionsFailed"),
        ((), [], 2, "Unresolved"),
        (("exclude list never is unread",), [], 0, "StoppedForSafety"),
    ],
)
def test_applied_says_what_is_left_to_do(
    stops: tuple[str, ...], results: list[Result], unresolved: int, reason: str
) -> None:
    finding = conditions.apply_finding(stops, results, unresolved, ())
    assert finding.reason == reason
    assert finding.status is (Status.TRUE if reason == "InStep" else Status.FALSE)


@pytest.mark.parametrize(
    ("statuses", "ready"),
    [
        ({"Fetched": True, "Applied": True, "Stalled": False}, Status.TRUE),
        ({"Fetched": True, "Applied": False, "Stalled": False}, Status.FALSE),
        ({"Fetched": False, "Applied": True, "Stalled": False}, Status.FALSE),
        ({"Fetched": True, "Applied": True, "Stalled": True}, Status.FALSE),
        ({"Applied": False}, Status.FALSE),
        ({"Fetched": True}, Status.UNKNOWN),
        ({}, Status.UNKNOWN),
    ],
)
def test_ready_is_what_the_others_come_to(statuses: dict[str, bool], ready: Status) -> None:
    conditions_by_type = {
        kind: Condition(kind, Status(str(holds)), "Because", "", NOON, "g1")
        for kind, holds in statuses.items()
    }
    assert conditions.ready(conditions_by_type).status is ready


def test_waiting_changes_are_named_with_their_end_and_of_many_a_few() -> None:
    waiting = [WaitingChange("", f"change {n}", NOON, LATER) for n in range(7)]
    finding = conditions.rights([*waiting[:6], WaitingChange("wishes", "4k is on", NOON, NOON)])

    assert (finding.status, finding.reason) == (Status.TRUE, "WaitsForGrace")
    assert finding.message.startswith(
        "takes effect by 2026-11-22T13:00:00Z unless the file is reverted: "
        "the whole file: change 0; "
    )
    assert finding.message.endswith("the whole file: change 4; 2 more")
    assert conditions.rights([]).status is Status.FALSE
    assert (
        "after controller.grace" in conditions.rights([WaitingChange("a", "b", NOON, None)]).message
    )
