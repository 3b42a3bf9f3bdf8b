"""Our own requests for what has left the lists (laws 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.core.model import (
    Absence,
    Action,
    Attempts,
    Budget,
    Claim,
    DesiredList,
    Entry,
    ListRef,
    Match,
    MatchMethod,
    Memory,
    Op,
    OwnRequest,
    Policy,
    Prune,
    Reason,
    Requester,
    RequestStatus,
    Role,
    Target,
    Unmatched,
    User,
    Verdict,
    Why,
)
from reconciler.core.plan import calculate
from tests.core.values import (
    ADMIN,
    BEAR,
    DUNE,
    HEAT,
    NOW,
    SOON,
    entry,
    films,
    having,
    item,
    plan,
    request,
    rules,
    server,
    summarize,
)

DAY = timedelta(days=1)
FILM = Target(DUNE)
PENDING = request(7, DUNE, RequestStatus.PENDING)
CANCEL = ["cancel (off-list)"]
NO_ROWS: list[str] = []
REPORTED = ["requested"]


def missing(name: str = "a", index: int = 0, *, days: float = 8) -> DesiredList:
    """A list that was read in this pass, and has missed Dune for so many days."""
    absence = Absence(item(DUNE), Match(DUNE, MatchMethod.TMDB), NOW - days * DAY)
    return DesiredList(
        rules(name, prune=Prune.CANCEL_PENDING),
        index,
        (),
        requester=ADMIN,
        confirms_absences=True,
        absent={DUNE: absence},
    )


A, B = missing(), missing("b", 1)
HOLDS_IT = replace(A, entries=(entry(DUNE),), absent={})


def ours(*holders: DesiredList, names: Iterable[str] = ("a",)) -> Memory:
    """The ledger: request 7 was made here for the lists ``names``; ``holders`` it: these lists."""
    claims = frozenset(Claim(lst.name, str(lst.rules.source)) for lst in holders)
    return Memory(ours={7: OwnRequest(FILM, 1, tuple(names))}, claims={FILM: claims})


@pytest.mark.parametrize(
    ("lists", "memory", "rows"),
    [
        pytest.param([A], ours(A), CANCEL, id="absent for longer than prune_after"),
        pytest.param([missing(days=7)], ours(A), CANCEL, id="for exactly as long"),
        pytest.param([missing(days=6.9)], ours(A), REPORTED, id="not for long enough"),
        pytest.param(
            [having(A, prune_after=9 * DAY)], ours(A), REPORTED, id="a longer prune_after"
        ),
        pytest.param([having(A, prune=Prune.KEEP)], ours(A), NO_ROWS, id="keep"),
        pytest.param([having(A, prune=Prune.REPORT)], ours(A), REPORTED, id="report"),
        pytest.param([A], Memory(), NO_ROWS, id="not ours"),
        pytest.param([A], ours(), NO_ROWS, id="who held it is not known"),
        pytest.param([A], ours(A, names="ab"), NO_ROWS, id="asked for a list nobody knows of"),
        pytest.param([A, B], ours(A, B), CANCEL, id="absent from both"),
        pytest.param(
            [A, missing("b", 1, days=2)], ours(A, B), REPORTED, id="from one not long enough"
        ),
        pytest.param([A], ours(A, B), NO_ROWS, id="a list was removed from the file"),
        pytest.param(
            [A, having(B, source=ListRef("imdb", "other"))],
            ours(A, B),
            NO_ROWS,
            id="a list's source changed",
        ),
        pytest.param([having(A, name="c")], ours(A), NO_ROWS, id="its list was renamed"),
        pytest.param([A, having(B, prune=Prune.KEEP)], ours(A, B), NO_ROWS, id="one keeps it"),
        pytest.param([A, having(B, prune=Prune.REPORT)], ours(A, B), REPORTED, id="one reports it"),
        pytest.param([A, having(B, prune=Prune.KEEP)], ours(A), CANCEL, id="one never held it"),
        pytest.param([A, replace(B, absent={})], ours(A, B), NO_ROWS, id="one is in doubt"),
        pytest.param(
            [replace(A, confirms_absences=False)], ours(A), NO_ROWS, id="read by no pass now"
        ),
        pytest.param(
            [A, replace(B, confirms_absences=False)], ours(A, B), CANCEL, id="one was read before"
        ),
        pytest.param([having(A, suspended=True)], ours(A), NO_ROWS, id="suspended"),
        pytest.param([having(A, role=Role.EXCLUDE)], ours(A), NO_ROWS, id="excludes now"),
        pytest.param(
            [A, replace(B, absent={}, entries=(entry(DUNE, fresh=False),))],
            ours(A),
            NO_ROWS,
            id="another list held it when last complete",
        ),
        pytest.param(
            [A, replace(B, absent={}, adopted=frozenset({item(DUNE).key}), entries=(entry(DUNE),))],
            ours(A),
            ["adopted"],
            id="another list has it, adopted",
        ),
        pytest.param(
            [replace(A, entries=(Entry(item(DUNE), Unmatched(Reason.UNRESOLVED, "?")),))],
            ours(A),
            ["unresolved"],
            id="it is back, and cannot be looked up",
        ),
        pytest.param(
            [A],
            replace(ours(A), attempts={FILM: Attempts(1, 0, SOON)}),
            ["backing-off"],
            id="the server refused lately",
        ),
    ],
)
def test_a_pending_request_of_ours_is_cancelled_only_when_every_list_let_it_go(
    lists: list[DesiredList], memory: Memory, rows: list[str]
) -> None:
    made = plan(*lists, on=server(PENDING), memory=memory)

    assert summarize(made) == rows
    for verdict in made.verdicts:
        if verdict.detail.startswith("off its lists"):
            assert (verdict.would, verdict.target) == (Op.CANCEL, FILM)


@pytest.mark.parametrize("status", [s for s in RequestStatus if s is not RequestStatus.PENDING])
def test_what_was_decided_is_never_cancelled(status: RequestStatus) -> None:
    assert summarize(plan(A, on=server(request(7, DUNE, status)), memory=ours(A))) == NO_ROWS


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(request(8, DUNE, RequestStatus.PENDING), id="another id"),
        pytest.param(replace(PENDING, requester=4), id="another requester"),
        pytest.param(replace(PENDING, target=Target(DUNE, is_4k=True)), id="another quality"),
        pytest.param(replace(PENDING, target=Target(BEAR)), id="another title"),
    ],
)
def test_a_request_that_is_not_what_the_ledger_says_is_left_alone(shown: object) -> None:
    assert summarize(plan(A, on=server(shown), memory=ours(A))) == NO_ROWS  # type: ignore[arg-type]


def test_a_show_to_which_somebody_added_seasons_is_left_alone() -> None:
    absence = Absence(item(BEAR), Match(BEAR, MatchMethod.TMDB), NOW - 8 * DAY)
    lst = replace(A, absent={BEAR: absence})
    memory = Memory(
        ours={7: OwnRequest(Target(BEAR), 1, ("a",), (1, 2))},
        claims={Target(BEAR): frozenset({Claim("a", "imdb:a")})},
    )
    as_asked = server(request(7, BEAR, RequestStatus.PENDING, 1, 2))
    more = server(request(7, BEAR, RequestStatus.PENDING, 1, 2, 3))

    assert summarize(plan(lst, on=as_asked, memory=memory)) == ["cancel S1-2 (off-list)"]
    assert summarize(plan(lst, on=more, memory=memory)) == NO_ROWS


def test_a_cancel_says_what_it_deletes_as_whom_for_which_lists_and_why() -> None:
    lists = (missing(), replace(missing("b", 1, days=9), confirms_absences=False))
    (action,) = plan(*lists, on=server(PENDING), memory=ours(*lists)).actions

    assert (action.op, action.why, action.target) == (Op.CANCEL, Why.OFF_LIST, FILM)
    assert (action.request_ids, action.lists) == ((7,), ("a", "b"))
    assert action.requester == Requester(User(1, "", 0), is_owner=False)
    assert action.detail == "off its lists since 2026-11-14 20:15 UTC"


@pytest.mark.parametrize("prune", [Prune.CANCEL_PENDING, Prune.REPORT], ids=str)
def test_what_left_a_list_of_bare_ids_is_called_as_the_server_calls_it(prune: Prune) -> None:
    bare = Absence(
        replace(item(DUNE), title="", year=None),
        Match(DUNE, MatchMethod.IMDB, "Dune", 2021),
        NOW - 8 * DAY,
    )
    made = plan(having(A, absent={DUNE: bare}, prune=prune), on=server(PENDING), memory=ours(A))

    rows: list[Action | Verdict] = [*made.actions, *made.verdicts]
    assert [(row.item.title, row.item.year) for row in rows] == [("Dune", 2021)]


def test_a_cancel_counts_against_no_cap_and_waits_for_none() -> None:
    full = having(films([1], "c", 2), max_per_run=0)
    made = plan(having(A, max_per_run=0), full, on=server(PENDING), memory=ours(A))

    assert summarize(made) == [*CANCEL, "over-cap"]


def test_a_cancel_waits_for_no_budget_and_uses_none_up() -> None:
    spent = replace(ours(A), created=(NOW - timedelta(hours=1),))
    lists = [A, films([1, 2], "c", 2)]

    def decided(titles: int) -> list[str]:
        policy = Policy(budget=Budget(titles, 7 * DAY, "week"))
        return summarize(calculate(lists, server(PENDING), spent, policy, NOW))

    assert decided(1) == [*CANCEL, "over-budget", "over-budget"]
    assert decided(2) == ["request (missing)", *CANCEL, "over-budget"]


def test_while_a_safety_rule_holds_nothing_is_cancelled() -> None:
    shut = DesiredList(rules("never", role=Role.EXCLUDE), 1, (), unread_reason="never read")

    assert plan(A, shut, on=server(PENDING), memory=ours(A)).actions == ()


def test_what_is_still_on_a_list_is_not_off_it_whatever_the_file_says_of_it() -> None:
    excluded = DesiredList(rules("never", role=Role.EXCLUDE), 1, (entry(DUNE),))

    assert summarize(plan(HOLDS_IT, excluded, on=server(PENDING), memory=ours(A))) == ["excluded"]
    suspended = having(HOLDS_IT, suspended=True)
    assert summarize(plan(suspended, on=server(PENDING), memory=ours(A))) == ["suspended"]


# ----------------------------------------------------------------------------------------- law 6

SHOWN = [
    request(number, media, status)
    for number in (7, 8)
    for media in (DUNE, HEAT)
    for status in RequestStatus
]
SOME_LISTS = [
    having(lst, prune=prune, confirms_absences=confirms, source=source, suspended=suspended)
    for lst in (A, missing(days=1), HOLDS_IT, B, replace(B, absent={}))
    for prune in Prune
    for confirms, source, suspended in (
        (True, lst.rules.source, False),
        (False, lst.rules.source, False),
        (True, ListRef("imdb", "other"), False),
        (True, lst.rules.source, True),
    )
]
SOME_MEMORY = [Memory(), ours(), ours(A), ours(A, B), ours(A, B, names="ab"), ours(B)]


@given(
    st.lists(st.sampled_from(SHOWN), max_size=3, unique_by=lambda shown: shown.id),
    st.lists(st.sampled_from(SOME_LISTS), max_size=2, unique_by=lambda lst: lst.name),
    st.sampled_from(SOME_MEMORY),
)
@settings(max_examples=300, deadline=None)
def test_only_a_pending_request_in_the_ledger_is_cancelled_and_only_where_the_file_says_so(
    shown: list[object], lists: list[DesiredList], memory: Memory
) -> None:
    made = plan(*lists, on=server(*shown), memory=memory)  # type: ignore[arg-type]

    for action in made.actions:
        if action.op is not Op.CANCEL:
            continue
        (number,) = action.request_ids
        assert number in memory.ours
        there = next(r for r in shown if r.id == number)  # type: ignore[attr-defined]
        assert there.status is RequestStatus.PENDING  # type: ignore[attr-defined]
        assert there.target == memory.ours[number].target  # type: ignore[attr-defined]
        by_name = {lst.name: lst for lst in lists}
        for claim in memory.claims[action.target]:
            assert str(by_name[claim.list].rules.source) == claim.source
            assert by_name[claim.list].rules.prune is Prune.CANCEL_PENDING
            since = by_name[claim.list].absent[action.target.media].since
            assert NOW - since >= by_name[claim.list].rules.prune_after
        assert any(by_name[name].confirms_absences for name in action.lists)
        assert all(e.match != Match(DUNE, MatchMethod.TMDB) for lst in lists for e in lst.entries)
