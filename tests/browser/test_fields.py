"""What travels from the browser is all that is read of a list's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.sites import SandboxSites
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.core.completeness import numbered
from reconciler.core.model import ListRef
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.sites import imdb
from reconciler.sources.sites.imdb import titles
from reconciler.sources.sites.imdb.address import path_of

pytestmark = pytest.mark.browser

WHOLE = "return document.getElementById('__NEXT_DATA__').textContent;"


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[ChromiumBrowser]:
    with ChromiumBrowser(page_seconds=10) as running:
        yield running


@pytest.mark.parametrize(
    "name", ["ls000000012", "ls000000620", "ur000000143", "ur000000143/ratings"]
)
def test_an_imdb_list_reads_alike_from_what_travels_and_from_the_whole_page(
    name: str, tmp_path: Path, sites: SandboxSites, browser: ChromiumBrowser
) -> None:
    ref = ListRef("imdb", name)
    context = FetchContext(browser, tmp_path, Provider(sites.imdb_url))
    listed = imdb.fetch(ref, context).items
    whole = browser.open(sites.imdb_url + path_of(ref, 1)).evaluate(WHOLE)
    first = titles.parse(json.loads(str(whole)), ref)
    assert first is not None
    assert listed[: len(first.items)] == numbered(first.items)
    assert first.items
