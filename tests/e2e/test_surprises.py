"""One list that surprises the program does not keep the others from being requested."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest

from reconciler.sources.sites import stevenlu
from tests.e2e.household import DUNE, HEAT, Household

SECRET = "ghp_onlyForItsOwner"


@pytest.fixture
def surprised(household: Household, monkeypatch: pytest.MonkeyPatch) -> Household:
    """A good list, and one whose reading raises what nobody expects."""

    def raise_error(*_: object) -> NoReturn:
        raise KeyError(SECRET)

    monkeypatch.setattr(stevenlu, "fetch", raise_error)
    household.wish([DUNE, HEAT])
    file = household.folder / "listsync.yaml"
    document = json.loads(file.read_text())
    document["lists"]["odd"] = {"source": "stevenlu:all"}
    file.write_text(json.dumps(document))
    household.secrets.append(SECRET)
    return household


def test_the_good_list_is_requested_and_the_other_says_why_not(surprised: Household) -> None:
    done = surprised.run("apply", "--yes", "-o", "json")
    status = surprised.run("status", "-o", "json").document
    odd = next(lst for lst in status["lists"] if lst["name"] == "odd")

    assert sorted(row.media.tmdb for row in surprised.server.state.requests.values()) == sorted(
        [DUNE.tmdb, HEAT.tmdb]
    )
    assert done.code == 1
    fetch_result = {row["type"]: row for row in odd["conditions"]}["Fetched"]
    assert (fetch_result["status"], fetch_result["reason"]) == ("False", "ChangedLayout")
    assert "please report it" in fetch_result["message"]


def test_a_command_about_the_list_alone_says_so_too(surprised: Household) -> None:
    done = surprised.run("fetch", "odd")

    assert done.code == 1
    assert "changed-layout" in done.out
    assert "KeyError at test_surprises.py" in done.out
