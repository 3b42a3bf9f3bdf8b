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
def temporary(house: Household) -> Iterator[Path]:
    """Where the browsers' folders go, to see that none stays; a short path, as it has a socket."""
    with tempfile.TemporaryDirectory(prefix="ls-") as folder:
        house.env["TMPDIR"] = folder
        yield Path(folder)


def reads_for_ever(house: Household, sites: SandboxSites, drain: str = "30s") -> None:
    write(
        house,
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


def nothing_is_left(house: Household, groups: set[int], temporary: Path) -> bool:
    """No process, no folder, and no lock that keeps the next one out."""
    gone = becomes_true(lambda: not any(map(members, groups)) and not list(temporary.iterdir()))
    write(house, lists(house, wishes=(DUNE,)))
    return gone and house.run("apply", "--yes").code == 0


@pytest.mark.browser
@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["term", "int"]
)
def test_reading_is_broken_off_and_nothing_is_left(
    house: Household, sites: SandboxSites, temporary: Path, signum: signal.Signals, code: int
) -> None:
    reads_for_ever(house, sites)
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(house) as run:
        groups = browsers(run, sites, before)
        asked = time.monotonic()
        assert run.end(signum, seconds=30).code == code
        assert time.monotonic() - asked < 15
        assert "shutdown timed out" not in run.log_file.read_text()
    assert nothing_is_left(house, groups, temporary)


@pytest.mark.browser
def test_a_second_signal_does_not_wait_for_the_browsers(
    house: Household, sites: SandboxSites, temporary: Path
) -> None:
    reads_for_ever(house, sites)
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(house) as run:
        groups = browsers(run, sites, before)
        run.process.send_signal(signal.SIGTERM)
        until(lambda: "press Ctrl-C again to force" in run.log_file.read_text())
        asked = time.monotonic()
        assert run.end(signal.SIGTERM).code == -signal.SIGTERM
        assert time.monotonic() - asked < 8
    assert nothing_is_left(house, groups, temporary)


@pytest.mark.browser
def test_browsers_that_do_not_end_in_time_are_not_waited_for(
    house: Household, sites: SandboxSites, temporary: Path
) -> None:
    reads_for_ever(house, sites, drain="1s")
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with running(house) as run:
        groups = browsers(run, sites, before)
        asked = time.monotonic()
        ended = run.end()
        assert time.monotonic() - asked < 8
    assert ended.code == 143
    assert "shutdown timed out" in ended.err
    assert nothing_is_left(house, groups, temporary)


def test_a_request_that_takes_longer_than_it_may_is_settled_by_the_next_run(
    house: Household,
) -> None:
    house.server.faults.hang_after_commit = 1
    write(house, lists(house, wishes=(DUNE,)), controller={"drain": "1s"})
    with running(house) as run:
        until(lambda: house.stored() == numbers([DUNE]))
        asked = time.monotonic()
        ended = run.end()
        assert time.monotonic() - asked < 8
    assert ended.code == 143
    assert "shutdown timed out" in ended.err
    with running(house) as run:
        until(run.is_ready)
        assert house.stored() == numbers([DUNE])
