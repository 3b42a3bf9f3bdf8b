"""``listsync reconcile``: a word to a running one, which nothing loses."""

from __future__ import annotations

import pytest

from tests.e2e.household import DUNE, HEAT, Household, numbers, until
from tests.e2e.running import listed, lists, running, write


def test_reconcile_asks_a_running_one(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        listed(household, "wishes", DUNE, HEAT)
        assert household.run("reconcile", "wishes").code == 0

        until(lambda: household.stored() == numbers([DUNE, HEAT]))


def test_what_is_forgotten_is_asked_for_at_once_by_a_running_one(household: Household) -> None:
    """The list's next run would be hours away."""
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        [number] = household.server.state.requests
        household.person("DELETE", f"/request/{number}")
        assert household.run("reconcile", "wishes").code == 0
        until(lambda: run.run_count("wishes") == 2)
        assert household.stored() == []  # handled: somebody took it away

        output = household.run("forget", f"imdb:{DUNE.imdb}")
        assert (output.code, "it is on wishes" in output.out) == (0, True)
        until(lambda: household.stored() == numbers([DUNE]))
        until(lambda: run.run_count("wishes") == 3)
    assert household.stored() == numbers([DUNE])


@pytest.mark.parametrize("ending", ["kill", "terminate"])
def test_a_word_outlives_a_process_that_ends_before_it_is_done(
    household: Household, ending: str
) -> None:
    write(household, lists(household, wishes=(DUNE,)))
    with running(household) as run:
        until(run.is_ready)
        household.server.faults.latency = 0.5
        listed(household, "wishes", DUNE, HEAT)
        assert household.run("reconcile", "wishes").code == 0
        until(lambda: run.events("run triggered"))
        getattr(run.process, ending)()
        run.process.wait(timeout=20)
    assert household.stored() == numbers([DUNE])

    household.server.faults.latency = 0.0
    with running(household) as run:
        until(lambda: household.stored() == numbers([DUNE, HEAT]))
        until(lambda: run.run_count("wishes") == 1)
    with running(household) as run:
        assert household.run("reconcile", "wishes").code == 0
        until(lambda: run.run_count("wishes") == 1)
        assert len(run.events("run triggered")) == 1


def test_without_a_running_one_nothing_is_promised(household: Household) -> None:
    write(household, lists(household, wishes=(DUNE,)))

    assert (
        "if none is running, the sync waits for the next start"
        in household.run("reconcile", "wishes").out
    )


def test_what_cannot_be_done_is_not_asked_for(household: Household) -> None:
    write(household, {"wishes": {"source": listed(household, "wishes", DUNE), "suspend": True}})

    assert household.run("reconcile", "whishes").code == 64
    refused = household.run("reconcile", "wishes")
    assert refused.code == 64
    assert "suspend" in refused.err
