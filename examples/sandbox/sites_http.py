"""A web site over real HTTP on 127.0.0.1: visits in, pages out, faults in between."""

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
    """One request of a visitor."""

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
        """Read a parameter of the query; empty when it is not there."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]

    def number(self, name: str, default: int) -> int:
        """Read a whole number from the query; anything else counts as `default`."""
        value = self.text(name)
        return int(value) if value.isdecimal() and int(value) > 0 else default

    def has_cookie(self, name: str) -> bool:
        """Tell whether the visitor brought this cookie."""
        return name in SimpleCookie(self.headers.get("Cookie", ""))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a site."""

    body: str
    status: int = 200
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    ends: bool = True
    """False: the connection stays open after the body, as if more were to come."""


class Faults:
    """The faults set at run time: per page (path and query), per path, or everywhere."""

    def __init__(self) -> None:
        """Begin without any."""
        self._at: dict[str, Fault] = {}
        self._lock = Lock()

    def set(self, path: str, fault: Fault) -> None:
        """Let pages of `path` fail; `path` may name one page (`…?page=2`) or be `*`."""
        with self._lock:
            self._at[path if path == EVERYWHERE else _key(path)] = fault

    def clear(self, path: str | None = None) -> None:
        """Take away the fault of a path, or all of them."""
        with self._lock:
            if path is None:
                self._at.clear()
            else:
                self._at.pop(path if path == EVERYWHERE else _key(path), None)

    def now(self) -> dict[str, Fault]:
        """Return the faults in force, by path."""
        with self._lock:
            return dict(self._at)

    def take(self, target: str) -> Fault | None:
        """Return the fault for an address and count it as used; the closest setting wins."""
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
    """What a site is: lists, faults, and an answer for every visit."""

    name: ClassVar[str]

    def __init__(self, lists: dict[str, SiteList]) -> None:
        """Hold these lists, by key."""
        self.lists = lists
        self.faults = Faults()
        self.visits: list[str] = []
        """Path and query of every page asked for, in order."""

    @abstractmethod
    def address(self, visit: Visit) -> str:
        """Return the address under which faults for this visit are set."""

    @abstractmethod
    def key(self, address: str) -> str | None:
        """Return the key of the list that lives at an address."""

    @abstractmethod
    def page(self, visit: Visit, wanted: SiteList | None, fault: Fault) -> Page:
        """Answer a visit."""

    def answer(self, visit: Visit) -> tuple[Page, Fault]:
        """Answer a visit with the fault that is in force for it."""
        self.visits.append(visit.target)
        address = self.address(visit)
        wanted = self.lists.get(self.key(urlsplit(address).path) or "")
        fault = self.faults.take(address) or (wanted.fault if wanted else Fault())
        if fault.status is not None and not fault.outcome.startswith("challenge"):
            return _error_page(fault), fault
        return self.page(visit, wanted, fault), fault


class Answering(Protocol):
    """Whatever can be served as a site."""

    def answer(self, visit: Visit) -> tuple[Page, Fault]:
        """Answer a visit, with the fault that is in force for it."""


class Desk(Protocol):
    """Whoever answers the sandbox's own addresses."""

    def answer(self, visit: Visit) -> Page | None:
        """Answer a visit, or return None when the address is the site's."""


class SiteServer:
    """Serves one site from a thread of its own while the `with` block lasts."""

    def __init__(self, site: Answering, desk: Desk, port: int = 0) -> None:
        """Bind the port, or a free one; nothing is answered yet."""
        self._closing = Event()
        parts = {"site": site, "desk": desk, "closing": self._closing}
        handler = type("Handler", (_Handler,), parts)
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        """Start to answer."""
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, also in the middle of answers that would never end."""
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True  # else the body waits for the headers to be acknowledged
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
        # A length beyond what is sent is how a cut or unfinished answer looks on the wire.
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
        """Say nothing: the visits are kept by the site."""


def _key(target: str) -> str:
    """Write an address with no trailing slash before the query, as faults are kept."""
    path, mark, query = target.partition("?")
    return (path.rstrip("/") or "/") + mark + query


def _error_page(fault: Fault) -> Page:
    retry = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
    body = f"<!doctype html><title>{fault.status}</title><h1>{fault.status}</h1>"
    return Page(body, status=fault.status or 500, headers=retry)
