"""Trakt: lists and watchlists, from the cards of its web app.

The page as sent holds no items: the app asks for about a hundred at a time when its end comes into
view, and mounts a card only while it is near the visible part. So the page is scrolled from top to
bottom and every card is kept when it is seen. The app shows no total: what was read to the bottom
is ``unverified``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from reconciler.core.model import Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.sources.scrape import ROUTE, Reach, changed_layout, clean, numbered, visit
from reconciler.sources.title_types import classify
from reconciler.sources.trakt_app import probe, scroll, without_cards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from urllib.parse import SplitResult

BASE_URL = "https://app.trakt.tv"
HOSTS = frozenset({"trakt.tv", "www.trakt.tv", "app.trakt.tv", "classic.trakt.tv", "og.trakt.tv"})
BARE: re.Pattern[str] | None = None
FORMS = "trakt:USER/SLUG or trakt:USER/watchlist"

_WRITE = "paste the address of a list or watchlist, trakt.tv/users/U/lists/SLUG"
_NEEDS_API = f"can only be read through Trakt's API, which is not supported yet: {_WRITE}"
_CHARTS = {
    "movies",
    "shows",
    "discover",
    "trending",
    "popular",
    "anticipated",
    "watched",
    "played",
    "collected",
    "favorited",
    "boxoffice",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_KINDS = {"movie": Kind.MOVIE, "movies": Kind.MOVIE, "show": Kind.TV, "shows": Kind.TV}
_MODES = {Kind.MOVIE: "movie", Kind.TV: "show"}

_YEAR_SUFFIX = re.compile(r"(?P<rest>.+)-(?P<year>(18|19|20|21)\d\d)")
_YEAR_TEXT = re.compile(r"\b(18|19|20|21)\d\d\b")


@dataclass(frozen=True, slots=True)
class _Address:
    """A list's place on the site, and the kind it is filtered by."""

    path: str
    kind: Kind | None = None


def parse_id(text: str) -> ListRef:
    """The list that ``trakt:TEXT`` means. Raises ValueError with a sentence."""
    path, _, query = text.partition("?")
    parts = [part for part in path.lower().split("/") if part]
    if parts[:1] == ["users"]:
        parts = parts[1:]
    if not parts or parts[0] in _CHARTS:
        raise ValueError(f"Trakt's charts {_NEEDS_API}")
    mode = _mode(parse_qs(query), parts[2:] if parts[1:2] == ["watchlist"] else [])
    match parts:
        case [user, "watchlist", *_] if _NAME.fullmatch(user):
            return ListRef("trakt", f"{user}/watchlist{mode}")
        case [user, "lists", slug, *_] | [user, slug] if _NAME.fullmatch(user):
            return _list(user, slug, mode)
    raise ValueError(f"not a Trakt list: {text!r}; write {FORMS}")


def parse_url(url: SplitResult) -> ListRef:
    """The list at a Trakt address. Raises ValueError with a sentence that says what to paste."""
    parts = [part.lower() for part in url.path.split("/") if part]
    match parts:
        case ["users", _, "watchlist", *_] | ["users", _, "lists", _, *_]:
            return parse_id("/".join(parts[1:]) + f"?{url.query}")
        case ["users" | "profile", _, "favorites" | "collection" as what, *_]:
            raise ValueError(f"a user's {what} {_NEEDS_API}")
        case ["users", _, "lists"]:
            raise ValueError(f"this is the index of a user's lists: {_WRITE}")
        case ["lists" | "officiallist", *_]:
            raise ValueError(f"lists by number, official and smart lists {_NEEDS_API}")
        case [first, *_] if first in _CHARTS:
            raise ValueError(f"Trakt's charts {_NEEDS_API}")
    raise ValueError(f"no list at trakt.tv{url.path}: {_WRITE}")


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Scroll through a list and keep every card."""
    address = _address(ref)
    query = f"?{urlencode({'mode': _MODES[address.kind]})}" if address.kind else ""
    url = f"{reach.provider.base_url or BASE_URL}{address.path}{query}"
    seen = visit(reach, url, probe(address.path))
    if seen.setback or seen.page is None:
        return (seen.setback or changed_layout(url)).snapshot()
    state = seen.payload if isinstance(seen.payload, dict) else {}
    if not state.get("cards"):
        setback = without_cards(state, url)
        empty = setback.outcome is Outcome.EMPTY
        return Snapshot(Outcome.EMPTY, ROUTE) if empty else setback.snapshot()
    cards, trouble = scroll(seen.page, address.path, reach.patience)
    items = parse(cards, address.kind)
    if trouble:
        error = f"{url}: {len(items)} titles were read, then: {trouble.error}"
        return Snapshot(Outcome.INCOMPLETE, ROUTE, items, error=error)
    return Snapshot(Outcome.UNVERIFIED, ROUTE, items)


def parse(cards: Iterable[object], kind: Kind | None = None) -> tuple[Item, ...]:
    """The items of a page's cards, in their order; with ``kind``, only those."""
    items = (_item(card) for card in cards if isinstance(card, dict))
    return numbered(item for item in items if item and kind in (None, item.kind))


def _item(card: dict[str, object]) -> Item | None:
    """A card's title. Its address is its only id; None where it leads elsewhere."""
    title, note, path = (clean(card.get(name)) for name in ("title", "note", "path"))
    match path.strip("/").split("/"):
        case ["movies" | "shows" as group, slug]:
            year = _year(slug, title) or _year_in(note)
            name = title or slug.replace("-", " ")
            return Item(0, name, year, _KINDS[group], Ids(trakt=slug))
        case ["shows", slug, "seasons", *rest]:
            what = classify("episode" if "episodes" in rest else "season")[1]
            return Item(0, " ".join([title or slug, *rest]), unsupported=what)
        case ["people", slug]:
            return Item(0, title or slug, unsupported=classify("person")[1])
    return None


def _year(slug: str, title: str) -> int | None:
    """The year a slug ends with, unless it is the title that does: "blade-runner-2049"."""
    found = _YEAR_SUFFIX.fullmatch(slug)
    if not found:
        return None
    ends_so = title.rstrip().endswith(found["year"])
    if ends_so and not found["rest"].endswith(found["year"]):
        return None
    return int(found["year"])


def _year_in(note: str) -> int | None:
    found = _YEAR_TEXT.search(note)
    return int(found[0]) if found else None


def _list(user: str, slug: str, mode: str) -> ListRef:
    if slug.isdecimal():
        raise ValueError(f"lists by number {_NEEDS_API}")
    if not _NAME.fullmatch(slug):
        raise ValueError(f"not a Trakt list: {user}/{slug}; {_WRITE}")
    # A list may be called "watchlist", too, and is not the watchlist.
    own = "lists/watchlist" if slug == "watchlist" else slug
    return ListRef("trakt", f"{user}/{own}{mode}")


def _mode(query: dict[str, list[str]], rest: list[str]) -> str:
    """The part of a reference that says which kind is wanted; "" means both."""
    words = [*query.get("mode", []), *query.get("display", []), *rest]
    kind = next((_KINDS[word] for word in words if word in _KINDS), None)
    return f"?mode={_MODES[kind]}" if kind else ""


def _address(ref: ListRef) -> _Address:
    path, _, query = ref.id.partition("?mode=")
    user, _, rest = path.partition("/")
    if rest != "watchlist":
        rest = f"lists/{rest.removeprefix('lists/')}"
    return _Address(f"/users/{user}/{rest}", _KINDS.get(query))
