"""Trakt's API: lists, watchlists, favourites and charts, page by page.

The headers of a page say how many rows the whole list has, and how many a page holds; what was
asked for may be clamped. Where a list is filtered by kind, they count the list without the filter
(a real answer: 86 shows, item-count 285, page-count 3), so that its last page is the one that is
not full. A chart has no end worth reaching: its first rows are read, and never called the whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import requests

from reconciler.core.model import ENDLESS_TOP, Kind, Outcome, Snapshot
from reconciler.sources.scrape import Setback
from reconciler.sources.trakt_items import parse, readable
from reconciler.sources.trakt_sign_in import AGAIN, API_URL, SignIn, ended
from reconciler.sources.web import Answer, Web, retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sources.scrape import Reach

ROUTE = "api"

_MOST_ROWS = 250  # a page; since June 2026 more is clamped
_MOST_PAGES = 4000
_BOX_OFFICE = 10  # films, on one page, without a word of how many there are
_KEY_PROBE = "/movies/boxoffice"  # open to every key that works, and short
_SIGN_IN_PROBE = "/users/settings"
_YOUR_KEY = "check providers.trakt.client_id and your app at trakt.tv/oauth/applications"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a list is in the API. ``kind``: the only one on it."""

    path: str
    kind: Kind | None = None
    endless: bool = False  # a chart that goes on and on, of which ``top`` are wanted
    top: int | None = None

    @property
    def most(self) -> int | None:
        """How many rows are wanted; None: all."""
        return (self.top or ENDLESS_TOP) if self.endless else None

    @property
    def fixed(self) -> bool:
        """Whether it is the box office."""
        return self.path == _KEY_PROBE

    @property
    def own(self) -> bool:
        """Whether it is a list of whoever has signed in."""
        return self.path.startswith("/users/me/")

    @property
    def chart(self) -> bool:
        """Whether it is one of Trakt's own rankings."""
        return self.endless or self.fixed


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page: its rows, and what its headers say. None: they do not."""

    rows: tuple[Mapping[str, object], ...]
    total: int | None
    limit: int | None
    pages: int | None


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    rows: dict[str, Mapping[str, object]] = field(default_factory=dict)
    declared: set[tuple[int | None, int | None]] = field(default_factory=set)
    ended: bool = False  # the last page was seen, as far as its headers and rows tell
    again: bool = False  # a row came twice: the list changed, or a page is not the one asked for

    @property
    def total(self) -> int | None:
        """The rows of the whole list, as the first page declared them."""
        return max((total for total, _ in self.declared if total is not None), default=None)

    @property
    def sized(self) -> bool:
        """Whether the headers said how many rows a page holds, so that a short one is the last."""
        return all(limit is not None for _, limit in self.declared)


@dataclass(frozen=True, slots=True)
class _Api:
    """Trakt's API as this fetch may ask it."""

    web: Web
    url: str
    headers: Mapping[str, str] = field(repr=False)
    limit: int  # rows of a page

    @property
    def signed_in(self) -> bool:
        """Whether it is asked in somebody's name."""
        return "Authorization" in self.headers

    def ask(self, path: str, page: int | None = None) -> Answer | Setback:
        params = {"page": page, "limit": self.limit} if page else None
        return self.web.ask("GET", f"{self.url}{path}", headers=self.headers, params=params)


def read(listing: Listing, reach: Reach) -> Snapshot:
    """Read a list; trouble is an outcome."""
    url = reach.provider.api_url or API_URL
    headers = {
        "Content-Type": "application/json",
        "trakt-api-version": "2",
        "trakt-api-key": reach.provider.key,
    }
    limit = min(listing.most or _MOST_ROWS, _MOST_ROWS)
    with Web() as web:
        token = "" if listing.chart else SignIn(reach.provider, web).token()
        if isinstance(token, Setback):
            return token.snapshot(ROUTE)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif listing.own:
            what = f"this is the list of whoever signs in, and nobody has; {AGAIN}"
            return Setback(Outcome.PRIVATE, f"{url}{listing.path}: {what}").snapshot(ROUTE)
        return _read_pages(listing, _Api(web, url, headers, limit))


def _read_pages(listing: Listing, api: _Api) -> Snapshot:
    so_far = _Reading()
    for number in range(1, _MOST_PAGES + 1):
        answer = api.ask(listing.path, None if listing.fixed else number)
        sheet = answer if isinstance(answer, Setback) else _sheet(answer, listing, api)
        if isinstance(sheet, Setback):
            return _stopped(listing, so_far, number, sheet)
        known = len(so_far.rows)
        so_far.rows |= {_identity(row): row for row in sheet.rows}
        so_far.declared.add((sheet.total, sheet.limit))
        count = len(so_far.rows)
        so_far.again |= count < known + len(sheet.rows)
        full = len(sheet.rows) >= (sheet.limit or api.limit)
        last_page = sheet.pages is not None and number >= sheet.pages
        so_far.ended = _is_last(listing, sheet, count, last_page=last_page, full=full)
        nothing_new = count == known
        enough = listing.most is not None and count >= listing.most
        if so_far.ended or nothing_new or enough:
            break
    return _judged(listing, so_far)


def _is_last(listing: Listing, sheet: _Sheet, count: int, *, last_page: bool, full: bool) -> bool:
    """Whether no page follows the one that brought the list to ``count`` rows.

    Headers that count this very list say so; else a page that is not full does.
    """
    if not sheet.rows or listing.fixed:
        return True
    if listing.kind is not None:
        return not full or (last_page and count >= (sheet.total or 0))
    if sheet.pages is not None:
        return last_page
    return count >= sheet.total if sheet.total is not None else not full


def _sheet(answer: Answer, listing: Listing, api: _Api) -> _Sheet | Setback:
    if not answer.ok:
        return _refusal(answer, listing, api)
    body = answer.body if isinstance(answer.body, list) else None
    rows = tuple(row if isinstance(row, dict) else {} for row in body or ())
    if body is None or (rows and not any(map(readable, rows))):
        what = "the answer is not a list as Trakt gives them"
        hint = "look for a newer version of listsync"
        return Setback(Outcome.CHANGED_LAYOUT, f"{answer.url}: {what}; {hint}")
    total, limit, pages = (
        _count(answer.headers, name) for name in ("Item-Count", "Limit", "Page-Count")
    )
    return _Sheet(rows, total, limit, pages)


def _refusal(answer: Answer, listing: Listing, api: _Api) -> Setback:
    """What Trakt's statuses mean. A 403 is a private list's, a dead key's or a bot check's."""
    match answer.status:
        case 401 if api.signed_in and _sign_in_ended(api):
            return ended(answer.url)
        case 401:
            outcome, what = Outcome.PRIVATE, "the user is private; they can make the list public"
        case 403 if not listing.chart and _key_works(api):
            outcome, what = Outcome.PRIVATE, "the list is private; its owner can make it public"
        case 403:
            refused = "Trakt does not accept the client id, or blocks this machine"
            outcome, what = Outcome.BLOCKED, f"{refused}: {_YOUR_KEY}"
        case 404:
            missing = "there is no such user or list, or it is private; check the address"
            outcome, what = Outcome.MISSING, missing
        case 420:
            limit = "the limit of the Trakt account is reached; it is read again later"
            outcome, what = Outcome.RATE_LIMITED, limit
        case _:
            return answer.setback()
    error = f"{answer.url}: {what} (HTTP {answer.status})"
    return Setback(outcome, error, retry_after(answer.headers))


def _key_works(api: _Api) -> bool:
    """Whether something that every key may read is not forbidden as well."""
    answer = api.ask(_KEY_PROBE)
    return isinstance(answer, Answer) and answer.status != requests.codes.forbidden


def _sign_in_ended(api: _Api) -> bool:
    """Whether what everybody who has signed in may read is refused as well."""
    answer = api.ask(_SIGN_IN_PROBE)
    return isinstance(answer, Answer) and answer.status == requests.codes.unauthorized


def _judged(listing: Listing, so_far: _Reading) -> Snapshot:
    """What reading to the end came to."""
    items = parse(list(so_far.rows.values())[: listing.most], listing.kind)
    total, count = so_far.total, len(so_far.rows)
    if listing.endless:
        cut = listing.most is not None and count >= listing.most
        note = f"the first {listing.most:,}, since this chart has no end" if cut else None
        outcome = Outcome.UNVERIFIED if items else Outcome.EMPTY
        return Snapshot(outcome, ROUTE, items, note=note)
    if listing.fixed:
        total = _BOX_OFFICE
    elif len(so_far.declared) > 1 or so_far.again:
        error = "the list changed while it was read; it is read again next time"
        return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)
    elif not so_far.ended:
        error = f"{count} titles were read, and no end was found; try again later"
        return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)
    elif listing.kind is not None and so_far.sized:
        return Snapshot(Outcome.COMPLETE if items else Outcome.EMPTY, ROUTE, items)
    elif listing.kind is not None or total is None:
        return Snapshot(Outcome.UNVERIFIED if items else Outcome.EMPTY, ROUTE, items)
    if count == total or (listing.fixed and not count):
        return Snapshot(Outcome.COMPLETE if items else Outcome.EMPTY, ROUTE, items, total)
    error = f"{count} of {total} titles were there; try again later"
    return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)


def _stopped(listing: Listing, so_far: _Reading, number: int, why: Setback) -> Snapshot:
    if number == 1:
        return why.snapshot(ROUTE)
    items = parse(so_far.rows.values(), listing.kind)
    error = f"{len(items)} titles were read, then page {number} failed: {why.error}"
    total = None if listing.endless or listing.kind else so_far.total
    return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error, why.retry_after)


def _identity(row: Mapping[str, object]) -> str:
    """What tells a row from the others of its list: the same row may come on two pages."""
    own = row.get("id")
    return f"id {own}" if isinstance(own, int) else json.dumps(row, sort_keys=True)


def _count(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(f"X-Pagination-{name}", "")
    return int(value) if value.isascii() and value.isdigit() else None
