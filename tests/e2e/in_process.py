"""The command within the test's own process: for tables of runs, which need no process each."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import structlog

from reconciler.cli import run

if TYPE_CHECKING:
    import pytest

    from tests.e2e.household import Finished, Household


class InProcess:
    """Runs ``listsync`` in a household's folder. Nobody is at a terminal."""

    def __init__(
        self,
        house: Household,
        patch: pytest.MonkeyPatch,
        capture: pytest.CaptureFixture[str],
    ) -> None:
        self._house = house
        self._patch = patch
        self._capture = capture

    def __call__(self, *arguments: str, **env: str) -> Finished:
        """One command line; ``env`` is added to the household's environment."""
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        logs = structlog.get_config()
        self._capture.readouterr()
        with self._patch.context() as patch:
            patch.chdir(self._house.folder)
            for name in ("LISTSYNC_CONFIG", "LISTSYNC_LEDGER", "GITHUB_OUTPUT"):
                patch.delenv(name, raising=False)
            for name, value in {"SEERR_API_KEY": self._house.server.api_key, **env}.items():
                patch.setenv(name, value)
            try:
                code = run(arguments)
            finally:
                structlog.configure(**logs)
                for number, handler in handlers.items():
                    signal.signal(number, handler)
        told = self._capture.readouterr()
        return self._house.checked(code, told.out, told.err)
