"""Deleting ``requester: alice`` from the file of a ``listsync run`` does nothing by accident."""

from __future__ import annotations

import json
from typing import Any

from examples.sandbox.known_titles import FILMS
from tests.e2e.household import ADMIN, ALICE, Household, until
from tests.e2e.running import Running, lists, running, write

TEN = FILMS[:10]
HERS = 5  # what alice's quota lets her ask for
WAITS = "a change that gives listsync more permissions is waiting"


def follow(household: Household, grace: str = "2m", **options: Any) -> None:  # noqa: ANN401 - YAML
    """One list of ten films."""
    lists_by_name = lists(household, wishes=TEN)
    write(
        household, {"wishes": {**lists_by_name["wishes"], **options}}, controller={"grace": grace}
    )


def requesters(household: Household) -> list[int]:
    return [row.requested_by.id for row in household.server.state.requests.values()]


def await_a_run(household: Household, run: Running) -> None:
    """Have the list read again, whatever waits."""
    count = run.run_count("wishes")
    assert household.run("reconcile", "wishes").code == 0
    until(lambda: run.run_count("wishes") > count)


def test_a_deleted_requester_requests_nothing_before_the_grace_is_over(
    household: Household,
) -> None:
    follow(household, requester="alice")
    with running(household) as run:
        until(lambda: len(requesters(household)) == HERS)
        until(lambda: run.run_count("wishes"))
        follow(household)
        until(lambda: run.events(WAITS))
        await_a_run(household, run)
        assert requesters(household) == [ALICE] * HERS

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
        text = household.run("status").out
        assert "! RightsWaiting=True" in text
        assert "wishes: requester alice is removed" in text

        follow(household, grace="0s")
        until(lambda: len(requesters(household)) == len(TEN))
        assert requesters(household) == [ALICE] * HERS + [ADMIN] * HERS
        assert run.status()["waiting"] == []


def test_a_deleted_requester_that_is_put_back_was_never_gone(household: Household) -> None:
    follow(household, requester="alice")
    with running(household) as run:
        until(lambda: run.run_count("wishes"))
        generation = run.status()["generation"]
        follow(household)
        until(lambda: run.events(WAITS))
        follow(household, requester="alice")
        until(lambda: run.events("a waiting change was reverted"))
        await_a_run(household, run)

        assert run.status()["generation"] == generation
    assert requesters(household) == [ALICE] * HERS


def test_a_restart_goes_on_with_the_grace_and_a_short_one_ends(household: Household) -> None:
    follow(household, requester="alice")
    with running(household) as run:
        until(lambda: run.run_count("wishes"))
        follow(household)
        until(lambda: run.status()["waiting"])
        before = run.status()["waiting"]
    stored_file = json.loads(household.run("status", "-o", "json").out)["waiting"]
    with running(household) as run:
        await_a_run(household, run)
        assert stored_file == run.status()["waiting"] == before
        assert requesters(household) == [ALICE] * HERS
        assert len(run.events(WAITS)) == 1
        follow(household, grace="1s")
        until(lambda: len(requesters(household)) == len(TEN))

    assert requesters(household) == [ALICE] * HERS + [ADMIN] * HERS


def test_a_grace_that_is_no_duration_is_refused_at_its_line(household: Household) -> None:
    follow(household, grace="soon", requester="alice")
    refused = household.run("validate")

    assert refused.code == 78
    assert "controller.grace" in refused.err + refused.out
    assert "Traceback" not in refused.err
