"""Plex's watchlist feeds, at the two addresses that Plex has for each.

Since July 2026 ``rss.plex.tv`` may refuse a feed that ``discover.provider.plex.tv`` still gives, by
a redirect to an address that lets whoever has it read the feed. Where it leads is shown nowhere.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import SplitResult, urlsplit, urlunsplit

from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.sources.context import FetchContext
from reconciler.sources.documents import shown_for
from reconciler.sources.feeds import read_feed
from reconciler.sources.http import SiteClient
from reconciler.sources.paging import Meanings

_RSS, _DISCOVER = "rss.plex.tv", "discover.provider.plex.tv"
HOSTS = frozenset({_RSS, _DISCOVER})

_ADVICE = (
    "open the address in a browser; if Plex refuses it there as well, copy it again from Watchlist,"
    " RSS in Plex, or keep the titles on a list of another site"
)
_REFUSES = (Outcome.BLOCKED, "Plex refuses this feed")
_MEANINGS: Meanings = {
    401: _REFUSES,
    403: _REFUSES,
    404: (Outcome.MISSING, "the Plex feed does not exist"),
}
_REFUSALS = {Outcome.BLOCKED, Outcome.MISSING}


def is_feed(ref: ListRef) -> bool:
    """Whether a list is one of Plex's feeds, however it is written."""
    return urlsplit(ref.address).hostname in HOSTS


def feed_address(url: SplitResult) -> str | None:
    """The address of a feed as Plex shows it, without options; None: not a feed."""
    key = _key(url)
    return f"https://{_RSS}/{key.lower()}" if key else None


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a feed where its address is, and where that is refused at Plex's other one."""
    url = urlsplit(ref.address)
    here = urlunsplit(url._replace(scheme="https"))
    there = f"https://{_DISCOVER}/rss/{_key(url)}"
    if url.hostname == _DISCOVER:
        there = f"https://{_RSS}/{_key(url)}"
    first = _read(here, ref, context)
    if first.outcome not in _REFUSALS:
        return first
    second = _read(there, ref, context)
    if second.error is None:
        return second
    error = f"{first.error}; {second.error}"
    if second.outcome not in _REFUSALS:
        return replace(second, error=error)
    outcome = first.outcome if first.outcome is second.outcome else Outcome.BLOCKED
    return replace(second, outcome=outcome, error=f"{error}; {_ADVICE}")


def _read(address: str, ref: ListRef, context: FetchContext) -> Snapshot:
    return read_feed(
        address, ref, context, _MEANINGS, SiteClient(follows=True, show=shown_for(ref))
    )


def _key(url: SplitResult) -> str:
    """What tells a feed from others, and lets whoever has it read the feed."""
    parts = [part for part in url.path.split("/") if part]
    return "/".join(parts[1:] if url.hostname == _DISCOVER and parts[:1] == ["rss"] else parts)
