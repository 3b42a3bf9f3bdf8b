"""The requester's quota, then the list's cap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reconciler.core.limits import Limits
from reconciler.core.model import (
    Action,
    Allowance,
    Budget,
    DesiredList,
    Expected,
    Kind,
    MatchMethod,
    MediaKey,
    Memory,
    Op,
    Policy,
    Quota,
    Reason,
    Requester,
    RequestState,
    RequestStatus,
    Target,
    View,
    Why,
)
from reconciler.core.titles import NoAction
from tests.core.values import ADMIN, ANNA, NOW, having, item, request, server, wishes

AFTER = " after this plan"
OPENS = "; the next slot opens"


def ask(
    media: MediaKey,
    seasons: tuple[int, ...] | None = None,
    by: Requester = ANNA,
    op: Op = Op.REQUEST,
) -> Action:
    return Action(
        op=op,
        why=Why.MISSING,
        target=Target(media),
        item=item(media),
        lists=("list",),
        matched_by=MatchMethod.TMDB,
        requester=by,
        expected=Expected.PENDING,
        seasons=seasons,
    )


def film(number: int, by: Requester = ANNA) -> Action:
    return ask(MediaKey(Kind.MOVIE, number), by=by)


def show(number: int, *seasons: int, op: Op = Op.REQUEST) -> Action:
    return ask(MediaKey(Kind.TV, number), seasons, op=op)


def quota(films: int | None = None, seasons: int | None = None) -> Quota:
    return Quota(Allowance(films, 5, 7), Allowance(seasons, 10, 7))


def capped(cap: int | None, name: str = "list") -> DesiredList:
    return having(wishes(name=name), max_per_run=cap)


def outcomes(limits: Limits, owner: DesiredList, *actions: Action) -> list[str]:
    parts = [part for action in actions for part in limits.admit(action, owner)]
    return ["admitted" if isinstance(part, Action) else str(part.reason) for part in parts]


def limits_of(
    quotas: dict[int, Quota] | None = None,
    *requests: RequestState,
    created: tuple[datetime, ...] = (),
    budget: Budget | None = None,
) -> Limits:
    observed = server(*requests, quotas=quotas)
    return Limits(View(observed, Memory(created=created), Policy(budget=budget), NOW))


def refusal(limits: Limits, action: Action, owner: DesiredList) -> tuple[Reason, str]:
    deferred = limits.admit(action, owner)[-1]
    assert isinstance(deferred, NoAction)
    return deferred.reason, deferred.detail


def test_without_quota_and_cap_everything_is_admitted() -> None:
    limits = limits_of()

    assert outcomes(limits, capped(None), *map(film, range(1, 100))) == ["admitted"] * 99


def test_a_cap_admits_so_many_titles_films_and_shows_together() -> None:
    actions = [film(1), show(2, 1, 2, 3), show(3, 4, op=Op.EXTEND), film(4)]

    assert outcomes(limits_of(), capped(2), *actions) == [
        "admitted",
        "admitted",
        "over-cap",
        "over-cap",
    ]


def test_each_list_has_its_own_cap() -> None:
    limits = limits_of()

    assert outcomes(limits, capped(1, "one"), film(1), film(2)) == ["admitted", "over-cap"]
    assert outcomes(limits, capped(1, "two"), film(3)) == ["admitted"]


def test_a_quota_of_films_says_nothing_of_shows() -> None:
    limits = limits_of({4: quota(films=1)})

    assert outcomes(limits, capped(None), film(1), film(2), show(3, 1)) == [
        "admitted",
        "quota",
        "admitted",
    ]


def test_a_quota_counts_the_seasons_of_a_show_and_takes_the_oldest_that_fit() -> None:
    limits = limits_of({4: quota(seasons=3)})
    first, second, later = [
        part
        for action in (show(1, 1, 2), show(2, 0, 1, 2))
        for part in limits.admit(action, capped(2))
    ]

    assert isinstance(first, Action)
    assert isinstance(second, Action)
    assert isinstance(later, NoAction)
    assert (first.seasons, second.seasons) == ((1, 2), (1,))
    assert (later.reason, later.seasons) == (Reason.QUOTA, (0, 2))


def test_one_users_quota_is_not_anothers() -> None:
    limits = limits_of({4: quota(films=0)})

    assert outcomes(limits, capped(None), film(1), film(2, by=ADMIN)) == ["quota", "admitted"]


def test_a_quota_spans_the_lists_of_a_user() -> None:
    limits = limits_of({4: quota(films=1)})

    assert outcomes(limits, capped(None, "one"), film(1)) == ["admitted"]
    assert outcomes(limits, capped(None, "two"), film(2)) == ["quota"]


def test_a_title_over_its_quota_uses_up_no_cap() -> None:
    limits = limits_of({4: quota(films=0)})

    assert outcomes(limits, capped(1), film(1), film(2), show(3, 1)) == [
        "quota",
        "quota",
        "admitted",
    ]


def test_a_title_over_the_cap_uses_up_no_quota() -> None:
    limits = limits_of({4: quota(films=2)})

    assert outcomes(limits, capped(1, "one"), film(1), film(2), film(3)) == [
        "admitted",
        "over-cap",
        "over-cap",
    ]
    assert outcomes(limits, capped(1, "two"), film(4)) == ["admitted"]


@pytest.mark.parametrize("op", [Op.RETRY, Op.CANCEL])
def test_only_requests_and_extensions_count(op: Op) -> None:
    limits = limits_of({4: quota(films=0, seasons=0)})

    action = ask(MediaKey(Kind.MOVIE, 1), op=op)
    assert limits.admit(action, capped(0)) == (action,)


def test_a_refusal_says_what_is_left_and_when_there_is_more() -> None:
    requests = [
        replace(
            request(number, MediaKey(kind, number), status, created=NOW - timedelta(days=ago)),
            requester=user,
            ignores_quota=ago == 3,
        )
        for number, (kind, status, ago, user) in enumerate(
            [
                (Kind.MOVIE, RequestStatus.APPROVED, 8, 4),  # out of the window
                (Kind.MOVIE, RequestStatus.DECLINED, 6, 4),  # does not count
                (Kind.MOVIE, RequestStatus.PENDING, 5, 7),  # somebody else's
                (Kind.MOVIE, RequestStatus.APPROVED, 3, 4),  # made to count for no quota
                (Kind.TV, RequestStatus.PENDING, 4, 4),
                (Kind.MOVIE, RequestStatus.PENDING, 2, 4),
            ],
            start=1,
        )
    ]
    limits = limits_of({4: quota(films=1, seasons=0)}, *requests)
    limits.admit(film(11), capped(1))

    assert refusal(limits, film(12), capped(9)) == (
        Reason.QUOTA,
        f"anna has 0 of 5 movies per 7 days left{AFTER}{OPENS} 2026-11-27 20:15 UTC",
    )
    assert refusal(limits, show(13, 1, 2, 3), capped(9)) == (
        Reason.QUOTA,
        f"anna has 0 of 10 seasons per 7 days left{AFTER}{OPENS} 2026-11-25 20:15 UTC",
    )
    assert refusal(limits, film(14, by=ADMIN), capped(1)) == (
        Reason.OVER_CAP,
        "max_per_run is 1; the next run continues",
    )


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (
            1,
            "0 of 5 movies per day left after this plan; the next slot opens 2026-11-23 20:15 UTC",
        ),
        (None, "0 of 5 movies left after this plan"),
        (0, "0 of 5 movies left after this plan"),
    ],
)
def test_a_quota_may_count_a_day_or_for_ever(days: int | None, left: str) -> None:
    limits = limits_of({4: Quota(movies=Allowance(0, 5, days))})
    assert refusal(limits, film(11), capped(9)) == (Reason.QUOTA, f"anna has {left}")


WEEK = Budget(3, timedelta(days=7), "week")


def test_a_budget_counts_the_titles_of_all_lists_within_its_window() -> None:
    before = (NOW - timedelta(days=7), NOW - timedelta(days=3))  # the first has just left
    limits = limits_of(created=before, budget=WEEK)

    assert outcomes(limits, capped(None, "one"), film(1)) == ["admitted"]
    assert outcomes(limits, capped(None, "two"), show(2, 1, 2, 3), film(3)) == [
        "admitted",
        "over-budget",
    ]


@pytest.mark.parametrize(
    ("before", "opens"),
    [
        pytest.param((5, 3, 1), "2026-11-24 20:15", id="the oldest leaves first"),
        pytest.param((6, 5, 4, 3, 1), "2026-11-25 20:15", id="more than it allows were made"),
    ],
)
def test_a_budget_says_when_the_next_slot_opens(before: tuple[int, ...], opens: str) -> None:
    limits = limits_of(created=tuple(NOW - timedelta(days=ago) for ago in before), budget=WEEK)

    assert refusal(limits, film(1), capped(9)) == (
        Reason.OVER_BUDGET,
        f"the budget is 3 a week; the next slot opens {opens} UTC",
    )


def test_a_title_over_the_budget_uses_up_no_quota_and_no_cap() -> None:
    limits = limits_of({4: quota(films=2)}, budget=Budget(1, timedelta(days=7), "week"))
    outcomes(limits, capped(2), film(1), film(2), film(3))

    assert outcomes(limits, capped(2), show(4, 1)) == ["over-budget"]
    assert refusal(limits, film(5), capped(1))[0] is Reason.OVER_CAP
