"""What an IMDb page shows besides its JSON: rows in both markups, and a chart's JSON-LD."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.core.completeness import Page
from reconciler.core.model import Facts, Kind, Outcome
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from reconciler.sources.sites.imdb import markup
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage

LIST = recognize_list("ls000001")


def row(number: int, text: str, **changes: object) -> dict[str, object]:
    link = f"/title/tt{number:07}/?ref_=x_t_{number}"
    return {"link": link, "text": text, "rank": "", "cells": ["1994", "2h"], "type": "", **changes}


def page(*rows: dict[str, object], total: str = "") -> dict[str, object]:
    return {"rows": list(rows), "total": total or f"{len(rows)} titles", "data_ld": []}


def rows_of(payload: object, offset: int = 0) -> Page:
    sheet = markup.parse_rows(payload, LIST, offset)
    assert sheet
    return sheet


def test_rows_are_items_in_order_with_their_ids_and_years() -> None:
    sheet = rows_of(page(row(1, "Heat"), row(2, "Ronin")))
    assert [(i.position, i.title, i.year, i.ids.imdb) for i in sheet.items] == [
        (1, "Heat", 1994, "tt0000001"),
        (2, "Ronin", 1994, "tt0000002"),
    ]
    assert sheet.total == 2


@pytest.mark.parametrize(
    ("rows", "titles"),
    [
        ((row(1, "1. Heat"), row(2, "2. 12 Angry Men")), ["Heat", "12 Angry Men"]),
        ((row(1, "Heat", rank="#1"), row(2, "12 Angry Men", rank="#2")), ["Heat", "12 Angry Men"]),
        ((row(1, "1. FC", rank="#1"), row(2, "Heat", rank="#2")), ["1. FC", "Heat"]),
        ((row(1, "3. Heat"), row(2, "7. Ronin")), ["3. Heat", "7. Ronin"]),
        ((row(1, "1. Heat"), row(2, ""), row(3, "3. Up")), ["Heat", "tt0000002", "Up"]),
    ],
    ids=[
        "numbers in the text",
        "numbers beside it",
        "a title that looks so",
        "other numbers",
        "a row without a title",
    ],
)
def test_a_number_before_a_title_goes_only_where_it_is_the_rows_rank(
    rows: tuple[dict[str, object], ...], titles: list[str]
) -> None:
    assert [item.title for item in rows_of(page(*rows)).items] == titles


def test_numbers_of_a_later_page_count_from_the_lists_beginning() -> None:
    sheet = rows_of(page(row(1, "251. Heat"), total="251 titles"), offset=250)
    assert [(item.position, item.title) for item in sheet.items] == [(251, "Heat")]


@pytest.mark.parametrize("number", ["1.234", "1,234", "1234"])
def test_a_grouped_number_before_a_title_goes_whole(number: str) -> None:
    sheet = rows_of(page(row(1, f"{number}. 10. Hof"), total="1.234 Titel"), offset=1233)
    assert [item.title for item in sheet.items] == ["10. Hof"]


@pytest.mark.parametrize(
    ("cells", "year"),
    [(["2023– "], 2023), (["2008–2013"], 2008), (["2h 22m", "1994"], None), ([], None)],
    ids=["a running show", "an ended show", "a film without a year", "nothing"],
)
def test_a_year_is_read_in_any_language(cells: list[str], year: int | None) -> None:
    assert rows_of(page(row(1, "Heat", cells=cells))).items[0].year == year


@pytest.mark.parametrize(
    ("text", "kind", "unsupported"),
    [
        ("TV Mini Series", Kind.TV, None),
        ("TV Movie", Kind.MOVIE, None),
        ("TV Episode", None, "tvEpisode"),
        ("Fernsehserie", None, None),
        ("", None, None),
    ],
)
def test_a_type_in_another_language_is_no_guess(
    text: str, kind: Kind | None, unsupported: str | None
) -> None:
    item = rows_of(page(row(1, "Heat", type=text))).items[0]
    assert (item.kind, item.unsupported) == (kind, unsupported)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("250 Titles", 250),
        ("1 - 25 of 130 titles", 130),
        ("1,234 titles", 1234),
        ("1.234 Titel", 1234),
        ("1\u202f234 titres", 1234),
        ("1-250", None),
        ("1 – 1,250", None),
        ("titles", None),
    ],
    ids=str,
)
def test_a_total_is_the_largest_number_of_its_text_beside_a_range(
    text: str, total: int | None
) -> None:
    assert markup.total_of({"total": text}) == total


@pytest.mark.parametrize(
    "payload", [None, {}, {"rows": 3}, {"rows": [None, {"link": "/name/nm1"}]}]
)
def test_a_page_without_rows_of_titles_has_none(payload: object) -> None:
    assert markup.parse_rows(payload, LIST, 0) is None
    assert markup.parse_linked_data(payload) is None


def test_a_row_without_a_title_is_missed_in_the_count() -> None:
    sheet = rows_of(page(row(1, "Heat"), {"link": ""}))
    assert (len(sheet.items), sheet.total) == (1, 2)


def linked(*things: Mapping[str, object], total: str = "") -> dict[str, object]:
    entries = [{"item": thing} for thing in things]
    crumbs = json.dumps({"@type": "BreadcrumbList", "itemListElement": [{"item": {"name": "x"}}]})
    text = json.dumps({"@type": "ItemList", "itemListElement": entries})
    return {"data_ld": ["{", crumbs, text], "total": total, "rows": []}


def test_linked_data_names_the_original_title_and_unescapes_both() -> None:
    url = "https://www.imdb.com/title/tt0000001/"
    film = {"@type": "Movie", "url": url, "name": "L&apos;an", "alternateName": "Year &amp; Day"}
    sheet = markup.parse_linked_data(linked(film, total="1 title"))
    assert sheet
    (item,) = sheet.items
    assert (item.title, item.original_title, item.year) == ("Year & Day", "L'an", None)
    assert (item.kind, item.position, sheet.total) == (Kind.MOVIE, 1, 1)
    assert item.facts == Facts()


def test_linked_data_tells_what_filters_ask() -> None:
    rated = {"ratingValue": 8.3, "ratingCount": 712345}
    film = {"url": "/title/tt0000001/", "genre": "Crime, Drama", "aggregateRating": rated}
    sheet = markup.parse_linked_data(linked(film))
    assert sheet
    assert sheet.items[0].facts == Facts(8.3, 712345, ("Crime", "Drama"))


def test_linked_data_without_a_total_has_nothing_to_be_checked_against() -> None:
    film = {"@type": "TVSeries", "url": "/title/tt0000001/", "name": "Show"}
    sheet = markup.parse_linked_data(linked(film))
    assert sheet
    assert (sheet.total, sheet.items[0].kind) == (None, Kind.TV)


def films(*numbers: int) -> list[Mapping[str, object]]:
    return [{"@type": "Movie", "url": f"/title/tt{n:07}/", "name": f"Film {n}"} for n in numbers]


RANKED = tuple(row(n, f"Film {n}", rank=f"#{n}") for n in (1, 2, 3))
NUMBERED = tuple(row(n, f"{n}. Film {n}") for n in (1, 2, 3))
UNRANKED = tuple(row(n, f"Film {n}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("order", "rows", "query", "outcome", "listed"),
    [
        pytest.param((1, 2, 3), RANKED, "", Outcome.COMPLETE, (1, 2, 3), id="ranks beside it"),
        pytest.param((1, 2, 3), NUMBERED, "", Outcome.COMPLETE, (1, 2, 3), id="ranks in the text"),
        pytest.param((3, 1, 2), RANKED, "", Outcome.COMPLETE, (1, 2, 3), id="another order"),
        pytest.param((1, 2, 3), RANKED[:1], "", Outcome.COMPLETE, (1, 2, 3), id="one rank"),
        pytest.param((1, 2, 3), UNRANKED, "", Outcome.UNVERIFIED, (1, 2, 3), id="no rank"),
        pytest.param((3, 2, 1), (), "", Outcome.UNVERIFIED, (3, 2, 1), id="no row"),
        pytest.param((3, 2, 1), (), "?sort=x", Outcome.CHANGED_LAYOUT, (), id="no row, sorted"),
    ],
)
def test_linked_data_is_a_chart_only_in_the_order_of_the_ranks_shown(
    order: tuple[int, ...],
    rows: tuple[dict[str, object], ...],
    query: str,
    outcome: Outcome,
    listed: tuple[int, ...],
) -> None:
    payload = linked(*films(*order), total="3 titles") | {"data": None, "rows": list(rows)}
    url = "http://imdb.test/india/top-rated-tamil-movies/"
    browser = FakeBrowser({url: FakePage(payload, url=f"{url}{query}")})
    provider = Provider("http://imdb.test", via="browser")
    sources = SiteSources(browser, {"imdb": provider}, Path(), NO_PATIENCE)

    snapshot = sources.fetch(recognize_list("imdb:india/top-rated-tamil-movies"))

    assert snapshot.outcome is outcome
    assert [item.ids.imdb for item in snapshot.items] == [f"tt{n:07}" for n in listed]


@pytest.mark.parametrize(("chart", "kind"), [("imdb:top", Kind.MOVIE), ("imdb:toptv", Kind.TV)])
def test_a_charts_rows_have_the_charts_kind(chart: str, kind: Kind) -> None:
    sheet = markup.parse_rows(page(row(1, "Heat", rank="#1")), recognize_list(chart), 0)
    assert sheet
    assert sheet.items[0].kind is kind


@pytest.mark.parametrize("part", ["1", "1 ", "1,234", "1 - ", " "])
def test_a_count_of_any_length_is_read_in_no_time(part: str) -> None:
    before = time.process_time()
    markup.total_of({"total": part * 100_000})
    assert time.process_time() - before < 1.0
