"""A household for each test."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

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


class Waiting(NamedTuple):
    """A command that is still at it."""

    household: Household
    process: subprocess.Popen[str]


@pytest.fixture(scope="session")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.fixture(scope="session")
def half_a_minute(
    sites: SandboxSites, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Waiting]]:
    """What takes so long: a bot check that lets nobody in, and a server that never answers."""
    with ExitStack() as stack:
        server = stack.enter_context(SandboxServer())
        blocked = Household(tmp_path_factory.mktemp("blocked"), server)
        blocked.follow(sites, blocked="ls000000202")
        mute = Household(tmp_path_factory.mktemp("mute"), server)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        mute.write({"wishes": {"source": "file:wishes.txt"}}, url=url)
        fetch = blocked.started("fetch", "blocked", "-o", "json")
        yield {
            "blocked": Waiting(blocked, stack.enter_context(fetch)),
            "mute": Waiting(mute, stack.enter_context(mute.started("plan"))),
        }


@pytest.fixture(scope="session", autouse=True)
def _begun_early(request: pytest.FixtureRequest) -> None:
    """Let the slow ones wait while other tests run, where they are wanted at all."""
    if any("half_a_minute" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("half_a_minute")


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    with SandboxServer() as server:
        yield Household(tmp_path, server)
