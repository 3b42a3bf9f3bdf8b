"""The decision table for shows: season by season."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.model import (
    Attempts,
    MediaStatus,
    Memory,
    MemoryEntry,
    MemoryKey,
    Observed,
    RequestState,
    RequestStatus,
    Show,
    Target,
    Unmatched,
)
from tests.core.values import (
    BEAR,
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

SHOW = Target(BEAR)
AVAILABLE, DELETED = MediaStatus.AVAILABLE, MediaStatus.DELETED
PENDING, APPROVED = RequestStatus.PENDING, RequestStatus.APPROVED
DECLINED, FAILED = RequestStatus.DECLINED, RequestStatus.FAILED


def ask(status: RequestStatus, *seasons: int, number: int = 1) -> RequestState:
    return request(number, BEAR, status, *seasons)


def decide(
    observed: Observed, memory: Memory | None = None, show: Show | Unmatched | None = None
) -> list[str]:
    """A show of three aired seasons, unless stated otherwise."""
    shows = {BEAR.tmdb: show or facts(1, 2, 3)}
    return summarize(plan(wishes(entry(BEAR)), on=replace(observed, shows=shows), memory=memory))


def beside(observed: Observed, memory: Memory | None = None, show: Show | None = None) -> str:
    """The rows after the first one."""
    shows = {BEAR.tmdb: show or facts(1, 2, 3)}
    made = plan(wishes(entry(BEAR)), on=replace(observed, shows=shows), memory=memory)
    return made.actions[0].detail if made.actions else made.verdicts[0].detail


def there(*seasons: int, status: MediaStatus = AVAILABLE) -> Observed:
    return server(row(BEAR, MediaStatus.PARTIAL, seasons=dict.fromkeys(seasons, status)))


def remembered(*seasons: int | None, present: bool = False, readded: bool = False) -> Memory:
    return Memory({MemoryKey(SHOW, number): MemoryEntry(present, readded) for number in seasons})


def attempts(retries: int, *, soon: bool = False) -> Memory:
    return Memory(attempts={SHOW: Attempts(0, retries, SOON if soon else NOW)})


@pytest.mark.parametrize(
    ("observed", "answer"),
    [
        pytest.param(server(), ["request S1-3 (missing)"], id="nothing"),
        pytest.param(server(row(BEAR)), ["request S1-3 (missing)"], id="an empty row"),
        pytest.param(
            server(row(BEAR, MediaStatus.PROCESSING)),
            ["request S1-3 (missing)"],
            id="the status of the whole show is ignored",
        ),
        pytest.param(
            server(row(BEAR, AVAILABLE)), ["available"], id="marked as available, with no seasons"
        ),
        pytest.param(
            server(row(BEAR, AVAILABLE), ask(DECLINED, 2)), ["available"], id="and one was declined"
        ),
        pytest.param(
            server(row(BEAR, AVAILABLE, seasons={1: AVAILABLE})),
            ["extend S2-3 (new-season)"],
            id="available, with a season",
        ),
        pytest.param(there(1, 2, 3), ["available"], id="all available"),
        pytest.param(
            there(1, 2, 3, status=MediaStatus.PARTIAL), ["available"], id="all partly available"
        ),
        pytest.param(there(1), ["extend S2-3 (new-season)"], id="the first available"),
        pytest.param(there(2), ["extend S1, S3 (missing)"], id="the middle one available"),
        pytest.param(server(ask(PENDING, 1, 2, 3)), ["requested"], id="all requested"),
        pytest.param(server(ask(APPROVED, 1, 2, 3)), ["processing"], id="all approved"),
        pytest.param(
            server(ask(PENDING, 1)), ["extend S2-3 (new-season)"], id="the first requested"
        ),
        pytest.param(
            server(ask(PENDING, 1), ask(APPROVED, 2, number=2)),
            ["extend S3 (new-season)"],
            id="two requests",
        ),
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE}), ask(PENDING, 2, 3)),
            ["requested"],
            id="available and requested",
        ),
        pytest.param(server(ask(DECLINED, 1, 2, 3)), ["declined"], id="all declined"),
        pytest.param(server(ask(DECLINED, 1)), ["request S2-3 (missing)"], id="the first declined"),
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE}), ask(DECLINED, 2)),
            ["extend S3 (new-season)"],
            id="one available, one declined",
        ),
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE, 3: DELETED})),
            ["extend S2 (new-season)"],
            id="one available, one deleted",
        ),
        pytest.param(
            server(row(BEAR, DELETED, seasons={1: DELETED})),
            ["handled"],
            id="the whole show deleted, a season aired since",
        ),
        pytest.param(
            server(row(BEAR, seasons=dict.fromkeys((1, 2, 3), DELETED))),
            ["handled"],
            id="every season deleted",
        ),
        pytest.param(server(blocklist=[BEAR]), ["blocklisted"], id="blocklisted"),
        pytest.param(
            server(row(BEAR, MediaStatus.BLOCKLISTED, seasons={1: AVAILABLE})),
            ["blocklisted"],
            id="media 6",
        ),
        pytest.param(there(0), ["extend S1-3 (missing)"], id="specials alone are there"),
    ],
)
def test_what_is_asked_for_is_what_is_missing(observed: Observed, answer: list[str]) -> None:
    assert decide(observed) == answer


@pytest.mark.parametrize(
    ("observed", "memory", "answer"),
    [
        pytest.param(
            there(1),
            remembered(1, 2, present=True),
            ["extend S3 (new-season)"],
            id="one taken away",
        ),
        pytest.param(there(1), remembered(None, 1, 2, 3), ["available"], id="two taken away"),
        pytest.param(
            server(), remembered(None, 1, 2), ["handled"], id="the show taken away, S3 aired since"
        ),
        pytest.param(
            server(row(BEAR)), remembered(None, 1), ["handled"], id="only an empty row is left"
        ),
        pytest.param(
            server(ask(DECLINED, 1)),
            remembered(None, 1, present=True),
            ["request S2-3 (missing)"],
            id="a decline is of its seasons only",
        ),
        pytest.param(
            server(), remembered(1), ["request S2-3 (missing)"], id="a season, not the show"
        ),
        pytest.param(
            server(),
            remembered(None, 1, 2, readded=True),
            ["request S1-3 (readded)"],
            id="re-added: what was there and what aired since",
        ),
        pytest.param(
            server(),
            remembered(None, readded=True),
            ["request S1-3 (readded)"],
            id="re-added, no season is known",
        ),
        pytest.param(
            server(row(BEAR, DELETED)),
            remembered(None, readded=True),
            ["request S1-3 (readded)"],
            id="re-added, deleted as a whole",
        ),
        pytest.param(
            server(ask(DECLINED, 1, 2, 3)),
            remembered(None, 1, 2, 3, present=True, readded=True),
            ["request S1-3 (readded)"],
            id="re-added, declined",
        ),
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE}), ask(DECLINED, 2)),
            Memory(
                {
                    **remembered(None, 1, present=True).slots,
                    **remembered(2, present=True, readded=True).slots,
                }
            ),
            ["extend S2-3 (readded)"],
            id="re-added, some there",
        ),
        pytest.param(
            server(blocklist=[BEAR]),
            remembered(None, 1, readded=True),
            ["blocklisted"],
            id="re-added, blocklisted",
        ),
        pytest.param(
            there(1, 2, 3),
            remembered(None, 1, 2, 3, present=True, readded=True),
            ["available"],
            id="re-added, all there",
        ),
    ],
)
def test_what_a_person_took_away_stays_away_until_readded(
    observed: Observed, memory: Memory, answer: list[str]
) -> None:
    assert decide(observed, memory) == answer


@pytest.mark.parametrize(
    ("observed", "memory", "answer"),
    [
        pytest.param(
            server(ask(FAILED, 1, 2, 3)), Memory(), ["retry (retry-failed)"], id="all failed"
        ),
        pytest.param(
            server(ask(FAILED, 1)),
            Memory(),
            ["retry (retry-failed)", "request S2-3 (missing)"],
            id="one failed, the others missing",
        ),
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE}), ask(FAILED, 2)),
            Memory(),
            ["retry (retry-failed)", "extend S3 (new-season)"],
            id="one there, one failed, one missing",
        ),
        pytest.param(
            server(ask(FAILED, 1), ask(PENDING, 2, 3, number=2)),
            Memory(),
            ["retry (retry-failed)"],
            id="one failed, the others requested",
        ),
        pytest.param(server(ask(FAILED, 1, 2, 3)), attempts(2), ["failed"], id="retries used up"),
        pytest.param(
            server(ask(FAILED, 1)),
            attempts(2),
            ["request S2-3 (missing)"],
            id="retries used up, the others missing",
        ),
        pytest.param(
            server(ask(FAILED, 1, 2, 3)), attempts(1, soon=True), ["backing-off"], id="not due yet"
        ),
        pytest.param(
            server(ask(FAILED, 1), ask(DECLINED, 2, 3, number=2)),
            attempts(1),
            ["retry (retry-failed)"],
            id="one failed, the others declined",
        ),
    ],
)
def test_a_failed_season_is_retried_beside_what_is_missing(
    observed: Observed, memory: Memory, answer: list[str]
) -> None:
    assert decide(observed, memory) == answer


def test_each_failed_request_of_a_show_is_retried_once() -> None:
    observed = server(
        ask(FAILED, 1, 2, number=7), ask(FAILED, 3, number=5), ask(FAILED, 3, number=6)
    )

    made = plan(wishes(entry(BEAR)), on=replace(observed, shows={BEAR.tmdb: facts(1, 2, 3)}))

    assert [action.request_ids for action in made.actions] == [(6, 7)]


def test_a_show_in_4k_is_decided_by_itself() -> None:
    sharp = having(wishes(entry(BEAR)), is_4k=True)
    observed = replace(there(1, 2, 3), shows={BEAR.tmdb: facts(1, 2, 3)})

    assert summarize(plan(sharp, on=observed)) == ["request S1-3 (missing)"]


@pytest.mark.parametrize(
    ("observed", "memory", "show", "text"),
    [
        pytest.param(
            server(row(BEAR, seasons={1: AVAILABLE, 2: AVAILABLE}), ask(DECLINED, 3)),
            None,
            facts(1, 2, 3, 4),
            "S1-2 available; S3 declined",
            id="beside what is asked for",
        ),
        pytest.param(
            there(1, 2), None, facts(1, 2, coming=[3]), "S1-2 available; S3 unaired", id="coming"
        ),
        pytest.param(there(1, 2, 3), None, None, "", id="all alike"),
        pytest.param(server(), None, None, "", id="nothing beside"),
        pytest.param(server(ask(FAILED, 1)), attempts(2), None, "S1 failed", id="given up"),
        pytest.param(server(), None, facts(coming=[1, 2]), "S1-2 unaired", id="nothing aired"),
    ],
)
def test_what_stands_beside_the_requested_seasons_is_listed(
    observed: Observed, memory: Memory | None, show: Show | None, text: str
) -> None:
    assert beside(observed, memory, show) == text
