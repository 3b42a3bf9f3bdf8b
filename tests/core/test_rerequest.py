"""``rerequest: after 90d``: declined or removed titles are requested again after that time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.core.model import (
    Attempts,
    DesiredList,
    Kind,
    MediaKey,
    MediaState,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    RequestState,
    RequestStatus,
    Rerequest,
    Role,
    Target,
)
from tests.core.household import Household, Server, listed, snapshot
from tests.core.values import (
    BEAR,
    DUNE,
    NOW,
    SOON,
    entry,
    facts,
    having,
    plan,
    request,
    row,
    server,
    summarize,
    wishes,
)

AFTER = timedelta(days=90)
OVER, NOT_YET = NOW - AFTER, NOW - AFTER + timedelta(seconds=1)
DECLINED = request(1, DUNE, RequestStatus.DECLINED)
DELETED = row(DUNE, MediaStatus.DELETED)


def wish(media: MediaKey = DUNE, rule: Rerequest | timedelta = AFTER) -> DesiredList:
    return having(wishes(entry(media)), rerequest=rule)


def film(refused: datetime | None, *, present: bool, readded: bool = False) -> Memory:
    return Memory({MemoryKey(Target(DUNE)): MemoryEntry(present, readded, refused)})


@pytest.mark.parametrize(
    ("rule", "on", "memory", "expected"),
    [
        pytest.param(
            AFTER, [DECLINED], film(OVER, present=True), "request (missing)", id="declined"
        ),
        pytest.param(
            AFTER, [DECLINED], film(NOT_YET, present=True), "declined", id="a second less"
        ),
        pytest.param(AFTER, [DELETED], film(OVER, present=False), "request (missing)", id="gone"),
        pytest.param(AFTER, [], film(OVER, present=False), "request (missing)", id="without trace"),
        pytest.param(AFTER, [], film(NOT_YET, present=False), "handled", id="gone, a second less"),
        pytest.param(AFTER, [], film(None, present=False), "handled", id="at an unknown time"),
        pytest.param(AFTER, [DECLINED], Memory(), "declined", id="never seen before"),
        pytest.param(
            AFTER,
            [],
            film(NOT_YET, present=False, readded=True),
            "request (readded)",
            id="put back before",
        ),
        pytest.param(Rerequest.ON_READD, [], film(OVER, present=False), "handled", id="on-readd"),
        pytest.param(Rerequest.NEVER, [], film(OVER, present=False), "handled", id="never"),
        pytest.param(
            AFTER,
            [DECLINED, request(2, DUNE, RequestStatus.PENDING)],
            film(OVER, present=True),
            "requested",
            id="asked for once more",
        ),
    ],
)
def test_a_film_is_asked_for_again_when_its_time_is_over(
    rule: Rerequest | timedelta, on: list[MediaState | RequestState], memory: Memory, expected: str
) -> None:
    assert summarize(plan(wish(rule=rule), on=server(*on), memory=memory)) == [expected]


def test_no_time_lifts_a_blocklist_or_an_exclusion() -> None:
    memory = film(OVER, present=True)
    blocked = server(DECLINED, blocklist=[DUNE])
    never = having(wishes(entry(DUNE), name="never", index=1), role=Role.EXCLUDE)
    assert summarize(plan(wish(), on=blocked, memory=memory)) == ["blocklisted"]
    assert summarize(plan(wish(), never, on=server(DECLINED), memory=memory)) == ["excluded"]


def test_an_attempt_that_was_refused_is_not_made_again_at_once() -> None:
    memory = replace(
        film(OVER, present=True), attempts={Target(DUNE): Attempts(failures=1, not_before=SOON)}
    )
    assert summarize(plan(wish(), on=server(DECLINED), memory=memory)) == ["backing-off"]


def test_the_plan_says_until_when_and_since_when_it_is_out() -> None:
    (waits,) = plan(wish(), on=server(DECLINED), memory=film(NOT_YET, present=True)).verdicts
    (asks,) = plan(wish(), on=server(DECLINED), memory=film(OVER, present=True)).actions
    assert waits.detail == "requested again after 2026-11-22 20:15 UTC"
    assert asks.detail == "missing since 2026-08-24 20:15 UTC"


def show(**refused: datetime | None) -> Memory:
    slots = {MemoryKey(Target(BEAR)): MemoryEntry()}
    for season, at in refused.items():
        slots[MemoryKey(Target(BEAR), int(season[1:]))] = MemoryEntry(present=True, refused=at)
    return Memory(slots)


@pytest.mark.parametrize(
    ("memory", "expected", "detail"),
    [
        pytest.param(
            show(S1=None, S2=OVER, S3=NOT_YET),
            "extend S2 (missing)",
            "S1 available; S3 declined; S2 missing since 2026-08-24 20:15 UTC;"
            " S3 requested again after 2026-11-22 20:15 UTC",
            id="each season in its own time",
        ),
        pytest.param(
            show(S1=None, S2=OVER, S3=OVER),
            "extend S2-3 (missing)",
            "S1 available; S2-3 missing since 2026-08-24 20:15 UTC",
            id="no new season, but one that was out",
        ),
        pytest.param(
            show(S1=None, S2=NOT_YET, S3=NOT_YET),
            "available",
            "S1 available; S2-3 declined; S2-3 requested again after 2026-11-22 20:15 UTC",
            id="all of them out",
        ),
    ],
)
def test_seasons_come_back_one_by_one(memory: Memory, expected: str, detail: str) -> None:
    here = row(BEAR, MediaStatus.PARTIAL, seasons={1: MediaStatus.AVAILABLE})
    declined = request(1, BEAR, RequestStatus.DECLINED, 2, 3)
    on = server(here, declined, shows={BEAR.tmdb: facts(1, 2, 3)})
    made = plan(wish(BEAR), on=on, memory=memory)
    assert summarize(made) == [expected]
    assert [a.detail for a in made.actions] + [v.detail for v in made.verdicts] == [detail]


def test_a_show_taken_away_as_a_whole_comes_back_as_a_whole() -> None:
    removed = MemoryEntry(present=False, refused=OVER)
    memory = Memory({MemoryKey(Target(BEAR), n): removed for n in (None, 1)})
    on = server(shows={BEAR.tmdb: facts(1, 2)})
    assert summarize(plan(wish(BEAR), on=on, memory=memory)) == ["request S1-2 (missing)"]


@pytest.mark.parametrize("media", [DUNE, BEAR], ids=["film", "show"])
@pytest.mark.parametrize("deleted", [False, True], ids=["declined", "deleted"])
def test_what_is_refused_again_waits_as_long_again(media: MediaKey, *, deleted: bool) -> None:
    """No request in each pass: one in each such time."""
    file = [listed("first", rerequest=AFTER), listed("second", rerequest=AFTER)]
    household = Household(Server({BEAR.tmdb: facts(1)}), file=file)
    snapshots = {"first": snapshot([media, MediaKey(Kind.MOVIE, 1)]), "second": snapshot([])}
    requested = []
    for day in range(400):
        household.server.now = NOW + timedelta(days=day)
        reconciliation = household.look(snapshots)
        household.apply(reconciliation)
        if any(action.target.media == media for action in reconciliation.plan.actions):
            requested.append(day)
            if deleted:
                household.server.remove(media)
            else:
                last = max(
                    n for n, r in household.server.requests.items() if r.target.media == media
                )
                household.server.judge(last, RequestStatus.DECLINED)
    assert requested == [0, 91, 182, 273, 364]
