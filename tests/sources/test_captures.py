"""Real saved pages and exports, read in place where they are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.core.completeness import Page
from reconciler.core.model import Kind, Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from reconciler.sources.sites import imdb
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared" / "captures"

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages here")


def document(page: Path) -> object:
    """The page's JSON, or None: what the probe reads in the browser."""
    match = re.search(r'id="__NEXT_DATA__"[^>]*>(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    return json.loads(match[1]) if match else None


@pytest.mark.parametrize(
    "name",
    [
        "2025-10-02_raw_25li.html",
        "2025-12-31_raw_25li.html",
        "2025-12-31_selenium-rendered_250li.html",
    ],
)
def test_a_real_chart_gives_250_films_in_order(name: str) -> None:
    sheet = imdb.parse(document(CAPTURES / "imdb/chart-top250" / name), recognize_list("imdb:top"))
    assert isinstance(sheet, Page)
    assert [item.position for item in sheet.items] == list(range(1, 251))
    assert len({item.ids.imdb for item in sheet.items}) == 250
    assert sheet.items[0].title == "The Shawshank Redemption"
    assert {item.kind for item in sheet.items} == {Kind.MOVIE}
    assert all(item.year and item.original_title for item in sheet.items)
    assert all(i.facts.rating and i.facts.votes and i.facts.genres for i in sheet.items)


def test_a_real_watchlist_gives_its_15_titles() -> None:
    body = CAPTURES / "imdb/graphql-watchlist/2025-03-26_predefinedList_15items.json"
    column = json.loads(body.read_text("utf-8"))["data"]
    shell = {"props": {"pageProps": {"mainColumnData": column}}}
    sheet = imdb.parse(shell, recognize_list("ur42"))
    assert isinstance(sheet, Page)
    kinds = [item.kind for item in sheet.items]
    assert (sheet.total, kinds.count(Kind.MOVIE), kinds.count(Kind.TV)) == (15, 10, 5)


@pytest.mark.parametrize(
    ("name", "source", "total", "count"),
    [
        ("2026-09-24_TOP_RATED_TV_SHOWS_first2.json", "imdb:toptv", 250, 2),
        ("2026-09-24_TOP_RATED_TV_SHOWS_first5.json", "imdb:toptv", 250, 5),
        ("2026-09-24_boxOfficeWeekendChart_limit3.json", "imdb:boxoffice", None, 3),
    ],
)
def test_a_real_answer_for_a_chart_gives_its_titles_in_order(
    name: str, source: str, total: int | None, count: int
) -> None:
    body = json.loads((CAPTURES / "imdb/graphql-charts" / name).read_text("utf-8"))
    sheet = imdb.parse(body, recognize_list(source))
    assert isinstance(sheet, Page)
    assert sheet.total == total
    assert [item.position for item in sheet.items] == list(range(1, count + 1))
    assert all(item.ids.imdb and item.year for item in sheet.items)


def test_a_real_sign_in_page_is_not_an_empty_list() -> None:
    page = CAPTURES / "imdb/legacy/2017_list-watchlist_signed-out.html"
    assert document(page) is None
    url = "http://imdb.test/user/ur42/watchlist/"
    pages = FakeBrowser({url: FakePage(None)})
    snapshot = SiteSources(
        pages, {"imdb": Provider("http://imdb.test", via="browser")}, Path(), NO_PATIENCE
    ).fetch(recognize_list("ur42"))
    assert snapshot.outcome is Outcome.CHANGED_LAYOUT


def test_a_real_search_page_is_no_list() -> None:
    page = CAPTURES / "imdb/search-advanced/2025-05-10_advanced.html"
    assert imdb.parse(document(page), recognize_list("ls000001")) is None


@pytest.mark.parametrize(
    ("name", "total", "shows", "unsupported"),
    [
        ("2025-09-27_watchlist-export.csv", 410, 50, ["tvEpisode"]),
        ("2026-08_list-ls4154730333.csv", 10, 0, []),
    ],
)
def test_a_real_export_is_complete(
    name: str, total: int, shows: int, unsupported: list[str]
) -> None:
    sources = SiteSources(FakeBrowser({}), {}, CAPTURES / "imdb" / "csv-export")
    snapshot = sources.fetch(recognize_list(f"file:{name}"))
    assert snapshot.outcome is Outcome.COMPLETE
    assert len(snapshot.items) == snapshot.declared_total == total
    assert all(item.ids.imdb and item.year for item in snapshot.items)
    assert sum(item.kind is Kind.TV for item in snapshot.items) == shows
    assert sum(bool(item.facts.votes) for item in snapshot.items) > total * 0.9
    assert sum(bool(item.facts.genres) for item in snapshot.items) > total * 0.9
    assert [item.unsupported for item in snapshot.items if item.unsupported] == unsupported


RECENT = CAPTURES / "2026-11"


def read_recent(folder: str, source: str) -> Snapshot:
    return SiteSources(FakeBrowser({}), {}, RECENT / folder).fetch(recognize_list(source))


@pytest.mark.skipif(not RECENT.is_dir(), reason="no later captures here")
@pytest.mark.parametrize("provider", ["file", "letterboxd"])
@pytest.mark.parametrize(
    ("name", "total", "first"),
    [
        ("export_lists-2000s-ranked_header-in-line-5.csv", 55, ("The Class", 2007)),
        ("export_lists-oscars-2025-ranked_header-in-line-176.csv", 14, ("Anora", 2024)),
        (
            "export_lists-the-criterion-challenge-2025_header-in-line-81.csv",
            52,
            ("In the Mood for Love", 2000),
        ),
    ],
)
def test_a_real_list_of_letterboxd_is_complete_whatever_its_description(
    provider: str, name: str, total: int, first: tuple[str, int]
) -> None:
    snapshot = read_recent("letterboxd", f"{provider}:{name}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, total)
    assert (snapshot.items[0].title, snapshot.items[0].year) == first
    assert all(item.year and item.may_be_show for item in snapshot.items)


@pytest.mark.skipif(not RECENT.is_dir(), reason="no later captures here")
@pytest.mark.parametrize(
    ("name", "title", "original"),
    [
        ("2017-04_watchlist_old-columns_first25.csv", "The Prestige", None),
        ("2020-06_watchlist_windows-1252_first25.csv", "180\u00b0 South", None),
        (
            "2026-08_watchlist_russian-titles_first25.csv",
            "Новый кинотеатр «Парадизо»",
            "Nuovo Cinema Paradiso",
        ),
    ],
)
def test_a_real_export_of_imdb_is_complete_whenever_it_was_made(
    name: str, title: str, original: str | None
) -> None:
    snapshot = read_recent("imdb-csv", f"file:{name}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 25)
    assert (snapshot.items[1].title, snapshot.items[1].original_title) == (title, original)
    assert all(item.ids.imdb and item.year and item.kind for item in snapshot.items)
    assert sum(bool(item.facts.rating and item.facts.votes) for item in snapshot.items) > 20
