"""Trakt: lists, watchlists, favorites and charts, through its API or from its web app.

With a client id the API is read (``trakt.api``), which knows every list and its total. Without one,
or if Trakt refuses it, the web app is read (``trakt.app``), which shows a user's lists and
watchlist. A refused client id is remembered for a day.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.http import veiled
from reconciler.sources.sites.trakt import address, api, app
from reconciler.sources.sites.trakt.address import GROUPS, KINDS, MODES, user_path
from reconciler.sources.sites.trakt.api import Listing
from reconciler.sources.sites.trakt.login import API_URL

HOSTS = frozenset(
    {"trakt.tv", "app.trakt.tv", "classic.trakt.tv", "og.trakt.tv", "api.trakt.tv", "apiz.trakt.tv"}
)
BARE: re.Pattern[str] | None = None
FORMS = address.FORMS
parse_id, parse_url = address.parse_id, address.parse_url
_NO_ANSWER = {Outcome.BLOCKED, Outcome.CHANGED_LAYOUT, Outcome.RATE_LIMITED, Outcome.UNREACHABLE}
_NOTE = (
    "read from Trakt's web app, since Trakt refuses providers.trakt.client_id"
    " (replace or remove it)"
)


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    if ref.id.startswith("me/") and not (provider.key and provider.secret):
        return (
            "this is the list of the signed-in user: set providers.trakt.client_id and"
            " client_secret, and run `listsync login trakt`"
        )
    if provider.key or (missing := _missing_in_app(ref)) is None:
        return None
    subject, instead = missing
    way = "can only be read through Trakt's API: set providers.trakt.client_id"
    return f"{subject} {way}, or {instead}"


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """Only the app does; with a client id it is asked in need alone, where there is a browser."""
    return not provider.key


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list through the API where there is a client id that works, else in the browser."""
    provider = context.provider
    if not provider.key:
        why = objection(ref, provider)
        return FetchFailure(Outcome.BLOCKED, why).snapshot() if why else _in_app(ref, context)
    route = f"api {provider.api_url or API_URL}, client id {veiled(provider.key)}"
    missing = _missing_in_app(ref)
    shown = None
    if missing is None and context.routes.is_blocked(route):
        shown = _in_place_of_api(ref, context)
        if shown.outcome not in _NO_ANSWER:
            return shown
    reading = api.read(_listing(ref), ref, context)
    if not reading.key_refused:
        return reading.snapshot
    context.routes.keep_blocked(route)
    if missing:
        subject, instead = missing
        more = f"{subject} can only be read through Trakt's API; {instead}"
        return replace(reading.snapshot, error=f"{reading.snapshot.error}; {more}")
    shown = shown or _in_place_of_api(ref, context)
    if shown.outcome in _NO_ANSWER:
        more = f"and in the browser: {shown.error}"
        return replace(reading.snapshot, error=f"{reading.snapshot.error}; {more}")
    return shown


def _missing_in_app(ref: ListRef) -> tuple[str, str] | None:
    """What of Trakt the app does not show to everybody, and what to do; None: it shows the list."""
    first, _, second = ref.id.partition("?")[0].partition("/")
    if ref.chart:
        return "a Trakt chart", "paste the address of a user's list"
    if first == "lists":
        instead = "paste the address that names its user, trakt.tv/users/U/lists/SLUG"
        return "a list given by its number", instead
    if first == "me":
        instead = (
            "export your data on Trakt and write source: file:trakt-export.zip, or make the list"
            " public and paste its address, trakt.tv/users/U/lists/SLUG"
        )
        return "a list of the signed-in user", instead
    if second == "favorites":
        return "a user's favorites list", "paste the address of a list or watchlist"
    return None


def _in_app(ref: ListRef, context: FetchContext) -> Snapshot:
    path, _, mode = ref.id.partition("?mode=")
    return app.read(f"/users/{user_path(path)}", KINDS.get(mode), context)


def _in_place_of_api(ref: ListRef, context: FetchContext) -> Snapshot:
    """What the app shows of a list that was perhaps read whole before.

    A page without titles does not prove that the list is empty: how such a page looks is unknown.
    """
    snapshot = replace(_in_app(ref, context), note=_NOTE)
    empty = snapshot.outcome is Outcome.EMPTY
    return replace(snapshot, outcome=Outcome.UNVERIFIED) if empty else snapshot


def _listing(ref: ListRef) -> Listing:
    """Where the API has a list; a watchlist names kinds differently than a list does."""
    path, _, mode = ref.id.partition("?mode=")
    kind = KINDS.get(mode)
    if ref.chart:
        return Listing(f"/{path}", KINDS[path.partition("/")[0]], chart=True)
    if path.startswith("lists/"):
        return Listing(f"/{path}/items" + (f"/{MODES[kind]}" if kind else ""), kind)
    place = f"/users/{user_path(path)}"
    if "/lists/" in place:
        return Listing(f"{place}/items" + (f"/{MODES[kind]}" if kind else ""), kind)
    return Listing(place + (f"/{GROUPS[kind]}" if kind else ""), kind)
