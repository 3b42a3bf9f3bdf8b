"""Deleting ``requester: alice`` from the file of a ``listsync run`` does nothing by accident."""

from __future__ import annotations

import json
from typing import Any

from examples.sandbox.known_titles import FILMS
from tests.e2e.household import ADMIN, ALICE, Household, until
from tests.e2e.running import Running, lists, running, write

TEN = FILMS[:10]
HERS = 5  # what alice's quota lets her ask for
WAITS = "a change of the file widens rights and waits"


def follow(house: Household, grace: str = "2m", **options: Any) -> None:  # noqa: ANN401 - YAML
    """One list of ten films."""
    named = lists(house, wishes=TEN)
    write(house, {"wishes": {**named["wishes"], **options}}, controller={"grace": grace})


def requesters(house: Household) -> list[int]:
    return [row.requested_by.id for row in house.server.state.requests.values()]


def take_a_turn(house: Household, run: Running) -> None:
    """Have the list read again, whatever waits."""
    turns = run.turns("wishes")
    assert house.run("reconcile", "wishes").code == 0
    until(lambda: run.turns("wishes") > turns)


def test_a_deleted_requester_requests_nothing_before_the_grace_is_over(house: Household) -> None:
    follow(house, requester="alice")
    with running(house) as run:
        until(lambda: len(requesters(house)) == HERS)
        until(lambda: run.turns("wishes"))
        follow(house)
        until(lambda: run.events(WAITS))
        take_a_turn(house, run)
        assert requesters(house) == [ALICE] * HERS

        (line,) = run.events(WAITS)
        (waiting,) = run.status()["waiting"]
        assert (line["level"], line["list"], line["change"], line["until"]) == (
            "warning",
            "wishes",
            "requester alice is removed: requests are made as the owner of the API key",
            waiting["until"],
        )
        assert run.get("/readyz")[0] == 200
        assert "listsync_changes_waiting 1.0" in run.get("/metrics")[1]
        text = house.run("status").out
        assert "! RightsWaiting=True" in text
        assert "wishes: requester alice is removed" in text

        follow(house, grace="0s")
        until(lambda: len(requesters(house)) == len(TEN))
        assert requesters(house) == [ALICE] * HERS + [ADMIN] * HERS
        assert run.status()["waiting"] == []


def test_a_deleted_requester_that_is_put_back_was_never_gone(house: Household) -> None:
    follow(house, requester="alice")
    with running(house) as run:
        until(lambda: run.turns("wishes"))
        generation = run.status()["generation"]
        follow(house)
        until(lambda: run.events(WAITS))
        follow(house, requester="alice")
        until(lambda: run.events("a change that waited was taken back"))
        take_a_turn(house, run)

        assert run.status()["generation"] == generation
    assert requesters(house) == [ALICE] * HERS


def test_a_restart_goes_on_with_the_grace_and_a_short_one_ends(house: Household) -> None:
    follow(house, requester="alice")
    with running(house) as run:
        until(lambda: run.turns("wishes"))
        follow(house)
        until(lambda: run.status()["waiting"])
        before = run.status()["waiting"]
    kept = json.loads(house.run("status", "-o", "json").out)["waiting"]
    with running(house) as run:
        take_a_turn(house, run)
        assert kept == run.status()["waiting"] == before
        assert requesters(house) == [ALICE] * HERS
        assert len(run.events(WAITS)) == 1
        follow(house, grace="1s")
        until(lambda: len(requesters(house)) == len(TEN))

    assert requesters(house) == [ALICE] * HERS + [ADMIN] * HERS


def test_a_grace_that_is_no_duration_is_refused_at_its_line(house: Household) -> None:
    follow(house, grace="soon", requester="alice")
    refused = house.run("validate")

    assert refused.code == 78
    assert "controller.grace" in refused.err + refused.out
    assert "Traceback" not in refused.err
