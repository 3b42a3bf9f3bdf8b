"""A ``listsync run`` that shall end while Chromium reads: what is waited for, what is left."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.sites import SandboxSites
from tests.browser.processes import becomes_true, browser_groups, members
from tests.e2e.household import DUNE, Household, numbers, until
from tests.e2e.running import Running, lists, running, write

HANGING = {"mute": "imdb:ls000000009", "dumb": "trakt:anna/never-ends"}


@pytest.fixture
def temporary(household: Household) -> Iterator[Path]:
    """Where the browsers' folders go, to see that none stays; a short path, as it has a socket."""
    with tempfile.TemporaryDirectory(prefix="ls-") as folder:
        household.env["TMPDIR"] = folder
        yield Path(folder)


def reads_for_ever(household: Household, sites: SandboxSites, drain: str = "30s") -> None:
    write(
        household,
        {name: {"source": source} for name, source in HANGING.items()},
        providers={"imdb": {"base_url": sites.imdb_url}, "trakt": {"base_url": sites.trakt_url}},
        browser={"sessions": 2},
        controller={"workers": 2, "drain": drain},
    )


def browsers(run: Running, sites: SandboxSites, before: tuple[int, int]) -> set[int]:
    """The process groups of its browsers, once each waits for a page."""
    until(lambda: len(sites.imdb.visits) > before[0] and len(sites.trakt.visits) > before[1])
    groups = browser_groups(run.process.pid)
    assert len(groups) == 2
    return groups


def nothing_is_left(household: Household, groups: set[int], temporary: Path) -> bool:
    """No process, no folder, and no lock that keeps the next one out."""
    missing = becomes_true(lambda: not any(map(members, groups)) and not list(temporary.iterdir()))
    write(household, lists(household, wishes=(DUNE,)))
    return missing and household.run("apply", "--yes").code == 0


@pytest.mark.browser
def test_reading_is_broken_off_and_nothing_is_left(
    household: Household, sites: SandboxSites, temporary: Path
) -> None:
    reads_for_ever(household, sites)
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(household) as run:
        groups = browsers(run, sites, before)
        calls = time.monotonic()
        assert run.end(signal.SIGINT, seconds=30).code == 130
        assert time.monotonic() - calls < 15
        assert "shutdown timed out" not in run.log_file.read_text()
    assert nothing_is_left(household, groups, temporary)


@pytest.mark.browser
def test_a_second_signal_does_not_wait_for_the_browsers(
    household: Household, sites: SandboxSites, temporary: Path
) -> None:
    reads_for_ever(household, sites)
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(household) as run:
        groups = browsers(run, sites, before)
        run.process.send_signal(signal.SIGTERM)
        until(lambda: "press Ctrl-C again to force" in run.log_file.read_text())
        calls = time.monotonic()
        assert run.end(signal.SIGTERM).code == -signal.SIGTERM
        assert time.monotonic() - calls < 8
    assert nothing_is_left(household, groups, temporary)


@pytest.mark.browser
def test_browsers_that_do_not_end_in_time_are_not_waited_for(
    household: Household, sites: SandboxSites, temporary: Path
) -> None:
    reads_for_ever(household, sites, drain="1s")
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(household) as run:
        groups = browsers(run, sites, before)
        calls = time.monotonic()
        result = run.end()
        assert time.monotonic() - calls < 8
    assert result.code == 143
    assert "shutdown timed out" in result.err
    assert nothing_is_left(household, groups, temporary)


def test_a_request_that_takes_longer_than_it_may_is_settled_by_the_next_run(
    household: Household,
) -> None:
    household.server.faults.hang_after_commit = 1
    write(household, lists(household, wishes=(DUNE,)), controller={"drain": "1s"})
    with running(household) as run:
        until(lambda: household.stored() == numbers([DUNE]))
        calls = time.monotonic()
        result = run.end()
        assert time.monotonic() - calls < 8
    assert result.code == 143
    assert "shutdown timed out" in result.err
    with running(household) as run:
        until(run.is_ready)
        assert household.stored() == numbers([DUNE])
