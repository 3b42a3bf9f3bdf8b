"""A pass that reads some lists only: the others act on nothing, and count all the same."""

from __future__ import annotations

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import Outcome
from reconciler.sync.reconcile import Reconciliation, reconcile_lists
from reconciler.sync.reports import list_reports
from tests.loop.world import World, by_imdb

FIRST, SECOND, NEVER = "imdb:ls000000001", "imdb:ls000000002", "imdb:ls000000003"
ONE, TWO, THREE = (by_imdb(title) for title in FILMS[:3])


@pytest.fixture(autouse=True)
def lists(world: World) -> None:
    """Two lists that share a title, and a list that excludes another."""
    world.write(
        {
            "first": {"source": FIRST, "requester": "alice"},
            "second": {"source": SECOND, "requester": "bob"},
            "never": {"source": NEVER, "role": "exclude"},
        }
    )
    world.lists.hold(FIRST, [ONE])
    world.lists.hold(SECOND, [ONE, TWO, THREE])
    world.lists.hold(NEVER, [THREE])


def narrowed(world: World, *names: str) -> Reconciliation:
    world.lists.fetched.clear()
    with world.open_context() as context:
        return reconcile_lists(world.config, context, names)


def remember(world: World) -> None:
    """A pass over all lists that is remembered, and asks for nothing."""
    with world.open_context() as context:
        seen = reconcile_lists(world.config, context)
        state = seen.decision.state
        context.ledger.memory.record(
            state.memory.slots,
            state.memberships,
            seen.decision.claims,
            seen.recalled,
            state.memory.ours,
        )
        sources = {lst.name: lst.source for lst in world.config.lists}
        context.ledger.cache.keep_reports(list_reports(seen, sources, (), {}, world.clock.now()))


def asked(seen: Reconciliation) -> dict[str, str]:
    return {action.item.title: action.requester.user.name for action in seen.plan.actions}


def test_only_the_named_lists_are_read_once_the_others_are_known(world: World) -> None:
    narrowed(world, "second")
    assert world.lists.fetched == [SECOND, NEVER, FIRST]
    world.apply()
    narrowed(world, "second")
    assert world.lists.fetched == [SECOND]


def test_only_the_named_lists_lead_to_actions(world: World) -> None:
    assert asked(narrowed(world, "first")) == {ONE.title: "alice"}


@pytest.mark.parametrize("outcome", [Outcome.COMPLETE, Outcome.UNVERIFIED])
def test_a_title_stays_with_its_owner_though_that_list_is_not_read(
    world: World, outcome: Outcome
) -> None:
    world.lists.hold(FIRST, [ONE], outcome)
    remember(world)
    assert asked(narrowed(world, "second")) == {ONE.title: "alice", TWO.title: "bob"}


def test_an_exclude_list_that_is_not_read_excludes_what_it_held(world: World) -> None:
    remember(world)
    assert THREE.title not in asked(narrowed(world, "second"))


def test_a_shared_title_is_requested_as_its_owners_requester_before_that_list_ever_ran(
    world: World,
) -> None:
    seen = narrowed(world, "second")
    assert asked(seen) == {ONE.title: "alice", TWO.title: "bob"}
    assert seen.snapshots.keys() == {"second", "never"}


@pytest.mark.parametrize(
    ("options", "fetched"),
    [
        pytest.param({"requester": "alice"}, [FIRST], id="another requester"),
        pytest.param({"requester": "bob"}, [], id="the same requester"),
        pytest.param({"requester": "bob", "approval": "auto"}, [FIRST], id="another approval"),
        pytest.param({"requester": "alice", "4k": True}, [], id="another quality"),
        pytest.param({"requester": "alice", "suspend": True}, [], id="suspended"),
    ],
)
def test_a_list_above_is_read_along_where_it_may_own_titles_for_somebody_else(
    world: World, options: dict[str, object], fetched: list[str]
) -> None:
    world.write(
        {
            "first": {"source": FIRST, **options},
            "second": {"source": SECOND, "requester": "bob"},
        }
    )
    narrowed(world, "second")
    assert world.lists.fetched == [SECOND, *fetched]


def test_a_list_below_is_not_read_along(world: World) -> None:
    narrowed(world, "first")
    assert SECOND not in world.lists.fetched


def test_a_list_that_could_not_be_read_before_holds_nobody_up(world: World) -> None:
    world.lists.fail(FIRST)
    remember(world)
    assert asked(narrowed(world, "second")) == {ONE.title: "bob", TWO.title: "bob"}
    assert FIRST not in world.lists.fetched
