"""Chromium through Selenium: starting it, here or in a Selenium Grid, and ending it.

Selenium Manager is never used: both programs are found on PATH or the browser is remote, and
nothing is downloaded.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import Any, Self
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.proxy import Proxy, ProxyType
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from reconciler.browser.driver import (
    ChromeDriver,
    find_chromium,
    find_driver,
    quote_output,
    sandbox_obstacle,
    versions_hint,
)
from reconciler.browser.egress_proxy import EgressProxy
from reconciler.browser.page import OpenPage, translate_errors
from reconciler.errors import BrowserError
from reconciler.ports import Page

_FLAGS = (
    "--headless=new",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB, which a large page outgrows
    "--window-size=1600,2400",  # a tall window shows more cards of an endless page at once
    "--lang=en-US",  # titles follow the visitor's language
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PREFERENCES = {
    "intl.accept_languages": "en-US,en",
    "profile.managed_default_content_settings.images": 2,  # 2: none are loaded
    "webrtc.ip_handling_policy": "disable_non_proxied_udp",
}
_NOTHING_DIRECT = "<-loopback>"  # without it, Chromium reaches this machine without the proxy
_QUIT_SECONDS = 3
_COMMAND_SECONDS = 15  # how long the driver may take beyond the time a page is given


class ChromiumBrowser:
    """A ``ports.Session``: Chromium, started for the first page and gone when the block ends.

    It serves one thread, page after page; any thread may close it. After a failed start, every
    further page raises the same error.
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
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, url: str) -> Page:
        driver = self._started_driver()
        if self._egress:
            self._egress.allow(url)
        self._page = OpenPage(driver, url, previous=self._page, egress=self._egress)
        with translate_errors(url, self._page_seconds, self._egress):
            driver.get(url)
        return self._page

    def close(self) -> None:
        self._failure = BrowserError("the browser was closed")
        # A thread that is still starting it after that time sees the failure, and ends it itself.
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

    def _started_driver(self) -> WebDriver:
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
        """Start the browser. A local one that fails to start is started once more."""
        if self._remote_url:
            return self._connect()
        find_chromium()
        find_driver()  # a missing program is missing the second time, too
        try:
            return self._connect()
        except BrowserError:
            if self._failure:  # it was closed while it started
                raise
            self._end()
            return self._connect()

    def _connect(self) -> WebDriver:
        try:
            options = webdriver.ChromeOptions()
            options.page_load_strategy = "eager"
            for flag in _FLAGS:
                options.add_argument(flag)
            options.add_experimental_option("prefs", _PREFERENCES)
            self._connection = self._client_config(options)
            executor = RemoteConnection(client_config=self._connection)
            driver = webdriver.Remote(executor, options=options)
            driver.set_page_load_timeout(self._page_seconds)
        except (WebDriverException, HTTPError, OSError) as error:
            problem = "the browser did not start"
            if isinstance(error, WebDriverException) and error.msg:
                problem += f': "{quote_output(error.msg)}"'
            if self._remote_url:
                host = urlsplit(self._remote_url).hostname
                hint = f"check that a Selenium Grid is running at {host}"
            else:
                hint = versions_hint()
            raise BrowserError(problem, hint=hint) from error
        return driver

    def _client_config(self, options: webdriver.ChromeOptions) -> ClientConfig:
        """How commands reach the driver. A local driver is started, and its options completed."""
        settings: dict[str, Any] = {
            "timeout": self._page_seconds + _COMMAND_SECONDS,
            # A command without an answer must not be sent again behind our back.
            "init_args_for_pool_manager": {"init_args_for_pool_manager": {"retries": False}},
        }
        if self._remote_url:
            return ClientConfig(self._remote_url, **settings)
        chromium = find_chromium()
        self._process = ChromeDriver()
        self._egress = EgressProxy()
        options.binary_location = chromium
        options.add_argument(f"--user-data-dir={self._process.profile}")
        options.add_argument(f"--proxy-server={self._egress.url}")
        options.add_argument(f"--proxy-bypass-list={_NOTHING_DIRECT}")
        if sandbox_obstacle(chromium):
            options.add_argument("--no-sandbox")
        # The driver is on this machine; the environment's proxy is for the network beyond it.
        direct = Proxy({"proxyType": ProxyType.DIRECT})
        return ClientConfig(self._process.url, proxy=direct, **settings)
