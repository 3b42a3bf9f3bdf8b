"""Why a list cannot be read, as an outcome with a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass

import requests

from reconciler.core.model import Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.http.client import Response, retry_after


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Why something could not be read."""

    outcome: Outcome
    error: str  # for people: what happened, where, what to do
    retry_after: float | None = None  # seconds, where the site said when

    def snapshot(self, route: str = "browser") -> Snapshot:
        """The snapshot for this failure."""
        return Snapshot(self.outcome, route, error=self.error, retry_after=self.retry_after)


def browser_failure(error: BrowserError) -> FetchFailure:
    """The browser's trouble as an outcome of the list."""
    return FetchFailure(Outcome.UNREACHABLE, str(error))


def failure_of(response: Response) -> FetchFailure:
    """The failure for a response that is not ``ok``, if the site defines none."""
    if response.status == requests.codes.ok:
        problem = "the response is not JSON; look for a newer version of listsync"
        return FetchFailure(Outcome.CHANGED_LAYOUT, f"{response.url}: {problem}")
    return status_failure(response.status, response.url, retry_after(response.headers))


def changed_layout(url: str) -> FetchFailure:
    """The failure for a page whose titles are not in their usual place."""
    hint = "the site may have changed: look for a newer version of listsync"
    return FetchFailure(Outcome.CHANGED_LAYOUT, f"{url}: no list was found on the page; {hint}")


def status_failure(status: int, url: str, retry_after: float | None = None) -> FetchFailure:
    """The outcome of an HTTP status, if the site defines none."""
    match status:
        case 401:
            outcome, problem, hint = Outcome.PRIVATE, "the list is private", "make it public"
        case 404 | 410:
            outcome, problem, hint = Outcome.MISSING, "the list does not exist", "check the address"
        case 429:
            outcome, problem = Outcome.RATE_LIMITED, "the site received too many requests"
            hint = "the list is read again later; a longer interval helps"
        case _:
            outcome, problem = Outcome.UNREACHABLE, "the site has a problem"
            hint = "try again later"
    return FetchFailure(
        outcome, f"{url}: {problem} ({status_text(status, retry_after)}); {hint}", retry_after
    )


def status_text(status: int, retry_after: float | None = None) -> str:
    """``HTTP 429, retry in 90 s``."""
    wait = "" if retry_after is None else f", retry in {retry_after:.0f} s"
    return f"HTTP {status}{wait}"
