"""The status pages as HTML: what they say, and that foreign text stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reconciler.config.settings import Origin, Setting
from reconciler.core.conditions import READY
from reconciler.core.model import (
    WHOLE,
    Condition,
    Done,
    Ids,
    Intent,
    Item,
    Kind,
    ListReport,
    MediaKey,
    Op,
    Outcome,
    Reason,
    Result,
    RowReport,
    Run,
    Schedule,
    Snapshot,
    Status,
    StatusSnapshot,
    Target,
)
from reconciler.core.times import iso_time
from reconciler.render.history import history_document
from reconciler.render.html import status_pages
from reconciler.render.html.status_pages import Limit, PageData
from reconciler.render.html.title_page import title_page
from reconciler.render.status import status_document
from reconciler.render.times import relative_time

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
LINE = ("server", "media pending; request 1 pending (user 2)")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}\u202e\x1b[31m"


def condition(type_: str, status: Status, reason: str = "InStep", message: str = "") -> Condition:
    return Condition(type_, status, reason, message, NOW - timedelta(hours=1), "abc123")


def row(position: int, title: str, word: str = Reason.AVAILABLE, detail: str = "") -> RowReport:
    item = Item(position, title, 2020, Kind.MOVIE, Ids(imdb=f"tt{position:07}", tmdb=position))
    target = Target(MediaKey(Kind.MOVIE, position), is_4k=False)
    advice = "add `map: {x: tmdb:movie:1}` to the config" if detail else ""
    facts = (("on", f"kids, place {position}  imdb:tt1"), ("server", f"not on it {detail}"))
    return RowReport(item, word, detail, target, advice, facts)


def data(
    rows: Iterable[RowReport] = (),
    *,
    name: str = "kids",
    ready: Status = Status.TRUE,
    **others: object,
) -> PageData:
    report_rows = tuple(rows)
    snapshot = Snapshot(Outcome.COMPLETE, "file", tuple(r.item for r in report_rows))
    report = ListReport("file:kids.txt", NOW, snapshot, snapshot, report_rows)
    statuses = StatusSnapshot(
        (name,),
        "abc123",
        {name: {READY: condition(READY, ready, "Missing", "the file is gone")}, WHOLE: {}},
        {name: Schedule("x", NOW + timedelta(minutes=12), 0, NOW, NOW)},
    )
    document = status_document(
        Path("/config/listsync.yaml"), {name: "file:kids.txt"}, {name: report}, statuses
    )
    reports = {name: report}
    return PageData(document, NOW, "http://seerr:5055", reports=reports, **others)  # type: ignore[arg-type] # by the caller


class Visible(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.attributes = "", [""], [("", "")]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " "
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def words_of(page: str) -> str:
    return " ".join(Visible(page).text.split())


def test_the_headline_says_how_things_are() -> None:
    quiet = words_of(status_pages.overview(data([row(1, "Dune")])))
    assert "1 list is in sync" in quiet
    assert "need you" in quiet
    busy = words_of(status_pages.overview(data([row(1, "Dune", Reason.AMBIGUOUS, "2 titles")])))
    assert "1 list is in sync, 1 thing needs you" in busy


def test_what_needs_a_person_has_its_reason_and_what_settles_it() -> None:
    page = status_pages.overview(data([row(7, "Dune", Reason.AMBIGUOUS, "2 titles")]))
    text = words_of(page)
    assert "Dune (2020) ambiguous On kids: 2 titles" in text
    assert "<code>map: {x: tmdb:movie:1}</code>" in page


def test_a_list_that_is_not_ready_needs_a_person() -> None:
    text = words_of(status_pages.overview(data(ready=Status.FALSE)))
    assert "0 of 1 lists are in sync, 1 thing needs you" in text
    assert (
        "the file is gone check the server, the requesters and the ledger: listsync doctor" in text
    )


def test_a_list_that_was_only_planned_and_could_not_be_read_needs_a_person() -> None:
    values = data()
    [kids] = values.status["lists"]
    fetch: Any = {**(kids["fetch"] or {}), "outcome": Outcome.MISSING, "error": "no such file"}
    status: Any = {**values.status, "lists": [{**kids, "fetch": fetch, "conditions": []}]}
    text = words_of(status_pages.overview(replace(values, status=status)))
    assert "kids missing fetch missing (no such file): nothing new this time" in text


def test_a_title_on_several_lists_counts_once_as_in_a_plan() -> None:
    """The rows of the lists say how many of their own titles wait; they overlap."""
    words = (Reason.QUOTA, Reason.AMBIGUOUS, Reason.DECLINED, Reason.FILTERED, "created")
    values = data([row(n, f"Title {n}", word, "why") for n, word in enumerate(words, 1)])
    [kids] = values.status["lists"]
    lists: Any = [{**kids, "name": name} for name in ("kids", "anna")]
    page = status_pages.overview(replace(values, status={**values.status, "lists": lists}))
    text = words_of(page)
    assert "titles up to date 2 requested in the last 7 days 0 waiting 1 needs you 1" in text
    assert "Title 2 (2020) ambiguous On kids, anna: why" in text
    assert text.count("ambiguous") == 1
    assert page.count('data-label="Waiting">1<') == 2


def test_times_are_relative_with_the_absolute_one_beside() -> None:
    page = status_pages.overview(data([row(1, "Dune")]))
    due = NOW + timedelta(minutes=12)
    assert f'<time datetime="{iso_time(due)}" title="2026-11-29 12:12 UTC">in 12 min</time>' in page


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-53, "just now"),
        (30, "in a moment"),
        (-60, "1 min ago"),
        (57 * 60 - 2, "in 57 min"),
        (-113 * 60, "113 min ago"),
        (-2 * 3600, "2 h ago"),
        (6 * 3600 - 300, "in 6 h"),
        (int(6.6 * 3600), "in 6 h"),
        (-int(1.8 * 86400), "43 h ago"),
        (-4 * 86400, "4 days ago"),
        (-59 * 86400, "59 days ago"),
        (-400 * 86400, "2025-10-25"),
        (61 * 86400, "2027-01-29"),
    ],
)
def test_a_relative_time_uses_the_largest_fitting_unit(seconds: int, text: str) -> None:
    assert relative_time(NOW + timedelta(seconds=seconds), NOW) == text


def pages(values: PageData) -> list[str]:
    lst = values.status["lists"][0]
    title = title_page(values, "tmdb:movie:1")
    assert title
    return [
        status_pages.overview(values),
        status_pages.list_page(values, lst, query=HOSTILE, verdict=HOSTILE, number=1),
        status_pages.list_page(values, lst, query="", verdict="", number=1),
        title,
        status_pages.runs_page(values),
        status_pages.config_page(values, [Setting((HOSTILE, HOSTILE), HOSTILE, place=HOSTILE)]),
        status_pages.error_page(values, HOSTILE, HOSTILE, [HOSTILE]),
    ]


def test_foreign_text_stays_text_on_every_page() -> None:
    values = data(
        [row(1, HOSTILE, Reason.AMBIGUOUS, HOSTILE)],
        problems=(HOSTILE,),
        ledger_problem=HOSTILE,
        server=HOSTILE,
        limits=(Limit(HOSTILE, 1, 2, HOSTILE),),
    )
    for page in pages(values):
        visible = Visible(page)
        assert "img" not in visible.tags
        assert visible.tags.count("script") == page.count('src="/static/filter.js"')
        assert not [name for name, _ in visible.attributes if name.startswith(("on", "style"))]
        assert not {"\u202e", "\x1b"} & set(page)
        assert "49" not in re.sub(r"\d{3,}", "", visible.text)


def test_no_page_asks_another_host_for_anything() -> None:
    for page in pages(data([row(1, "Dune")])):
        loaded = [value for name, value in Visible(page).attributes if name in {"src", "action"}]
        assert all(value.startswith("/") for value in loaded)
        assert 'rel="stylesheet" href="/static/style.css"' in page


def test_a_broken_config_and_a_lost_ledger_are_said_on_every_page() -> None:
    values = data([row(1, "Dune")], problems=("listsync.yaml:3:1: error",), ledger_problem="locked")
    for page in pages(values):
        assert "The last valid config stays in effect" in page
        assert "listsync.yaml:3:1: error" in page
        assert "locked" in page


def test_before_the_first_run_of_a_process_the_limits_are_announced() -> None:
    sentence = "The server's version, the budget and the quotas are shown after the next run."
    restarted, after_run = data([row(1, "Dune")]), data([row(1, "Dune")], server="Seerr 3.4.1")
    assert sentence in words_of(status_pages.overview(restarted))
    assert "Limits" not in words_of(status_pages.overview(after_run))


def test_titles_are_in_list_order_and_filtered_by_verdict_and_name() -> None:
    rows = [row(1, "Alien"), row(2, "Heat", Reason.QUOTA), row(3, "Aliens", Reason.QUOTA)]
    values = data(rows)
    lst = values.status["lists"][0]

    def titles(query: str = "", verdict: str = "") -> list[str]:
        page = status_pages.list_page(values, lst, query=query, verdict=verdict, number=1)
        return re.findall(r'dir="auto">([^<]+)</a>', page)

    assert titles() == ["Alien", "Heat", "Aliens"]
    assert titles(query="alien") == ["Alien", "Aliens"]
    assert titles(verdict="quota") == ["Heat", "Aliens"]
    assert titles(query="alien", verdict="quota") == ["Aliens"]
    assert titles(query="nothing") == []


def test_a_show_whose_seasons_are_decided_apart_is_one_title_of_the_list() -> None:
    values = data([row(1, "The Wire"), row(1, "The Wire", Reason.UNAIRED), row(2, "Heat")])
    page = status_pages.list_page(values, values.status["lists"][0], query="", verdict="", number=1)
    assert "Titles 2 titles, as of the last run" in words_of(page)


def test_a_long_list_has_pages_that_keep_the_filter() -> None:
    values = data([row(number, f"Title {number}") for number in range(1, 451)])
    lst = values.status["lists"][0]
    last = status_pages.list_page(values, lst, query="Title", verdict="", number=99)
    assert "page 3 of 3" in last
    assert "Title 450" in last
    assert 'href="?q=Title&amp;verdict=&amp;page=2"' in last


@pytest.mark.parametrize(
    ("kind", "ids", "urls"),
    [
        pytest.param(
            Kind.TV,
            Ids(tmdb=1396, trakt="breaking-bad"),
            [
                "http://seerr:5055/tv/1396",
                "https://www.themoviedb.org/tv/1396",
                "https://trakt.tv/shows/breaking-bad",
            ],
            id="a show",
        ),
        pytest.param(None, Ids(trakt="dune"), [], id="a film or a show"),
        pytest.param(
            Kind.MOVIE, Ids(imdb="tt1160419"), ["https://www.imdb.com/title/tt1160419/"], id="IMDb"
        ),
    ],
)
def test_titles_link_to_the_server_and_to_their_sites(
    kind: Kind | None, ids: Ids, urls: list[str]
) -> None:
    values = data([RowReport(Item(1, "Title", 2020, kind, ids), Reason.AVAILABLE)])
    page = status_pages.list_page(values, values.status["lists"][0], query="", verdict="", number=1)
    assert re.findall(r'<a href="([^"]+)" rel="noreferrer">', page) == urls


def test_a_title_has_what_explain_says_of_it_and_the_command() -> None:
    rows = [replace(row(1, "Dune", "created"), facts=(("verdict", "request, missing"), LINE))]
    text = words_of(str(title_page(data(rows), "tmdb:movie:1")))
    assert "On kids created" in text
    assert "Verdict request, missing" in text
    assert "Server media pending; request 1 pending (user 2)" in text
    assert "listsync explain imdb:tt0000001" in text


@pytest.mark.parametrize(
    ("item", "key"),
    [
        (Item(1, "Reel", 1997, Kind.MOVIE, Ids(imdb="tt9000003")), "imdb:tt9000003"),
        (Item(1, "", None, Kind.TV, Ids(trakt="breaking-bad")), "trakt:show:breaking-bad"),
        (Item(1, "A/B", 2020), "title:A/B (2020)"),
        (Item(1, "", None, None, Ids(trakt="dune")), "title:trakt:dune (None)"),
    ],
    ids=["by its IMDb id", "by Trakt's, with the kind", "by its name", "by an id without a kind"],
)
def test_a_title_without_a_tmdb_number_has_a_page_too(item: Item, key: str) -> None:
    values = data([RowReport(item, Reason.NOT_FOUND, "TMDB has no such title")])
    page = status_pages.list_page(values, values.status["lists"][0], query="", verdict="", number=1)
    assert f'href="/titles/{quote(key, safe="")}"' in page
    assert "TMDB has no such title" in str(title_page(values, key))


def test_the_config_has_the_lists_first_and_says_where_each_value_comes_from() -> None:
    settings = [
        Setting(("server", "url"), "http://seerr:5055", Origin.FILE, "listsync.yaml:2"),
        Setting(("ledger",), None),
        Setting(("lists", "kids", "interval"), "6h", Origin.DEFAULTS, "listsync.yaml:9"),
        Setting(("lists", "kids", "filter", "genres"), ["Drama", "Crime"], Origin.LIST, "a.yaml:3"),
        Setting(("lists", "kids", "4k"), value=False),
    ]
    text = words_of(status_pages.config_page(data(), settings))
    assert "kids interval 6h defaults · listsync.yaml:9 filter.genres [Drama, Crime] list" in text
    assert "1 built-in value 4k false server url http://seerr:5055 file · listsync.yaml:2" in text
    assert "general 1 built-in value ledger not set" in text


def test_a_run_has_the_requests_of_its_own_lists_and_time() -> None:
    def at(minutes: int) -> datetime:
        return NOW - timedelta(minutes=minutes)

    def intent(minutes: int, title: str, name: str) -> Intent:
        target = Target(MediaKey(Kind.MOVIE, minutes), is_4k=False)
        return Intent(
            at(minutes), Op.REQUEST, target, title, 2, (name,), None, Done(Result.CREATED)
        )

    intents = [intent(28, "Alien", "kids"), intent(9, "Heat", "kids"), intent(8, "Dune", "anna")]
    runs = [
        Run(1, "run", at(30)),  # killed
        Run(2, "run", at(10), at(5), ("kids",), {"created": 1}, 0),
        Run(3, "run", at(10), at(5), ("anna",), {"created": 1}, 0),
    ]
    text = words_of(status_pages.runs_page(data(history=history_document(intents, runs))))
    assert re.findall("(1 created|did not finish) (.*?) ·", text.partition("Result")[2]) == [
        ("1 created", "Dune"),
        ("1 created", "Heat"),
        ("did not finish", "Alien"),
    ]
    assert [text.count(title) for title in ("Dune", "Heat", "Alien")] == [1, 1, 1]


def test_the_last_runs_are_shown_and_the_number_of_all() -> None:
    runs = [Run(n, "run", NOW, NOW, ("kids",), {}, 0) for n in range(201)]
    text = words_of(status_pages.runs_page(data(history=history_document([], runs))))
    assert text.count("nothing to request") == 200
    assert "The last 200 runs of 201. All of them: listsync history" in text


def test_lists_of_which_explain_says_the_same_share_a_card() -> None:
    values = data([row(1, "Dune")])
    [kids], report = values.status["lists"], values.reports["kids"]
    another = replace(report, rows=(replace(report.rows[0], word="quota"),))
    lists: list[Any] = [{**kids, "name": name} for name in ("kids", "anna", "others")]
    lists[2]["items"] = [{**kids["items"][0], "verdict": "quota"}]
    values = replace(
        values,
        status={**values.status, "lists": lists},
        reports={"kids": report, "anna": report, "others": another},
    )
    text = words_of(str(title_page(values, "tmdb:movie:1")))
    assert "On kids, anna available as of the run just now" in text
    assert "On others quota as of the run just now" in text


def test_what_was_done_needs_no_advice() -> None:
    rows = [row(1, "Dune", "created", "approved"), row(2, "Heat", "failed", "HTTP 500")]
    texts = [words_of(str(title_page(data(rows), f"tmdb:movie:{n}"))) for n in (1, 2)]
    assert ["To change it" in text for text in texts] == [False, True]


def test_a_title_that_has_left_its_lists_has_its_requests() -> None:
    target = Target(MediaKey(Kind.MOVIE, 7), is_4k=False)
    intent = Intent(NOW, Op.REQUEST, target, "Heat", 2, ("kids",), None, Done(Result.CREATED))
    values = data(history=history_document([intent], []))
    text = words_of(str(title_page(values, "tmdb:movie:7")))
    assert "Heat This title was not on any list at the last run." in text
    assert "just now request created kids" in text


def test_a_title_that_no_list_has_has_no_page() -> None:
    assert title_page(data([row(1, "Dune")]), "tmdb:movie:99") is None


def test_without_lists_the_page_says_what_to_do() -> None:
    document = status_document(Path("/c/listsync.yaml"), {}, {}, StatusSnapshot())
    text = words_of(status_pages.overview(PageData(document, NOW, "http://seerr:5055")))
    assert "No lists yet. Add one under lists in listsync.yaml." in text
