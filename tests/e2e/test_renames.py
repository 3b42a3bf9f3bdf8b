"""``was`` on the command line: the history is there before and after, and mistakes have a place."""

from __future__ import annotations

from tests.e2e.household import DUNE, HEAT, Household
from tests.e2e.running import listed


def test_a_renamed_list_goes_on_with_its_history(household: Household) -> None:
    household.write({"wishes": {"source": listed(household, "wishes", DUNE)}})
    assert household.run("apply", "--yes").code == 0
    films = {"source": listed(household, "films", DUNE, HEAT), "was": "wishes"}
    household.write({"films": films})

    plan = household.run("plan", "-o", "json").document
    assert [row["media"]["title"] for row in plan["actions"]] == [HEAT.title]
    assert "Ready" in household.run("status", "films").out
    assert household.run("apply", "--yes").code == 0
    history = household.run("history", "films", "-o", "json").document
    assert [row["media"]["title"] for row in history["actions"]] == [DUNE.title, HEAT.title]
    assert household.run("apply", "--yes", "-o", "json").results() == []

    household.write({"more": {**films, "was": "unknown"}})
    assert "was: unknown: the ledger has no list with this name" in household.run("plan").out
    household.write({"films": films, "wishes": films | {"was": "films"}})
    result = household.run("validate")
    assert result.code == 78
    assert "the file still has a list wishes; remove `was`, or rename that list" in result.err
