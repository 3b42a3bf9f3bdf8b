"""Letterboxd: what is read of an export, and of its pages where the file allows it."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import pytest

from reconciler.core.completeness import Page
from reconciler.core.model import Item, Kind, Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, objection, recognize_list
from reconciler.sources.sites import letterboxd
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared" / "captures" / "letterboxd"
SITE = "http://site.test"
WATCHLIST = (
    "Date,Name,Year,Letterboxd URI\n"
    "2026-01-02,Dune,2021,https://boxd.it/aaaa\n"
    '2026-01-03,"Good, Bad",,https://boxd.it/bbbb\n'
)
LIST = (
    "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
    "2026-01-02,Night,,https://boxd.it/x,\n\nPosition,Name,Year,URL,Description\n"
    "1,Heat,1995,https://boxd.it/cccc,\n2,Alien,1979,https://boxd.it/dddd,\n"
)


def read(
    source: str,
    folder: Path = Path(),
    pages: dict[str, FakePage] | None = None,
    via: str | None = "browser",
) -> Snapshot:
    provider = {"letterboxd": Provider(SITE, via=via)}
    sources = SiteSources(FakeBrowser(pages or {}), provider, folder, NO_PATIENCE)
    return sources.fetch(recognize_list(source))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as export:
        export.writestr("watchlist.csv", WATCHLIST)
        export.writestr("lists/night.csv", LIST)
        export.writestr("likes/films.csv", WATCHLIST)
        export.writestr("profile.csv", "Date Joined,Username\n2026-01-01,anna\n")
    (tmp_path / "watchlist.csv").write_text(WATCHLIST, encoding="utf-8")
    (tmp_path / "broken.zip").write_bytes((tmp_path / "export.zip").read_bytes()[:-40])
    return tmp_path


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("letterboxd:export.zip", [("Dune", 2021), ("Good, Bad", None)]),
        ("letterboxd:export.zip/watchlist", [("Dune", 2021), ("Good, Bad", None)]),
        ("letterboxd:export.zip/likes/films.csv", [("Dune", 2021), ("Good, Bad", None)]),
        ("letterboxd:export.zip/lists/night", [("Heat", 1995), ("Alien", 1979)]),
        ("letterboxd:watchlist.csv", [("Dune", 2021), ("Good, Bad", None)]),
    ],
)
def test_an_export_holds_films_in_order(
    folder: Path, source: str, items: list[tuple[str, int | None]]
) -> None:
    snapshot = read(source, folder, via=None)
    assert (snapshot.outcome, snapshot.route) == (Outcome.COMPLETE, "file")
    assert [(item.title, item.year) for item in snapshot.items] == items
    assert {item.kind for item in snapshot.items} == {Kind.MOVIE}


@pytest.mark.parametrize(
    ("source", "outcome", "says"),
    [
        ("letterboxd:export.zip/lists/day", Outcome.MISSING, "lists/night.csv"),
        ("letterboxd:export.zip/profile", Outcome.UNREACHABLE, "no films"),
        ("letterboxd:broken.zip", Outcome.UNREACHABLE, "download the export again"),
        ("letterboxd:gone.zip", Outcome.MISSING, "no such file"),
    ],
)
def test_what_is_no_list_in_an_export_says_why(
    folder: Path, source: str, outcome: Outcome, says: str
) -> None:
    snapshot = read(source, folder)
    assert (snapshot.outcome, snapshot.items) == (outcome, ())
    assert says in str(snapshot.error)


@pytest.mark.parametrize("around", ["", "letterboxd-anna-2026/"])
def test_a_list_that_is_called_like_a_part_of_the_export_is_not_taken_for_it(
    tmp_path: Path, around: str
) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as export:
        export.writestr(f"{around}lists/watchlist.csv", LIST)
        export.writestr(f"{around}watchlist.csv", WATCHLIST)
    titles = [item.title for item in read("letterboxd:export.zip", tmp_path).items]
    assert titles == ["Dune", "Good, Bad"]
    titles = [item.title for item in read("letterboxd:export.zip/lists/watchlist", tmp_path).items]
    assert titles == ["Heat", "Alien"]
    assert read("letterboxd:export.zip/night", tmp_path).outcome is Outcome.MISSING


def test_the_site_is_not_read_unless_the_file_says_so() -> None:
    ref = recognize_list("https://letterboxd.com/anna/watchlist/")
    problem = objection(ref, {"letterboxd": Provider()})
    assert "terms" in str(problem)
    assert "letterboxd:EXPORT.zip" in str(problem)
    assert read("letterboxd:anna/watchlist", via=None).outcome is Outcome.BLOCKED
    assert objection(ref, {"letterboxd": Provider(via="browser")}) is None


def page(names: list[str], total: str) -> FakePage:
    return FakePage({"names": names, "total": total})


def test_with_via_browser_pages_are_read_to_the_total() -> None:
    description = "A list of 3 films compiled on Letterboxd, including A (2001)."
    pages = {
        f"{SITE}/anna/list/night/": page(["A (2001)", "B (2002) (1999)"], description),
        f"{SITE}/anna/list/night/page/2/": page(["C"], description),
    }
    snapshot = read("https://letterboxd.com/anna/list/night/", pages=pages)
    assert snapshot.outcome is Outcome.COMPLETE
    assert snapshot.items == (
        Item(1, "A", 2001, Kind.MOVIE, may_be_show=True),
        Item(2, "B (2002)", 1999, Kind.MOVIE, may_be_show=True),
        Item(3, "C", None, Kind.MOVIE, may_be_show=True),
    )


@pytest.mark.parametrize(
    ("site_page", "outcome"),
    [
        (page(["A (2001)"], "2"), Outcome.INCOMPLETE),
        (page([], "0"), Outcome.EMPTY),
        (page(["A (2001)"], "Watch films"), Outcome.CHANGED_LAYOUT),
        (FakePage(None, 403, checking=True), Outcome.BLOCKED),
        (FakePage(None, 404), Outcome.MISSING),
    ],
    ids=["one is missing", "empty", "no total", "a bot check", "404"],
)
def test_what_a_page_is_not_is_an_outcome(site_page: FakePage, outcome: Outcome) -> None:
    pages = {f"{SITE}/anna/watchlist/{at}": site_page for at in ("", "page/2/")}
    assert read("letterboxd:anna/watchlist", pages=pages).outcome is outcome


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured pages here")
@pytest.mark.parametrize(
    ("name", "films", "total"),
    [
        ("2025-12_list-top250_page1_100items.html", 100, 250),
        ("2026-01_watchlist_page1_28items.html", 28, 415),
    ],
)
def test_a_real_page_gives_its_films_and_the_total(name: str, films: int, total: int) -> None:
    text = (CAPTURES / name).read_text(encoding="utf-8")
    rows = re.findall(
        r'<li class="(?:posteritem|griditem).*?data-item-name="(.*?)"', text, re.DOTALL
    )
    counted = re.search(r'data-num-entries="(\d+)"', text)
    description = re.search(r'<meta name="description" content="(.*?)"', text, re.DOTALL)
    total_text = counted[1] if counted else description[1] if description else ""
    sheet = letterboxd.parse({"names": [html.unescape(row) for row in rows], "total": total_text})
    assert isinstance(sheet, Page)
    assert (len(sheet.items), sheet.total) == (films, total)
    assert all(item.title and item.year and item.kind is Kind.MOVIE for item in sheet.items)
