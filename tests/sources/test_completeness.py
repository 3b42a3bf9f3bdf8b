"""Every source comes to the same of the same pages: whole, one entry short, garbled, repeated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from reconciler import sources
from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources
from tests.sources.asking import API, KEY, SITE, fetch
from tests.sources.pages import NO_PATIENCE, FakeBrowser, FakePage
from tests.sources.serving import NOTHINGS, SOURCES, UNREADABLE, Served, Source

EACH = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
WITH_TOTALS = {name: source for name, source in SOURCES.items() if source.totals}


def pages_of(number: int, size: int) -> list[list[Any]]:
    """So many titles, in full pages but for the last."""
    titles = list(range(1, number + 1))
    return [titles[at : at + size] for at in range(0, number, size)] or [[]]


def counting_list(pages: list[list[Any]]) -> list[int]:
    return [sum(map(len, pages))] * len(pages)


def counting_pages(pages: list[list[Any]]) -> list[int]:
    return [len(page) for page in pages]


def best_outcome(source: Source) -> Outcome:
    return Outcome.COMPLETE if source.verified else Outcome.UNVERIFIED


@EACH
@pytest.mark.parametrize("more", [-1, 0, 1], ids=["one less", "exactly", "one more"])
@pytest.mark.parametrize("full", [1, 2], ids=["one page", "two pages"])
def test_a_list_is_whole_whatever_is_on_its_last_page(
    requests_mock: requests_mock.Mocker, source: Source, full: int, more: int
) -> None:
    number = full * source.size + more
    pages = pages_of(number, source.size)
    snapshot = source.read(requests_mock, Served(pages, counting_list(pages)))
    assert (snapshot.outcome, len(snapshot.items)) == (best_outcome(source), number)
    assert [item.title for item in snapshot.items[-1:]] in (
        [f"T {number}"],
        [f"Title tt{number:07}"],
    )


@EACH
def test_a_list_with_nothing_on_it_is_empty(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    assert source.read(requests_mock, Served([[]], [0])).outcome is Outcome.EMPTY


@pytest.mark.parametrize(
    "source",
    [source for source in WITH_TOTALS.values() if source.says],
    ids=[name for name, source in WITH_TOTALS.items() if source.says],
)
@pytest.mark.parametrize("more", [-1, 0, 1], ids=["one less", "exactly", "one more"])
def test_a_total_that_counts_the_page_ends_no_list_that_says_that_more_follows(
    requests_mock: requests_mock.Mocker, source: Source, more: int
) -> None:
    pages = pages_of(2 * source.size + more, source.size)
    snapshot = source.read(requests_mock, Served(pages, counting_pages(pages)))
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, 2 * source.size + more)


SAY_MORE = {name: source for name, source in SOURCES.items() if source.says or source.counts_pages}


@pytest.mark.parametrize("source", SAY_MORE.values(), ids=SAY_MORE)
def test_a_page_that_is_not_full_ends_no_list_whose_site_says_that_more_follows(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    hidden, last = source.size, source.size + 30
    pages = [list(range(1, hidden)), list(range(hidden + 1, last + 1))]
    snapshot = source.read(requests_mock, Served(pages, counting_list(pages)))
    assert (snapshot.outcome, len(snapshot.items)) == (best_outcome(source), last - 1)


class LastTime:
    """Routes that remember what a list gave when it was last read."""

    def __init__(self) -> None:
        self.last: Snapshot | None = None

    def is_blocked(self, route: str) -> bool:  # noqa: ARG002 - the protocol's
        return False

    def keep_blocked(self, route: str) -> None:
        pass

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:  # noqa: ARG002 - the protocol's
        return self.last


@pytest.mark.parametrize("source", WITH_TOTALS.values(), ids=WITH_TOTALS)
def test_a_total_that_is_never_reached_is_said_to_be_so_the_second_time(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    pages = pages_of(source.size + 7, source.size)
    total, delivered, memory = source.size + 17, source.size + 7, LastTime()
    served = Served(pages, [total] * len(pages))
    memory.last = source.read(requests_mock, served, memory)
    assert (memory.last.outcome, memory.last.declared_total) == (Outcome.INCOMPLETE, total)
    assert len(memory.last.items) == delivered
    assert "try again later" in str(memory.last.error)
    again = source.read(requests_mock, served, memory)
    site = ListRef(source.text.partition(":")[0], "").site
    assert again.outcome is Outcome.INCOMPLETE
    assert str(again.error).startswith(
        f"{site} reports {total:,} titles but delivers {delivered:,}, as it did last time"
    )
    assert "later" not in str(again.error)


@EACH
def test_a_row_that_comes_again_on_the_next_page_makes_a_list_incomplete(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    pages = pages_of(source.size + 7, source.size)
    pages[1].insert(0, pages[0][-1])
    snapshot = source.read(requests_mock, Served(pages, counting_list(pages)))
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert len(snapshot.items) >= source.size + 7


@EACH
def test_a_row_that_one_answer_holds_twice_makes_a_list_incomplete(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    served = Served([[1, 2, 2]], [3])
    snapshot = source.read(requests_mock, served)
    document, merged = source.text.startswith("rss:"), source.text.startswith("anilist:")
    if document or merged:  # a document may hold it twice; AniList's lists of a user's own do
        assert snapshot.outcome is best_outcome(source)
    else:
        assert snapshot.outcome is Outcome.INCOMPLETE


@EACH
def test_an_empty_page_in_the_middle_hides_nothing(
    requests_mock: requests_mock.Mocker, source: Source
) -> None:
    pages = [*pages_of(source.size, source.size), [], [source.size + 1]]
    snapshot = source.read(requests_mock, Served(pages, counting_list(pages)))
    if source.says or source.totals:
        assert snapshot.outcome is (Outcome.INCOMPLETE if source.verified else Outcome.UNVERIFIED)
    elif source.counts_pages:
        assert (snapshot.outcome, len(snapshot.items)) == (Outcome.COMPLETE, source.size + 1)
    else:  # an empty page is how such a list ends: nothing tells it from this one
        assert snapshot.outcome is Outcome.COMPLETE


GARBLED = [
    (name, source, row)
    for name, source in SOURCES.items()
    for row in UNREADABLE[source.text.partition(":")[0]]
]


@pytest.mark.parametrize(
    ("source", "row"),
    [(source, row) for _, source, row in GARBLED],
    ids=[f"{name}: {row!r}" for name, _, row in GARBLED],
)
def test_an_entry_that_cannot_be_read_makes_a_list_incomplete(
    requests_mock: requests_mock.Mocker, source: Source, row: object
) -> None:
    pages = [[1, row, 2]]
    snapshot = source.read(requests_mock, Served(pages, counting_list(pages)))
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "1 of 3 entries cannot be read" in str(snapshot.error)
    assert sum(item.unsupported is None for item in snapshot.items) == 2


PART = {"title": "A", "year": 2001, "ids": {"imdb": "tt0000001"}}
JSON_ROWS = (*NOTHINGS, {"title": None, "year": 2001}, {"title": 5, "imdb_id": "x", "tmdb_id": {}})
# Lists that come in one answer: where it is, what surrounds its rows, a good row, and bad ones.
IN_ONE: dict[str, tuple[str, Callable[[list[Any]], object], object, tuple[object, ...]]] = {
    f"json:{SITE}/a": (f"{SITE}/a", list, {"title": "A"}, JSON_ROWS),
    f"json:{SITE}/b": (f"{SITE}/b", lambda rows: {"items": rows}, {"title": "A"}, JSON_ROWS),
    "stevenlu:movies": (f"{SITE}/movies.json", list, {"title": "A"}, JSON_ROWS),
    "simkl:movies/plantowatch": (
        f"{API}/sync/all-items/movies/plantowatch",
        lambda rows: {"movies": rows},
        {"movie": PART},
        (*NOTHINGS, *({"movie": nothing} for nothing in NOTHINGS), {"movie": {"ids": []}}),
    ),
    "tvdb:lists/7": (
        f"{API}/v4/lists/7/extended",
        lambda rows: {"data": {"entities": rows}},
        {"seriesId": 9},
        (*NOTHINGS, {"seriesId": None, "movieId": None}, {"seriesId": "x", "order": []}),
    ),
}
IN_ONE_ROWS = [(text, row) for text, (*_, rows) in IN_ONE.items() for row in rows]


@pytest.mark.parametrize(
    ("text", "row"), IN_ONE_ROWS, ids=[f"{text}: {row!r}" for text, row in IN_ONE_ROWS]
)
def test_a_list_of_one_answer_with_an_entry_that_cannot_be_read_is_incomplete(
    requests_mock: requests_mock.Mocker, text: str, row: object
) -> None:
    address, around, good, _ = IN_ONE[text]
    requests_mock.post(f"{API}/v4/login", json={"data": {"token": "signed-in"}})
    requests_mock.get(address, json=around([good]))
    assert fetch(text, key=KEY, token=KEY).outcome is Outcome.COMPLETE
    requests_mock.get(address, json=around([good, row]))
    snapshot = fetch(text, key=KEY, token=KEY)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert "1 of 2 entries cannot be read" in str(snapshot.error)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("a.txt", "A (2001)", "???"),
        ("a.csv", "title,year\nA,2001", ",2001"),
        ("a.csv", "Const,Title\ntt0000001,A", "x,"),
        ("a.csv", "imdb_id,tmdb_id\ntt0000001,", "x,y"),
    ],
    ids=["text", "titles", "an export", "ids"],
)
def test_a_file_with_a_line_that_cannot_be_read_is_incomplete(
    tmp_path: Path, name: str, good: str, bad: str
) -> None:
    def read(*lines: str) -> Snapshot:
        (tmp_path / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
        files = SiteSources(FakeBrowser({}), {}, tmp_path, NO_PATIENCE)
        return files.fetch(ListRef("file", name))

    assert read(good).outcome is Outcome.COMPLETE
    snapshot = read(good, bad)
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1)
    assert "1 of 2 entries cannot be read" in str(snapshot.error)
    assert f"line {good.count(chr(10)) + 2}" in str(snapshot.error)


IMDB_COLUMNS = "Const,Created,Modified,Description,Title,URL,Title Type,IMDb Rating,Year,Directors"
IMDB_ROW = "tt0000001,2020-01-01,2020-01-01,,A,,movie,7.1,2001,Jane Doe"


@pytest.mark.parametrize(
    ("header", "row", "outcome"),
    [
        pytest.param(IMDB_COLUMNS, IMDB_ROW, Outcome.INCOMPLETE, id="an export of IMDb"),
        pytest.param(
            "Date,Name,Year,Letterboxd URI",
            "2024-01-01,A,2001,https://boxd.it/a",
            Outcome.INCOMPLETE,
            id="an export of Letterboxd",
        ),
        pytest.param("Const,Title", "tt0000001,A", Outcome.COMPLETE, id="a table of one's own"),
    ],
)
def test_an_export_that_does_not_end_in_a_line_end_is_cut(
    tmp_path: Path, header: str, row: str, outcome: Outcome
) -> None:
    def read(text: str) -> Snapshot:
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        files = SiteSources(FakeBrowser({}), {}, tmp_path, NO_PATIENCE)
        return files.fetch(ListRef("file", "a.csv"))

    assert read(f"{header}\n{row}\n").outcome is Outcome.COMPLETE
    assert read(f"{header}\n{row}").outcome is outcome


class Bottom(FakePage):
    """A page that never grows."""

    def wait_for(self, script: str, seconds: float) -> object:  # noqa: ARG002 - the page's
        return False


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/shows/b", Outcome.UNVERIFIED),
        ("/people/b", Outcome.UNVERIFIED),
        ("/elsewhere/b", Outcome.INCOMPLETE),
        (None, Outcome.INCOMPLETE),
    ],
)
def test_a_card_of_trakts_app_that_cannot_be_read_makes_a_list_incomplete(
    path: str | None, outcome: Outcome
) -> None:
    cards = [{"path": "/movies/a-2001", "title": "A"}, {"path": path, "title": "B"}]
    state = {"cards": cards, "bottom": True, "open": 0, "failed": []}
    pages = {f"{SITE}/users/anna/lists/night": Bottom(state)}
    app = SiteSources(FakeBrowser(pages), {"trakt": Provider(SITE)}, Path(), NO_PATIENCE)
    assert app.fetch(ListRef("trakt", "anna/night")).outcome is outcome


@pytest.mark.parametrize("number", [7, 3])
def test_a_film_of_tvdb_without_name_and_ids_makes_a_list_incomplete(
    requests_mock: requests_mock.Mocker, number: int
) -> None:
    entities = {"data": {"entities": [{"seriesId": 9}, {"movieId": number}]}}
    requests_mock.post(f"{API}/v4/login", json={"data": {"token": "signed-in"}})
    requests_mock.get(f"{API}/v4/lists/7/extended", json=entities)
    requests_mock.get(f"{API}/v4/movies/7/extended", json={"data": {"id": 7, "name": None}})
    requests_mock.get(f"{API}/v4/movies/3/extended", status_code=404)
    snapshot = fetch("tvdb:lists/7", key=KEY)
    is_gone = number == 3  # TVDB says so, and nothing else is to be read of it
    assert snapshot.outcome is (Outcome.COMPLETE if is_gone else Outcome.INCOMPLETE)
    assert snapshot.items[1].unsupported == ("gone" if is_gone else "unknown")


def test_a_film_that_tvdb_lists_twice_does_not_end_the_list(
    requests_mock: requests_mock.Mocker,
) -> None:
    """Its films are asked for one by one, so that a repeat is an answer of its own."""
    entities = [{"movieId": 5}, {"movieId": 5}, {"movieId": 6}, {"seriesId": 9}]
    requests_mock.post(f"{API}/v4/login", json={"data": {"token": "signed-in"}})
    requests_mock.get(f"{API}/v4/lists/7/extended", json={"data": {"entities": entities}})
    for number in (5, 6):
        film = {"id": number, "name": f"T {number}", "year": "2001"}
        requests_mock.get(f"{API}/v4/movies/{number}/extended", json={"data": film})
    snapshot = fetch("tvdb:lists/7", key=KEY)
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert [item.title for item in snapshot.items] == ["T 5", "T 5", "T 6", ""]


@pytest.mark.parametrize(
    ("ids", "outcome"),
    [
        pytest.param([{"tmdb": "1"}, {"tmdb": "1"}], Outcome.INCOMPLETE, id="one title"),
        pytest.param(
            [{"simkl": 3, "tmdb": "1"}, {"simkl": 4, "tmdb": "1"}],
            Outcome.COMPLETE,
            id="two entries of Simkl's about one title, such as seasons of anime",
        ),
    ],
)
def test_a_title_that_simkl_lists_twice_does_not_end_the_list(
    requests_mock: requests_mock.Mocker, ids: list[object], outcome: Outcome
) -> None:
    first, second = ({"title": "A", "year": 2001, "ids": own} for own in ids)
    anime = {"anime_type": "tv", "show": {"title": "B", "year": 2002, "ids": {}}}
    groups = {"movies": [], "shows": [{"show": first}], "anime": [{"show": second}, anime]}
    for name, rows in groups.items():
        address = f"{API}/sync/all-items/{name}/plantowatch"
        requests_mock.get(address, json={name: rows})
    snapshot = fetch("simkl:plantowatch", key=KEY, token=KEY)
    assert snapshot.outcome is outcome
    assert [item.title for item in snapshot.items] == ["A", "A", "B"]


def test_no_source_calls_a_list_complete_itself() -> None:
    modules = Path(sources.__file__).parent.rglob("*.py")
    judging = [module.name for module in modules if "Outcome.COMPLETE" in module.read_text("utf-8")]
    assert judging == []
