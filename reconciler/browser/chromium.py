"""Chromium through Selenium: the only file that knows WebDriver.

Selenium Manager is never asked: both programs are found on PATH or the browser is remote, and
nothing is downloaded.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import (
    JavascriptException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.common.proxy import Proxy, ProxyType
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support.wait import WebDriverWait
from urllib3.exceptions import HTTPError

from reconciler.browser import page_script
from reconciler.browser.driver import (
    ChromeDriver,
    find_chromium,
    find_driver,
    quoted,
    versions_hint,
)
from reconciler.browser.egress_proxy import EgressProxy
from reconciler.browser.options import add_local_options, chromium_options
from reconciler.browser.sandbox import sandbox_obstacle
from reconciler.errors import BrowserError, BrowserLostError, BrowserStuckError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

    from reconciler.ports import Page

_BLANK = "about:blank"
_NOT_CONNECTED = "ERR_SOCKS_CONNECTION_FAILED"  # Chromium's word for every failure of its proxy
_CAUSES = {
    "ERR_CONNECTION_REFUSED": "the connection was refused",
    "ERR_NAME_NOT_RESOLVED": "the host name is not known",
    "ERR_INTERNET_DISCONNECTED": "there is no network",
    "ERR_CONNECTION_TIMED_OUT": "nothing answered",
    _NOT_CONNECTED: "a host that the page leads to cannot be reached",
    "ERR_EMPTY_RESPONSE": "the connection was closed without an answer",
}
_POLL_SECONDS = 0.1
_QUIT_SECONDS = 3
_COMMAND_SECONDS = 15  # how long the driver may take beyond the time a page is given


class ChromiumBrowser:
    """A ``ports.Session``: Chromium, started for the first page and gone when the block ends.

    It serves one thread, page after page; any thread may close it. Lost or never started, it stays
    so: every further page says why.
    """

    def __init__(self, remote_url: str | None = None, *, page_seconds: int = 45) -> None:
        """``remote_url``: a Selenium Grid instead of the local Chromium.

        ``page_seconds``: how long a page may take until its document is read.
        """
        self._remote_url = remote_url
        self._page_seconds = page_seconds
        self._process: ChromeDriver | None = None
        self._egress: EgressProxy | None = None
        self._connection: ClientConfig | None = None
        self._driver: WebDriver | None = None
        self._page: OpenPage | None = None
        self._failure: BrowserError | None = None
        self._starting = Lock()

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process and no file behind."""
        self.close()

    def open(self, url: str) -> Page:
        """Navigate; return when the document is interactive. Raises BrowserError."""
        driver = self._started()
        if self._egress:
            self._egress.allow(url)
        self._page = OpenPage(driver, url, before=self._page, egress=self._egress)
        with _translated(url, self._page_seconds, self._egress):
            driver.get(url)
        return self._page

    def close(self) -> None:
        """End the browser, in a bounded time also when it no longer answers, or just starts."""
        self._failure = BrowserError("the browser was closed")
        # Whoever is still starting it after that time sees the failure, and ends it himself.
        if self._starting.acquire(timeout=_QUIT_SECONDS):
            try:
                self._end()
            finally:
                self._starting.release()

    def _end(self) -> None:
        driver, self._driver = self._driver, None
        process, self._process = self._process, None
        egress, self._egress = self._egress, None
        try:
            if driver and self._connection:
                self._connection.timeout = _QUIT_SECONDS
                with suppress(WebDriverException, HTTPError):
                    driver.quit()
        finally:
            if process:
                process.stop()
            if egress:
                egress.close()

    def _started(self) -> WebDriver:
        with self._starting:
            if self._failure:
                raise self._failure
            if self._driver is None:
                try:
                    self._driver = self._start()
                except BrowserError as error:
                    self._failure = self._failure or error
            if self._failure:
                self._end()
                raise self._failure
            assert self._driver  # noqa: S101 - started without a failure
            return self._driver

    def _start(self) -> WebDriver:
        """A started browser. A local one that fails to start is started once more."""
        if self._remote_url:
            return self._connected()
        find_chromium()
        find_driver()  # one that is missing is not there the second time either
        try:
            return self._connected()
        except BrowserError:
            if self._failure:  # closed meanwhile
                raise
            self._end()
            return self._connected()

    def _connected(self) -> WebDriver:
        try:
            options = chromium_options()
            self._connection = self._way_to_driver(options)
            way = RemoteConnection(client_config=self._connection)
            driver = webdriver.Remote(way, options=options)
            driver.set_page_load_timeout(self._page_seconds)
        except (WebDriverException, HTTPError, OSError) as error:
            what = "the browser did not start"
            if isinstance(error, WebDriverException) and error.msg:
                what += f': "{quoted(error.msg)}"'
            raise BrowserError(what, hint=self._hint()) from error
        return driver

    def _way_to_driver(self, options: webdriver.ChromeOptions) -> ClientConfig:
        """How commands reach the driver; a local one is started first."""
        if self._remote_url:
            return ClientConfig(self._remote_url, **self._manners())
        chromium = find_chromium()
        self._process = ChromeDriver()
        self._egress = EgressProxy()
        add_local_options(
            options,
            chromium,
            profile=self._process.profile,
            proxy=self._egress.url,
            sandboxed=sandbox_obstacle(chromium) is None,
        )
        # The driver is on this machine; a proxy of the environment is for the way out.
        direct = Proxy({"proxyType": ProxyType.DIRECT})
        return ClientConfig(self._process.url, proxy=direct, **self._manners())

    def _manners(self) -> dict[str, Any]:
        return {
            "timeout": self._page_seconds + _COMMAND_SECONDS,
            # A command that got no answer is not to be sent again behind our back.
            "init_args_for_pool_manager": {"init_args_for_pool_manager": {"retries": False}},
        }

    def _hint(self) -> str:
        if self._remote_url:
            return f"does a Selenium Grid answer at {urlsplit(self._remote_url).hostname}?"
        return versions_hint()


class OpenPage:
    """A ``ports.Page``: what the browser shows now, also after the page has moved on by itself."""

    def __init__(
        self, driver: WebDriver, url: str, before: OpenPage | None, egress: EgressProxy | None
    ) -> None:
        """``driver``: the session whose only window this is; it still shows ``before``.

        ``egress``: what a local browser connects through, which knows why it could not.
        """
        self._driver = driver
        self._asked = url
        self._egress = egress
        self._before = before.born if before else None
        self._since = time.monotonic()
        self._told: dict[str, Any] = {}

    @property
    def born(self) -> float | None:
        """What tells the document in the window from others; None where none was ever asked."""
        return self._told.get("born", self._before)

    @property
    def url(self) -> str:
        """Where the browser is."""
        return str(self._known()["url"])

    @property
    def status(self) -> int | None:
        """The HTTP status of the last navigation, from the page's own timing entry."""
        status = self._known()["status"]
        return status if isinstance(status, int) else None

    def evaluate(self, script: str) -> object:
        """Run a function body; a promise is waited for. Raises BrowserError."""
        with _translated():
            return self._ask(script)

    def wait_for(self, script: str, seconds: float) -> object:
        """Run a function body until it gives something truthy, or time is up."""
        value: object = None

        def look(_: WebDriver) -> bool:
            nonlocal value
            value = self._ask(script)
            return bool(value)

        # A page that loads itself anew takes the running script with it: look again.
        waiting = WebDriverWait(self._driver, seconds, _POLL_SECONDS, [JavascriptException])
        with _translated(), suppress(TimeoutException):
            waiting.until(look)
        return value

    def _known(self) -> dict[str, Any]:
        """What the page said of itself beside its last answer."""
        if not self._told:
            self.evaluate("")
        return self._told

    def _ask(self, script: str) -> object:
        """What a function body gives. Raises BrowserError where that is too much."""
        whole = page_script.wrapped(script)
        told: dict[str, Any] = self._driver.execute_script(whole)
        if not self._told and self._is_before(told):
            self._driver.get(_BLANK)
            told = self._driver.execute_script(whole)
        self._told = told
        # Chromium shows its own page for an error status with an empty body, too.
        if told["failure"] and told["status"] is None:
            raise _unreachable(self._asked, told["failure"], self._egress)
        if told["weight"] > page_script.MOST_CHARACTERS:
            what = f"the page is too large to be read ({told['weight']:,} characters)"
            raise BrowserError(
                what, hint=f"at most {page_script.MOST_CHARACTERS:,} are taken from a page"
            )
        answer: object = told["answer"]
        return answer

    def _is_before(self, told: dict[str, Any]) -> bool:
        """Whether an answer without a document (204) has left the page before in place.

        That one may also have loaded itself anew since; it is older than its being left, then.
        """
        milliseconds = (time.monotonic() - self._since) * 1000
        return bool(told["born"] == self._before or told["age"] > milliseconds)


@contextmanager
def _translated(
    url: str = "", seconds: int = 0, egress: EgressProxy | None = None
) -> Iterator[None]:
    """Turn the errors of WebDriver and of the way to it into BrowserError."""
    try:
        yield
    except TimeoutException as error:
        what = f"the page was not there after {seconds} s" if url else "the page does not answer"
        raise BrowserStuckError(what, where=url, hint="try again later") from error
    except JavascriptException as error:
        raise BrowserError("the page cannot be asked", where=url, hint="try again") from error
    except (WebDriverException, HTTPError) as error:
        said = str(error)
        if found := re.search(r"net::(ERR_\w+)", said):
            raise _unreachable(url, found[1], egress) from error
        # A Grid has many words for a browser that it cannot reach any more.
        what = "the page crashed" if "crash" in said else "the browser was lost"
        raise BrowserLostError(what, where=url, hint="try again") from error


def _unreachable(url: str, cause: str, egress: EgressProxy | None) -> BrowserError:
    if egress and cause == _NOT_CONNECTED and (failure := egress.failure_at(url)):
        return BrowserError(failure.what, where=url, hint=failure.hint)
    what = _CAUSES.get(cause, f"the page could not be loaded ({cause})")
    return BrowserError(what, where=url, hint="check the network, or try again later")
