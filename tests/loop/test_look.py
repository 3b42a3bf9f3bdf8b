"""A run that only looks: lists, requesters, exclusion and ownership."""

from __future__ import annotations

from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from reconciler.core.model import Expected, Ids, Item, Outcome
from tests.loop.world import ALICE, BOB, World, by_imdb, by_tmdb, decisions

DUNE, HEAT, ALIEN, JOKER = (
    next(film for film in FILMS if (film.title, film.year) == name_and_year)
    for name_and_year in (("Dune", 2021), ("Heat", 1995), ("Alien", 1979), ("Joker", 2019))
)
FIRST, SECOND, NEVER = "imdb:ls000000001", "imdb:ls000000002", "imdb:ls000000003"


def two_lists(world: World, **second: object) -> None:
    world.write({"first": {"source": FIRST}, "second": {"source": SECOND, **second}})


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.PRIVATE,
        Outcome.MISSING,
        Outcome.BLOCKED,
        Outcome.CHANGED_LAYOUT,
        Outcome.RATE_LIMITED,
        Outcome.UNREACHABLE,
    ],
)
def test_a_list_that_cannot_be_read_does_not_stop_the_others(
    world: World, outcome: Outcome
) -> None:
    two_lists(world)
    world.lists.fail(FIRST, outcome)
    world.lists.hold(SECOND, [by_tmdb(DUNE)])
    assert decisions(world.look()) == {"Dune": "request"}


def test_half_a_list_may_add(world: World) -> None:
    two_lists(world)
    world.lists.hold(FIRST, [by_tmdb(HEAT)], Outcome.INCOMPLETE)
    world.lists.hold(SECOND, [by_tmdb(DUNE)], Outcome.UNVERIFIED)
    assert decisions(world.look()) == {"Dune": "request", "Heat": "request"}


def test_one_list_under_two_names_is_fetched_once(world: World) -> None:
    world.write({"a": {"source": FIRST}, "b": {"source": "ls000000001", "4k": True}})
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    reconciliation = world.look()
    assert world.lists.fetched_lists == [FIRST]
    assert [(a.lists, a.target.is_4k) for a in reconciliation.plan.actions] == [
        (("a",), False),
        (("b",), True),
    ]


@pytest.mark.parametrize("tops", [(1, 3), (3, 1)], ids=str)
def test_one_chart_under_two_names_is_read_as_far_as_either_wants(
    world: World, tops: tuple[int, int]
) -> None:
    chart = "trakt:movies/trending"
    titles = [by_tmdb(DUNE), by_tmdb(HEAT), by_tmdb(ALIEN)]
    names = dict(zip(("a", "b"), tops, strict=True))
    world.write({name: {"source": chart, "top": top} for name, top in names.items()})
    world.lists.hold(chart, titles, Outcome.UNVERIFIED)

    reconciliation = world.look()

    assert {
        lst.name: len(lst.entries) for lst in reconciliation.lists if lst.name in names
    } == names


def test_an_unknown_requester_is_the_error_of_its_list_alone(world: World) -> None:
    two_lists(world, requester="nobody")
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    world.lists.hold(SECOND, [by_tmdb(HEAT)])
    reconciliation = world.look()
    assert decisions(reconciliation) == {"Dune": "request", "Heat": "not-permitted"}
    problems = {lst.name: lst.problem.message for lst in reconciliation.lists if lst.problem}
    assert problems == {"second": "requester 'nobody' is not a user of the server"}


@pytest.mark.parametrize("requester", ["alice", "ALICE", ALICE], ids=["name", "case", "id"])
def test_a_list_asks_as_its_requester(world: World, requester: object) -> None:
    world.follow(by_tmdb(DUNE), requester=requester)
    (action,) = world.look().plan.actions
    assert (action.requester.user.id, action.expected) == (ALICE, Expected.PENDING)
    world.apply()
    (stored,) = world.sandbox.state.requests.values()
    assert (stored.requested_by.id, stored.status) == (ALICE, 1)


def test_the_keys_owner_approves_what_it_asks_on_a_users_behalf(world: World) -> None:
    world.follow(by_tmdb(DUNE), requester="alice", approval="auto")
    (action,) = world.look().plan.actions
    assert (action.requester.user.id, action.expected) == (ALICE, Expected.APPROVED)
    world.apply()
    (stored,) = world.sandbox.state.requests.values()
    assert (stored.requested_by.id, stored.status) == (ALICE, 2)


def test_top_cuts_a_list_before_any_look_up(world: World) -> None:
    world.follow(*map(by_imdb, FILMS[:9]), top=2)
    calls = world.calls(lambda: decisions(world.look()))
    assert sum("/search" in call.path for call in calls) == 2
    assert list(decisions(world.look())) == [film.title for film in FILMS[:2]]


def test_only_requesters_with_a_quota_are_asked_for_it(world: World) -> None:
    world.write(
        {
            name: {"source": FIRST, **({"requester": name} if name != "owner" else {})}
            for name in ("owner", "alice", "bob")
        }
        | {"again": {"source": SECOND, "requester": "alice"}}
    )
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    world.lists.hold(SECOND, [by_tmdb(HEAT)])
    calls = world.calls(world.look)
    quota_calls = [call.path for call in calls if call.path.endswith("/quota")]
    assert sorted(quota_calls) == [f"/api/v1/user/{user}/quota" for user in (ALICE, BOB)]


# ---------------------------------------------------------------------------------- exclude lists


def with_exclusion(world: World) -> None:
    world.write({"wishes": {"source": FIRST}, "never": {"source": NEVER, "role": "exclude"}})
    world.lists.hold(FIRST, map(by_tmdb, (DUNE, HEAT, ALIEN)))


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.INCOMPLETE, Outcome.EMPTY])
def test_an_exclude_list_that_was_never_complete_stops_everything(
    world: World, outcome: Outcome
) -> None:
    with_exclusion(world)
    world.lists.hold(NEVER, [by_imdb(HEAT)] * (outcome is Outcome.INCOMPLETE), outcome)
    reconciliation = world.look()
    assert [stop.message for stop in reconciliation.plan.stops] == ["exclude list never unread"]
    assert reconciliation.plan.actions == ()
    world.apply()
    assert world.requested() == []


def test_an_exclude_file_that_is_truly_empty_stops_nothing(world: World) -> None:
    world.write({"wishes": {"source": FIRST}, "never": {"source": "file:n.txt", "role": "exclude"}})
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    world.lists.hold("file:n.txt", [], Outcome.EMPTY, route="file")
    assert decisions(world.look()) == {"Dune": "request"}


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.INCOMPLETE])
def test_an_exclude_list_that_fails_excludes_what_it_held_and_what_it_shows(
    world: World, outcome: Outcome
) -> None:
    with_exclusion(world)
    world.lists.hold(NEVER, map(by_imdb, (DUNE, HEAT, ALIEN)))
    world.apply()
    fresh = [by_imdb(JOKER)] * (outcome is Outcome.INCOMPLETE)
    world.lists.hold(FIRST, map(by_tmdb, (DUNE, HEAT, ALIEN, JOKER)))
    world.lists.hold(NEVER, fresh, outcome)
    excluded = dict.fromkeys(("Dune", "Heat", "Alien"), "excluded")
    assert decisions(world.look()) == {**excluded, "Joker": "excluded" if fresh else "request"}


def test_an_exclude_list_that_is_whole_again_frees_what_left_it(world: World) -> None:
    with_exclusion(world)
    world.lists.hold(NEVER, map(by_imdb, (*FILMS[:8], HEAT)))
    world.apply()
    world.lists.hold(NEVER, map(by_imdb, FILMS[:8]))
    assert decisions(world.look())["Heat"] == "request"


def test_an_exclude_list_whose_titles_cannot_be_looked_up_stops_everything(world: World) -> None:
    with_exclusion(world)
    world.lists.hold(NEVER, [by_imdb(HEAT)])
    world.sandbox.faults.tmdb_down = True
    reconciliation = world.look()
    assert reconciliation.plan.actions == ()
    assert "could not be looked up" in reconciliation.plan.stops[0].hint


NAMELESS = Item(1, "Heat", 1995, ids=Ids(imdb="tt0000123"))
MAPPED = {"map": {"imdb:tt0000123": f"tmdb:movie:{HEAT.tmdb}"}}


@pytest.mark.parametrize(
    ("sections", "item", "verdict"),
    [
        ({"exclude": [f"tmdb:movie:{HEAT.tmdb}"]}, by_imdb(HEAT), "excluded"),
        ({"exclude": [f"imdb:{HEAT.imdb}"]}, by_tmdb(HEAT), "excluded"),
        ({"exclude": ['title:"Heat (1995)"']}, by_imdb(HEAT), "excluded"),
        ({"exclude": ["imdb:tt0000123"], **MAPPED}, by_imdb(HEAT), "excluded"),
        ({"exclude": [f"tmdb:movie:{HEAT.tmdb}"], **MAPPED}, NAMELESS, "excluded"),
        ({"exclude": ["imdb:tt0000123"]}, NAMELESS, "excluded"),
        ({"exclude": [f"tmdb:movie:{DUNE.tmdb + 1}"]}, by_imdb(HEAT), "request"),
    ],
    ids=[
        "its number",
        "another id",
        "its title",
        "a mapped id",
        "what it is mapped to",
        "an id nobody knows",
        "another title",
    ],
)
def test_a_title_is_excluded_by_whatever_names_it(
    world: World, sections: dict[str, Any], item: Item, verdict: str
) -> None:
    world.lists.hold(FIRST, [by_tmdb(DUNE), item])
    world.write({"wishes": {"source": FIRST}}, **sections)
    assert decisions(world.look()) == {"Dune": "request", "Heat": verdict}


def test_map_decides_what_an_item_is(world: World) -> None:
    world.lists.hold(FIRST, [by_imdb(DUNE)])
    world.write(
        {"wishes": {"source": FIRST}}, map={f"imdb:{DUNE.imdb}": f"tmdb:tv:{SHOWS[0].tmdb}"}
    )
    (action,) = world.look().plan.actions
    assert (str(action.target.media), action.matched_by) == (f"tv/{SHOWS[0].tmdb}", "map")


# -------------------------------------------------------------------------------------- ownership


def test_a_list_that_fails_still_owns_what_it_held(world: World) -> None:
    world.write(
        {
            "alices": {"source": FIRST, "requester": "alice", "max_per_run": 1},
            "bobs": {"source": SECOND, "requester": "bob"},
        }
    )
    world.lists.hold(FIRST, map(by_tmdb, (DUNE, HEAT)))
    world.lists.hold(SECOND, [by_tmdb(ALIEN)])
    world.apply()
    world.lists.fail(FIRST)
    world.lists.hold(SECOND, map(by_tmdb, (ALIEN, HEAT)))
    (action,) = world.look().plan.actions
    assert (action.item.title, action.requester.user.id, action.lists) == (
        "Heat",
        ALICE,
        ("alices", "bobs"),
    )


def test_what_only_a_failed_list_held_is_not_requested(world: World) -> None:
    two_lists(world)
    world.write({"wishes": {"source": FIRST, "max_per_run": 1}})
    world.lists.hold(FIRST, map(by_tmdb, (DUNE, HEAT)))
    world.apply()
    world.lists.fail(FIRST)
    assert world.look().plan.actions == ()


def test_a_list_with_another_source_is_a_new_list(world: World) -> None:
    world.write({"wishes": {"source": FIRST, "requester": "alice", "max_per_run": 1}})
    world.lists.hold(FIRST, map(by_tmdb, (DUNE, HEAT)))
    world.apply()
    world.write(
        {
            "wishes": {"source": NEVER, "requester": "alice"},
            "bobs": {"source": SECOND, "requester": "bob"},
        }
    )
    world.lists.fail(NEVER)
    world.lists.hold(SECOND, [by_tmdb(HEAT)])
    (action,) = world.look().plan.actions
    assert (action.requester.user.id, action.lists) == (BOB, ("bobs",))
