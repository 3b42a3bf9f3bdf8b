"""``listsync reconcile``: a word to a running one, which nothing loses."""

from __future__ import annotations

import pytest

from tests.e2e.household import DUNE, HEAT, Household, numbers, until
from tests.e2e.running import listed, lists, running, write


def test_reconcile_asks_a_running_one(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        listed(house, "wishes", DUNE, HEAT)
        assert house.run("reconcile", "wishes").code == 0

        until(lambda: house.stored() == numbers([DUNE, HEAT]))


def test_what_is_forgotten_is_asked_for_at_once_by_a_running_one(house: Household) -> None:
    """The list's next turn would be hours away."""
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        [number] = house.server.state.requests
        house.person("DELETE", f"/request/{number}")
        assert house.run("reconcile", "wishes").code == 0
        until(lambda: run.turns("wishes") == 2)
        assert house.stored() == []  # handled: somebody took it away

        told = house.run("forget", f"imdb:{DUNE.imdb}")
        assert (told.code, "it is on wishes" in told.out) == (0, True)
        until(lambda: house.stored() == numbers([DUNE]))
        until(lambda: run.turns("wishes") == 3)
    assert house.stored() == numbers([DUNE])


@pytest.mark.parametrize("ending", ["kill", "terminate"])
def test_a_word_outlives_a_process_that_ends_before_it_is_done(
    house: Household, ending: str
) -> None:
    write(house, lists(house, wishes=(DUNE,)))
    with running(house) as run:
        until(run.is_ready)
        house.server.faults.latency = 0.5
        listed(house, "wishes", DUNE, HEAT)
        assert house.run("reconcile", "wishes").code == 0
        until(lambda: run.events("asked for"))
        getattr(run.process, ending)()
        run.process.wait(timeout=20)
    assert house.stored() == numbers([DUNE])

    house.server.faults.latency = 0.0
    with running(house) as run:
        until(lambda: house.stored() == numbers([DUNE, HEAT]))
        until(lambda: run.turns("wishes") == 1)
    with running(house) as run:
        assert house.run("reconcile", "wishes").code == 0
        until(lambda: run.turns("wishes") == 1)
        assert len(run.events("asked for")) == 1


def test_without_a_running_one_nothing_is_promised(house: Household) -> None:
    write(house, lists(house, wishes=(DUNE,)))

    assert "otherwise the next one to start does" in house.run("reconcile", "wishes").out


def test_what_cannot_be_done_is_not_asked_for(house: Household) -> None:
    write(house, {"wishes": {"source": listed(house, "wishes", DUNE), "suspend": True}})

    assert house.run("reconcile", "whishes").code == 64
    refused = house.run("reconcile", "wishes")
    assert refused.code == 64
    assert "suspend" in refused.err
