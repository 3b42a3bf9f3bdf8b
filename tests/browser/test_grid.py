"""Several sessions at once, here and in a real Selenium Grid; what is lost there is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.processes import becomes_true, browser_groups
from tests.browser.selenium_grid import SeleniumGrid, selenium_grid
from tests.browser.tiny_site import Answer, TinySite, imdb_page

pytestmark = pytest.mark.browser

FIRST, SECOND = "/list/ls000001/", "/list/ls000002/"


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeleniumGrid]:
    with selenium_grid(tmp_path_factory.mktemp("grid")) as running:
        yield running


def read(sessions: Sessions, site: TinySite, *ids: str) -> list[Snapshot]:
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
        assert [x.outcome for x in read(sessions, site, "ls000001", "ls000002")] == [
            Outcome.COMPLETE
        ] * 2
        assert len(browser_groups()) == 2
    assert browser_groups() == set()


def test_one_session_serves_list_after_list() -> None:
    with TinySite(meeting(1)) as site, Sessions(ChromiumBrowser) as sessions:
        read(sessions, site, "ls000001", "ls000002", "ls000001")
        assert len(browser_groups()) == 1
    assert site.visits.count(FIRST) == 2


def test_a_grid_reads_as_many_lists_at_once_and_gets_its_sessions_back(grid: SeleniumGrid) -> None:
    start = partial(ChromiumBrowser, grid.url)
    with TinySite(meeting(2)) as site, Sessions(start, 2) as sessions:
        snapshots = read(sessions, site, "ls000001", "ls000002")
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
        (once,) = read(sessions, site, "ls000001")
        (always,) = read(sessions, site, "ls000002")
    assert (once.outcome, len(once.items)) == (Outcome.COMPLETE, 4)
    assert (always.outcome, site.visits.count(SECOND)) == (Outcome.UNREACHABLE, 2)


def losing(times: list[int], grid: SeleniumGrid) -> Callable[[], object]:
    """A page's ``before`` that kills the Grid's browsers, as often as there are ``times``."""

    def lose() -> None:
        if times:
            times.pop()
            grid.lose_browsers()

    return lose
