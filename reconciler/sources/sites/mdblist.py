"""MDBList: public lists without a key, and every list one may see through its API with one."""

from __future__ import annotations

import re
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from reconciler.core.completeness import TRY_LATER
from reconciler.core.model import Ids, Item, ListRef, Outcome
from reconciler.sources import fields
from reconciler.sources.addresses import read_whole, steps, told
from reconciler.sources.paging import Call, Part, blocked, keyed, read, without_browser
from reconciler.sources.scrape import Setback
from reconciler.sources.title_types import classify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from reconciler.core.model import Snapshot
    from reconciler.sources.scrape import Provider, Reach
    from reconciler.sources.web import Answer

HOSTS = frozenset({"mdblist.com", "www.mdblist.com", "api.mdblist.com"})
BARE: re.Pattern[str] | None = None
FORMS = "mdblist:USER/SLUG"
needs_browser = without_browser
BASE_URL = "https://mdblist.com"
API_URL = "https://api.mdblist.com"

_WRITE = "paste the address of a list, mdblist.com/lists/USER/SLUG"
_NAME = re.compile(r"[\w.-]+")
_NUMBER = re.compile(r"[1-9][0-9]{0,11}")
_DATA: tuple[list[str], ...] = (
    [],
    ["json"],
    ["items"],
)  # behind a list's address: the same list for programs
_FILTERS = frozenset({"mediatype", "genre", "filter_genre", "filter_title", "filter_year"})
_MOST_ROWS = 1000
_ROUND = 5  # a page of a clamped limit is a multiple of this, and proves no end


def parse_id(text: str) -> ListRef:
    """The list that ``mdblist:TEXT`` means. Raises ValueError with a sentence."""
    parts = [part for part in text.lower().partition("?")[0].split("/") if part]
    if parts[:1] == ["lists"]:
        parts = parts[1:]
    match parts:
        case [number, *rest] if _NUMBER.fullmatch(number) and rest in _DATA:
            return ListRef("mdblist", number)
        case [_, "external", *_]:
            raise ValueError(f"an external list is read where it comes from, or {_WRITE}")
        case ["user" | "lists" | "top" | "search", *_] | [_, "json" | "items", *_]:
            raise ValueError(f"this is an index of lists: {_WRITE}")
        case [user, slug, *rest] if _NAME.fullmatch(user) and _NAME.fullmatch(slug):
            if rest in _DATA:
                return ListRef("mdblist", f"{user}/{slug}")
    raise ValueError(f"not a list of MDBList: {told(text)}; {_WRITE}, or write {FORMS}")


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence that says what to paste."""
    read_whole(url, _FILTERS)
    parts = steps(url)
    match parts:
        case [] if number := parse_qs(url.query).get("list"):
            return parse_id(number[0])
        case ["lists", _, _, *_]:
            return parse_id("/".join(parts))
        case ["lists", number] if _NUMBER.fullmatch(number):
            raise ValueError(f"a list by its number, or a user's index? write mdblist:{number}")
        case ["lists", *_] | ["mylists" | "toplists" | "topl", *_]:
            raise ValueError(f"this is an index of lists: {_WRITE}")
        case ["external", *_]:
            raise ValueError(f"an external list is read where it comes from, or {_WRITE}")
        case ["watchlist", *_]:
            raise ValueError(f"this is your own watchlist, which only you see: {_WRITE}")
        case ["movie" | "show", *_]:
            raise ValueError(f"this is one title, not a list: {_WRITE}")
    raise ValueError(f"no list at {url.hostname}{url.path}: {_WRITE}")


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    if provider.key or "/" in ref.id:
        return None
    return (
        "a list by its number is only read through MDBList's API:"
        f" set providers.mdblist.api_key, or {_WRITE}"
    )


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a list through the API where there is a key, else as the site gives it to everybody."""
    if why := objection(ref, reach.provider):
        return blocked(why)
    place, provider = quote(ref.id), reach.provider
    if provider.key:
        url = f"{provider.api_url or API_URL}/lists/{place}/items"
        first = Call(url, {"limit": _MOST_ROWS, "offset": 0, "apikey": provider.key})
        meanings = keyed("providers.mdblist.api_key", "mdblist.com/preferences")
        return read(first, _Walk(first).keyed, ref, reach, meanings=meanings)
    url = f"{provider.base_url or BASE_URL}/lists/{place}/json"
    first = Call(url, {"limit": _MOST_ROWS, "offset": 0})
    return read(first, _Walk(first).open, ref, reach)


class _Walk:
    """From page to page of one list."""

    def __init__(self, first: Call) -> None:
        self._call = first
        self._seen = 0

    def open(self, answer: Answer) -> Part | Setback | None:
        """A page as everybody gets it, without a word of how many there are."""
        found = fields.rows(answer.body)
        if found is None or any("error" in row for row in found[:1]):
            return _refusal(answer)
        unending = len(found) >= _MOST_ROWS or len(found) % _ROUND == 0
        return self._part(found, None, following=bool(found) and unending)

    def keyed(self, answer: Answer) -> Part | Setback | None:
        """A page of the API: films and shows apart, and whether more follow."""
        body = fields.mapping(answer.body)
        groups = [body.get(name) for name in ("movies", "shows")]
        apart = [fields.rows(group) for group in groups]
        if all(rows is None for rows in apart):
            return _refusal(answer)
        found = tuple(row for rows in apart for row in rows or ())
        pages = fields.mapping(body.get("pagination"))
        total = fields.count(answer.headers, "X-Total-Items")
        cursor = fields.text(pages.get("next_cursor"))
        said = (answer.headers.get("X-Has-More", "").lower(), pages.get("has_more"), cursor)
        more = said[0] == "true" or bool(said[1] or cursor)
        if said == ("", None, "") and total is None:  # not a word of it: a full page is no end
            more = len(found) >= _MOST_ROWS
        part = self._part(found, total, following=bool(found) and more, cursor=cursor)
        half = any(group and rows is None for group, rows in zip(groups, apart, strict=True))
        return replace(part, cut_off=TRY_LATER if half or (more and not found) else "")

    def _part(
        self,
        found: tuple[Mapping[str, object], ...],
        total: int | None,
        *,
        following: bool,
        cursor: str = "",
    ) -> Part:
        self._seen += len(found)
        step: dict[str, str | int] = {"cursor": cursor} if cursor else {"offset": self._seen}
        self._call = replace(self._call, params={**self._call.params, **step})
        return Part(parse(found), total, following=self._call if following else None)


def parse(rows: tuple[Mapping[str, object], ...]) -> tuple[Item, ...]:
    """The items of a page, by their ranks where all have one: that is their place on the list."""
    ranks = [fields.number(row.get("rank")) or 0 for row in rows]
    if not all(ranks):
        return tuple(_item(row) for row in rows)
    ranked = sorted(zip(ranks, rows, strict=True), key=itemgetter(0))
    return tuple(_item(row, rank) for rank, row in ranked)


def _item(row: Mapping[str, object], rank: int = 0) -> Item:
    get, ids = row.get, fields.mapping(row.get("ids"))
    kind, unsupported = classify(fields.text(get("mediatype")))
    known = Ids(
        imdb=fields.imdb_id(get("imdb_id") or ids.get("imdb")),
        tmdb=fields.number(get("id") or get("tmdb_id") or ids.get("tmdb")),
        tvdb=fields.number(get("tvdb_id") or get("tvdbid") or ids.get("tvdb")),
    )
    title, released = fields.text(get("title")), fields.year(get("release_year"))
    told = fields.facts(language=get("language"))
    return Item(rank, title, released, kind, known, unsupported=unsupported, facts=told)


def _refusal(answer: Answer) -> Setback | None:
    """What an error in place of a list, or of its rows, means; None: this is none that is known."""
    first = next(iter(fields.rows(answer.body) or ()), fields.mapping(answer.body))
    said = fields.text(first.get("error")).casefold()
    if "private" in said:  # in full "empty or private list": it does not tell the two apart
        what = "the list is private, or there is nothing on it; make it public"
        return Setback(Outcome.PRIVATE, f"{answer.url}: {what}")
    if "not found" in said or "exist" in said:
        return Setback(Outcome.MISSING, f"{answer.url}: there is no such list; check the address")
    return None
