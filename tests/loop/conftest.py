"""The world in which a run takes place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from reconciler.logs import Logger
from tests.loop.world import World

_IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None  # noqa: S108 - a folder of its own in it


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Without the log of every call, a failure can be read."""
    Logger().error("a test begins")  # settings that wait for a first line are applied here
    structlog.reset_defaults()  # a command that ran in this process may have set a level
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.reset_defaults()


@pytest.fixture
def world() -> Iterator[World]:
    """Its ledger is in memory where the system has a disk there: a day's turns sync 8,000 times."""
    with tempfile.TemporaryDirectory(prefix="listsync-", dir=_IN_MEMORY) as folder:
        made = World(Path(folder))
        with made.sandbox:
            yield made
