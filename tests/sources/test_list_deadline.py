"""Reading a list has a deadline as a whole, besides that of each call."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import requests_mock

from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import PATIENCE, Patience
from reconciler.sources.registry import SiteSources, recognize_list
from tests.edges.dripping import ANSWERS, dripping
from tests.sources.pages import FakeBrowser

FEED = "http://feed.test/list.rss"
SHORT = Patience(content=0.0, check=0.0, settle=0.0, whole=0.3)
TIME_IS_UP = "the list was not complete after 0.3 s"


def fetch(source: str) -> Snapshot:
    return SiteSources(FakeBrowser({}), {}, Path(), SHORT).fetch(recognize_list(source))


def test_a_list_may_take_ten_minutes() -> None:
    assert PATIENCE.whole == 600


def test_pages_without_end_leave_the_list_incomplete_with_what_was_read() -> None:
    numbers = count(1)

    def page(_: object, __: object) -> str:
        number = next(numbers)
        onward = f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="?page={number}"/>'
        entry = f"<item><title>Film {number} (2021)</title></item>"
        return f"<rss><channel>{onward}{entry}</channel></rss>"

    with requests_mock.Mocker() as mock:
        mock.get(FEED, text=page)
        snapshot = fetch(f"rss:{FEED}")
    assert snapshot.outcome is Outcome.INCOMPLETE
    assert TIME_IS_UP in str(snapshot.error)
    assert len(snapshot.items) > 1


def test_a_list_whose_first_answer_drips_is_unreachable() -> None:
    with dripping(*ANSWERS["the body"]) as (url, _):
        snapshot = fetch(f"json:{url}/list.json")
    assert (snapshot.outcome, snapshot.items) == (Outcome.UNREACHABLE, ())
    assert TIME_IS_UP in str(snapshot.error)
