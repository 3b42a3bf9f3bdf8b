"""Several browser sessions in one command, here and in a Selenium Grid, and how they end."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from examples.sandbox.sites import SandboxSites
from tests.browser.processes import becomes_true, browser_groups, members
from tests.browser.selenium_grid import SeleniumGrid, selenium_grid
from tests.e2e.household import Household, until

pytestmark = pytest.mark.browser

HANGING = {"mute": "imdb:ls000000009", "dumb": "trakt:anna/never-ends"}
CHECKED = {"robot": "imdb:ls000000202", "machine": "trakt:anna/just-a-moment"}


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeleniumGrid]:
    with selenium_grid(tmp_path_factory.mktemp("grid")) as running:
        yield running


def follow(
    household: Household, sites: SandboxSites, lists: dict[str, str], **browser: object
) -> None:
    household.write(
        {name: {"source": source} for name, source in lists.items()},
        providers={"imdb": {"base_url": sites.imdb_url}, "trakt": {"base_url": sites.trakt_url}},
        browser=browser,
    )


def visited(sites: SandboxSites, before: tuple[int, int]) -> bool:
    return len(sites.imdb.visits) > before[0] and len(sites.trakt.visits) > before[1]


def test_a_plan_is_made_in_a_grid(
    household: Household, sites: SandboxSites, grid: SeleniumGrid
) -> None:
    lists = {"chart": "imdb:boxoffice", "night": "trakt:anna/family-night", "low": "imdb:bottom"}
    follow(household, sites, lists, remote_url=grid.url, sessions=2)
    done = household.run("plan", "-o", "json")
    fetches = {row["name"]: row["fetch"]["outcome"] for row in done.document["lists"]}
    assert fetches == {"chart": "complete", "night": "unverified", "low": "complete"}
    assert done.code == 0
    assert becomes_true(lambda: grid.sessions() == [])


def test_doctor_shows_a_page_to_the_grid_and_names_it(
    household: Household, sites: SandboxSites, grid: SeleniumGrid
) -> None:
    follow(household, sites, CHECKED, remote_url=grid.url)
    where = grid.url.removeprefix("http://")
    text = household.run("doctor").out
    assert f"ok   browser: starts and shows a page, in the Selenium Grid at {where}\n" in text
    assert "ok   browser sandbox: unknown: the Selenium Grid starts the browser\n" in text
    assert becomes_true(lambda: grid.sessions() == [])


@pytest.mark.parametrize("lists", [HANGING, CHECKED], ids=["within pages", "between looks"])
def test_ctrl_c_ends_several_sessions_within_seconds(
    household: Household, sites: SandboxSites, lists: dict[str, str]
) -> None:
    follow(household, sites, lists, sessions=2)
    groups = interrupted(household, sites, sessions=2)
    assert becomes_true(lambda: not any(map(members, groups)))


def test_ctrl_c_gives_a_grid_its_sessions_back(
    household: Household, sites: SandboxSites, grid: SeleniumGrid
) -> None:
    follow(household, sites, CHECKED, remote_url=grid.url, sessions=2)
    interrupted(household, sites, sessions=0)
    assert becomes_true(lambda: not grid.sessions(), seconds=5)


def interrupted(household: Household, sites: SandboxSites, *, sessions: int) -> set[int]:
    """Interrupt a plan while it reads from both sites; gives its local browsers' groups."""
    before = len(sites.imdb.visits), len(sites.trakt.visits)
    with household.started("plan") as process:
        until(lambda: visited(sites, before))
        groups = browser_groups(process.pid)
        assert len(groups) == sessions
        calls = time.monotonic()
        process.send_signal(signal.SIGINT)
        done = household.finish(process)
    assert time.monotonic() - calls < 10
    assert done.code == 130
    return groups
