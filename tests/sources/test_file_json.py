"""JSON files: lists as other programs write them, Trakt's export and the ZIP it comes in."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from reconciler.core.model import Ids, Item, Kind, Outcome, Snapshot
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import FakeBrowser

DUNE = {"title": "Dune", "year": 2021, "ids": {"trakt": 1, "slug": "dune-2021", "tmdb": 438631}}
DARK = {"title": "Dark", "year": 2017, "ids": {"trakt": 2, "slug": "dark", "tvdb": 334824}}
WATCHLIST = [
    {"rank": 1, "listed_at": "2026-01-02T03:04:05.000Z", "type": "movie", "movie": DUNE},
    {"rank": 2, "type": "season", "season": {"number": 2, "ids": {}}, "show": DARK},
    {"rank": 3, "type": "season", "season": {"number": 1, "ids": {}}, "show": DARK},
    {"rank": 4, "type": "person", "person": {"name": "Tom Hanks", "ids": {"trakt": 3}}},
]
ITEMS = (
    Item(1, "Dune", 2021, Kind.MOVIE, Ids(tmdb=438631, trakt="dune-2021")),
    Item(2, "Dark", 2017, Kind.TV, Ids(tvdb=334824, trakt="dark"), seasons=(1, 2)),
    Item(3, "Tom Hanks", unsupported="person"),
)


def read(folder: Path, source: str) -> Snapshot:
    return SiteSources(FakeBrowser({}), {}, folder).fetch(recognize_list(source))


def read_json(folder: Path, body: object) -> Snapshot:
    text = body if isinstance(body, str) else json.dumps(body)
    (folder / "list.json").write_text(text, encoding="utf-8")
    return read(folder, "file:list.json")


def test_trakts_rows_are_read_with_their_ids_and_seasons(tmp_path: Path) -> None:
    snapshot = read_json(tmp_path, WATCHLIST)
    assert (snapshot.outcome, snapshot.route) == (Outcome.COMPLETE, "file")
    assert snapshot.items == ITEMS


@pytest.mark.parametrize("around", ["", "trakt-export/"])
def test_a_file_of_trakts_export_is_read_in_its_zip(tmp_path: Path, around: str) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as export:
        export.writestr(f"{around}lists-watchlist.json", json.dumps(WATCHLIST))
        export.writestr(f"{around}lists-night.json", json.dumps(WATCHLIST[:1]))
        export.writestr(f"{around}mine.csv", "imdb_id\ntt0113277\n")
    assert read(tmp_path, "file:export.zip").items == ITEMS
    assert read(tmp_path, "file:export.zip/lists-watchlist.json").items == ITEMS
    assert read(tmp_path, "file:export.zip/lists-night.json").items == ITEMS[:1]
    assert [item.key for item in read(tmp_path, "file:export.zip/mine.csv").items] == [
        "imdb:tt0113277"
    ]
    missing = read(tmp_path, "file:export.zip/lists-day.json")
    assert missing.outcome is Outcome.MISSING
    assert "lists-night.json" in (missing.error or "")


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ([{"imdb_id": "tt0113277", "title": "Heat"}], ["Heat"]),
        ({"movies": [{"title": "Heat"}], "shows": [{"title": "Dark"}]}, ["Heat", "Dark"]),
        ({"items": [{"title": "Heat (1995)", "guids": ["imdb://tt0113277"]}]}, ["Heat"]),
    ],
    ids=["as Radarr imports it", "in two lists", "Plex's feed"],
)
def test_other_lists_are_read_as_at_an_address(
    tmp_path: Path, body: object, titles: list[str]
) -> None:
    snapshot = read_json(tmp_path, body)
    assert snapshot.outcome is Outcome.COMPLETE
    assert [item.title for item in snapshot.items] == titles


def test_an_empty_list_is_empty(tmp_path: Path) -> None:
    assert read_json(tmp_path, []).outcome is Outcome.EMPTY


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([*WATCHLIST, {"type": "movie", "movie": {"title": None, "ids": {}}}], "entry 5"),
        ([*WATCHLIST, {"type": "movie"}], "entry 5"),
        ([*WATCHLIST, 7], "entry 5"),
        ({"items": WATCHLIST, "total_pages": 2}, "more titles than it contains"),
    ],
    ids=["a film without title and ids", "no film", "a number", "a page of several"],
)
def test_what_cannot_be_read_makes_the_file_incomplete(
    tmp_path: Path, body: object, says: str
) -> None:
    snapshot = read_json(tmp_path, body)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert snapshot.items == ITEMS
    assert says in (snapshot.error or "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (json.dumps(WATCHLIST)[:90], "cut off in the middle; export"),
        ("<html></html>", "not JSON; export"),
        ("", "not JSON; export"),
        ('{"username": "anna"}', "no list in this JSON"),
        ("[" * 100_000, "export the list again"),
    ],
    ids=["cut off", "a page", "nothing", "no list", "too deep"],
)
def test_what_is_no_list_says_why(tmp_path: Path, text: str, says: str) -> None:
    snapshot = read_json(tmp_path, text)
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())
    assert says in (snapshot.error or "")
