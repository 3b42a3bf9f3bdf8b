"""Reading lists in the browser: opening pages, telling failures apart, reading page after page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.core import completeness
from reconciler.core.completeness import ListReading
from reconciler.core.model import ALL, FetchScope, ListRef, Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.ports import BlockedRoutes, Browser, Page

ROUTE = "browser"

# A bot check answers with these; AWS's uses 202, which is not a success here.
_CHECKING = {202, 403, 405}
_CHECK = (
    "return /^just a moment/i.test(document.title) || Boolean(document.querySelector("
    '\'script[src*="awswaf.com"], script[src*="challenge-platform"], #challenge-form\'));'
)
_SIGN_IN = re.compile(r"/(ap/)?(sign-?in|log-?in)\b|/registration/", re.IGNORECASE)
_UNFINISHED = "return document.readyState === 'loading';"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for what a page does by itself."""

    content: float = 20.0  # late rendering, until the first items
    check: float = 30.0  # a bot check that resolves itself in a real browser
    settle: float = 2.0  # silence at the bottom of an endless page before it counts as its end
    whole: float = 600.0  # all pages of a list together


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Provider:
    """What the file says of a site. Addresses: "" is the site's own."""

    base_url: str = ""
    api_url: str = ""
    via: str | None = None  # the only route to take; None: as the site thinks best
    key: str = field(default="", repr=False)  # its client id or API key; "" is none
    secret: str = field(default="", repr=False)  # what signs people in beside the key; "" is none
    tokens: Path | None = None  # the file that keeps who has signed in
    token: str = field(default="", repr=False)  # what says whose account it is; "" is none


class AllOpen:
    """A ``ports.BlockedRoutes`` where nothing is remembered."""

    def is_blocked(self, route: str) -> bool:  # noqa: ARG002 - the protocol's
        """No route is."""
        return False

    def keep_blocked(self, route: str) -> None:
        """Nobody asks for it."""

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:  # noqa: ARG002 - the protocol's
        """None is known."""
        return None


ALL_OPEN = AllOpen()


@dataclass(frozen=True, slots=True)
class FetchContext:
    """What a site may use to read a list."""

    browser: Browser
    folder: Path  # what relative paths start from
    provider: Provider = Provider()
    patience: Patience = PATIENCE
    routes: BlockedRoutes = ALL_OPEN
    need: FetchScope = ALL
    is_confined: bool = False  # to files in ``folder``


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Why something could not be read."""

    outcome: Outcome
    error: str  # for people: what happened, where, what to do
    retry_after: float | None = None  # seconds, where the site said when

    def snapshot(self, route: str = ROUTE) -> Snapshot:
        """A fetch that came to this."""
        return Snapshot(self.outcome, route, error=self.error, retry_after=self.retry_after)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was opened: what the probe found there, and what speaks against believing it."""

    page: Page | None = None
    payload: object = None
    setback: FetchFailure | None = None
    landed: str = ""  # where the browser ended up, after redirects


def visit(reach: FetchContext, url: str, probe: str) -> Visit:
    """Open ``url`` and run ``probe``, a function body that is falsy while there is nothing to read.

    A bot check is waited out, late content is waited for, and an answer that is final is not.
    """
    page = None
    try:
        page = reach.browser.open(url)
        payload = page.evaluate(probe) or page.wait_for(probe, _seconds(page, reach.patience))
        return Visit(page, payload, _setback(page, url, found=bool(payload)), page.url)
    except BrowserError as error:
        return Visit(page, setback=unreachable(error))


def clean(value: object) -> str:
    """Foreign text as valid Unicode, "?" for half a character; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def unreachable(error: BrowserError) -> FetchFailure:
    """The browser's trouble as an outcome of the list."""
    return FetchFailure(Outcome.UNREACHABLE, str(error))


def read_pages(
    read: Callable[[int], completeness.Page | FetchFailure], route: str = ROUTE
) -> Snapshot:
    """Read page 1, 2, … until the total is there and no more follows, one brings nothing, or fails.

    A list that declares no total ends with its first page.
    """
    reading = ListReading(route)
    number = 1
    while True:
        page = read(number)
        if isinstance(page, FetchFailure):
            return reading.fail(page.snapshot(route))
        reading.add(page)
        whole = page.total is None or (reading.entries >= page.total and not page.more)
        if whole or reading.finished or not page.entries:
            return reading.snapshot()
        number += 1


def _seconds(page: Page, patience: Patience) -> float:
    """How long it is worth waiting for this page."""
    if page.status in _CHECKING or page.evaluate(_CHECK):
        return patience.check
    if _final(page.status):
        return 0.0
    return patience.content


def _final(status: int | None) -> bool:
    return status is not None and status >= 400 and status not in _CHECKING  # noqa: PLR2004


def _setback(page: Page, url: str, *, found: bool) -> FetchFailure | None:
    status = page.status
    if not found and (status in _CHECKING or page.evaluate(_CHECK)):
        what = f"a bot check (HTTP {status}) did not let the browser in"
        return FetchFailure(Outcome.BLOCKED, f"{url}: {what}; try again later")
    if status is not None and _final(status):
        return of_status(status, url)
    if _SIGN_IN.search(urlsplit(page.url).path) and not _SIGN_IN.search(urlsplit(url).path):
        what = "the site asks to sign in"
        return FetchFailure(Outcome.PRIVATE, f"{url}: {what}; make the list public")
    if found:
        return None
    if status is None or page.evaluate(_UNFINISHED):
        what = "the page was cut off before its end"
        return FetchFailure(Outcome.UNREACHABLE, f"{url}: {what}; try again later")
    return changed_layout(url)


def changed_layout(url: str) -> FetchFailure:
    """The page is there, and nothing on it is where it used to be."""
    hint = "the site may have changed: look for a newer version of listsync"
    return FetchFailure(Outcome.CHANGED_LAYOUT, f"{url}: no list was found on the page; {hint}")


def of_status(status: int, url: str, retry_after: float | None = None) -> FetchFailure:
    """What an HTTP status means for a list, where the site gives it no meaning of its own."""
    match status:
        case 401:
            outcome, what, hint = Outcome.PRIVATE, "the list is private", "make it public"
        case 404 | 410:
            outcome, what, hint = Outcome.MISSING, "there is no such list", "check the address"
        case 429:
            outcome, what = Outcome.RATE_LIMITED, "the site got too many requests"
            hint = "it is read again later; a longer interval helps"
        case _:
            outcome, what, hint = Outcome.UNREACHABLE, "the site has trouble", "try again later"
    return FetchFailure(
        outcome, f"{url}: {what} ({answered(status, retry_after)}); {hint}", retry_after
    )


def answered(status: int, retry_after: float | None = None) -> str:
    """``HTTP 429, retry in 90 s``."""
    wait = "" if retry_after is None else f", retry in {retry_after:.0f} s"
    return f"HTTP {status}{wait}"
