"""Trakt's API: lists, watchlists, favorites and charts, page by page.

The headers of a page say how many rows the whole list has, and how many a page holds; what was
asked for may be clamped. Where a list is filtered by kind, they count the list without the filter
(a real answer: 86 shows, item-count 285, page-count 3), and titles that Trakt hides leave gaps in
pages. A short or an empty page is therefore not the end: every page that they count is read.

At the end of July 2026 Trakt removed the apps of free accounts: their client ids get 403 for
everything, public data included, without a page of Cloudflare's. One more call, for something that
every client id may read, tells a removed app from a private list and a machine that is kept out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import requests

from reconciler.core.completeness import TRY_LATER, Page, is_readable
from reconciler.core.model import ENDLESS_TOP, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response, retry_after
from reconciler.sources import paging
from reconciler.sources.context import FetchContext
from reconciler.sources.failure import FetchFailure, status_text
from reconciler.sources.http import SiteClient
from reconciler.sources.json_items import is_trakt_row, join_seasons, trakt_item
from reconciler.sources.paging import ROUTE, Call
from reconciler.sources.sites.trakt.login import AGAIN, API_URL, SignIn, sign_in_ended

_MOST_ROWS = 250  # a page; since June 2026 more is clamped
_BOX_OFFICE = 10  # films, on one page, without a total
_KEY_PROBE = "/movies/boxoffice"  # open to every key that works, and short
_SIGN_IN_PROBE = "/users/settings"
_REFUSED_KEY = (
    "Trakt refuses providers.trakt.client_id, for public data too; since July 2026 only Trakt VIP"
    " accounts may have apps: check whether yours still exists at app.trakt.tv/settings/apps/api"
)
_KEPT_OUT = "Cloudflare, in front of Trakt, blocks this machine; try again later"
_UNCLEAR = "Trakt refuses this call without a clear reason; try again later"
_FORBIDDEN = "Trakt does not show this list publicly; choose another list"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a list is in the API. ``kind``: the only one on it."""

    path: str
    kind: Kind | None = None
    chart: bool = False  # one of Trakt's own rankings

    @property
    def fixed(self) -> bool:
        """Whether it is the box office."""
        return self.path == _KEY_PROBE

    @property
    def own(self) -> bool:
        """Whether it is a list of whoever has signed in."""
        return self.path.startswith("/users/me/")


@dataclass(frozen=True, slots=True)
class ApiReading:
    """The snapshot of a list. ``key_refused``: Trakt refuses every call with the client id."""

    snapshot: Snapshot
    key_refused: bool = False


@dataclass(frozen=True, slots=True)
class _Api:
    """Trakt's API as this fetch may ask it."""

    web: SiteClient
    url: str
    headers: Mapping[str, str] = field(repr=False)

    @property
    def signed_in(self) -> bool:
        """Whether it is asked in somebody's name."""
        return "Authorization" in self.headers

    def sign_in_has_ended(self) -> bool:
        """Whether a call that every signed-in user may make is refused, too."""
        answer = self.web.ask("GET", f"{self.url}{_SIGN_IN_PROBE}", headers=self.headers)
        return isinstance(answer, Response) and answer.status == requests.codes.unauthorized

    def key_is_refused(self) -> bool | None:
        """Whether the client id may not even read what every other one may; None: not known."""
        headers = {name: value for name, value in self.headers.items() if name != "Authorization"}
        answer = self.web.ask("GET", f"{self.url}{_KEY_PROBE}", headers=headers)
        if isinstance(answer, FetchFailure) or is_by_cloudflare(answer):
            return None
        if answer.status == requests.codes.forbidden:
            return True
        return False if answer.status == requests.codes.ok else None


def read(listing: Listing, ref: ListRef, context: FetchContext) -> ApiReading:
    """Read a list; trouble is an outcome."""
    url = context.provider.api_url or API_URL
    headers = {
        "Content-Type": "application/json",
        "trakt-api-version": "2",
        "trakt-api-key": context.provider.key,
    }
    limit = min((context.need.top or ENDLESS_TOP) if ref.endless else _MOST_ROWS, _MOST_ROWS)
    with SiteClient() as web:
        token = "" if listing.chart else SignIn(context.provider, web).token()
        if isinstance(token, FetchFailure):
            if token.outcome is Outcome.BLOCKED and _Api(web, url, headers).key_is_refused():
                failure = FetchFailure(Outcome.BLOCKED, f"{url}: {_REFUSED_KEY}")
                return ApiReading(failure.snapshot(ROUTE), key_refused=True)
            return ApiReading(token.snapshot(ROUTE))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif listing.own:
            problem = f"this is the list of the signed-in user, and nobody has signed in; {AGAIN}"
            failure = FetchFailure(Outcome.PRIVATE, f"{url}{listing.path}: {problem}")
            return ApiReading(failure.snapshot(ROUTE))
        walk = _Walk(listing, _Api(web, url, headers), limit, facts=context.need.facts)
        snapshot = paging.read(
            walk.call, walk.part, ref, context, refusal=walk.refusal, joined=join_seasons, web=web
        )
        return ApiReading(snapshot, walk.key_refused)


def is_by_cloudflare(answer: Response) -> bool:
    """Whether Cloudflare, in front of Trakt, refused in its place.

    ``Server: cloudflare`` is on every answer. A refusal of Cloudflare's own is a page in HTML, or
    its error code; Trakt's own have no body, a word or JSON.
    """
    body = answer.content.lstrip()[:64].lower()
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return html or "cf-mitigated" in answer.headers or body.startswith((b"<", b"error code:"))


class _Walk:
    """Reads the pages of one list."""

    def __init__(self, listing: Listing, api: _Api, limit: int, *, facts: bool) -> None:
        """``facts``: what filters ask is wanted, too, which makes answers several times as long."""
        self._listing = listing
        self._api = api
        self._limit = limit  # rows of a page, as they are asked for
        self._page = 1
        self._rows = 0
        self._declared: int | None = None
        self.key_refused = False
        params: dict[str, str | int] = {"extended": "full"} if facts else {}
        if not listing.fixed:
            params |= {"page": 1, "limit": limit}
        self.call = Call(f"{api.url}{listing.path}", params, api.headers)

    def part(self, answer: Response) -> Page | None:
        """A page; None if it does not have the form of Trakt's pages."""
        if not isinstance(answer.body, list):
            return None
        rows = [row if isinstance(row, dict) else {} for row in answer.body]
        if rows and not any(map(is_trakt_row, rows)):
            return None
        kind = self._listing.kind
        pairs = [(trakt_item(row, kind), _identity(row)) for row in rows]
        others = {Kind.MOVIE, Kind.TV} - {kind} if kind else set()
        of_kind = [pair for pair in pairs if pair[0].kind not in others or not is_readable(pair[0])]
        items, keys = tuple(item for item, _ in of_kind), tuple(key for _, key in of_kind)
        return self._placed(Page(items, keys=keys), len(rows), answer)

    def refusal(self, answer: Response) -> FetchFailure | None:
        """What Trakt's statuses mean. A 403 is a private list's, a dead key's or a bot check's.

        None: what they mean everywhere.
        """
        match answer.status:
            case 401 if self._api.signed_in and self._api.sign_in_has_ended():
                return sign_in_ended(answer.url)
            case 401 if not self._listing.chart:
                private = "the user's profile is private; they can make the list public"
                outcome, problem = Outcome.PRIVATE, private
            case 403:
                outcome, problem = self._forbidden(answer)
            case 401:
                outcome, problem = Outcome.BLOCKED, _REFUSED_KEY
            case 404:
                missing = "the user or list does not exist or is private; check the address"
                outcome, problem = Outcome.MISSING, missing
            case 420:
                limit = "the Trakt account's limit is reached; the list is read again later"
                outcome, problem = Outcome.RATE_LIMITED, limit
            case _:
                return None
        wait = retry_after(answer.headers)
        return FetchFailure(
            outcome, f"{answer.url}: {problem} ({status_text(answer.status, wait)})", wait
        )

    def _forbidden(self, answer: Response) -> tuple[Outcome, str]:
        """What a 403 refuses: this machine, the client id, or everybody except the list's owner."""
        if is_by_cloudflare(answer):
            return Outcome.BLOCKED, _KEPT_OUT
        refused = self._api.key_is_refused()
        self.key_refused = bool(refused)
        if refused or refused is None:
            return Outcome.BLOCKED, _REFUSED_KEY if refused else _UNCLEAR
        if self._listing.chart:
            return Outcome.BLOCKED, _FORBIDDEN
        return Outcome.PRIVATE, "the list is private; its owner can make it public"

    def _placed(self, part: Page, rows: int, answer: Response) -> Page:
        """The page with the totals from its headers, and the next call."""
        if self._listing.fixed:
            return replace(part, total=_BOX_OFFICE if rows else None)
        total, limit, pages = (
            _count(answer.headers, name) for name in ("Item-Count", "Limit", "Page-Count")
        )
        self._rows += rows
        filtered = self._listing.kind is not None
        full = rows >= (limit or self._limit)
        last = pages is not None and self._page >= pages
        if filtered:  # the headers count the list without the filter
            over = not full if pages is None else last and (not full or self._rows >= (total or 0))
        elif pages is not None:
            over = last
        else:
            over = self._rows >= total if total is not None else not full
        moved = filtered and self._page > 1 and total != self._declared
        self._declared = total
        self._page += 1
        onward = replace(self.call, params={**self.call.params, "page": self._page})
        return replace(
            part,
            total=None if filtered else total,
            following=None if over or not (rows or filtered) else onward,
            cut_off=TRY_LATER if moved else "",
            end_unknown=(limit if filtered else total) is None,
        )


def _identity(row: Mapping[str, object]) -> str:
    """What tells a row from the others of its list: the same row may come on two pages."""
    own = row.get("id")
    return f"id {own}" if isinstance(own, int) else json.dumps(row, sort_keys=True)


def _count(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(f"X-Pagination-{name}", "")
    return int(value) if re.fullmatch(r"[0-9]{1,10}", value) else None
