"""The debug folder: what the browser saw of a list that was not read, without its visitor."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.imdb_next_data import MADE_UP_VISITOR
from examples.sandbox.sites import SandboxSites
from reconciler.browser.chromium import ChromiumBrowser
from reconciler.browser.pool import BrowserLease, Sessions
from reconciler.core.model import Outcome, Snapshot
from reconciler.sources.context import Patience, Provider
from reconciler.sources.debug.folder import DebugFolder
from reconciler.sources.registry import SiteSources, recognize_list
from tests.browser.tiny_site import Answer, TinySite

pytestmark = pytest.mark.browser

SECRETS = {
    "203.0.113.77",
    "12.3456",
    "98.7654",
    "000-1111111-2222222",
    "made-up-sign-in-token",
    "made-up-cookie-value",
    *MADE_UP_VISITOR.values(),
}
TELLTALE = """
<title>Something else</title><h1>No list here</h1>
<meta name="geo.position" content="12.3456;98.7654">
<div data-ip="203.0.113.77" data-session="000-1111111-2222222">
<script>document.cookie = "shop=made-up-cookie-value"; window.where = [12.3456, 98.7654];</script>
<input type="hidden" name="authToken" value="made-up-sign-in-token"><p>made-up-cookie-value</p>
"""


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    with Sessions(lambda: ChromiumBrowser(page_seconds=5)) as running:
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxSites]:
    with SandboxSites() as running:
        yield running


def fetch(sessions: Sessions, url: str, folder: Path, source: str) -> Snapshot:
    patience = Patience(content=0.5, check=0.5)
    providers = {"imdb": Provider(url, via="browser")}
    debug = DebugFolder(folder)
    return SiteSources(sessions, providers, Path(), patience, debug=debug).fetch(
        recognize_list(source)
    )


def files_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def secrets_in(text: str) -> set[str]:
    return {secret for secret in SECRETS if secret in text}


@pytest.mark.parametrize("source", ["ls000000003", "ls000000202", "ls000000005", "ls000000429"])
def test_a_list_that_was_not_read_is_kept_without_its_visitor(
    sessions: Sessions, sandbox: SandboxSites, tmp_path: Path, source: str
) -> None:
    snapshot = fetch(sessions, sandbox.imdb_url, tmp_path, source)
    files = files_in(tmp_path)
    assert set(files) == {f"imdb_{source}.html", f"imdb_{source}.txt"}
    assert f"outcome: {snapshot.outcome}\n" in files[f"imdb_{source}.txt"]
    assert f"url: {sandbox.imdb_url}/list/{source}" in files[f"imdb_{source}.txt"].replace(
        "[removed]", "127.0.0.1"
    )
    assert files[f"imdb_{source}.html"].startswith("<html")
    assert secrets_in("".join(files.values())) == set()
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_page_itself_does_tell_of_its_visitor(
    sessions: Sessions, sandbox: SandboxSites
) -> None:
    """Otherwise, the test above would prove nothing."""
    with BrowserLease(sessions, 60) as lease:
        page = lease.open(f"{sandbox.imdb_url}/list/ls000000003/")
        source = str(page.evaluate("return document.documentElement.outerHTML;"))
    assert secrets_in(source) >= set(MADE_UP_VISITOR.values())


def test_attributes_and_scripts_do_not_tell_of_it_either(
    sessions: Sessions, tmp_path: Path
) -> None:
    with TinySite({"/list/ls000001/": Answer(body=TELLTALE)}) as site:
        snapshot = fetch(sessions, site.url, tmp_path, "ls000001")
    assert snapshot.outcome is Outcome.CHANGED_LAYOUT
    files = files_in(tmp_path)
    assert "No list here" in files["imdb_ls000001.html"]
    assert secrets_in("".join(files.values())) == set()


def test_a_list_that_was_read_leaves_nothing(
    sessions: Sessions, sandbox: SandboxSites, tmp_path: Path
) -> None:
    for source in ("ls000000001", "imdb:top"):
        fetch(sessions, sandbox.imdb_url, tmp_path, source)
    assert files_in(tmp_path) == {}


def test_a_second_time_takes_the_place_of_the_first(
    sessions: Sessions, sandbox: SandboxSites, tmp_path: Path
) -> None:
    for _ in range(2):
        fetch(sessions, sandbox.imdb_url, tmp_path, "ls000000404")
    assert len(files_in(tmp_path)) == 2
