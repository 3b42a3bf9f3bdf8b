"""A plan that is saved, looked at by somebody, and applied."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.household import ALIEN, DUNE, HEAT, numbers

if TYPE_CHECKING:
    from tests.e2e.household import Household


def test_a_saved_plan_does_what_it_says_and_is_still_needed(house: Household) -> None:
    house.wish([DUNE, HEAT])
    output = house.folder / "output"
    assert house.run("plan", "--out", "plan.json", env={"GITHUB_OUTPUT": str(output)}).code == 0
    saved = json.loads((house.folder / "plan.json").read_text())
    assert output.read_text() == f"plan_id={saved['plan_id']}\nchanges=2\n"
    assert house.server.api_key not in json.dumps(saved)
    house.person("POST", "/request", {"mediaType": "movie", "mediaId": HEAT.tmdb})
    house.wish([DUNE, HEAT, ALIEN])
    refused = house.run("apply", "plan.json", "--expect", saved["plan_id"])
    assert (refused.code, house.stored()) == (3, numbers([HEAT]))
    done = house.run("apply", "plan.json", "-o", "json")
    assert (done.code, house.stored()) == (0, numbers([HEAT, DUNE]))
    left = done.document["saved"]
    told = {key: [row["media"]["ids"]["tmdb"] for row in left[key]] for key in ("satisfied", "new")}
    assert told == {"satisfied": [HEAT.tmdb], "new": [ALIEN.tmdb]}


def test_a_list_that_the_file_does_not_have_is_wrong_usage(house: Household) -> None:
    house.wish([DUNE])
    done = house.run("plan", "wihses")
    assert done.code == 64
    assert 'did you mean "wishes"?' in done.err


def test_an_expected_plan_is_applied(house: Household) -> None:
    house.wish([DUNE])
    digest = house.run("plan", "-o", "json").document["digest"]
    assert house.run("apply", "--yes", "--expect", "0" * 8).code == 3
    assert house.stored() == []
    assert house.run("apply", "wishes", "--yes", "--expect", digest[:12]).code == 0
    assert house.stored() == numbers([DUNE])
