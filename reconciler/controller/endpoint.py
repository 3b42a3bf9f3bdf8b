"""The HTTP endpoint of ``run``: health, status and metrics. Nothing here changes anything."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socketserver import TCPServer
from threading import Thread
from typing import Any, Self

from reconciler.errors import ListsyncError

TEXT, JSON = "text/plain; charset=utf-8", "application/json"

_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - not listened on
_UNKNOWN_HOST = (
    b"This name is not known. Add it to controller.hosts in listsync.yaml, or use the IP address.\n"
)
_HURRY = 2  # seconds for one that listens to answer
_PATIENCE = 10  # seconds for a visitor to say what it wants


@dataclass(frozen=True, slots=True)
class Response:
    """An answer."""

    body: bytes
    content_type: str = TEXT
    ok: bool = True  # False: 503, which probes understand


@dataclass(frozen=True, slots=True)
class Routes:
    """What is served. A probe is answered under any host name, a page only under a known one.

    Otherwise a web page that a browser on this network shows could point its own name here and
    read the pages (DNS rebinding).
    """

    probes: Mapping[str, Callable[[], Response]]
    pages: Mapping[str, Callable[[], Response]]
    hosts: Callable[[], Collection[str]]  # the names in the file, as they are now

    def page(self, path: str) -> Callable[[], Response] | None:
        """What answers at a path."""
        return self.probes.get(path) or self.pages.get(path)


class Endpoint:
    """Answers GET and HEAD of a few paths, from its making until ``close``."""

    def __init__(self, listen: str, site: Routes) -> None:
        """``listen``: ``HOST:PORT``. Raises ListsyncError where that cannot be had."""
        host, _, port = listen.rpartition(":")
        visitor = partial(_RequestHandler, site, host.strip("[]"))
        self._server = _listening(host.strip("[]"), int(port), visitor, listen)
        Thread(target=self._server.serve_forever, name="endpoint", daemon=True).start()

    def __enter__(self) -> Self:
        """It listens already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Listen no more; what is being answered is."""
        self._server.shutdown()
        self._server.server_close()


def get_local(listen: str, path: str) -> bytes | None:
    """What whoever listens there says at a path; None: nobody answers with 200."""
    host, _, port = listen.rpartition(":")
    with suppress(OSError, HTTPException, ValueError):
        connection = HTTPConnection(_ANY.get(host, host.strip("[]")), int(port), _HURRY)
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read() if answer.status == HTTPStatus.OK else None
    return None


def is_public(listen: str) -> bool:
    """Whether other machines can connect to ``HOST:PORT``."""
    host = listen.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:  # a name: the name service decides
        return True


def is_known_host(header: str, listen_host: str, hosts: Collection[str]) -> bool:
    """Whether the value of a Host header names this program's pages.

    Nobody can point an IP address, ``localhost`` or a name without a dot (of a container, of a
    service in a cluster) here from outside. Other names have to be in the file.
    """
    host = header.strip().lower()
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    host = host.removesuffix(".")
    try:
        ip_address(host)
    except ValueError:
        known = {listen_host.lower(), *(name.lower() for name in hosts)}
        return bool(host) and ("." not in host or host in known)
    return True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False
    allow_reuse_port = False

    def server_bind(self) -> None:
        """Bind; http.server would ask the name service for a name that nobody reads."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hangs up is no news."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def _listening(
    host: str, port: int, handler: Callable[..., _RequestHandler], listen: str
) -> ThreadingHTTPServer:
    kind = _Server6 if ":" in host else _Server
    try:
        return kind((host, port), handler)
    except OSError as error:
        taken = (
            "the port is taken" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
        )
        raise ListsyncError(
            f"cannot listen on {listen}: {taken}",
            hint="write another controller.listen into the file, or '' for none",
        ) from error


class _RequestHandler(BaseHTTPRequestHandler):
    """One visitor. ``site`` and ``listen_host`` are first, as http.server gives the rest."""

    timeout = _PATIENCE
    server_version, sys_version = "listsync", ""

    def __init__(self, site: Routes, listen_host: str, *visit: Any) -> None:  # noqa: ANN401 - http.server's own
        self._site, self._listen_host = site, listen_host
        super().__init__(*visit)  # which answers, too

    def do_GET(self) -> None:
        """The page, with its body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """The page without it."""
        self._answer(with_body=False)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Whatever else is asked for, in a plain line."""
        del message, explain
        unknown = code == HTTPStatus.NOT_IMPLEMENTED  # http.server's, for a method it lacks
        status = HTTPStatus.METHOD_NOT_ALLOWED if unknown else HTTPStatus(code)
        allowed = {"Allow": "GET, HEAD"} if unknown else {}
        self.close_connection = True
        self._send(status, Response(f"{status.phrase}\n".encode()), allowed)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Visits are not logged."""

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        if path not in self._site.probes and not self._is_known_host():
            self._send(
                HTTPStatus.MISDIRECTED_REQUEST, Response(_UNKNOWN_HOST), {}, with_body=with_body
            )
            return
        page = self._site.page(path)
        response = (
            page() if page else Response(b"there is /healthz, /readyz, /status and /metrics\n")
        )
        status = HTTPStatus.OK if response.ok else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status if page else HTTPStatus.NOT_FOUND, response, {}, with_body=with_body)

    def _is_known_host(self) -> bool:
        headers = self.headers.get_all("Host") or []
        if not headers:
            return self.request_version == "HTTP/1.0"
        hosts = self._site.hosts()
        return len(headers) == 1 and is_known_host(headers[0], self._listen_host, hosts)

    def _send(
        self,
        status: HTTPStatus,
        response: Response,
        more: Mapping[str, str],
        *,
        with_body: bool = True,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)
