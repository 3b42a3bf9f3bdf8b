"""The end comes while a list is about to be read: it is not read any more."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from examples.sandbox.known_titles import FILMS
from reconciler.board import Board
from reconciler.ledger import HeldLedger
from reconciler.upkeep import Upkeep
from tests.loop.serving import doors_of
from tests.loop.world import Shelves, by_tmdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.core.model import ListRef, Snapshot
    from reconciler.ports import Sources
    from reconciler.spec import Spec
    from tests.loop.world import World


class Bolted(Shelves):
    """Lists that note whether they were still open when they were to be read."""

    def __init__(self) -> None:
        super().__init__()
        self.open = True
        self.read_open: list[bool] = []

    def fetch(self, ref: ListRef, top: int | None = None) -> Snapshot:
        self.read_open.append(self.open)
        return super().fetch(ref, top)

    def close(self) -> None:
        self.open = False


def test_what_is_opened_just_after_the_cut_is_closed_before_it_is_read(world: World) -> None:
    world.lists = lists = Bolted()
    world.follow(by_tmdb(FILMS[0]))
    stopping = Event()

    @contextmanager
    def sources(spec: Spec) -> Iterator[Sources]:
        del spec
        stopping.set()
        upkeep.cut()  # which has seen nothing of what is being opened here
        try:
            yield lists
        finally:
            lists.close()

    with HeldLedger() as held:
        doors = replace(doors_of(world, held), sources=sources)
        upkeep = Upkeep(world.spec, doors, Board(), stopping)
        upkeep("wishes")

    assert lists.read_open == [False]
    assert world.requested() == []
