"""The command within the test's own process: for tables of runs, which need no process each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.household import Finished, Household


class InProcess:
    """Runs ``listsync`` in a household's folder. Nobody is at a terminal."""

    def __init__(self, house: Household) -> None:
        self._house = house

    def __call__(self, *arguments: str, **env: str) -> Finished:
        """One command line; ``env`` is added to the household's environment."""
        return self._house.run(*arguments, env=env)
