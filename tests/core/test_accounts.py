"""Every list accounts for all of its titles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from reconciler.core.model import DesiredList, Entry, Item, Policy, Reason, Role, Unmatched
from reconciler.core.plan import calculate
from reconciler.core.reconcile import ListAccount, list_accounts
from tests.core.any_world import World, worlds
from tests.core.values import BEAR, DUNE, HEAT, NOW, entry, having, plan, wishes


def accounts(*lists: DesiredList) -> dict[str, ListAccount]:
    return list_accounts(lists, plan(*lists))


@given(worlds())
@settings(max_examples=110)
def test_every_title_that_a_list_gave_is_counted_once(world: World) -> None:
    lists, observed, memory = world
    made = calculate(lists, observed, memory, Policy(), NOW)
    counted = {name: account.total for name, account in list_accounts(lists, made).items()}
    assert counted == {
        lst.name: sum(entry.fresh for entry in lst.entries)
        for lst in lists
        if lst.rules.role is Role.REQUEST
    }


FIRST = wishes(entry(DUNE), entry(HEAT, 2), name="first", index=0)
SECOND = wishes(entry(DUNE), entry(BEAR, 2), name="second", index=1)


@pytest.mark.parametrize(
    ("lists", "account"),
    [
        pytest.param([FIRST, SECOND], ListAccount(1, {"first": 1}), id="an earlier list has one"),
        pytest.param(
            [having(FIRST, suspended=True), SECOND], ListAccount(2), id="that list is suspended"
        ),
        pytest.param(
            [FIRST, having(SECOND, suspended=True)],
            ListAccount(1, {"first": 1}),
            id="this list is suspended",
        ),
        pytest.param(
            [replace(FIRST, entries=(entry(DUNE, fresh=False),)), SECOND],
            ListAccount(1, {"first": 1}),
            id="the earlier list was not read now",
        ),
        pytest.param(
            [replace(SECOND, entries=(*SECOND.entries, entry(BEAR, 3)))],
            ListAccount(2, {}, 1),
            id="one title twice",
        ),
        pytest.param(
            [having(SECOND, is_4k=True), having(FIRST, index=2, name="third")],
            ListAccount(2),
            id="another quality is another title",
        ),
    ],
)
def test_a_title_is_counted_where_it_belongs(
    lists: list[DesiredList], account: ListAccount
) -> None:
    assert accounts(*lists)["second"] == account


def test_titles_that_lead_nowhere_are_counted_as_well() -> None:
    odd, *nameless = (
        Entry(Item(position, title), Unmatched(Reason.NOT_FOUND, ""))
        for position, title in enumerate(("Odd", "", ""), start=1)
    )
    first = replace(FIRST, entries=(odd,))
    second = replace(SECOND, entries=(odd, *nameless))

    assert accounts(first, second)["second"] == ListAccount(2, {"first": 1})


def test_an_exclude_list_has_no_account() -> None:
    assert accounts(having(FIRST, role=Role.EXCLUDE)) == {}
