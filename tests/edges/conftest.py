"""The client under test, and a server that is nothing but its answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests_mock

from reconciler.overseerr import OverseerrServer
from reconciler.ports import MediaServer
from tests.edges.made_up import KEY, URL


@pytest.fixture(name="mock")
def _mock() -> Iterator[requests_mock.Mocker]:
    """Every HTTP call ends here; one that nothing was said about fails."""
    with requests_mock.Mocker() as mock:
        yield mock


@pytest.fixture(name="server")
def _server() -> Iterator[MediaServer]:
    """Annotated as the port: the type checker proves that the class fits it."""
    with OverseerrServer(URL, KEY, rate=10_000) as server:
        yield server
