"""RSS feeds: how entries name their titles, and that a feed is never called the whole list."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests_mock

from reconciler.core.model import Ids, Item, Kind, Outcome
from tests.sources.asking import fetch

URL = "http://feeds.test/feed"
NAMES = 'xmlns:letterboxd="http://l.test" xmlns:tmdb="http://t.test" xmlns:atom="http://a.test"'


def feed(*entries: str, onward: str = "") -> str:
    link = f'<atom:link rel="next" href="{onward}"/>' if onward else ""
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMES}><channel>{link}{items}</channel></rss>'


def entry(number: int) -> str:
    return f"<title>Film {number} (2001)</title><guid>imdb://tt{number:07}</guid>"


@pytest.mark.parametrize(
    ("text", "item"),
    [
        pytest.param(
            "<title>Dune (2021)</title><category>movie</category><guid>imdb://tt1160419</guid>",
            Item(1, "Dune", 2021, Kind.MOVIE, Ids(imdb="tt1160419")),
            id="a film on a Plex watchlist",
        ),
        pytest.param(
            "<title>Severance (2022)</title><category>show</category><guid>tvdb://371980</guid>",
            Item(1, "Severance", 2022, Kind.TV, Ids(tvdb=371980)),
            id="and a show",
        ),
        pytest.param(
            "<title>Anna, Dune, 2021 - ★★</title><letterboxd:filmTitle>Dune</letterboxd:filmTitle>"
            "<letterboxd:filmYear>2021</letterboxd:filmYear><tmdb:movieId>438631</tmdb:movieId>",
            Item(1, "Dune", 2021, Kind.MOVIE, Ids(tmdb=438631)),
            id="a film in a Letterboxd feed",
        ),
        pytest.param(
            "<title>Anna, Dune, 2021</title><letterboxd:filmTitle>Dune</letterboxd:filmTitle>"
            "<letterboxd:filmYear>2021</letterboxd:filmYear>",
            Item(1, "Dune", 2021, Kind.MOVIE, may_be_show=True),
            id="one without an id, which may be a series",
        ),
        pytest.param(
            "<title>Dune</title><link>https://www.imdb.com/title/tt1160419/</link>",
            Item(1, "Dune", ids=Ids(imdb="tt1160419")),
            id="a link to IMDb",
        ),
        pytest.param("<title>Dune</title><guid>x</guid>", Item(1, "Dune"), id="a title alone"),
    ],
)
def test_an_entry_is_what_it_names(
    requests_mock: requests_mock.Mocker, text: str, item: Item
) -> None:
    requests_mock.get(URL, text=feed(text, entry(1)))
    snapshot = fetch(f"rss:{URL}")
    assert (snapshot.outcome, snapshot.items[0]) == (Outcome.UNVERIFIED, item)


def test_a_feed_with_an_entry_that_names_nothing_is_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(URL, text=feed("<guid>x</guid>", entry(1)))
    snapshot = fetch(f"rss:{URL}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 2)


def test_a_feed_is_read_on_where_it_says_so(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, text=feed(entry(1), onward="/feed/2"))
    requests_mock.get(f"{URL}/2", text=feed(entry(2)))
    assert [item.position for item in fetch(f"rss:{URL}").items] == [1, 2]


@pytest.mark.parametrize(
    "onward",
    ["http://elsewhere.test/feed", f"ftp{URL.removeprefix('http')}", "http://[", "file:///etc/a"],
    ids=["another host", "another protocol", "no address", "a file"],
)
def test_a_feed_leads_nowhere_else(requests_mock: requests_mock.Mocker, onward: str) -> None:
    requests_mock.get(URL, text=feed(entry(1), onward=onward))
    assert len(fetch(f"rss:{URL}").items) == 1
    assert requests_mock.call_count == 1


def test_a_feed_that_leads_in_a_circle_ends(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, text=feed(entry(1), onward=URL))
    assert fetch(f"rss:{URL}").outcome is Outcome.INCOMPLETE
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    "text",
    [
        "<html><body/></html>",
        "<rss/>",
        '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
        '<?xml version="1.0" encoding="no-such"?><rss><channel/></rss>',
    ],
    ids=["a page", "no channel", "entities", "an unknown encoding"],
)
def test_what_is_no_feed_is_a_changed_layout(
    requests_mock: requests_mock.Mocker, text: str
) -> None:
    requests_mock.get(URL, text=text)
    assert fetch(f"rss:{URL}").outcome is Outcome.CHANGED_LAYOUT


CUT_OFF = f"{URL}: the feed was cut off in the middle; try again later"
WHOLE = feed(entry(1), entry(2).replace("Film", "Fïlm"), "<title><![CDATA[Film 3 (2001)]]></title>")


def test_a_feed_that_is_cut_anywhere_says_so(requests_mock: requests_mock.Mocker) -> None:
    others = {}
    for end in range(len(WHOLE.encode()) - 1):
        requests_mock.get(URL, content=WHOLE.encode()[:end])
        snapshot = fetch(f"rss:{URL}")
        if (snapshot.outcome, snapshot.error) != (Outcome.UNREACHABLE, CUT_OFF):
            others[end] = snapshot
    assert others == {}


@pytest.mark.parametrize("end", [0, 1, 2, 3, 40, 77, 200])
def test_a_feed_in_another_encoding_that_is_cut_says_so(
    requests_mock: requests_mock.Mocker, end: int
) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!-- a feed -->' + WHOLE[WHOLE.index("<rss") :]
    requests_mock.get(URL, content=text.encode("utf-16")[:end])
    assert "cut off in the middle" in (fetch(f"rss:{URL}").error or "")


def test_a_later_part_that_is_cut_leaves_the_list_incomplete(
    requests_mock: requests_mock.Mocker,
) -> None:
    requests_mock.get(URL, text=feed(entry(1), onward="/feed/2"))
    requests_mock.get(f"{URL}/2", text=feed(entry(2))[:-30])
    snapshot = fetch(f"rss:{URL}")
    assert (snapshot.outcome, len(snapshot.items)) == (Outcome.INCOMPLETE, 1)
    assert "cut off in the middle" in (snapshot.error or "")


CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="no reported cases here")
def test_the_reported_feed_was_cut_off(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, content=(CASES / "feed-cut-in-the-middle.xml").read_bytes())
    snapshot = fetch(f"rss:{URL}")
    assert snapshot.outcome is Outcome.UNREACHABLE
    assert "try again later" in (snapshot.error or "")


def test_an_empty_feed_is_empty(requests_mock: requests_mock.Mocker) -> None:
    requests_mock.get(URL, text=feed())
    assert fetch(f"rss:{URL}").outcome is Outcome.EMPTY


def test_the_key_in_a_feeds_path_is_in_no_error(requests_mock: requests_mock.Mocker) -> None:
    key = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    requests_mock.get(f"http://feeds.test/{key}", status_code=404)
    snapshot = fetch(f"rss:http://feeds.test/{key}")
    assert snapshot.outcome is Outcome.MISSING
    assert key not in repr(snapshot)
