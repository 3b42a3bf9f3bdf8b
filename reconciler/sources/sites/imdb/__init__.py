"""IMDb: lists, watchlists and charts, in the browser or through IMDb's API.

The browser comes first. If a bot check blocks it, the interface is used, and for a day it is
used first. ``via`` in the file selects one route.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.paging import open_to_all
from reconciler.sources.sites.imdb import address, graphql, titles
from reconciler.sources.sites.imdb.page import BASE_URL, BrowserRoute

HOSTS = frozenset(
    {"imdb.com", "rss.imdb.com", "pro.imdb.com", "api.graphql.imdb.com", "caching.graphql.imdb.com"}
)
BARE: re.Pattern[str] | None = re.compile(
    r"ls\d+|(ur\d+|p\.[a-z0-9]+)(/(watchlist|ratings))?|tt\d+|nm\d+|top|toptv|boxoffice|moviemeter|tvmeter|bottom",
    re.IGNORECASE,
)
FORMS = "imdb:ls…, imdb:ur…, imdb:ur…/ratings or imdb:top"
parse_id, parse_url, parse = address.parse_id, address.parse_url, titles.parse
objection = open_to_all

_NOTE = "read through IMDb's API, because a bot check blocks the browser"
_NO_ANSWER = {Outcome.BLOCKED, Outcome.CHANGED_LAYOUT, Outcome.UNREACHABLE}


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """It comes first, unless the file holds to the interface."""
    return provider.via != "api"


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list by the route that the file, and what is remembered of the browser, allow.

    No ratings count as hidden ones: a profile that hides them may answer like a profile without
    any, and a list that excludes what somebody has seen must not request it then.
    """
    snapshot = _fetch(ref, context)
    if address.is_ratings(ref) and snapshot.outcome is Outcome.EMPTY:
        problem = (
            f"{ref}: no ratings are visible; if the user has ratings, make them public on IMDb"
        )
        return replace(snapshot, outcome=Outcome.PRIVATE, error=problem)
    return snapshot


def _fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    provider = context.provider
    if provider.via == "api":
        return graphql.fetch(ref, provider.api_url)
    route = f"browser {provider.base_url or BASE_URL}"
    answer = None
    if provider.via is None and context.routes.is_blocked(route):
        answer = _over_interface(ref, context)
        if answer.outcome not in _NO_ANSWER:
            return answer
    browser = BrowserRoute(ref, context)
    snapshot = browser.fetch()
    if browser.blocked:
        context.routes.keep_blocked(route)
    if browser.blocked and provider.via is None and answer is None:
        answer = _over_interface(ref, context)
        if answer.outcome not in _NO_ANSWER:
            return answer
    if answer and snapshot.error:
        return _with(snapshot, f"and through IMDb's API: {answer.error}")
    if browser.blocked and provider.via == "browser":
        return _with(snapshot, 'remove "via: browser" to try IMDb\'s API')
    return snapshot


def _over_interface(ref: ListRef, context: FetchContext) -> Snapshot:
    """What the interface gives in place of the browser, which the plan tells."""
    return replace(graphql.fetch(ref, context.provider.api_url), note=_NOTE)


def _with(snapshot: Snapshot, more: str) -> Snapshot:
    return replace(snapshot, error=f"{snapshot.error}; {more}")
