"""Fetching a list through a site's interface, with what the file would say of the site."""

from __future__ import annotations

from pathlib import Path

from reconciler.core.model import FetchScope, Snapshot
from reconciler.sources.context import Provider
from reconciler.sources.registry import SiteSources, recognize_list
from tests.sources.pages import NO_PATIENCE, FakeBrowser

KEY = "a-made-up-key-of-0123456789"
API = "http://api.test"
SITE = "http://site.test"


def fetch(
    source: str, top: int | None = None, key: str = "", token: str = "", *, facts: bool = False
) -> Snapshot:
    """What reading a list gives; the site is at API and SITE."""
    ref = recognize_list(source)
    provider = Provider(SITE, API, key=key, token=token)
    sources = SiteSources(FakeBrowser({}), {ref.provider: provider}, Path(), NO_PATIENCE)
    return sources.fetch(ref, FetchScope(top, facts))
