"""The end comes while a list is read, or about to be: nobody waits for it any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

from examples.sandbox.known_titles import FILMS
from reconciler.config import Config
from reconciler.controller.list_reconciler import ListReconciler
from reconciler.controller.statuses import StatusStore
from reconciler.core.model import ALL, FetchScope, ListRef, Snapshot
from reconciler.ledger import LockedLedger
from reconciler.ports import Sources
from tests.loop.serving import factories_of, served
from tests.loop.world import Shelves, World, by_tmdb


def test_what_is_opened_just_after_the_cut_is_closed_unread(world: World) -> None:
    world.follow(by_tmdb(FILMS[0]))
    stopping, closed = Event(), Event()

    @contextmanager
    def sources(config: Config) -> Iterator[Sources]:
        del config
        stopping.set()
        reconciler.cancel_fetches()  # which has seen nothing of what is being opened here
        try:
            yield world.lists
        finally:
            closed.set()

    with LockedLedger() as ledgers:
        factories = replace(factories_of(world, ledgers), sources=sources)
        reconciler = ListReconciler(world.config, factories, StatusStore(), stopping)
        reconciler("wishes")

    assert closed.is_set()
    assert (world.lists.fetched_lists, world.requested()) == ([], [])


class Deaf(Shelves):
    """Lists that ignore the end of the process, because they wait for a site's Retry-After."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun, self.go_on = Event(), Event()

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        self.has_begun.set()
        self.go_on.wait(20)
        return super().fetch(ref, need)


def test_nobody_waits_for_a_site_that_has_said_to_come_back_later(
    world: World, tmp_path: Path
) -> None:
    world.lists = lists = Deaf()
    world.follow(by_tmdb(FILMS[0]))
    with served(world, tmp_path) as service:
        assert lists.has_begun.wait(20)
        start = time.monotonic()
        assert service.stop()
        assert time.monotonic() - start < 10
    lists.go_on.set()
    assert world.requested() == []
