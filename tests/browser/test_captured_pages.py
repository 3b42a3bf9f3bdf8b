"""Real saved pages of IMDb in real Chromium: each way to read them gives all their titles.

The pages are served from where they are, without the scripts and styles that would call out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Kind, Outcome, Snapshot
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.tiny_site import Answer, TinySite

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared" / "captures" / "imdb"
RAW = ["2025-10-02_raw_25li.html", "2025-12-31_raw_25li.html"]
RENDERED = "2025-12-31_selenium-rendered_250li.html"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages here"),
]

_SCRIPT = re.compile(r"<script\b([^>]*)>.*?</script>", re.DOTALL)
_CALLS = re.compile(r"<link\b(?![^>]*canonical)[^>]*>|\s(?:src|srcset)=\"[^\"]*\"")


@pytest.fixture(scope="module")
def browser() -> Iterator[Sessions]:
    with Sessions(lambda: ChromiumBrowser(page_seconds=20)) as started:
        yield started


def served(name: str, *script_words: str) -> str:
    """The page with only those scripts whose attributes hold one of ``kept``."""

    def script(match: re.Match[str]) -> str:
        return match[0] if any(word in match[1] for word in script_words) else ""

    whole = (CAPTURES / name).read_text("utf-8", errors="replace")
    return _CALLS.sub("", _SCRIPT.sub(script, whole))


def read(browser: Sessions, source: str, path: str, page: str) -> Snapshot:
    patience = Patience(content=1.5, check=1.5, settle=0.3)
    with TinySite({path: Answer(body=page)}) as site:
        providers = {"imdb": Provider(site.url, via="browser")}
        return SiteSources(browser, providers, Path(), patience).fetch(recognize_list(source))


def top(browser: Sessions, name: str, *script_words: str) -> Snapshot:
    return read(browser, "imdb:top", "/chart/top/", served(f"chart-top250/{name}", *script_words))


@pytest.fixture(scope="module")
def expected(browser: Sessions) -> list[tuple[str | None, str, int | None]]:
    """The chart of the last day of 2025 as its JSON has it."""
    snapshot = top(browser, RENDERED, "__NEXT_DATA__")
    assert snapshot.outcome is Outcome.COMPLETE
    return [(item.ids.imdb, item.title, item.year) for item in snapshot.items]


@pytest.mark.parametrize("name", [*RAW, RENDERED])
@pytest.mark.parametrize("script_word", ["__NEXT_DATA__", "ld+json"])
def test_a_chart_is_whole_by_its_json_and_by_its_linked_data(
    browser: Sessions, name: str, script_word: str
) -> None:
    snapshot = top(browser, name, script_word)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.COMPLETE, 250)
    assert len({item.ids.imdb for item in snapshot.items}) == 250
    assert {item.kind for item in snapshot.items} == {Kind.MOVIE}


def test_linked_data_and_rows_agree_with_the_json(
    browser: Sessions, expected: list[tuple[str | None, str, int | None]]
) -> None:
    linked = top(browser, RENDERED, "ld+json")
    shown = top(browser, RENDERED)
    assert shown.outcome is Outcome.COMPLETE
    assert [(item.ids.imdb, item.title, item.year) for item in shown.items] == expected
    assert [(item.ids.imdb, item.title) for item in linked.items] == [
        (imdb, title) for imdb, title, _ in expected
    ]


@pytest.mark.parametrize("name", RAW)
def test_the_first_25_rows_are_never_the_whole_chart(browser: Sessions, name: str) -> None:
    snapshot = top(browser, name)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.INCOMPLETE, 250)
    assert [item.position for item in snapshot.items] == list(range(1, 26))
    assert snapshot.items[4].title == "12 Angry Men"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("search-advanced/2025-05-10_advanced.html", "is not a list (it may be a search)"),
        ("legacy/2017_list-watchlist_signed-out.html", "/list/watchlist, which is not a list"),
    ],
    ids=["a German search", "a sign-in page of 2017"],
)
@pytest.mark.parametrize(
    ("source", "path"),
    [("imdb:ur42", "/user/ur42/watchlist/"), ("imdb:top", "/chart/top/")],
    ids=["as a watchlist", "as a chart"],
)
def test_a_page_that_is_no_list_is_refused_as_such(
    browser: Sessions, name: str, says: str, source: str, path: str
) -> None:
    snapshot = read(browser, source, path, served(name, "__NEXT_DATA__", "ld+json"))
    assert (snapshot.outcome, snapshot.items) == (Outcome.CHANGED_LAYOUT, ())
    assert says in (snapshot.error or "")
