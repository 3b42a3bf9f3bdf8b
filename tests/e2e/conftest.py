"""A household for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from tests.e2e.household import Household


@pytest.fixture(scope="module", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Every command is a new process; only the first has to compile what it imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    with SandboxServer() as server:
        yield Household(tmp_path, server)
