"""``listsync status``: what is known of lists, file and server, whoever found it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.household import DUNE

if TYPE_CHECKING:
    from tests.e2e.household import Household
    from tests.e2e.in_process import InProcess


def whole(document: dict[str, Any], kind: str) -> dict[str, str]:
    """A condition of the file or the server."""
    return next((c for c in document["conditions"] if c["type"] == kind), {})


@pytest.mark.parametrize(
    "command", [("plan",), ("doctor",), ("apply", "--yes")], ids=["plan", "doctor", "apply"]
)
def test_a_server_that_was_away_is_back_for_whoever_has_reached_it(
    house: Household, listsync: InProcess, command: tuple[str, ...]
) -> None:
    house.wish([DUNE])
    house.server.stop()
    assert listsync("apply", "--yes").code == 1
    away = whole(listsync("status", "-o", "json").document, "ServerReachable")
    assert (away["status"], away["reason"]) == ("False", "DoesNotAnswer")
    house.server.start()
    assert listsync(*command).code == 0

    assert whole(listsync("status", "-o", "json").document, "ServerReachable")["status"] == "True"


def test_failures_are_counted_in_words(house: Household, listsync: InProcess) -> None:
    house.write({"wishes": {"source": "file:wishes.txt"}})
    (house.folder / "wishes.txt").mkdir()
    for told in ("1 failure since", "2 failures since"):
        assert listsync("apply", "--yes").code == 1
        assert told in listsync("status").out
