"""A website over real HTTP on 127.0.0.1: requests, faults and responses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import ClassVar, Protocol, Self
from urllib.parse import parse_qs, urlsplit

from examples.sandbox.sites_lists import Fault, SiteList

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
EVERYWHERE = "*"
"""The path that stands for all paths of a site."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request to a site."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without query and without a trailing slash."""
        return urlsplit(self.target).path.rstrip("/") or "/"

    def text(self, name: str) -> str:
        """A parameter of the query; empty if it is missing."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]

    def number(self, name: str, default: int) -> int:
        """A whole number from the query; `default` for anything else."""
        value = self.text(name)
        return int(value) if value.isdecimal() and int(value) > 0 else default

    def has_cookie(self, name: str) -> bool:
        """Whether the request has this cookie."""
        return name in SimpleCookie(self.headers.get("Cookie", ""))


@dataclass(frozen=True, slots=True)
class Page:
    """A response of a site."""

    body: str
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    ends: bool = True
    """False: the connection stays open after the body, as if more were to come."""


class Faults:
    """The faults that were set at run time: for a page (path and query), a path, or everything."""

    def __init__(self) -> None:
        """Start without faults."""
        self._at: dict[str, Fault] = {}
        self._lock = Lock()

    def set(self, path: str, fault: Fault) -> None:
        """Make pages of `path` fail; `path` may be one page (`…?page=2`) or `*`."""
        with self._lock:
            self._at[path if path == EVERYWHERE else _key(path)] = fault

    def clear(self, path: str | None = None) -> None:
        """Remove the fault of a path, or all faults."""
        with self._lock:
            if path is None:
                self._at.clear()
            else:
                self._at.pop(path if path == EVERYWHERE else _key(path), None)

    def now(self) -> dict[str, Fault]:
        """The current faults, by path."""
        with self._lock:
            return dict(self._at)

    def take(self, target: str) -> Fault | None:
        """The fault for an address, counted as used; the most specific setting wins."""
        with self._lock:
            for key in (_key(target), _key(urlsplit(target).path), EVERYWHERE):
                if (fault := self._at.get(key)) is not None:
                    self._count_down(key, fault)
                    return fault
        return None

    def _count_down(self, key: str, fault: Fault) -> None:
        if fault.times is not None and fault.times <= 1:
            del self._at[key]
        elif fault.times is not None:
            self._at[key] = replace(fault, times=fault.times - 1)


class Site(ABC):
    """The base of a site: lists, faults, and a response to every request."""

    name: ClassVar[str]

    def __init__(self, lists: dict[str, SiteList]) -> None:
        """Serve these lists, by key."""
        self.lists = lists
        self.faults = Faults()
        self.visits: list[str] = []
        """Path and query of every page asked for, in order."""

    @abstractmethod
    def address(self, visit: Visit) -> str:
        """The address under which faults for this request are set."""

    @abstractmethod
    def key(self, address: str) -> str | None:
        """The key of the list at an address."""

    @abstractmethod
    def page(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a visit."""

    def answer(self, visit: Visit) -> tuple[Page, Fault]:
        """Answer a request with the current fault for it."""
        self.visits.append(visit.target)
        address = self.address(visit)
        wanted = self.lists.get(self.key(urlsplit(address).path) or "")
        fault = self.faults.take(address) or (wanted.fault if wanted else Fault())
        if fault.status is not None and not fault.outcome.startswith("challenge"):
            return _error_page(fault), fault
        return self.page(visit, wanted, fault), fault


class Answering(Protocol):
    """The protocol of a site that can be served."""

    def answer(self, visit: Visit) -> tuple[Page, Fault]:
        """Answer a request, with the current fault for it."""


class Desk(Protocol):
    """The protocol of what answers the control addresses."""

    def answer(self, visit: Visit) -> Page | None:
        """Answer a request; None if the address is the site's."""


class SiteServer:
    """Serves one site from its own thread during a `with` block."""

    def __init__(self, site: Answering, desk: Desk, port: int = 0) -> None:
        """Bind the port, by default a free one; requests are not answered yet."""
        self._closing = Event()
        parts = {"site": site, "desk": desk, "closing": self._closing}
        handler = type("Handler", (_Handler,), parts)
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        """Start answering."""
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, even during responses that never end."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = (
        True  # otherwise the body waits for the acknowledgement of the headers
    )
    site: ClassVar[Answering]
    desk: ClassVar[Desk]
    closing: ClassVar[Event]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        visit = Visit(self.command, self.path, dict(self.headers.items()), body)
        if (own := self.desk.answer(visit)) is not None:
            self._send(own, None)
            return
        page, fault = self.site.answer(visit)
        if fault.delay:
            self.closing.wait(fault.delay)
        self._send(page, fault.truncate)

    def do_POST(self) -> None:
        self.do_GET()

    def _send(self, page: Page, truncate: int | None) -> None:
        body = page.body.encode()
        whole = page.ends and (truncate is None or truncate >= len(body))
        self.send_response(page.status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Cache-Control", "no-store")
        for name, value in page.headers:
            self.send_header(name, value)
        # A response that is cut off or unfinished declares a larger length than it sends.
        self.send_header("Content-Length", str(len(body) if page.ends else len(body) + 1))
        self.end_headers()
        try:
            self.wfile.write(body[:truncate])
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            return
        if not page.ends:
            self.closing.wait()
        self.close_connection = self.close_connection or not whole

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Print nothing: the site records the requests."""


def _key(target: str) -> str:
    """An address without a trailing slash before the query: the key of its faults."""
    path, mark, query = target.partition("?")
    return (path.rstrip("/") or "/") + mark + query


def _error_page(fault: Fault) -> Page:
    retry = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
    body = f"<!doctype html><title>{fault.status}</title><h1>{fault.status}</h1>"
    return Page(body, status=fault.status or 500, headers=retry)
