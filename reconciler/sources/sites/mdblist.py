"""MDBList: public lists without a key; with a key, every visible list, through its API.

The end of a list is where the API says that no more follows. ``X-Total-Items`` counts the page on a
real list of 6,378 titles, and the list by MDBList's description; ``core.completeness`` tells which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from reconciler.core.completeness import TRY_LATER, Page
from reconciler.core.model import Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.failure import FetchFailure
from reconciler.sources.paging import Call, blocked, keyed, read, without_browser
from reconciler.sources.title_types import classify

HOSTS = frozenset({"mdblist.com", "api.mdblist.com"})
BARE: re.Pattern[str] | None = None
FORMS = "mdblist:USER/SLUG or mdblist:watchlist"
needs_browser = without_browser
BASE_URL = "https://mdblist.com"
API_URL = "https://api.mdblist.com"

_WRITE = "paste the address of a list, mdblist.com/lists/USER/SLUG"
_MOST_ROWS = 1000
_ROUND = 5  # a page of a clamped limit is a multiple of this, and proves no end

_INDEX = "this is an index of lists:"
_NUMBER = "(?P<number>[1-9][0-9]{0,11})"
_DATA = "(?:/json|/items)?"  # behind a list's address: the same list for programs
_EXTERNAL = "/?(?:lists/)?(?:[^/]+/)?external"
ADDRESSES = AddressTable(
    "mdblist",
    f"{_WRITE}, or write {FORMS}",
    (
        Address(rf"(?:lists/)?{_NUMBER}{_DATA}", "{number}"),
        Address(
            rf"/lists/{_NUMBER}",
            refuse="this may be a list or a user: for the list, write mdblist:{number}",
        ),
        Address(rf"/lists/{_NUMBER}{_DATA}", "{number}"),
        Address(rf"/\?list={_NUMBER}", "{number}"),
        Address(rf"(?:/|lists/)?watchlist{_DATA}", "watchlist"),
        Address(rf"{_EXTERNAL}/(?:lists/)?{_NUMBER}{_DATA}", "external/{number}"),
        Address(
            rf"{_EXTERNAL}(?:/.*)?",
            refuse=f"which external list? write mdblist:external/NUMBER, or {_WRITE}",
        ),
        Address(r"(?:/?lists/)?(?:user|top|search)(?:/.*)?|/?lists/lists(?:/.*)?", refuse=_INDEX),
        Address(r"(?:/?lists/)?(?!lists/)[^/]+/(?:json|items)(?:/.*)?", refuse=_INDEX),
        Address(rf"(?:/?lists/)?(?!lists/)(?P<name>[\w.-]+/[\w.-]+){_DATA}", "{name}"),
        Address(r"/(?:lists|mylists|toplists|topl)(?:/[^/]+)?", refuse=_INDEX),
        Address(r"/(?:movie|show)(?:/.*)?", refuse="this is one title, not a list:"),
    ),
    filters="mediatype genre filter_genre filter_title filter_year",
    parameter="list",
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    of_api = {"watchlist": "your own watchlist", "external": "an external list"}
    first, slash, _ = ref.id.partition("/")
    if provider.key or (slash and first not in of_api):
        return None
    name = of_api.get(first, "a list given by its number")
    return f"{name} can only be read through the API: set providers.mdblist.api_key, or {_WRITE}"


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list through the API with a key, otherwise from the public JSON."""
    if why := objection(ref, context.provider):
        return blocked(why)
    provider = context.provider
    if provider.key:
        url = f"{provider.api_url or API_URL}/{_place(ref)}/items"
        first = Call(url, {"limit": _MOST_ROWS, "offset": 0, "apikey": provider.key})
        meanings = keyed("providers.mdblist.api_key", "mdblist.com/preferences")
        walk = _Walk(first).keyed
        return read(first, walk, ref, context, meanings=meanings, joined=in_order)
    url = f"{provider.base_url or BASE_URL}/{_place(ref)}/json"
    first = Call(url, {"limit": _MOST_ROWS, "offset": 0})
    return read(first, _Walk(first).open, ref, context, joined=in_order)


def in_order(rows: Iterable[Item]) -> Iterable[Item]:
    """The items in rank order. If films and shows are ranked separately, films come first.

    As they came, where an item has no rank, or two of one kind have the same.
    """
    items = tuple(rows)
    of_all = {item.position for item in items}
    of_kinds = {(item.kind is not Kind.MOVIE, item.position) for item in items}
    if 0 in of_all or len(of_kinds) < len(items):
        return (replace(item, position=0) for item in items)
    if len(of_all) == len(items):
        return sorted(items, key=lambda item: item.position)
    ranked = sorted(items, key=lambda item: (item.kind is not Kind.MOVIE, item.position))
    return (replace(item, position=0) for item in ranked)


def _place(ref: ListRef) -> str:
    first, _, number = ref.id.partition("/")
    if first == "external":
        return f"external/lists/{number}"
    return first if first == "watchlist" else f"lists/{quote(ref.id)}"


class _Walk:
    """Reads the pages of one list."""

    def __init__(self, first: Call) -> None:
        self._call = first
        self._rows_read = 0

    def open(self, answer: Response) -> Page | FetchFailure | None:
        """A page of the public JSON, which has no total."""
        rows_found = fields.rows(answer.body)
        if rows_found is None or any("error" in row for row in rows_found[:1]):
            return _refusal(answer)
        return self._part(rows_found, None, following=_perhaps_full(rows_found))

    def keyed(self, answer: Response) -> Page | FetchFailure | None:
        """A page of the API: films and shows apart, and whether more follow."""
        body = record(answer.body)
        groups = [body.get(name) for name in ("movies", "shows")]
        parsed = [fields.rows(group) for group in groups]
        if all(rows is None for rows in parsed):
            return _refusal(answer)
        rows_found = tuple(row for rows in parsed for row in rows or ())
        pages = record(body.get("pagination"))
        totals = [fields.count(pages, name) for name in ("total_movies", "total_shows")]
        total = fields.count(answer.headers, "X-Total-Items")
        if None not in totals:
            total = sum(count or 0 for count in totals)
        cursor = fields.text(pages.get("next_cursor"))
        header, has_more = answer.headers.get("X-Has-More", "").lower(), pages.get("has_more")
        more = header == "true" or bool(has_more or cursor)
        silent = (header, has_more, cursor) == ("", None, "")
        if silent:
            more = _perhaps_full(rows_found)
        part = self._part(rows_found, total, following=bool(rows_found) and more, cursor=cursor)
        is_half = any(group and rows is None for group, rows in zip(groups, parsed, strict=True))
        cut_off = TRY_LATER if is_half or (more and not rows_found) else ""
        return replace(part, cut_off=cut_off, end_unknown=silent and total is None)

    def _part(
        self,
        rows: Sequence[Mapping[str, object]],
        total: int | None,
        *,
        following: bool,
        cursor: str = "",
    ) -> Page:
        self._rows_read += len(rows)
        step: dict[str, str | int] = {"cursor": cursor} if cursor else {"offset": self._rows_read}
        self._call = replace(self._call, params={**self._call.params, **step})
        return Page(tuple(map(_item, rows)), total, following=self._call if following else None)


def _perhaps_full(rows_found: Sequence[object]) -> bool:
    """Whether more may follow a page where nothing says it: its limit may be clamped."""
    return bool(rows_found) and (len(rows_found) >= _MOST_ROWS or len(rows_found) % _ROUND == 0)


def _item(row: Mapping[str, object]) -> Item:
    rank = fields.count(row, "rank")
    position = 0 if rank is None else rank + 1  # a watchlist's ranks begin with 0
    get, ids = row.get, record(row.get("ids"))
    kind, unsupported = classify(fields.text(get("mediatype")))
    title_ids = Ids(
        imdb=fields.imdb_id(get("imdb_id") or ids.get("imdb")),
        tmdb=fields.number(get("id") or get("tmdb_id") or ids.get("tmdb")),
        tvdb=fields.number(get("tvdb_id") or get("tvdbid") or ids.get("tvdb")),
    )
    title, released = fields.text(get("title")), fields.year(get("release_year"))
    item_facts = fields.facts(language=get("language"))
    return Item(position, title, released, kind, title_ids, None, unsupported, facts=item_facts)


def _refusal(answer: Response) -> FetchFailure | None:
    """What an error in place of a list, or of its rows, means; None: unknown."""
    first = next(iter(fields.rows(answer.body) or ()), record(answer.body))
    message = fields.text(first.get("error")).casefold()
    if "private" in message:  # in full "empty or private list": it does not tell the two apart
        problem = "the list is private or empty; if it is private, make it public"
        return FetchFailure(Outcome.PRIVATE, f"{answer.url}: {problem}")
    if "not found" in message or "exist" in message:
        problem = "the list does not exist; check the address"
        return FetchFailure(Outcome.MISSING, f"{answer.url}: {problem}")
    return None
