"""A run that reads some lists only: the others act on nothing, and count all the same."""

from __future__ import annotations

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import Outcome
from reconciler.sync.reconcile import Reconciliation, reconcile_lists
from reconciler.sync.reports import list_reports
from tests.loop.world import World, by_imdb

FIRST, SECOND, NEVER = "imdb:ls000000001", "imdb:ls000000002", "imdb:ls000000003"
FILM_1, FILM_2, FILM_3 = (by_imdb(title) for title in FILMS[:3])


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
    world.lists.hold(FIRST, [FILM_1])
    world.lists.hold(SECOND, [FILM_1, FILM_2, FILM_3])
    world.lists.hold(NEVER, [FILM_3])


def narrowed(world: World, *names: str) -> Reconciliation:
    world.lists.fetched_lists.clear()
    with world.open_context() as context:
        return reconcile_lists(world.config, context, names)


def remember(world: World) -> None:
    """A run over all lists that is remembered, and asks for nothing."""
    with world.open_context() as context:
        reconciliation = reconcile_lists(world.config, context)
        state = reconciliation.decision.state
        context.ledger.memory.record(
            state.memory.slots,
            state.memberships,
            reconciliation.decision.claims,
            reconciliation.recalled,
            state.memory.ours,
        )
        sources = {lst.name: lst.source for lst in world.config.lists}
        context.ledger.cache.keep_reports(
            list_reports(reconciliation, sources, (), {}, world.clock.now())
        )


def requesters(reconciliation: Reconciliation) -> dict[str, str]:
    return {action.item.title: action.requester.user.name for action in reconciliation.plan.actions}


def test_only_the_named_lists_are_read_once_the_others_are_known(world: World) -> None:
    narrowed(world, "second")
    assert world.lists.fetched_lists == [SECOND, NEVER, FIRST]
    world.apply()
    narrowed(world, "second")
    assert world.lists.fetched_lists == [SECOND]


def test_only_the_named_lists_lead_to_actions(world: World) -> None:
    assert requesters(narrowed(world, "first")) == {FILM_1.title: "alice"}


@pytest.mark.parametrize("outcome", [Outcome.COMPLETE, Outcome.UNVERIFIED])
def test_a_title_stays_with_its_owner_though_that_list_is_not_read(
    world: World, outcome: Outcome
) -> None:
    world.lists.hold(FIRST, [FILM_1], outcome)
    remember(world)
    assert requesters(narrowed(world, "second")) == {FILM_1.title: "alice", FILM_2.title: "bob"}


def test_an_exclude_list_that_is_not_read_excludes_what_it_held(world: World) -> None:
    remember(world)
    assert FILM_3.title not in requesters(narrowed(world, "second"))


def test_a_shared_title_is_requested_as_its_owners_requester_before_that_list_ever_ran(
    world: World,
) -> None:
    reconciliation = narrowed(world, "second")
    assert requesters(reconciliation) == {FILM_1.title: "alice", FILM_2.title: "bob"}
    assert reconciliation.snapshots.keys() == {"second", "never"}


@pytest.mark.parametrize(
    ("options", "others"),
    [
        pytest.param({"requester": "alice"}, [FIRST], id="another requester"),
        pytest.param({"requester": "bob"}, [], id="the same requester"),
        pytest.param({"requester": "bob", "approval": "auto"}, [FIRST], id="another approval"),
        pytest.param({"requester": "alice", "4k": True}, [], id="another quality"),
        pytest.param({"requester": "alice", "suspend": True}, [], id="suspended"),
    ],
)
def test_a_list_above_is_read_along_where_it_may_own_titles_for_somebody_else(
    world: World, options: dict[str, object], others: list[str]
) -> None:
    world.write(
        {
            "first": {"source": FIRST, **options},
            "second": {"source": SECOND, "requester": "bob"},
        }
    )
    narrowed(world, "second")
    assert world.lists.fetched_lists == [SECOND, *others]


def test_a_list_below_is_not_read_along(world: World) -> None:
    narrowed(world, "first")
    assert SECOND not in world.lists.fetched_lists


def test_a_list_that_could_not_be_read_before_holds_nobody_up(world: World) -> None:
    world.lists.fail(FIRST)
    remember(world)
    assert requesters(narrowed(world, "second")) == {FILM_1.title: "bob", FILM_2.title: "bob"}
    assert FIRST not in world.lists.fetched_lists
