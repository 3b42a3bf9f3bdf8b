"""Each source tells the outcomes apart as far as its site can."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests_mock
from requests_mock import ANY

from reconciler.core.conditions import READ
from reconciler.core.model import Outcome, Snapshot
from reconciler.sources import SOURCES, SiteSources, recognise
from reconciler.sources.scrape import Provider
from tests.sources.outcomes import KEY, SITE, TELLS, Shown
from tests.sources.pages import NO_PATIENCE, FakeBrowser

EACH = [(source, outcome) for source, told in TELLS.items() for outcome in told]
WITH_TITLES = {Outcome.COMPLETE, Outcome.UNVERIFIED, Outcome.INCOMPLETE}


def read(shown: Shown, folder: Path, mock: requests_mock.Mocker) -> Snapshot:
    ref = recognise(shown.source)
    if ref.provider == "file" and shown.text is not None:
        (folder / ref.id).write_text(shown.text, encoding="utf-8")
    answer = {"json": shown.json} if shown.text is None else {"text": shown.text}
    first: dict[str, Any] = {"status_code": shown.status, "headers": dict(shown.headers), **answer}
    answers = [first] * (shown.calls or 1) + [{"status_code": 500}] * bool(shown.calls)
    mock.register_uri(ANY, re.compile("^http://"), answers)
    pages = {f"{SITE}/{ref.id}/{part}": shown.page for part in ("", "page/2/") if shown.page}
    via = {"imdb": "api", "letterboxd": "browser"}.get(ref.provider)
    provider = Provider(SITE, SITE, via, key=KEY, token=KEY)
    sources = SiteSources(FakeBrowser(pages), {ref.provider: provider}, folder, NO_PATIENCE)
    return sources.fetch(ref)


def test_every_source_says_what_it_can_tell() -> None:
    assert list(TELLS) == list(SOURCES)


@pytest.mark.parametrize(("source", "outcome"), EACH, ids=[" ".join(row) for row in EACH])
def test_a_source_tells_an_outcome_from_the_others(
    source: str, outcome: Outcome, tmp_path: Path, requests_mock: requests_mock.Mocker
) -> None:
    snapshot = read(TELLS[source][outcome], tmp_path, requests_mock)
    assert snapshot.outcome is outcome
    assert bool(snapshot.items) is (outcome in WITH_TITLES)
    assert bool(snapshot.error) is (outcome not in READ)
