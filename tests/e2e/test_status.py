"""``listsync status``: what is known of lists, file and server, whoever found it out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.household import DUNE, HEAT, Household, until
from tests.e2e.running import lists, running, write


def global_condition(document: dict[str, Any], kind: str) -> dict[str, str]:
    """A condition of the file or the server."""
    return next((c for c in document["conditions"] if c["type"] == kind), {})


@pytest.mark.parametrize(
    "command", [("plan",), ("doctor",), ("apply", "--yes")], ids=["plan", "doctor", "apply"]
)
def test_a_server_that_was_away_is_back_for_whoever_has_reached_it(
    household: Household, command: tuple[str, ...]
) -> None:
    household.wish([DUNE])
    household.server.stop()
    assert household.run("apply", "--yes").code == 1
    away = global_condition(household.run("status", "-o", "json").document, "ServerReachable")
    assert (away["status"], away["reason"]) == ("False", "DoesNotAnswer")
    household.server.start()
    assert household.run(*command).code == 0

    assert (
        global_condition(household.run("status", "-o", "json").document, "ServerReachable")[
            "status"
        ]
        == "True"
    )


def test_failures_are_counted_in_words(household: Household) -> None:
    household.write({"wishes": {"source": "file:wishes.txt"}})
    (household.folder / "wishes.txt").mkdir()
    for result in ("1 failure since", "2 failures since"):
        assert household.run("apply", "--yes").code == 1
        assert result in household.run("status", "wishes").out


def test_a_list_that_is_held_back_is_never_due(household: Household) -> None:
    lists_by_name = lists(household, wishes=(DUNE,))
    write(household, lists_by_name)
    with running(household) as run:
        until(run.is_ready)
        lists_by_name["wishes"]["suspend"] = True
        write(household, lists_by_name)
        until(lambda: run.condition("wishes", "Stalled")["status"] == "True")
        assert run.condition("wishes", "Ready")["reason"] == "Suspended"
        assert run.status()["lists"][0]["next_due"] is None
    text = household.run("status", "wishes").out
    assert "next when the config changes" in text


def names(document: dict[str, Any]) -> list[str]:
    return [lst["name"] for lst in document["lists"]]


def test_a_running_one_is_asked_how_the_lists_are(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,), more=(HEAT,)))
    file = household.folder / "listsync.yaml"
    with running(household) as run:
        until(lambda: run.is_ready() and run.is_ready("more"))
        file.write_text(file.read_text()[:-2])  # its ledger and its port can still be read
        until(lambda: run.global_condition("ConfigValid")["status"] == "False")
        document = household.run("status", "-o", "json")
        assert (document.code, names(document.document)) == (78, ["wishes", "more"])
        assert document.document == run.status()
        assert "listsync.yaml:" in global_condition(document.document, "ConfigValid")["message"]
        assert "listsync.yaml:" in document.err

        text = household.run("status", "wishes")
        assert text.code == 78
        assert "! ConfigValid=False" in text.out
        assert "Fetched=True" in text.out
        assert "more" not in text.out
        assert household.run("status", "whishes").code == 64


def lists_with_conditions(household: Household) -> set[str]:
    """The lists that have conditions in the ledger."""
    with closing(sqlite3.connect(household.ledger)) as ledger:
        return {name for (name,) in ledger.execute("SELECT list FROM conditions")}


@pytest.mark.parametrize("how", ["missing", "wrong"])
def test_without_a_running_one_the_ledger_knows_the_lists(household: Household, how: str) -> None:
    write(
        household,
        lists(household, wishes=(DUNE,), more=(HEAT,), gone=()),
        controller={"listen": ""},
    )
    with household.started("run") as process:
        until(lambda: len(household.stored()) == 2)
        until(lambda: "gone" in lists_with_conditions(household))
        write(household, lists(household, wishes=(DUNE,), more=(HEAT,)), controller={"listen": ""})
        until(lambda: "gone" not in lists_with_conditions(household))
        process.terminate()
        process.wait(timeout=20)
    file = household.folder / "listsync.yaml"
    if how == "missing":
        file.unlink()
        document = household.run("--ledger", "state/listsync.db", "status", "-o", "json")
    else:
        file.write_text(file.read_text().replace('"source"', '"sauce"'))
        document = household.run("status", "-o", "json")

    assert (document.code, names(document.document)) == (78, ["more", "wishes"])
    valid = global_condition(document.document, "ConfigValid")
    assert (valid["status"], valid["reason"]) == ("False", "Invalid")
    assert all(lst["last_success"] for lst in document.document["lists"])


def test_a_missing_file_of_which_nothing_is_known_is_reported_as_everywhere(
    household: Household,
) -> None:
    document = household.run("--ledger", "nowhere.db", "status", "-o", "json")

    assert document.code == 78
    assert document.document["error"]["where"] == "listsync.yaml"
    assert "listsync validate" in document.document["error"]["todo"]
    assert "no such file" in document.err
