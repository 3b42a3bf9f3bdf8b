"""``was``: a list keeps its history through a rename, also where its source changes as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.titles import Title
from reconciler.controller.metrics import Metrics
from reconciler.core import conditions
from reconciler.core.membership import extend_baseline
from reconciler.core.model import Item, ListRef, Outcome
from reconciler.ledger import SqliteLedger
from reconciler.sync.reconcile import reconcile_lists
from tests.loop.serving import pass_time, served
from tests.loop.world import ALICE, BOB, NOON, World, by_imdb, by_tmdb, decisions

FIRST, SECOND, THIRD = (f"imdb:ls00000000{number}" for number in (1, 2, 3))
OLD, NEW, DUNE = FILMS[1:5], FILMS[5], FILMS[0]

renamed_or_moved = pytest.mark.parametrize(
    "source", [FIRST, SECOND], ids=["renamed", "renamed and moved"]
)


def rename(
    world: World,
    source: str,
    films: Iterable[Title],
    item: Callable[[Title], Item] | None = None,
    **options: Any,  # noqa: ANN401 - YAML
) -> None:
    """The list has another name, and maybe another source, which has other ids by default."""
    world.lists.hold(source, map(item or (by_tmdb if source == FIRST else by_imdb), films))
    world.write({"films": {"source": source, "was": "wishes", **options}})


def notice(world: World) -> str | None:
    return next(lst.notice for lst in world.look().lists if lst.name == "films")


def stored_lists(world: World) -> set[str]:
    """The names under which the ledger has memberships."""
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        return set(ledger.memory.memberships())


def decline(world: World, film: Title) -> None:
    world.person("POST", f"/request/{world.number(film)}/decline")


@renamed_or_moved
def test_what_was_adopted_stays_adopted_and_what_is_new_is_requested(
    world: World, source: str
) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.apply()

    rename(world, source, (*OLD, NEW), start="new-only")

    assert (notice(world), world.requested()) == (None, [])
    world.apply()
    assert world.requested() == [NEW.tmdb]
    assert world.look().plan.actions == ()


@renamed_or_moved
def test_a_plan_shows_the_rename_and_apply_writes_it_once(world: World, source: str) -> None:
    world.follow(*map(by_tmdb, OLD))
    world.apply()
    rename(world, source, OLD)

    assert set(decisions(world.look()).values()) == {"processing"}
    assert stored_lists(world) == {"wishes"}
    for _ in range(2):
        world.apply()
        assert (stored_lists(world), notice(world)) == ({"films"}, None)


@pytest.mark.parametrize(
    ("source", "item", "requests"),
    [
        pytest.param(FIRST, by_tmdb, 2, id="put back"),
        pytest.param(SECOND, by_tmdb, 1, id="first sight elsewhere"),
        pytest.param(SECOND, by_imdb, 1, id="first sight elsewhere under another id"),
    ],
)
def test_what_was_declined_is_requested_again_only_when_it_is_put_back(
    world: World, source: str, item: Callable[[Title], Item], requests: int
) -> None:
    world.follow(*map(by_tmdb, (DUNE, *OLD)))
    world.apply()
    decline(world, DUNE)
    world.lists.hold(FIRST, map(by_tmdb, OLD))
    world.apply()

    rename(world, source, (DUNE, *OLD), item)
    world.apply()
    assert world.requested().count(DUNE.tmdb) == requests

    decline(world, DUNE)
    for films in (OLD, (DUNE, *OLD)):  # it leaves the list under its new name, and comes back
        rename(world, source, films, item)
        world.apply()
    assert world.requested().count(DUNE.tmdb) == requests + 1


@pytest.mark.parametrize(
    ("source", "days"),
    [pytest.param(FIRST, 3, id="renamed"), pytest.param(SECOND, 7, id="renamed and moved")],
)
def test_what_has_left_the_list_is_canceled_under_its_new_name(
    world: World, source: str, days: int
) -> None:
    """``prune_after`` counts from the first complete fetch without it, at the list's source."""
    options: dict[str, Any] = {"requester": "alice", "prune": "cancel-pending"}
    world.follow(*map(by_tmdb, (DUNE, *OLD)), **options)
    world.apply()
    world.lists.hold(FIRST, map(by_tmdb, OLD))
    world.apply()
    world.clock.forward(days=4)

    rename(world, source, OLD, **options)
    world.apply()
    world.clock.forward(days=days - 1)
    world.apply()
    assert DUNE.tmdb in world.requested()
    world.clock.forward(days=1)
    world.apply()

    assert sorted(world.requested()) == sorted(film.tmdb for film in OLD)


def requesters(world: World) -> dict[int, int]:
    """As whom each title was requested."""
    return {r.media.tmdb: r.requested_by.id for r in world.sandbox.state.requests.values()}


def write_two(world: World) -> None:
    """The list has moved, and one with other rights below it has all its titles."""
    world.lists.hold(THIRD, map(by_tmdb, (DUNE, *OLD, NEW)))
    world.write(
        {
            "films": {"source": SECOND, "was": "wishes", "requester": "alice"},
            "more": {"source": THIRD, "requester": "bob"},
        }
    )


@pytest.mark.parametrize("outcome", [Outcome.INCOMPLETE, Outcome.UNVERIFIED, Outcome.BLOCKED])
def test_half_a_list_at_a_new_source_takes_no_title_from_it(world: World, outcome: Outcome) -> None:
    """Its titles keep their owner, and a title that comes back later is not a re-add."""
    world.follow(*map(by_tmdb, (DUNE, *OLD)), requester="alice", max_per_run=1)
    world.apply()
    decline(world, DUNE)
    world.lists.hold(SECOND, [], outcome)
    write_two(world)
    for _ in range(2):
        world.apply()
    rename(world, SECOND, (DUNE, *OLD), requester="alice")
    world.apply()

    owners = {film.tmdb: ALICE for film in (DUNE, *OLD)} | {NEW.tmdb: BOB}
    assert requesters(world) == owners
    assert len(world.requested()) == len(owners)


def test_a_list_that_moved_is_read_before_a_later_list_takes_its_titles(world: World) -> None:
    world.follow(by_tmdb(DUNE), requester="alice")
    world.apply()
    world.lists.hold(SECOND, map(by_imdb, OLD))
    write_two(world)

    with world.open_context() as context:
        plan = reconcile_lists(world.config, context, {"more"}).plan

    owners = {film.title: "alice" for film in OLD} | {NEW.title: "bob"}
    assert {a.item.title: a.requester.user.name for a in plan.actions} == owners


def test_an_exclude_list_that_moved_stops_requests_until_it_is_read(world: World) -> None:
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    world.lists.hold(THIRD, map(by_tmdb, (DUNE, NEW)))
    never: dict[str, Any] = {"source": FIRST, "role": "exclude"}
    wishes = {"source": THIRD}
    world.write({"never": never, "wishes": wishes})
    world.apply()
    assert world.requested() == [NEW.tmdb]

    world.lists.fail(SECOND)
    world.write({"nope": {**never, "source": SECOND, "was": "never"}, "wishes": wishes})
    assert world.look().plan.stops
    world.lists.hold(SECOND, [by_imdb(DUNE)])

    assert decisions(world.look())[DUNE.title] == "excluded"


def test_a_name_that_the_ledger_does_not_know_is_a_note(world: World) -> None:
    rename(world, FIRST, OLD)

    assert notice(world) == "was: wishes: the ledger has no list with this name"
    world.apply()
    assert notice(world) is None


def test_a_list_with_a_history_of_its_own_keeps_it_and_that_is_a_note(world: World) -> None:
    world.follow(*map(by_tmdb, OLD))
    world.apply()
    world.write({"films": {"source": FIRST}})
    world.apply()

    rename(world, FIRST, OLD)
    world.apply()

    assert notice(world) == "was: wishes: not used, because films has a history of its own"
    assert stored_lists(world) == {"wishes", "films"}


def test_a_list_that_was_never_read_under_its_new_name_takes_the_history(world: World) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.apply()
    world.lists.fail(FIRST)
    world.write({"films": {"source": FIRST, "start": "new-only"}})
    world.apply()

    rename(world, FIRST, (*OLD, NEW), start="new-only")
    world.apply()

    assert (stored_lists(world), world.requested()) == ({"films"}, [NEW.tmdb])


def test_a_former_list_of_the_same_name_at_another_source_is_no_history(world: World) -> None:
    world.lists.hold(THIRD, [by_tmdb(DUNE)])
    world.write({"films": {"source": THIRD}})
    world.apply()
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.apply()

    rename(world, FIRST, (*OLD, NEW), start="new-only")
    world.apply()

    assert (notice(world), world.requested()) == (None, [DUNE.tmdb, NEW.tmdb])


def test_what_is_adopted_before_the_first_run_under_a_new_name_counts_too(world: World) -> None:
    """As ``listsync adopt`` writes it, without the lock."""
    world.follow(*map(by_tmdb, OLD), start="new-only")
    world.apply()
    rename(world, SECOND, (*OLD, NEW, DUNE), start="new-only")
    url = world.sandbox.url
    with SqliteLedger(world.ledger, url, world.config.rules) as ledger:
        previous = ledger.memory.baselines()["films"]
        baseline = extend_baseline(previous, ListRef("imdb", SECOND[5:]), [by_imdb(DUNE)], NOON)
        ledger.memory.keep_baselines({"films": baseline})

    world.apply()

    assert world.requested() == [NEW.tmdb]


def test_run_keeps_conditions_schedule_and_runs_through_a_reload(
    world: World, tmp_path: Path
) -> None:
    world.follow(*map(by_tmdb, OLD))
    metrics = Metrics()
    with served(world, tmp_path, metrics) as service:
        metrics.watch(lambda: service.status)
        pass_time(world, service, seconds=1)
        before, titles = service.status, metrics.text().decode()
        world.clock.forward(minutes=5)
        world.lists.fail(SECOND)
        rename(world, SECOND, OLD)
        world.lists.fail(SECOND)
        service.reload()
        assert service.status.conditions["films"] == before.conditions["wishes"]
        created = 'listsync_titles{list="%s",verdict="created"} 4.0'
        assert created % "wishes" in titles
        assert created % "films" in metrics.text().decode()
        pass_time(world, service, seconds=1)
        after, (intents, runs) = service.status, service.history()

    (schedule,) = after.schedules.values()
    assert schedule.succeeded == before.schedules["wishes"].succeeded
    assert conditions.is_true(after.conditions["films"], conditions.READY) is False
    assert {intent.lists for intent in intents} == {("films",)}
    assert {run.lists for run in runs} == {("films",)}
    assert stored_lists(world) == {"films"}


def test_run_at_its_start_knows_a_list_by_its_new_name(world: World, tmp_path: Path) -> None:
    world.follow(*map(by_tmdb, OLD), start="new-only")
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
    rename(world, SECOND, (*OLD, NEW), start="new-only")
    with served(world, tmp_path) as service:
        assert set(service.status.conditions) >= {"films"}
        pass_time(world, service, seconds=1)

    assert world.requested() == [NEW.tmdb]


def test_an_exclude_list_that_is_renamed_and_moved_waits_as_one_that_is_moved(
    world: World, tmp_path: Path
) -> None:
    world.lists.hold(FIRST, [by_tmdb(DUNE)])
    world.lists.hold(SECOND, [by_tmdb(NEW)])
    world.lists.hold(THIRD, map(by_tmdb, (DUNE, NEW)))
    never: dict[str, Any] = {"source": FIRST, "role": "exclude"}
    wishes = {"source": THIRD, "interval": "5m"}
    world.write({"never": never, "wishes": wishes})
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        world.write({"nope": {**never, "source": SECOND, "was": "never"}, "wishes": wishes})
        service.reload()
        pass_time(world, service, seconds=1)
        (change,) = service.status.waiting
        waiting = (change.list, change.words, service.status.names)
        pass_time(world, service, seconds=121)

        assert waiting == (
            "never",
            f"it excludes {SECOND} instead of {FIRST}",
            ("never", "wishes"),
        )
        assert (service.status.names, service.status.waiting) == (("nope", "wishes"), ())
    assert stored_lists(world) == {"nope", "wishes"}
