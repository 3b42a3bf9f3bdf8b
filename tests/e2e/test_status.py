"""``listsync status``: what is known of lists, file and server, whoever found it out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.household import DUNE, HEAT, Household, until
from tests.e2e.running import lists, running, write


def whole(document: dict[str, Any], kind: str) -> dict[str, str]:
    """A condition of the file or the server."""
    return next((c for c in document["conditions"] if c["type"] == kind), {})


@pytest.mark.parametrize(
    "command", [("plan",), ("doctor",), ("apply", "--yes")], ids=["plan", "doctor", "apply"]
)
def test_a_server_that_was_away_is_back_for_whoever_has_reached_it(
    house: Household, command: tuple[str, ...]
) -> None:
    house.wish([DUNE])
    house.server.stop()
    assert house.run("apply", "--yes").code == 1
    away = whole(house.run("status", "-o", "json").document, "ServerReachable")
    assert (away["status"], away["reason"]) == ("False", "DoesNotAnswer")
    house.server.start()
    assert house.run(*command).code == 0

    assert whole(house.run("status", "-o", "json").document, "ServerReachable")["status"] == "True"


def test_failures_are_counted_in_words(house: Household) -> None:
    house.write({"wishes": {"source": "file:wishes.txt"}})
    (house.folder / "wishes.txt").mkdir()
    for told in ("1 failure since", "2 failures since"):
        assert house.run("apply", "--yes").code == 1
        assert told in house.run("status", "wishes").out


def test_a_list_that_is_held_back_is_never_due(house: Household) -> None:
    named = lists(house, wishes=(DUNE,))
    write(house, named)
    with running(house) as run:
        until(run.is_ready)
        named["wishes"]["suspend"] = True
        write(house, named)
        until(lambda: run.condition("wishes", "Stalled")["status"] == "True")
        assert run.condition("wishes", "Ready")["reason"] == "Suspended"
        assert run.status()["lists"][0]["next_due"] is None
    text = house.run("status", "wishes").out
    assert "next when the config changes" in text


def names(document: dict[str, Any]) -> list[str]:
    return [lst["name"] for lst in document["lists"]]


def test_a_running_one_is_asked_how_the_lists_are(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,), more=(HEAT,)))
    file = house.folder / "listsync.yaml"
    with running(house) as run:
        until(lambda: run.is_ready() and run.is_ready("more"))
        file.write_text(file.read_text()[:-2])  # its ledger and its port can still be read
        until(lambda: run.whole("ConfigValid")["status"] == "False")
        told = house.run("status", "-o", "json")
        assert (told.code, names(told.document)) == (78, ["wishes", "more"])
        assert told.document == run.status()
        assert "listsync.yaml:" in whole(told.document, "ConfigValid")["message"]
        assert "listsync.yaml:" in told.err

        text = house.run("status", "wishes")
        assert text.code == 78
        assert "! ConfigValid=False" in text.out
        assert "Fetched=True" in text.out
        assert "more" not in text.out
        assert house.run("status", "whishes").code == 64


def judged(house: Household) -> set[str]:
    """The lists of which the ledger says how they are."""
    with closing(sqlite3.connect(house.ledger)) as ledger:
        return {name for (name,) in ledger.execute("SELECT list FROM conditions")}


@pytest.mark.parametrize("how", ["missing", "wrong"])
def test_without_a_running_one_the_ledger_knows_the_lists(house: Household, how: str) -> None:
    write(house, lists(house, wishes=(DUNE,), more=(HEAT,), gone=()), controller={"listen": ""})
    with house.started("run") as process:
        until(lambda: len(house.stored()) == 2)
        until(lambda: "gone" in judged(house))
        write(house, lists(house, wishes=(DUNE,), more=(HEAT,)), controller={"listen": ""})
        until(lambda: "gone" not in judged(house))
        process.terminate()
        process.wait(timeout=20)
    file = house.folder / "listsync.yaml"
    if how == "missing":
        file.unlink()
        told = house.run("--ledger", "state/listsync.db", "status", "-o", "json")
    else:
        file.write_text(file.read_text().replace('"source"', '"sauce"'))
        told = house.run("status", "-o", "json")

    assert (told.code, names(told.document)) == (78, ["more", "wishes"])
    valid = whole(told.document, "ConfigValid")
    assert (valid["status"], valid["reason"]) == ("False", "Invalid")
    assert all(lst["last_success"] for lst in told.document["lists"])


def test_a_missing_file_of_which_nothing_is_known_is_told_as_everywhere(house: Household) -> None:
    told = house.run("--ledger", "nowhere.db", "status", "-o", "json")

    assert told.code == 78
    assert told.document["error"]["where"] == "listsync.yaml"
    assert "listsync validate" in told.document["error"]["todo"]
    assert "no such file" in told.err
