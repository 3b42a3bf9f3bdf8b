"""The requester's quota, then the list's cap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.limits import Limits
from reconciler.core.model import (
    Action,
    Allowance,
    Expected,
    Kind,
    MediaKey,
    Op,
    Quota,
    Reason,
    Requester,
    Route,
    Target,
    Why,
    Wishlist,
)
from tests.core.values import ADMIN, ANNA, item, wishes

FREE = Quota()


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
        matched_by=Route.TMDB,
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


def capped(cap: int | None, name: str = "list") -> Wishlist:
    return replace(wishes(name=name), max_per_run=cap)


def fates(limits: Limits, owner: Wishlist, *actions: Action) -> list[str]:
    refusals = [limits.refuse(action, owner) for action in actions]
    return [refusal[0] if refusal else "admitted" for refusal in refusals]


def test_without_quota_and_cap_everything_is_admitted() -> None:
    limits = Limits({})

    assert fates(limits, capped(None), *map(film, range(1, 100))) == ["admitted"] * 99


def test_a_cap_admits_so_many_titles_films_and_shows_together() -> None:
    actions = [film(1), show(2, 1, 2, 3), show(3, 4, op=Op.EXTEND), film(4)]

    assert fates(Limits({}), capped(2), *actions) == [
        "admitted",
        "admitted",
        "over-cap",
        "over-cap",
    ]


def test_each_list_has_its_own_cap() -> None:
    limits = Limits({})

    assert fates(limits, capped(1, "one"), film(1), film(2)) == ["admitted", "over-cap"]
    assert fates(limits, capped(1, "two"), film(3)) == ["admitted"]


def test_a_quota_of_films_says_nothing_of_shows() -> None:
    limits = Limits({4: quota(films=1)})

    assert fates(limits, capped(None), film(1), film(2), show(3, 1)) == [
        "admitted",
        "quota",
        "admitted",
    ]


def test_a_quota_counts_the_seasons_of_a_show_all_or_none() -> None:
    limits = Limits({4: quota(seasons=3)})
    actions = [show(1, 1, 2), show(2, 1, 2), show(3, 7)]

    assert fates(limits, capped(None), *actions) == ["admitted", "quota", "admitted"]


def test_one_users_quota_is_not_anothers() -> None:
    limits = Limits({4: quota(films=0)})

    assert fates(limits, capped(None), film(1), film(2, by=ADMIN)) == ["quota", "admitted"]


def test_a_quota_spans_the_lists_of_a_user() -> None:
    limits = Limits({4: quota(films=1)})

    assert fates(limits, capped(None, "one"), film(1)) == ["admitted"]
    assert fates(limits, capped(None, "two"), film(2)) == ["quota"]


def test_a_title_over_its_quota_uses_up_no_cap() -> None:
    limits = Limits({4: quota(films=0)})

    assert fates(limits, capped(1), film(1), film(2), show(3, 1)) == ["quota", "quota", "admitted"]


def test_a_title_over_the_cap_uses_up_no_quota() -> None:
    limits = Limits({4: quota(films=2)})

    assert fates(limits, capped(1, "one"), film(1), film(2), film(3)) == [
        "admitted",
        "over-cap",
        "over-cap",
    ]
    assert fates(limits, capped(1, "two"), film(4)) == ["admitted"]


def test_a_large_show_does_not_block_the_small_one_behind_it() -> None:
    limits = Limits({4: quota(seasons=2)})

    assert fates(limits, capped(None), show(1, *range(1, 9)), show(2, 1)) == ["quota", "admitted"]


@pytest.mark.parametrize("op", [Op.RETRY, Op.CANCEL])
def test_only_requests_and_extensions_count(op: Op) -> None:
    limits = Limits({4: quota(films=0, seasons=0)})

    assert limits.refuse(ask(MediaKey(Kind.MOVIE, 1), op=op), capped(0)) is None


def test_a_refusal_says_what_is_left() -> None:
    limits = Limits({4: quota(films=1, seasons=2)})
    limits.refuse(film(1), capped(1))

    assert limits.refuse(film(2), capped(9)) == (
        Reason.QUOTA,
        "anna has 0 of 5 films left in 7 days",
    )
    assert limits.refuse(show(3, 1, 2, 3), capped(9)) == (
        Reason.QUOTA,
        "anna has 2 of 10 seasons left in 7 days",
    )
    assert limits.refuse(film(4, by=ADMIN), capped(1)) == (
        Reason.OVER_CAP,
        "max_per_run is 1; the next pass goes on",
    )
