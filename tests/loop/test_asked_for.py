"""A run that somebody asks for: it comes once, whatever ends the process in between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from examples.sandbox.known_titles import FILMS
from reconciler.core.model import ALL, FetchScope, ListRef, Snapshot
from reconciler.ledger import SqliteLedger
from tests.loop.serving import fetches, pass_time, served
from tests.loop.world import Shelves, World, by_tmdb


class SlowShelves(Shelves):
    """Lists whose reading begins, and continues when the test allows it or they are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun, self.go_on = Event(), Event()
        self.go_on.set()

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        snapshot = super().fetch(ref, need)
        self.has_begun.set()
        assert self.go_on.wait(20)
        return snapshot

    def close(self) -> None:
        self.go_on.set()


@pytest.fixture
def slow(world: World) -> SlowShelves:
    world.lists = lists = SlowShelves()
    world.follow(by_tmdb(FILMS[0]))
    return lists


def ask(world: World, name: str = "wishes") -> None:
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        ledger.statuses.trigger(name)


def triggers(world: World) -> Mapping[str, int]:
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        return ledger.statuses.triggers()


def test_what_is_asked_for_is_done_once(world: World, tmp_path: Path) -> None:
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        ask(world)
        ask(world)
        for _ in range(5):
            pass_time(world, service, seconds=1)

        assert fetches(world) == 2
    assert triggers(world) == {}


def test_a_trigger_stays_in_the_ledger_until_its_run_has_ended(
    world: World, slow: SlowShelves, tmp_path: Path
) -> None:
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        slow.has_begun.clear()
        slow.go_on.clear()
        ask(world)
        service.tick()
        assert slow.has_begun.wait(20)
        standing = triggers(world)
        slow.go_on.set()
        assert service.wait_until_idle(20)

    assert list(standing) == ["wishes"]
    assert triggers(world) == {}


def test_a_trigger_whose_run_was_cut_off_is_answered_by_the_next_process(
    world: World, slow: SlowShelves, tmp_path: Path
) -> None:
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        slow.has_begun.clear()
        slow.go_on.clear()
        ask(world)
        service.tick()
        assert slow.has_begun.wait(20)
    assert list(triggers(world)) == ["wishes"]

    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        pass_time(world, service, seconds=1)
    assert fetches(world) == 3
    assert triggers(world) == {}


def test_what_is_asked_while_a_list_is_read_is_done_after_it(
    world: World, slow: SlowShelves, tmp_path: Path
) -> None:
    with served(world, tmp_path) as service:
        slow.go_on.clear()
        service.tick()
        assert slow.has_begun.wait(20)
        ask(world)
        service.tick()
        slow.go_on.set()
        assert service.wait_until_idle(20)
        pass_time(world, service, seconds=1)

    assert fetches(world) == 2
    assert triggers(world) == {}


def test_a_word_about_a_list_that_the_file_does_not_have_goes_away(
    world: World, tmp_path: Path
) -> None:
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service:
        pass_time(world, service, seconds=1)
        ask(world, "another")
        pass_time(world, service, seconds=1)

    assert triggers(world) == {}
    assert fetches(world) == 1
