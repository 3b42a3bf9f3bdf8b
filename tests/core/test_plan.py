"""The decision table for films, and who may request what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.core.model import (
    Allowance,
    Attempts,
    Candidate,
    Entry,
    Expected,
    Item,
    Kind,
    ListProblem,
    Match,
    MatchMethod,
    MediaKey,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    ProblemReason,
    Quota,
    Reason,
    Requester,
    RequestStatus,
    Target,
    Unmatched,
)
from tests.core.values import (
    ANNA,
    BEAR,
    CAROL,
    DUNE,
    HEAT,
    NOW,
    SOON,
    entry,
    facts,
    films,
    having,
    plan,
    request,
    row,
    server,
    summarize,
    wishes,
)

FILM, FILM_4K = Target(DUNE), Target(DUNE, is_4k=True)
EARLIER = NOW - timedelta(minutes=5)

REQUESTED = request(1, DUNE, RequestStatus.PENDING)
APPROVED = request(2, DUNE, RequestStatus.APPROVED)
DECLINED = request(3, DUNE, RequestStatus.DECLINED)
FAILED = request(4, DUNE, RequestStatus.FAILED)
COMPLETED = request(5, DUNE, RequestStatus.COMPLETED)


def remembered(*, present: bool = False, readded: bool = False) -> Memory:
    return Memory({MemoryKey(FILM): MemoryEntry(present, readded)})


def attempts(failures: int = 0, retries: int = 0, *, soon: bool = False) -> Memory:
    """Attempts after which the next one is due in five minutes, or was five minutes ago."""
    not_before = SOON if soon else EARLIER
    return Memory(attempts={FILM: Attempts(failures, retries, not_before)})


READDED = remembered(present=True, readded=True)


@pytest.mark.parametrize(
    ("observed", "memory", "answer"),
    [
        pytest.param(server(), Memory(), "request (missing)", id="nothing"),
        pytest.param(server(row(DUNE)), Memory(), "request (missing)", id="1: an empty row"),
        pytest.param(server(blocklist=[DUNE]), Memory(), "blocklisted", id="blocklist"),
        pytest.param(
            server(row(DUNE, MediaStatus.BLOCKLISTED)), Memory(), "blocklisted", id="media 6"
        ),
        pytest.param(server(blocklist=[DUNE]), READDED, "blocklisted", id="blocklist, re-added"),
        pytest.param(
            server(FAILED, blocklist=[DUNE]), Memory(), "blocklisted", id="blocklist, failed"
        ),
        pytest.param(server(row(DUNE, MediaStatus.PARTIAL)), Memory(), "available", id="media 4"),
        pytest.param(server(row(DUNE, MediaStatus.AVAILABLE)), Memory(), "available", id="media 5"),
        pytest.param(
            server(row(DUNE, MediaStatus.AVAILABLE)), READDED, "available", id="media 5, re-added"
        ),
        pytest.param(
            server(row(DUNE, MediaStatus.AVAILABLE), COMPLETED),
            Memory(),
            "available",
            id="media 5, completed",
        ),
        pytest.param(server(row(DUNE, MediaStatus.DELETED)), Memory(), "handled", id="media 7"),
        pytest.param(
            server(row(DUNE, MediaStatus.DELETED)),
            READDED,
            "request (readded)",
            id="media 7, re-added",
        ),
        pytest.param(
            server(row(DUNE, MediaStatus.DELETED), REQUESTED),
            Memory(),
            "requested",
            id="media 7, requested again",
        ),
        pytest.param(server(COMPLETED), Memory(), "handled", id="completed, not there any more"),
        pytest.param(server(FAILED), Memory(), "retry (retry-failed)", id="failed"),
        pytest.param(
            server(row(DUNE, MediaStatus.PENDING), FAILED),
            Memory(),
            "retry (retry-failed)",
            id="media 2, failed",
        ),
        pytest.param(
            server(FAILED), remembered(present=True), "retry (retry-failed)", id="failed, ours"
        ),
        pytest.param(
            server(FAILED), attempts(retries=1), "retry (retry-failed)", id="failed, due again"
        ),
        pytest.param(
            server(FAILED), attempts(retries=1, soon=True), "backing-off", id="failed, not due yet"
        ),
        pytest.param(server(FAILED), attempts(retries=2), "failed", id="failed, retries used up"),
        pytest.param(
            server(FAILED), attempts(retries=2, soon=True), "failed", id="used up beats not due"
        ),
        pytest.param(server(FAILED, REQUESTED), Memory(), "requested", id="failed and requested"),
        pytest.param(
            server(FAILED, replace(DECLINED, id=9)),
            Memory(),
            "declined",
            id="failed, declined then",
        ),
        pytest.param(
            server(DECLINED, replace(FAILED, id=9)),
            Memory(),
            "retry (retry-failed)",
            id="declined, asked again, failed",
        ),
        pytest.param(server(REQUESTED), Memory(), "requested", id="request 1"),
        pytest.param(server(REQUESTED), READDED, "requested", id="request 1, re-added"),
        pytest.param(
            server(row(DUNE, MediaStatus.PENDING)), Memory(), "requested", id="media 2 alone"
        ),
        pytest.param(server(APPROVED), Memory(), "processing", id="request 2"),
        pytest.param(
            server(row(DUNE, MediaStatus.PROCESSING)), Memory(), "processing", id="media 3 alone"
        ),
        pytest.param(
            server(row(DUNE, MediaStatus.PROCESSING), DECLINED),
            Memory(),
            "declined",
            id="media 3, stale",
        ),
        pytest.param(server(DECLINED), Memory(), "declined", id="request 3"),
        pytest.param(server(DECLINED), remembered(present=True), "declined", id="request 3, ours"),
        pytest.param(server(DECLINED), READDED, "request (readded)", id="request 3, re-added"),
        pytest.param(server(), remembered(), "handled", id="gone"),
        pytest.param(server(), remembered(present=True), "handled", id="gone since the last look"),
        pytest.param(server(), remembered(readded=True), "request (readded)", id="gone, re-added"),
        pytest.param(server(), attempts(1, soon=True), "backing-off", id="refused, not due yet"),
        pytest.param(server(), attempts(1), "request (missing)", id="refused, due again"),
        pytest.param(
            server(request(1, DUNE, RequestStatus.PENDING, is_4k=True)),
            Memory(),
            "request (missing)",
            id="requested in 4K only",
        ),
        pytest.param(
            server(blocklist=[replace(DUNE, kind=Kind.TV)]),
            Memory(),
            "request (missing)",
            id="the show of this number is blocklisted",
        ),
        pytest.param(
            server(row(replace(DUNE, kind=Kind.TV), MediaStatus.AVAILABLE)),
            Memory(),
            "request (missing)",
            id="the show of this number is available",
        ),
    ],
)
def test_a_film_is_decided_by_the_first_row_that_holds(
    observed: Observed, memory: Memory, answer: str
) -> None:
    assert summarize(plan(wishes(entry(DUNE)), on=observed, memory=memory)) == [answer]


@pytest.mark.parametrize(
    ("requester", "media", "is_4k", "answer"),
    [
        (None, DUNE, False, "not-permitted"),
        (CAROL, DUNE, False, "not-permitted"),
        (ANNA, DUNE, False, "request (missing)"),
        (ANNA, DUNE, True, "not-permitted"),
        (ANNA, BEAR, False, "request S1-2 (missing)"),
        (ANNA, BEAR, True, "not-permitted"),
    ],
    ids=["unknown", "no right", "film", "4K film", "show", "4K show"],
)
def test_a_request_needs_a_requester_with_the_right(
    requester: Requester | None, media: MediaKey, *, is_4k: bool, answer: str
) -> None:
    lst = having(wishes(entry(media)), requester=requester, is_4k=is_4k)

    assert summarize(plan(lst, on=server(shows={BEAR.tmdb: facts(1, 2)}))) == [answer]


def test_a_missing_right_comes_before_a_wait_and_costs_no_cap() -> None:
    lst = having(films([1, 2]), requester=CAROL, max_per_run=1)
    memory = Memory(attempts={Target(MediaKey(Kind.MOVIE, 1)): Attempts(1, 0, SOON)})

    assert summarize(plan(lst, memory=memory)) == ["not-permitted", "not-permitted"]


def test_a_request_that_failed_is_not_said_to_have_been_refused() -> None:
    (verdict,) = plan(wishes(entry(DUNE)), memory=attempts(1, soon=True)).verdicts

    assert verdict.detail == f"failed before, next try after {SOON:%Y-%m-%d %H:%M} UTC"


def test_an_unknown_requester_is_said_in_the_verdict() -> None:
    problem = ListProblem(ProblemReason.UNKNOWN_REQUESTER, "anna is not a user of the server")
    lst = replace(wishes(entry(DUNE)), requester=None, problem=problem)

    assert plan(lst).verdicts[0].detail == "anna is not a user of the server"


def test_a_title_that_waits_or_may_not_uses_up_no_quota() -> None:
    lst = replace(films([1, 2]), requester=ANNA)
    observed = server(quotas={4: Quota(movies=Allowance(1, 5, 7))})
    memory = Memory(attempts={Target(MediaKey(Kind.MOVIE, 1)): Attempts(1, 0, SOON)})

    assert summarize(plan(lst, on=observed, memory=memory)) == ["request (missing)", "backing-off"]


def test_over_quota_comes_before_over_cap() -> None:
    lst = having(films([1, 2, 3]), requester=ANNA, max_per_run=1)
    observed = server(quotas={4: Quota(movies=Allowance(2, 5, 7))})

    assert summarize(plan(lst, on=observed)) == ["request (missing)", "over-cap", "over-cap"]

    observed = server(quotas={4: Quota(movies=Allowance(1, 5, 7))})

    assert summarize(plan(lst, on=observed)) == ["request (missing)", "quota", "quota"]


def test_retries_count_against_no_cap() -> None:
    lst = having(wishes(entry(DUNE, 1), entry(HEAT, 2)), max_per_run=1)

    assert summarize(plan(lst, on=server(FAILED))) == ["retry (retry-failed)", "request (missing)"]


def test_only_the_newest_failed_request_of_a_film_is_retried() -> None:
    observed = server(request(9, DUNE, RequestStatus.FAILED), FAILED)

    assert plan(wishes(entry(DUNE)), on=observed).actions[0].request_ids == (9,)


@pytest.mark.parametrize(
    ("requester", "outlook"),
    [(ANNA, Expected.PENDING), (Requester(replace(ANNA.user, permissions=160)), Expected.APPROVED)],
    ids=["pending", "approved"],
)
def test_an_action_says_all_there_is_to_say_of_it(requester: Requester, outlook: Expected) -> None:
    first = replace(wishes(entry(DUNE), name="first"), requester=requester)
    second = wishes(entry(DUNE), name="second", index=1)

    (action,) = plan(second, first).actions

    assert action.requester == requester
    assert action.expected is outlook
    assert action.lists == ("first", "second")
    assert action.matched_by is MatchMethod.TMDB
    assert action.target == FILM
    assert action.seasons is None


@pytest.mark.parametrize(
    "reason",
    [Reason.AMBIGUOUS, Reason.NOT_FOUND, Reason.TYPE_MISMATCH, Reason.UNRESOLVED],
)
def test_an_item_that_leads_nowhere_says_why_and_what_it_may_be(reason: Reason) -> None:
    candidates = (Candidate(DUNE, "Dune", year=2021),)
    nowhere = Entry(Item(1, "Dune"), Unmatched(reason, "because", candidates))

    (verdict,) = plan(wishes(nowhere)).verdicts

    assert (verdict.reason, verdict.detail, verdict.candidates) == (reason, "because", candidates)
    assert verdict.target is None


def test_a_game_is_of_no_kind_that_can_be_requested() -> None:
    game = Entry(Item(1, "Doom", unsupported="videoGame"), Match(DUNE, MatchMethod.IMDB))

    assert summarize(plan(wishes(game))) == ["unsupported-kind"]


def test_entries_that_nothing_names_are_counted_one_by_one() -> None:
    nameless = [
        Entry(Item(place, "", unsupported="unknown"), Unmatched(Reason.UNSUPPORTED_KIND, "unknown"))
        for place in (1, 2, 3)
    ]
    assert summarize(plan(wishes(*nameless))) == ["unsupported-kind"] * 3
