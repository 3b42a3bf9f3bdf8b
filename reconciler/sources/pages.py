"""Reading lists in the browser: opening pages, telling failures apart, reading page after page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from reconciler.core import completeness
from reconciler.core.completeness import ListReading
from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.ports import Page
from reconciler.sources.context import FetchContext, Patience
from reconciler.sources.failure import FetchFailure, browser_failure, changed_layout, status_failure

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
class Visit:
    """A page that was opened: what the probe found there, and what speaks against believing it."""

    page: Page | None = None
    payload: object = None
    failure: FetchFailure | None = None
    landed: str = ""  # where the browser ended up, after redirects


def visit(context: FetchContext, url: str, probe: str) -> Visit:
    """Open ``url`` and run ``probe``, a function body that is falsy while there is nothing to read.

    A bot check is waited out, late content is waited for, and an answer that is final is not.
    """
    page = None
    try:
        page = context.browser.open(url)
        payload = page.evaluate(probe) or page.wait_for(probe, _seconds(page, context.patience))
        return Visit(page, payload, _failure(page, url, has_content=bool(payload)), page.url)
    except BrowserError as error:
        return Visit(page, failure=browser_failure(error))


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


def _failure(page: Page, url: str, *, has_content: bool) -> FetchFailure | None:
    status = page.status
    if not has_content and (status in _CHECKING or page.evaluate(_CHECK)):
        problem = f"a bot check (HTTP {status}) did not let the browser in"
        return FetchFailure(Outcome.BLOCKED, f"{url}: {problem}; try again later")
    if status is not None and _final(status):
        return status_failure(status, url)
    if _SIGN_IN.search(urlsplit(page.url).path) and not _SIGN_IN.search(urlsplit(url).path):
        problem = "the site asks for a sign-in"
        return FetchFailure(Outcome.PRIVATE, f"{url}: {problem}; make the list public")
    if has_content:
        return None
    if status is None or page.evaluate(_UNFINISHED):
        problem = "the page was cut off before its end"
        return FetchFailure(Outcome.UNREACHABLE, f"{url}: {problem}; try again later")
    return changed_layout(url)
