"""Real Chromium reads the sandbox's lists: whole ones whole, and every trouble by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.sites import SandboxSites
from examples.sandbox.sites_lists import Fault
from examples.sandbox.sites_lists import Outcome as SiteFault
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import Sessions
from reconciler.core.model import Kind, Outcome, Snapshot
from reconciler.sources.context import Patience, Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.processes import browser_groups

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sites() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    with Sessions(lambda: ChromiumBrowser(page_seconds=10)) as running:
        yield running


@pytest.fixture(scope="module")
def sources(
    sites: SandboxSites, sessions: Sessions, tmp_path_factory: pytest.TempPathFactory
) -> SiteSources:
    folder: Path = tmp_path_factory.mktemp("files")
    patience = Patience(content=2.5, check=2.5, settle=1.0)
    providers = {
        "imdb": Provider(sites.imdb_url, via="browser"),
        "trakt": Provider(sites.trakt_url),
    }
    return SiteSources(sessions, providers, folder, patience)


def fetch(sources: SiteSources, source: str) -> Snapshot:
    return sources.fetch(recognize_list(source))


@pytest.mark.parametrize(
    "source",
    [
        "imdb:ls000000620",
        "imdb:ur000000143",
        "imdb:ls000000049",
        "imdb:ls000000004",
        "imdb:ls000000007",
        "imdb:ls000000008",
        "imdb:ls000000010",
        "imdb:top",
        "imdb:toptv",
        "imdb:boxoffice",
    ],
    ids=[
        "three pages",
        "a watchlist",
        "a German page",
        "the path has moved",
        "a bot check that passes",
        "a consent layer",
        "an image that never ends",
        "a chart",
        "a chart of shows",
        "the box office",
    ],
)
def test_an_imdb_list_is_read_whole_and_in_order(
    sources: SiteSources, sites: SandboxSites, source: str
) -> None:
    snapshot = fetch(sources, source)
    assert snapshot.outcome is Outcome.COMPLETE
    assert [item.ids.imdb for item in snapshot.items] == [
        title.imdb for title in sites.lists[source]
    ]


@pytest.mark.parametrize(
    ("source", "path", "fault"),
    [
        ("imdb:ls000000006", "/list/ls000000006", "no-json"),
        ("imdb:ls000000620", "/list/ls000000620", "no-json"),
        ("imdb:top", "/chart/top", "json-ld-only"),
        ("imdb:toptv", "/chart/toptv", "no-json"),
    ],
    ids=["rows", "rows of three pages", "a chart's linked data", "a chart's rows"],
)
def test_an_imdb_list_without_its_json_is_read_whole_and_in_order(
    sources: SiteSources, sites: SandboxSites, source: str, path: str, fault: SiteFault
) -> None:
    sites.imdb.faults.set(path, Fault(fault))
    pages = [f"{path}?page={number}" for number in (2, 3)]
    for page in pages:
        sites.imdb.faults.set(page, Fault(fault))
    snapshot = fetch(sources, source)
    sites.imdb.faults.clear()
    assert snapshot.outcome is Outcome.COMPLETE
    assert [(item.ids.imdb, item.title) for item in snapshot.items] == [
        (title.imdb, title.title) for title in sites.lists[source]
    ]


@pytest.mark.parametrize(
    "source",
    ["trakt:anna/big-shelf", "trakt:anna/watchlist", "trakt:anna/just-a-moment-passes"],
    ids=["five screens", "a watchlist", "a bot check that passes"],
)
def test_a_trakt_list_is_scrolled_to_its_end_and_unverified(
    sources: SiteSources, sites: SandboxSites, source: str
) -> None:
    snapshot = fetch(sources, source)
    assert (snapshot.outcome, snapshot.declared_total) == (Outcome.UNVERIFIED, None)
    assert [(item.title, item.kind) for item in snapshot.items] == [
        (title.title, Kind(title.kind)) for title in sites.lists[source]
    ]


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("trakt:anna/big-shelf", Outcome.UNVERIFIED),
        ("trakt:anna/nothing-yet", Outcome.UNVERIFIED),
        ("trakt:anna/private", Outcome.PRIVATE),
        ("trakt:anna/just-a-moment", Outcome.BLOCKED),
    ],
    ids=["five screens", "an empty list", "a private list", "a bot check that nobody passes"],
)
def test_a_trakt_list_is_read_from_the_app_where_the_api_refuses_the_client_id(
    sites: SandboxSites, sessions: Sessions, tmp_path: Path, source: str, outcome: Outcome
) -> None:
    refused = Provider(sites.trakt_url, sites.trakt_api_url, key="the-client-id-of-a-removed-app")
    patience = Patience(content=2.5, check=1.0, settle=1.0)
    snapshot = fetch(SiteSources(sessions, {"trakt": refused}, tmp_path, patience), source)
    assert snapshot.outcome is outcome
    if outcome is Outcome.UNVERIFIED:
        assert "since Trakt refuses providers.trakt.client_id" in str(snapshot.note)
        assert [item.title for item in snapshot.items] == [
            title.title for title in sites.lists[source]
        ]
    else:
        assert snapshot.items == ()


def test_a_trakt_list_may_be_filtered_by_kind(sources: SiteSources, sites: SandboxSites) -> None:
    snapshot = fetch(sources, "trakt:anna/watchlist?mode=show")
    listed = sites.lists["trakt:anna/watchlist"]
    assert [item.title for item in snapshot.items] == [
        title.title for title in listed if title.kind == "tv"
    ]


@pytest.mark.parametrize(
    ("source", "outcome", "count"),
    [
        ("imdb:ls000000001", Outcome.EMPTY, 0),
        ("imdb:ls000000002", Outcome.PRIVATE, 0),
        ("imdb:ur000000002", Outcome.PRIVATE, 0),
        ("imdb:ls000000003", Outcome.INCOMPLETE, 65),
        ("imdb:ls000000005", Outcome.CHANGED_LAYOUT, 0),
        ("imdb:ls000000013", Outcome.CHANGED_LAYOUT, 0),
        ("imdb:ls000000202", Outcome.BLOCKED, 0),
        ("imdb:ls000000404", Outcome.MISSING, 0),
        ("imdb:ls000000429", Outcome.RATE_LIMITED, 0),
        ("imdb:ls000000503", Outcome.UNREACHABLE, 0),
        ("trakt:anna/nothing-yet", Outcome.EMPTY, 0),
        ("trakt:anna/private", Outcome.PRIVATE, 0),
        ("trakt:anna/missing", Outcome.MISSING, 0),
        ("trakt:anna/stops-half-way", Outcome.INCOMPLETE, 100),
        ("trakt:anna/other-layout", Outcome.CHANGED_LAYOUT, 0),
        ("trakt:anna/just-a-moment", Outcome.BLOCKED, 0),
        ("trakt:anna/unavailable", Outcome.UNREACHABLE, 0),
    ],
)
def test_every_trouble_has_its_own_outcome(
    sources: SiteSources, source: str, outcome: Outcome, count: int
) -> None:
    snapshot = fetch(sources, source)
    assert (snapshot.outcome, len(snapshot.items)) == (outcome, count)
    assert bool(snapshot.error) == (outcome is not Outcome.EMPTY)


def test_what_cannot_be_requested_stays_on_the_list(sources: SiteSources) -> None:
    snapshot = fetch(sources, "imdb:ls000000012")
    assert snapshot.outcome is Outcome.COMPLETE
    assert [item.unsupported for item in snapshot.items if item.unsupported] == [
        "tvEpisode",
        "videoGame",
    ]
    assert sum(item.year is None for item in snapshot.items) == 2


def test_one_browser_serves_all_lists(sources: SiteSources) -> None:
    fetch(sources, "imdb:bottom")
    before = browser_groups()
    fetch(sources, "trakt:anna/family-night")
    assert browser_groups() == before
    assert len(before) == 1
