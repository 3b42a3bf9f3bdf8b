"""The sandbox's other sites answer as the real ones are known to, and to their keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from examples.sandbox.interfaces import KEY, TOKEN
from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault

CAPTURES = Path(__file__).resolve().parents[2] / "../shared/captures/letterboxd"
needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="no captured pages beside this checkout"
)


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/mdblist/api/lists/anna/night/items", {"params": {"apikey": KEY}}),
        ("GET", "/tmdb/3/list/8136", {"params": {"api_key": KEY}}),
        ("GET", "/tmdb/4/list/8136", {"headers": {"Authorization": f"Bearer {TOKEN}"}}),
        (
            "GET",
            "/simkl/sync/all-items/movies/plantowatch",
            {"headers": {"simkl-api-key": KEY, "Authorization": f"Bearer {TOKEN}"}},
        ),
        ("POST", "/tvdb/v4/login", {"json": {"apikey": KEY}}),
    ],
    ids=["mdblist", "tmdb", "tmdb, token", "simkl", "tvdb"],
)
def test_a_site_that_wants_a_key_wants_this_one(
    sites: SandboxSites, method: str, path: str, sent: dict[str, Any]
) -> None:
    url = sites.others_url + path
    wrong_keys = {kind: dict.fromkeys(values, "another") for kind, values in sent.items()}
    statuses = [
        requests.request(method, url, timeout=10, **with_).status_code
        for with_ in (sent, wrong_keys)
    ]
    assert statuses == [200, 401]


def test_the_total_of_mdblists_api_counts_the_page_unless_it_is_to_count_the_list(
    sites: SandboxSites,
) -> None:
    path = "/mdblist/api/lists/anna/night/items"

    def totals() -> list[str]:
        queries = [{"apikey": KEY, "limit": "4", "offset": str(offset)} for offset in (0, 4)]
        answers = [requests.get(sites.others_url + path, query, timeout=10) for query in queries]
        return [answer.headers["X-Total-Items"] for answer in answers]

    assert totals() == ["4", "3"]
    sites.others.faults.set(path, Fault("total-of-list"))
    assert totals() == ["7", "7"]
    sites.others.faults.clear(path)


def test_a_list_of_tmdb_comes_in_pages_of_twenty_that_say_how_many_there_are(
    sites: SandboxSites,
) -> None:
    url, titles = f"{sites.others_url}/tmdb/3/list/8136", sites.lists["tmdb:list/8136"]
    queries = [{"api_key": KEY, "page": str(number)} for number in (1, 2)]
    pages = [requests.get(url, params=params, timeout=10).json() for params in queries]
    assert [row["id"] for page in pages for row in page["items"]] == [t.tmdb for t in titles]
    assert [(len(p["items"]), p["item_count"], p["total_pages"]) for p in pages] == [
        (20, 23, 2),
        (3, 23, 2),
    ]


@needs_captures
def test_posters_are_marked_up_as_letterboxds_are(sites: SandboxSites) -> None:
    ours = requests.get(f"{sites.others_url}/letterboxd/anna/list/night/", timeout=10).text
    real = (CAPTURES / "2025-12_list-top250_page1_100items.html").read_text(encoding="utf-8")
    row = (
        r'<li class="posteritem[^>]*>\s*<div class="react-component"'
        r'[^>]*data-item-name="[^"]+ \(\d{4}\)"'
    )
    total = r'<meta name="description" content="A list of [\d,]+ films compiled on Letterboxd'
    assert [
        bool(re.search(pattern, page)) for page in (ours, real) for pattern in (row, total)
    ] == [True] * 4
