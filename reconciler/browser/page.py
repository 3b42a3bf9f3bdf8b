"""The page that Chromium shows: running JavaScript in it, and what WebDriver's errors mean."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from selenium.common.exceptions import JavascriptException, TimeoutException, WebDriverException
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from urllib3.exceptions import HTTPError

from reconciler.browser.egress_proxy import EgressProxy
from reconciler.errors import BrowserError, BrowserLostError, BrowserStuckError

_BLANK = "about:blank"
_NOT_CONNECTED = "ERR_SOCKS_CONNECTION_FAILED"  # Chromium's word for every failure of its proxy
_CAUSES = {
    "ERR_CONNECTION_REFUSED": "the connection was refused",
    "ERR_NAME_NOT_RESOLVED": "the host name cannot be resolved",
    "ERR_INTERNET_DISCONNECTED": "the network is unreachable",
    "ERR_CONNECTION_TIMED_OUT": "the connection timed out",
    _NOT_CONNECTED: "a host that the page needs cannot be reached",
    "ERR_EMPTY_RESPONSE": "the connection was closed without a response",
}
_POLL_SECONDS = 0.1
_MOST_CHARACTERS = 32_000_000  # of an answer, all its texts together

# Runs a function body, and reports in the same call to the driver which document it ran in. The
# answer travels only where it is not too large: a page decides how large it is.
_WRAPPER = """
const entry = performance.getEntriesByType('navigation')[0];
const failed = location.protocol === 'chrome-error:';
const age = performance.now();
const sizeOf = (value) => typeof value === 'string' ? value.length
  : value && typeof value === 'object'
  ? Object.values(value).reduce((sum, part) => sum + sizeOf(part), 1) : 1;
const report = (answer) => {
  const size = sizeOf(answer);
  return {
    origin: performance.timeOrigin,
    age,
    url: location.href,
    status: entry && entry.responseStatus || null,
    failure: failed ? (document.querySelector('.error-code') || document.body).textContent : '',
    size,
    answer: size > %(most)d ? null : answer,
  };
};
const answer = (() => { %(script)s })();
return answer instanceof Promise ? answer.then(report) : report(answer);
"""


class OpenPage:
    """A ``ports.Page``: what the browser shows now, also after the page has moved on by itself."""

    def __init__(
        self, driver: WebDriver, url: str, previous: OpenPage | None, egress: EgressProxy | None
    ) -> None:
        """``driver``: the session whose only window this is; it still shows ``previous``.

        ``egress``: what a local browser connects through, which knows why it could not.
        """
        self._driver = driver
        self._requested_url = url
        self._egress = egress
        self._previous_origin = previous.origin if previous else None
        self._requested_at = time.monotonic()
        self._report: dict[str, Any] = {}

    @property
    def origin(self) -> float | None:
        """When the document in the window began, which tells it from others; None: unknown."""
        return self._report.get("origin", self._previous_origin)

    @property
    def url(self) -> str:
        return str(self._last_report()["url"])

    @property
    def status(self) -> int | None:
        status = self._last_report()["status"]
        return status if isinstance(status, int) else None

    def evaluate(self, script: str) -> object:
        with translate_errors():
            return self._run(script)

    def wait_for(self, script: str, seconds: float) -> object:
        value: object = None

        def has_value(_: WebDriver) -> bool:
            nonlocal value
            value = self._run(script)
            return bool(value)

        # A page that reloads itself takes the running script with it: try again.
        waiting = WebDriverWait(self._driver, seconds, _POLL_SECONDS, [JavascriptException])
        with translate_errors(), suppress(TimeoutException):
            waiting.until(has_value)
        return value

    def _last_report(self) -> dict[str, Any]:
        if not self._report:
            self.evaluate("")
        return self._report

    def _run(self, script: str) -> object:
        """What a function body returns. Raises BrowserError where that is too large."""
        wrapped = _WRAPPER % {"script": script, "most": _MOST_CHARACTERS}
        report: dict[str, Any] = self._driver.execute_script(wrapped)
        if not self._report and self._is_of_previous_page(report):
            self._driver.get(_BLANK)
            report = self._driver.execute_script(wrapped)
        self._report = report
        # Chromium shows its own page for an error status with an empty body, too.
        if report["failure"] and report["status"] is None:
            raise _unreachable(self._requested_url, report["failure"], self._egress)
        if report["size"] > _MOST_CHARACTERS:
            problem = f"the page is too large to be read ({report['size']:,} characters)"
            hint = f"listsync reads at most {_MOST_CHARACTERS:,} characters of a page"
            raise BrowserError(problem, hint=hint)
        answer: object = report["answer"]
        return answer

    def _is_of_previous_page(self, report: dict[str, Any]) -> bool:
        """Whether an answer without a document (204) has left the previous page in place.

        That page may have reloaded itself since; then it is older than the request for this one.
        """
        milliseconds = (time.monotonic() - self._requested_at) * 1000
        return bool(report["origin"] == self._previous_origin or report["age"] > milliseconds)


@contextmanager
def translate_errors(
    url: str = "", seconds: int = 0, egress: EgressProxy | None = None
) -> Iterator[None]:
    """Turn the errors of WebDriver, and of the connection to it, into BrowserError."""
    try:
        yield
    except TimeoutException as error:
        problem = (
            f"the page did not load within {seconds} s" if url else "the page does not respond"
        )
        raise BrowserStuckError(problem, where=url, hint="try again later") from error
    except JavascriptException as error:
        raise BrowserError("the page cannot be read", where=url, hint="try again") from error
    except (WebDriverException, HTTPError) as error:
        message = str(error)
        if cause := re.search(r"net::(ERR_\w+)", message):
            raise _unreachable(url, cause[1], egress) from error
        # A Grid has many words for a browser that it cannot reach any more.
        problem = "the page crashed" if "crash" in message else "the browser connection was lost"
        raise BrowserLostError(problem, where=url, hint="try again") from error


def _unreachable(url: str, cause: str, egress: EgressProxy | None) -> BrowserError:
    if egress and cause == _NOT_CONNECTED and (failure := egress.failure_at(url)):
        return BrowserError(failure.problem, where=url, hint=failure.hint)
    problem = _CAUSES.get(cause, f"the page could not be loaded ({cause})")
    return BrowserError(problem, where=url, hint="check the network, or try again later")
