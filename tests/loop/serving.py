"""A ``Service`` over a world: real threads, a clock set by hand, and a log that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from reconciler.config import Config
from reconciler.controller.list_reconciler import Factories
from reconciler.controller.metrics import Metrics
from reconciler.controller.service import Service
from reconciler.ledger import LockedLedger
from reconciler.notify.dispatcher import NotificationDispatcher
from reconciler.overseerr import OverseerrServer
from reconciler.ports import MediaServer, Sources
from reconciler.render.progress import Silence
from reconciler.wiring import may_need_browser
from tests.loop.world import World


class File:
    """The world's file; nobody changes it behind its back."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path

    def read(self) -> Config:
        return self._world.config

    def parts(self) -> frozenset[Path]:
        return frozenset({self._path})


def factories_of(world: World, ledgers: LockedLedger, metrics: Metrics | None = None) -> Factories:
    """How runs get at what is in this world."""

    def server(config: Config) -> AbstractContextManager[MediaServer]:
        key = config.server.api_key.get_secret_value()
        return OverseerrServer(config.server.url, key, rate=100_000, timeout=5)

    def sources(config: Config) -> AbstractContextManager[Sources]:
        del config
        return closing(world.lists)

    return Factories(
        server=server,
        sources=sources,
        ledger=lambda config: ledgers.at(world.ledger, config.server.url),
        needs_browser=may_need_browser,
        clock=world.clock,
        progress=Silence(),
        metrics=metrics or Metrics(),
        chance=lambda: 0.5,
        dispatcher=NotificationDispatcher(world.mailbox),
    )


@contextmanager
def served(world: World, path: Path, metrics: Metrics | None = None) -> Iterator[Service]:
    """A service over this world, ended when the block ends."""
    with LockedLedger() as ledgers:
        factories = factories_of(world, ledgers, metrics)
        service = Service(world.config, File(world, path), factories, lambda _: None)
        service.load()
        service.begin(poll=True)
        try:
            yield service
        finally:
            assert service.stop()


def pass_time(world: World, service: Service, **by: float) -> None:
    """Let time pass, and run what is due."""
    world.clock.forward(**by)
    service.tick()
    assert service.wait_until_idle(20)


def fetches(world: World) -> int:
    return len(world.lists.fetched_lists)
