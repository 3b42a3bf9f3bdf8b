"""The world a pass runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog

from tests.loop.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Without the log of every call, a failure can be read."""
    configured = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**configured)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with made.sandbox:
        yield made
