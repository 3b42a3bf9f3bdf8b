"""Real Chromium reads Letterboxd's pages: whole lists whole, and every trouble by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Kind, Outcome
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.tiny_site import Answer, TinySite

pytestmark = pytest.mark.browser

TOTAL = '<meta name="description" content="A list of {} films compiled on Letterboxd.">'
CHECK = "<title>Just a moment...</title><form id='challenge-form'></form>"
SIGN_IN = "<title>Sign in</title><form></form>"


def page(first: int, last: int, total: int = 5, row: str = "posteritem") -> str:
    """Films of a list, in the rows that Letterboxd's pages have."""
    films = "".join(
        f'<li class="{row}"><div class="react-component" data-component-class="LazyPoster"'
        f' data-item-slug="film-{n}" data-item-name="Film {n} ({2000 + n})"></div></li>'
        for n in range(first, last + 1)
    )
    return f"<!doctype html><head>{TOTAL.format(total)}</head><ul>{films}</ul>"


def passing() -> str:
    """A bot check that resolves itself, as in a real browser."""
    films = page(1, 2, 2).replace("'", "&#39;").replace("\n", "")
    script = (
        f"setTimeout(() => {{ document.open(); document.write('{films}'); document.close() }}, 400)"
    )
    return f"{CHECK}<script>{script}</script>"


WATCHLIST = '<div data-num-entries="{}"></div>'
PAGES = {
    "/anna/list/whole/": Answer(body=page(1, 3)),
    "/anna/list/whole/page/2/": Answer(body=page(4, 5)),
    "/anna/watchlist/": Answer(body=WATCHLIST.format(2) + page(1, 2, 99, "griditem")),
    "/anna/list/passes/": Answer(403, passing()),
    "/anna/list/check/": Answer(403, CHECK),
    "/anna/list/cut/": Answer(body=page(1, 3)),
    "/bert/watchlist/": Answer(body=WATCHLIST.format(0)),
    "/anna/list/private/": Answer(302, headers=(("Location", "/sign-in/"),)),
    "/sign-in/": Answer(body=SIGN_IN),
    "/anna/list/other/": Answer(body="<!doctype html><p>Something else</p>"),
}


@pytest.fixture(name="sources", scope="module")
def _sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteSources]:
    folder: Path = tmp_path_factory.mktemp("files")
    patience = Patience(content=1.0, check=2.5, settle=0.3)
    with TinySite(PAGES) as site, Sessions(lambda: ChromiumBrowser(page_seconds=10)) as sessions:
        providers = {"letterboxd": Provider(site.url, via="browser")}
        yield SiteSources(sessions, providers, folder, patience)


@pytest.mark.parametrize(
    ("source", "films"),
    [("anna/list/whole", 5), ("anna/watchlist", 2), ("anna/list/passes", 2)],
    ids=["two pages", "a watchlist", "a bot check that passes"],
)
def test_a_list_is_read_whole_and_in_order(sources: SiteSources, source: str, films: int) -> None:
    snapshot = sources.fetch(recognize_list(f"letterboxd:{source}"))
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, films)
    assert [(item.title, item.year, item.kind) for item in snapshot.items] == [
        (f"Film {n}", 2000 + n, Kind.MOVIE) for n in range(1, films + 1)
    ]


@pytest.mark.parametrize(
    ("source", "outcome", "count"),
    [
        ("anna/list/check", Outcome.BLOCKED, 0),
        ("anna/list/cut", Outcome.INCOMPLETE, 3),
        ("bert/watchlist", Outcome.EMPTY, 0),
        ("anna/list/private", Outcome.PRIVATE, 0),
        ("anna/list/none", Outcome.MISSING, 0),
        ("anna/list/other", Outcome.CHANGED_LAYOUT, 0),
    ],
)
def test_every_trouble_has_its_own_outcome(
    sources: SiteSources, source: str, outcome: Outcome, count: int
) -> None:
    snapshot = sources.fetch(recognize_list(f"letterboxd:{source}"))
    assert (snapshot.outcome, len(snapshot.items)) == (outcome, count)
    assert bool(snapshot.error) == (outcome is not Outcome.EMPTY)
