"""Real answers of Trakt's API with their headers, read in place where they are at hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import requests_mock

from reconciler.core.model import FetchScope, Outcome
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import FakeBrowser

CAPTURES = Path(__file__).resolve().parents[2].parent / "shared/captures/trakt/api-2026-05"

_FIRST_PAGE = re.compile(r"http://api\.test/(?!.*page=[2-9])")

pytestmark = pytest.mark.skipif(not CAPTURES.is_dir(), reason="no captured answers here")


@pytest.mark.parametrize(
    ("name", "source", "outcome", "kinds"),
    [
        ("movies_boxoffice", "boxoffice", Outcome.COMPLETE, {"movie": 10}),
        ("movies_popular_limit_5", "movies/popular", Outcome.UNVERIFIED, {"movie": 5}),
        ("movies_trending_limit_5", "movies/trending", Outcome.UNVERIFIED, {"movie": 5}),
        ("shows_anticipated_limit_5", "shows/anticipated", Outcome.UNVERIFIED, {"tv": 5}),
        ("shows_popular_limit_5", "shows/popular", Outcome.UNVERIFIED, {"tv": 5}),
        (
            "users_jemus42_lists_2171659_items",
            "https://trakt.tv/users/jemus42/lists/2171659",
            Outcome.COMPLETE,
            {"movie": 5, "tv": 1},
        ),
        (
            "users_sean_watchlist_shows",
            "https://trakt.tv/users/sean/watchlist/shows",
            Outcome.COMPLETE,
            {"tv": 86},
        ),
    ],
)
def test_a_real_answer_is_the_list(
    requests_mock: requests_mock.Mocker,
    name: str,
    source: str,
    outcome: Outcome,
    kinds: dict[str, int],
) -> None:
    exchange = json.loads((CAPTURES / f"{name}.headers.json").read_text("utf-8"))
    headers = {k: v for k, v in exchange["headers"].items() if k != "content-encoding"}
    body = (CAPTURES / f"{name}.json").read_text("utf-8")
    requests_mock.get(re.compile("http://api.test/"), text="[]", headers=headers)
    requests_mock.get(_FIRST_PAGE, text=body, headers=headers)
    provider = Provider(api_url="http://api.test", key="a-client-id")
    sources = SiteSources(FakeBrowser({}), {"trakt": provider}, Path())

    ref = recognize_list(source if "//" in source else f"trakt:{source}")
    snapshot = sources.fetch(ref, FetchScope(sum(kinds.values())))

    assert (snapshot.outcome, snapshot.route) == (outcome, "api")
    assert Counter(str(item.kind) for item in snapshot.items) == kinds
    assert all(item.title and item.ids.tmdb and item.ids.trakt for item in snapshot.items)
    endless = outcome is Outcome.UNVERIFIED
    pages = 1 if endless else int(headers.get("x-pagination-page-count", 1))
    assert requests_mock.call_count == pages
