"""RSS feeds of titles: Plex's watchlists, and others that name their titles in the same way."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

from reconciler.core.model import ListRef, Snapshot
from reconciler.sources.addresses import is_at
from reconciler.sources.context import FetchContext
from reconciler.sources.documents import document
from reconciler.sources.feeds import PLEX_HOSTS, fetch_plex, is_plex, plex_address, read_feed
from reconciler.sources.paging import open_to_all, without_browser

HOSTS = frozenset({*PLEX_HOSTS, "plex.tv", "watch.plex.tv", "app.plex.tv"})
BARE: re.Pattern[str] | None = None
FORMS = "rss:https://HOST/FEED"
needs_browser = without_browser
objection = open_to_all

_WRITE = "paste the address that Plex shows under Watchlist → RSS"


def parse_id(text: str) -> ListRef:
    """The list that ``rss:TEXT`` means. Raises ValueError with a sentence."""
    return document("rss", text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence."""
    if not is_at(url, HOSTS):
        return document("rss", url.geturl())
    if url.hostname not in PLEX_HOSTS:
        raise ValueError(f"Plex shows this only to you: {_WRITE}")
    address = plex_address(url)
    if address is None:
        raise ValueError(f"not a feed: {_WRITE}")
    return document("rss", address)


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a feed, and the further parts that it names."""
    if is_plex(ref):
        return fetch_plex(ref, context)
    return read_feed(ref.address, ref, context)
