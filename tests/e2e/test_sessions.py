"""Several browser sessions at once, here and in a Selenium Grid; how they end, and are lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from examples.sandbox.sites import SandboxSites
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.processes import becomes_true, browser_groups, members
from tests.browser.selenium_grid import SeleniumGrid, selenium_grid
from tests.browser.tiny_site import Answer, TinySite, imdb_page
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
    assert f"ok   browser: starts and shows a page, on the Selenium Grid at {where}\n" in text
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


FIRST, SECOND = "/list/ls000001/", "/list/ls000002/"


def read_at_once(sessions: Sessions, site: TinySite, *ids: str) -> list[Snapshot]:
    """Read lists, all at once."""
    patience = Patience(content=0.5, check=0.5)
    sources = SiteSources(sessions, {"imdb": Provider(site.url)}, Path(), patience)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(sources.fetch, map(recognize_list, ids)))


def meeting(parties: int) -> dict[str, Answer]:
    """Two lists whose pages only come once so many visitors are there at the same time."""
    together = Barrier(parties, timeout=15).wait
    return {
        FIRST: Answer(body=imdb_page(2, 1, 2), before=together),
        SECOND: Answer(body=imdb_page(3, 1, 3), before=together),
    }


def test_as_many_lists_are_read_at_once_as_there_are_sessions() -> None:
    with TinySite(meeting(2)) as site, Sessions(ChromiumBrowser, 2) as sessions:
        assert [x.outcome for x in read_at_once(sessions, site, "ls000001", "ls000002")] == [
            Outcome.COMPLETE
        ] * 2
        assert len(browser_groups()) == 2
    assert browser_groups() == set()


def test_one_session_serves_list_after_list() -> None:
    with TinySite(meeting(1)) as site, Sessions(ChromiumBrowser) as sessions:
        read_at_once(sessions, site, "ls000001", "ls000002", "ls000001")
        assert len(browser_groups()) == 1
    assert site.visits.count(FIRST) == 2


def test_a_grid_reads_as_many_lists_at_once_and_gets_its_sessions_back(grid: SeleniumGrid) -> None:
    start = partial(ChromiumBrowser, grid.url)
    with TinySite(meeting(2)) as site, Sessions(start, 2) as sessions:
        snapshots = read_at_once(sessions, site, "ls000001", "ls000002")
        assert len(grid.sessions()) == 2
        assert browser_groups() == set()
    assert [len(snapshot.items) for snapshot in snapshots] == [2, 3]
    assert becomes_true(lambda: grid.sessions() == [])  # the hub hears of an end a little later


def test_a_session_that_is_lost_in_the_grid_is_replaced_once(grid: SeleniumGrid) -> None:
    pages = {
        FIRST: Answer(body=imdb_page(4, 1, 2)),
        f"{FIRST}?page=2": Answer(body=imdb_page(4, 3, 4), before=losing([1], grid)),
        SECOND: Answer(body=imdb_page(1, 1, 1), before=losing([1, 2, 3], grid)),
    }
    with TinySite(pages) as site, Sessions(partial(ChromiumBrowser, grid.url)) as sessions:
        (once,) = read_at_once(sessions, site, "ls000001")
        (always,) = read_at_once(sessions, site, "ls000002")
    assert (once.outcome, len(once.items)) == (Outcome.COMPLETE, 4)
    assert (always.outcome, site.visits.count(SECOND)) == (Outcome.UNREACHABLE, 2)


def losing(times: list[int], grid: SeleniumGrid) -> Callable[[], object]:
    """A page's ``before`` that kills the Grid's browsers, as often as there are ``times``."""

    def lose() -> None:
        if times:
            times.pop()
            grid.lose_browsers()

    return lose
