"""Trakt: lists, watchlists, favourites and charts, through its API or from the cards of its app.

With a client id the API is read (``trakt_api``), which knows every list and its total. Without one,
or with one that Trakt refuses, the web app is (``trakt_app``), which shows a user's lists and
watchlist. A refused client id is remembered for a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs

from reconciler.core.model import Kind, ListRef, Outcome, Snapshot
from reconciler.sources.addresses import read_whole, redact, steps
from reconciler.sources.scrape import FetchContext, FetchFailure, Provider
from reconciler.sources.sites.trakt import api, app
from reconciler.sources.sites.trakt.api import Listing
from reconciler.sources.sites.trakt.login import API_URL
from reconciler.sources.web import veiled

HOSTS = frozenset(
    {
        "trakt.tv",
        "www.trakt.tv",
        "app.trakt.tv",
        "classic.trakt.tv",
        "og.trakt.tv",
        "api.trakt.tv",
        "apiz.trakt.tv",
    }
)
BARE: re.Pattern[str] | None = None
FORMS = "trakt:USER/SLUG, trakt:USER/watchlist or trakt:movies/trending"

_WRITE = "paste the address of a list or watchlist, trakt.tv/users/U/lists/SLUG"
_KINDS = {"movie": Kind.MOVIE, "movies": Kind.MOVIE, "show": Kind.TV, "shows": Kind.TV}
_MODES = {Kind.MOVIE: "movie", Kind.TV: "show"}
_GROUPS = {Kind.MOVIE: "movies", Kind.TV: "shows"}
_OF_A_WHILE = {"watched", "played", "collected", "favorited"}
_CHARTS = {"trending", "popular", "anticipated", "boxoffice"} | _OF_A_WHILE
_OTHERS = {"season", "seasons", "episode", "episodes", "person", "people"}
# What narrows a list; what sorts it does not.
_FILTERS = frozenset(
    {
        "genres",
        "subgenres",
        "years",
        "ratings",
        "runtimes",
        "languages",
        "countries",
        "certifications",
        "networks",
        "studios",
        "statuses",
        "votes",
        "query",
        "terms",
        "hide",
        "ignore_watched",
        "ignore_watchlisted",
        "ignore_collected",
    }
)
_PERIODS = {"daily", "weekly", "monthly", "yearly", "all"}
_WORDS = _CHARTS | _PERIODS | _KINDS.keys()
_OWN = {"watchlist", "favorites"}  # what a user has beside lists
_NO_ANSWER = {
    Outcome.BLOCKED,
    Outcome.CHANGED_LAYOUT,
    Outcome.RATE_LIMITED,
    Outcome.UNREACHABLE,
}
_NOTE = (
    "read from the page of Trakt's app, since Trakt refuses providers.trakt.client_id"
    " (replace or remove it)"
)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


def parse_id(text: str) -> ListRef:
    """The list that ``trakt:TEXT`` means. Raises ValueError with a sentence."""
    path, _, query = text.partition("?")
    parts = [part for part in path.lower().split("/") if part]
    asked = parse_qs(query)
    match parts:
        case ["lists", number] if _NUMBER.fullmatch(number):
            return _numbered(number, _mode(asked))
        case ["users", *rest]:
            return _of_a_user(rest, asked, text)
        case ["discover", *rest]:
            return _chart(rest, asked)
        case [_, *_] if _WORDS.issuperset(parts):
            return _chart(parts, asked)
    return _of_a_user(parts, asked, text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at a Trakt address. Raises ValueError with a sentence that says what to paste."""
    parts = [part.lower() for part in steps(url)]
    asked = parse_qs(url.query)
    _sort_out(parts)
    match parts:
        case ["users", _, "watchlist" | "favorites", *_] | ["users", _, "lists", _, *_]:
            read_whole(url, _FILTERS)
            return _of_a_user(parts[1:], asked, url.path)
        case ["profile", user, "favorites", *rest]:
            return _of_a_user([user, "favorites", *rest], asked, url.path)
        case ["lists", number, *rest] if _NUMBER.fullmatch(number):
            read_whole(url, _FILTERS)
            return _numbered(number, _mode(asked, rest))
        case ["movies" | "shows" | "discover", *rest]:
            read_whole(url, _FILTERS)
            return _chart(rest if parts[0] == "discover" else parts, asked)
    raise ValueError(f"no list at {url.hostname}{url.path}: {_WRITE}")


def _sort_out(parts: list[str]) -> None:
    """Raises ValueError for what Trakt has and is no list that can be read."""
    match parts:
        case ["users", _, "lists"] | ["lists"] | ["lists", "trending" | "popular"]:
            raise ValueError(f"this is an index of lists: {_WRITE}")
        case ["users" | "profile", _, "collection", *_]:
            raise ValueError(f"a user's collection is not read: {_WRITE}")
        case ["lists", "smart", *_]:
            raise ValueError(f"Trakt gives smart lists to nobody but their owner: {_WRITE}")
        case ["lists", "official", *_] | ["officiallist", *_]:
            raise ValueError("an official list is read by its number: write trakt:lists/NUMBER")
        case ["watchlist" | "favorites" as own, *_]:
            raise ValueError(f"whose? paste trakt.tv/users/U/{own}, or write trakt:me/{own}")


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    if ref.id.startswith("me/") and not (provider.key and provider.secret):
        return (
            "this is a list of whoever signs in: set providers.trakt.client_id and client_secret,"
            " and run `listsync login trakt`"
        )
    missing = None if provider.key else _missing_in_app(ref)
    if missing is None:
        return None
    what, instead = missing
    return f"{what} is only read through Trakt's API: set providers.trakt.client_id, or {instead}"


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """Only the app does; with a client id it is asked in need alone, where there is a browser."""
    return not provider.key


def fetch(ref: ListRef, reach: FetchContext) -> Snapshot:
    """Read a list through the API where there is a client id that works, else in the browser."""
    provider = reach.provider
    if not provider.key:
        why = objection(ref, provider)
        return FetchFailure(Outcome.BLOCKED, why).snapshot() if why else _in_app(ref, reach)
    route = f"api {provider.api_url or API_URL}, client id {veiled(provider.key)}"
    missing = _missing_in_app(ref)
    shown = None
    if missing is None and reach.routes.is_blocked(route):
        shown = _in_place_of_api(ref, reach)
        if shown.outcome not in _NO_ANSWER:
            return shown
    reading = api.read(_listing(ref), ref, reach)
    if not reading.key_refused:
        return reading.snapshot
    reach.routes.keep_blocked(route)
    if missing:
        what, instead = missing
        more = f"{what} is only read through Trakt's API; {instead}"
        return replace(reading.snapshot, error=f"{reading.snapshot.error}; {more}")
    shown = shown or _in_place_of_api(ref, reach)
    if shown.outcome in _NO_ANSWER:
        more = f"and in the browser: {shown.error}"
        return replace(reading.snapshot, error=f"{reading.snapshot.error}; {more}")
    return shown


def _missing_in_app(ref: ListRef) -> tuple[str, str] | None:
    """What of Trakt the app does not show to everybody, and what to do; None: it shows the list."""
    first, _, second = ref.id.partition("?")[0].partition("/")
    if ref.chart:
        return "a chart of Trakt", "paste the address of a user's list"
    if first == "lists":
        instead = "paste its address with user and name, trakt.tv/users/U/lists/SLUG"
        return "a list by its number", instead
    if first == "me":
        instead = (
            "export your data on Trakt and write source: file:trakt-export.zip, or make the list"
            " public and paste its address, trakt.tv/users/U/lists/SLUG"
        )
        return "a list of whoever signs in", instead
    if second == "favorites":
        return "what a user favours", "paste the address of a list or watchlist"
    return None


def _in_app(ref: ListRef, reach: FetchContext) -> Snapshot:
    path, _, mode = ref.id.partition("?mode=")
    return app.read(f"/users/{_below_user(path)}", _KINDS.get(mode), reach)


def _in_place_of_api(ref: ListRef, reach: FetchContext) -> Snapshot:
    """What the app shows of a list that was perhaps read whole before.

    What its page looks like without titles is not known for certain: that is no word of an end.
    """
    snapshot = replace(_in_app(ref, reach), note=_NOTE)
    empty = snapshot.outcome is Outcome.EMPTY
    return replace(snapshot, outcome=Outcome.UNVERIFIED) if empty else snapshot


def _listing(ref: ListRef) -> Listing:
    """Where the API has a list; a watchlist's kinds are called otherwise than a list's."""
    path, _, mode = ref.id.partition("?mode=")
    kind = _KINDS.get(mode)
    if ref.chart:
        return Listing(f"/{path}", _KINDS[path.partition("/")[0]], chart=True)
    if path.startswith("lists/"):
        return Listing(f"/{path}/items" + (f"/{_MODES[kind]}" if kind else ""), kind)
    place = f"/users/{_below_user(path)}"
    if "/lists/" in place:
        return Listing(f"{place}/items" + (f"/{_MODES[kind]}" if kind else ""), kind)
    return Listing(place + (f"/{_GROUPS[kind]}" if kind else ""), kind)


def _below_user(path: str) -> str:
    """``anna/lists/family-night`` for ``anna/family-night``."""
    user, _, rest = path.partition("/")
    return path if rest in _OWN else f"{user}/lists/{rest.removeprefix('lists/')}"


def _of_a_user(parts: Sequence[str], query: Mapping[str, list[str]], text: str) -> ListRef:
    match parts:
        case ["users" | "discover", *_]:  # no names: they stand before one
            raise ValueError(f"not a Trakt list: {redact(text)}; write {FORMS}")
        case [user, own, *rest] if own in _OWN and _NAME.fullmatch(user):
            return ListRef("trakt", f"{user}/{own}{_mode(query, rest)}")
        case [user, "collection", *_] if _NAME.fullmatch(user):
            raise ValueError(f"a user's collection is not read: {_WRITE}")
        case [user, "lists", slug, *rest] if _NAME.fullmatch(user):
            return _list(user, slug, _mode(query, rest))
        case [user, slug] if _NAME.fullmatch(user):
            return _list(user, slug, _mode(query))
    raise ValueError(f"not a Trakt list: {redact(text)}; write {FORMS}")


def _list(user: str, slug: str, mode: str) -> ListRef:
    if _NUMBER.fullmatch(slug):
        return _numbered(slug, mode)
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"not a Trakt list: {user}/{slug}; {_WRITE}")
    # A list may be called "watchlist", too, and is not the watchlist; and a user "movies".
    told_apart = slug in {*_OWN, "collection"} or {user, slug} <= _WORDS
    own = f"lists/{slug}" if told_apart else slug
    return ListRef("trakt", f"{user}/{own}{mode}")


def _numbered(number: str, mode: str) -> ListRef:
    return ListRef("trakt", f"lists/{number}{mode}")


def _chart(parts: Sequence[str], query: Mapping[str, list[str]]) -> ListRef:
    """A chart, its kind and its period, in whatever order they are written."""
    words = [*parts, *query.get("mode", []), *query.get("period", [])]
    names = [word for word in words if word in _CHARTS]
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    periods = [word for word in words if word in _PERIODS]
    if len(names) != 1 or not _WORDS.issuperset(parts):
        charts = ", ".join(sorted(_CHARTS))
        raise ValueError(f"not a list of Trakt; its charts are {charts}, as in movies/trending")
    name = names[0]
    if name == "boxoffice":
        kinds = kinds or {Kind.MOVIE}
    if len(kinds) != 1:
        raise ValueError(f"films or shows? write trakt:movies/{name} or trakt:shows/{name}")
    group = _GROUPS[kinds.pop()]
    if name == "boxoffice" and group == "shows":
        raise ValueError("the box office is of films: write trakt:movies/boxoffice")
    if len(periods) > 1 or (periods and name not in _OF_A_WHILE):
        charts = ", ".join(sorted(_OF_A_WHILE))
        raise ValueError(f"a period belongs to {charts} alone: write trakt:{group}/{name}")
    path = "/".join([group, name, *periods])
    return ListRef("trakt", path, chart=True, endless=name != "boxoffice")


def _mode(query: Mapping[str, list[str]], rest: Sequence[str] = ()) -> str:
    """The part of a reference that says which kind is wanted; "" means both.

    Raises ValueError where it is another one than films and shows.
    """
    asked = [*query.get("mode", []), *query.get("display", []), *rest]
    words = [word for one in asked for word in one.split(",")]
    kinds = {_KINDS[word] for word in words if word in _KINDS}
    if not kinds and (other := next((word for word in words if word in _OTHERS), "")):
        raise ValueError(f"of a list, {other} alone cannot be read: paste its address without it")
    return f"?mode={_MODES[kinds.pop()]}" if len(kinds) == 1 else ""
