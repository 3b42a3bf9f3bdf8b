"""Which list an address of Trakt or a ``trakt:`` reference means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, parse_qs

from reconciler.core.model import Kind, ListRef
from reconciler.sources.addresses import read_whole, redact, steps

FORMS = "trakt:USER/SLUG, trakt:USER/watchlist or trakt:movies/trending"

_WRITE = "paste the address of a list or watchlist, trakt.tv/users/U/lists/SLUG"
KINDS = {"movie": Kind.MOVIE, "movies": Kind.MOVIE, "show": Kind.TV, "shows": Kind.TV}
MODES = {Kind.MOVIE: "movie", Kind.TV: "show"}
GROUPS = {Kind.MOVIE: "movies", Kind.TV: "shows"}
_OF_A_WHILE = {"watched", "played", "collected", "favorited"}
_CHARTS = {"trending", "popular", "anticipated", "boxoffice"} | _OF_A_WHILE
_OTHERS = {"season", "seasons", "episode", "episodes", "person", "people"}
# What narrows a list; what sorts it does not.
_FILTERS = (
    "genres subgenres years ratings runtimes languages countries certifications networks "
    "studios statuses votes query terms hide ignore_watched ignore_watchlisted "
    "ignore_collected"
)
_PERIODS = {"daily", "weekly", "monthly", "yearly", "all"}
_WORDS = _CHARTS | _PERIODS | KINDS.keys()
_OWN = {"watchlist", "favorites"}  # what a user has beside lists
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


def parse_id(text: str) -> ListRef:
    """The list that ``trakt:TEXT`` means. Raises ValueError with a sentence."""
    path, _, query = text.partition("?")
    parts = [part for part in path.lower().split("/") if part]
    parameters = parse_qs(query)
    match parts:
        case ["lists", number] if _NUMBER.fullmatch(number):
            return _numbered(number, _mode(parameters))
        case ["users", *rest]:
            return _of_a_user(rest, parameters, text)
        case ["discover", *rest]:
            return _chart(rest, parameters)
        case [_, *_] if _WORDS.issuperset(parts):
            return _chart(parts, parameters)
    return _of_a_user(parts, parameters, text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at a Trakt address. Raises ValueError with a sentence that says what to paste."""
    parts = [part.lower() for part in steps(url)]
    parameters = parse_qs(url.query)
    _sort_out(parts)
    match parts:
        case ["users", _, "watchlist" | "favorites", *_] | ["users", _, "lists", _, *_]:
            read_whole(url, _FILTERS)
            return _of_a_user(parts[1:], parameters, url.path)
        case ["profile", user, "favorites", *rest]:
            return _of_a_user([user, "favorites", *rest], parameters, url.path)
        case ["lists", number, *rest] if _NUMBER.fullmatch(number):
            read_whole(url, _FILTERS)
            return _numbered(number, _mode(parameters, rest))
        case ["movies" | "shows" | "discover", *rest]:
            read_whole(url, _FILTERS)
            return _chart(rest if parts[0] == "discover" else parts, parameters)
    raise ValueError(f"no list at {url.hostname}{url.path}: {_WRITE}")


def _sort_out(parts: list[str]) -> None:
    """Raises ValueError for pages of Trakt that are not lists."""
    match parts:
        case ["users", _, "lists"] | ["lists"] | ["lists", "trending" | "popular"]:
            raise ValueError(f"this is an index of lists: {_WRITE}")
        case ["users" | "profile", _, "collection", *_]:
            raise ValueError(f"a user's collection cannot be read: {_WRITE}")
        case ["lists", "smart", *_]:
            raise ValueError(f"Trakt shows smart lists only to their owner: {_WRITE}")
        case ["lists", "official", *_] | ["officiallist", *_]:
            raise ValueError("an official list is read by its number: write trakt:lists/NUMBER")
        case ["watchlist" | "favorites" as own, *_]:
            raise ValueError(f"whose list? paste trakt.tv/users/U/{own}, or write trakt:me/{own}")


def user_path(path: str) -> str:
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
            raise ValueError(f"a user's collection cannot be read: {_WRITE}")
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
    needs_prefix = slug in {*_OWN, "collection"} or {user, slug} <= _WORDS
    own = f"lists/{slug}" if needs_prefix else slug
    return ListRef("trakt", f"{user}/{own}{mode}")


def _numbered(number: str, mode: str) -> ListRef:
    return ListRef("trakt", f"lists/{number}{mode}")


def _chart(parts: Sequence[str], query: Mapping[str, list[str]]) -> ListRef:
    """A chart, its kind and its period, in whatever order they are written."""
    words = [*parts, *query.get("mode", []), *query.get("period", [])]
    names = [word for word in words if word in _CHARTS]
    kinds = {KINDS[word] for word in words if word in KINDS}
    periods = [word for word in words if word in _PERIODS]
    if len(names) != 1 or not _WORDS.issuperset(parts):
        charts = ", ".join(sorted(_CHARTS))
        raise ValueError(f"not a Trakt list; its charts are {charts}, as in movies/trending")
    name = names[0]
    if name == "boxoffice":
        kinds = kinds or {Kind.MOVIE}
    if len(kinds) != 1:
        raise ValueError(f"films or shows? write trakt:movies/{name} or trakt:shows/{name}")
    group = GROUPS[kinds.pop()]
    if name == "boxoffice" and group == "shows":
        raise ValueError("the box office has films only: write trakt:movies/boxoffice")
    if len(periods) > 1 or (periods and name not in _OF_A_WHILE):
        charts = ", ".join(sorted(_OF_A_WHILE))
        raise ValueError(f"only {charts} can be limited to a period: write trakt:{group}/{name}")
    path = "/".join([group, name, *periods])
    return ListRef("trakt", path, chart=True, endless=name != "boxoffice")


def _mode(query: Mapping[str, list[str]], rest: Sequence[str] = ()) -> str:
    """The part of a reference that says which kind is wanted; "" means both.

    Raises ValueError where it is another one than films and shows.
    """
    values = [*query.get("mode", []), *query.get("display", []), *rest]
    words = [word for value in values for word in value.split(",")]
    kinds = {KINDS[word] for word in words if word in KINDS}
    if not kinds and (other := next((word for word in words if word in _OTHERS), "")):
        raise ValueError(f"a list cannot be filtered by {other}: paste its address without that")
    return f"?mode={MODES[kinds.pop()]}" if len(kinds) == 1 else ""
