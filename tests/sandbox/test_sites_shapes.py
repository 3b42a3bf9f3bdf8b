"""The sandbox's IMDb pages have the shape of captured ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.imdb_next_data import MADE_UP_VISITOR
from examples.sandbox.sites import SandboxSites
from tests.sandbox.visitor import Marks, ask, ids, list_search, next_data

CAPTURES = Path(__file__).resolve().parents[2] / "../shared/captures"
needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="no captured pages beside this checkout"
)

JsonPath = tuple[str, ...]


@pytest.fixture
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


def shape(value: Any, at: JsonPath = ()) -> dict[JsonPath, set[type]]:  # noqa: ANN401 - any JSON
    """The types at each path; list positions and type names do not count."""
    by_path: dict[JsonPath, set[type]] = {at: {type(value)}}
    inner: list[tuple[JsonPath, Any]] = []
    if isinstance(value, dict):
        inner = [((*at, key), entry) for key, entry in value.items() if key != "__typename"]
    elif isinstance(value, list):
        inner = [((*at, "[]"), entry) for entry in value]
    for path, entry in inner:
        for deeper, types in shape(entry, path).items():
            by_path.setdefault(deeper, set()).update(types)
    return by_path


def unlike(ours: object, real: object) -> list[str]:
    """Name every path at which our JSON differs from the real one in presence or type."""
    real_shape = shape(real)
    strangers = []
    for path, types in shape(ours).items():
        allowed = real_shape.get(path, set())
        if not allowed or not types <= allowed | {type(None)}:
            strangers.append(f"{'.'.join(path)}: {types}, really {allowed or 'absent'}")
    return strangers


def capture(name: str) -> str:
    return (CAPTURES / name).read_text(encoding="utf-8")


REAL_CHART = "imdb/chart-top250/2025-12-31_raw_25li.html"


@needs_captures
def test_a_chart_has_the_json_of_a_real_chart(sites: SandboxSites) -> None:
    ours = next_data(ask(f"{sites.imdb_url}/chart/top/").body)
    real = next_data(capture(REAL_CHART))
    assert unlike(ours["pageData"], real["pageData"]) == []
    assert unlike(ours["requestContext"]["sidecar"], real["requestContext"]["sidecar"]) == []


@needs_captures
def test_a_chart_shows_25_rows_with_the_marks_of_a_real_raw_page(sites: SandboxSites) -> None:
    ours = Marks(ask(f"{sites.imdb_url}/chart/top/").body)
    real = Marks(capture(REAL_CHART))
    assert ours.rows == real.rows == 25
    of_the_sandbox = {"sidebar", "index-pagination"}
    assert ours.test_ids - real.test_ids <= of_the_sandbox
    assert ours.classes - real.classes == set()


@needs_captures
def test_a_chart_has_the_json_ld_of_a_real_chart(sites: SandboxSites) -> None:
    pattern = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
    pages = (ask(f"{sites.imdb_url}/chart/top/").body, capture(REAL_CHART))
    ours, real = (json.loads(pattern.findall(page)[0]) for page in pages)
    assert unlike(ours, real) == []
    assert len(ours["itemListElement"]) == len(real["itemListElement"]) == 250


@needs_captures
@pytest.mark.parametrize("path", ["/list/ls000000620/", "/user/ur000000143/watchlist/"])
def test_a_list_has_the_json_of_a_real_watchlist(sites: SandboxSites, path: str) -> None:
    body = json.loads(capture("imdb/graphql-watchlist/2025-03-26_predefinedList_15items.json"))
    real = body["data"]["predefinedList"]["titleListItemSearch"]
    assert unlike(list_search(ask(sites.imdb_url + path).body), real) == []


@needs_captures
def test_a_lists_rows_have_the_marks_of_real_rows(sites: SandboxSites) -> None:
    ours = Marks(ask(f"{sites.imdb_url}/list/ls000000049/").body)
    real = Marks(capture("imdb/search-advanced/2025-05-10_advanced.html"))
    assert ours.rows == 25
    assert ours.classes - real.classes == set()


def test_a_page_echoes_its_visitor(sites: SandboxSites) -> None:
    props = next_data(ask(f"{sites.imdb_url}/list/ls000000620/").body)
    assert props["requestContext"]["ipAddress"] == MADE_UP_VISITOR["ip"]
    assert props["requestContext"]["headers"]["cookie"] == MADE_UP_VISITOR["cookie"]


def test_the_box_office_has_no_years_and_a_release_without_title(sites: SandboxSites) -> None:
    content = next_data(ask(f"{sites.imdb_url}/chart/boxoffice/").body)
    edges = content["pageData"]["topGrossingReleases"]["edges"]
    titles = [edge["node"]["release"]["titles"] for edge in edges]
    assert [] in titles
    shown = [title for release in titles for title in release]
    assert [title["id"] for title in shown] == ids(sites, "imdb:boxoffice")
    assert not any("releaseYear" in title for title in shown)


def test_json_ld_names_the_original_title_escaped(sites: SandboxSites) -> None:
    page = ask(f"{sites.imdb_url}/chart/top/").body
    assert '"name": "One Flew Over the Cuckoo&apos;s Nest"' in page
    assert '"alternateName": "Seven Samurai"' in page


def test_a_german_page_shows_original_titles_and_german_types(sites: SandboxSites) -> None:
    german = ask(f"{sites.imdb_url}/list/ls000000049/").body
    assert '<html lang="de">' in german
    assert "Fernsehserie" in german
    prefixed = ask(f"{sites.imdb_url}/de/chart/top/?ref_=x").body
    samurai = next_data(prefixed)["pageData"]["chartTitles"]["edges"][21]["node"]
    assert samurai["titleText"] == samurai["originalTitleText"]
