"""The HTTP endpoint of ``run``: health, status and metrics. It is read-only."""

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
    b"unknown host name; add it to controller.hosts in listsync.yaml, or use the IP address\n"
)
_UNKNOWN_PATH = b"unknown path (known paths: /healthz, /readyz, /status, /metrics)\n"
_LOCAL_TIMEOUT = 2  # seconds for a listsync on this machine to answer
_CLIENT_TIMEOUT = 10  # seconds for a client to send its request


@dataclass(frozen=True, slots=True)
class Response:
    """The body of an answer; ``ok`` False: 503, which probes understand."""

    body: bytes
    content_type: str = TEXT
    ok: bool = True


@dataclass(frozen=True, slots=True)
class ServedPages:
    """The paths. A probe is answered under any host name, a page only under a known one.

    Otherwise a web page in a browser on this network could point its own name here and read the
    pages (DNS rebinding).
    """

    probes: Mapping[str, Callable[[], Response]]
    pages: Mapping[str, Callable[[], Response]]
    hosts: Callable[[], Collection[str]]  # the names in the config, as they are now


class Endpoint:
    """Answers GET and HEAD of a few paths, from its creation until ``close``."""

    def __init__(self, listen: str, pages: ServedPages) -> None:
        """``listen``: ``HOST:PORT``. Raises ListsyncError where listening there fails."""
        host, port = _split(listen)
        handler = partial(_RequestHandler, pages, host)
        try:
            self._server = (_Server6 if ":" in host else _Server)((host, port), handler)
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            reason = "the port is in use" if is_taken else error.strerror or str(error)
            hint = "set controller.listen to another address, or to '' for none"
            raise ListsyncError(f"cannot listen on {listen}: {reason}", hint=hint) from error
        Thread(target=self._server.serve_forever, name="endpoint", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening; answers under way are sent."""
        self._server.shutdown()
        self._server.server_close()


def get_local(listen: str, path: str) -> bytes | None:
    """What a listsync on this machine answers at a path; None without an answer of status 200."""
    host = listen.rpartition(":")[0]
    with suppress(OSError, HTTPException, ValueError):
        address, port = _split(listen)
        connection = HTTPConnection(_ANY.get(host, address), port, _LOCAL_TIMEOUT)
        with closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.read() if response.status == HTTPStatus.OK else None
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
    """Whether the value of a Host header is a name of this program.

    Nobody outside can point an IP address, ``localhost`` or a name without a dot (of a container or
    of a service in a cluster) here. Other names have to be in the config.
    """
    host = header.strip().lower()
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    host = host.removesuffix(".")
    try:
        ip_address(host)
    except ValueError:
        known_hosts = {listen_host.lower(), *(name.lower() for name in hosts)}
        return bool(host) and ("." not in host or host in known_hosts)
    return True


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False
    allow_reuse_port = False

    def server_bind(self) -> None:  # http.server would also look up the host's name
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not worth a log line."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _RequestHandler(BaseHTTPRequestHandler):
    timeout = _CLIENT_TIMEOUT
    server_version, sys_version = "listsync", ""

    def __init__(self, pages: ServedPages, listen_host: str, *connection: Any) -> None:  # noqa: ANN401 - http.server's own
        self._pages, self._listen_host = pages, listen_host
        super().__init__(*connection)  # which also answers

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer every other request with one plain line."""
        del message, explain
        is_other_method = code == HTTPStatus.NOT_IMPLEMENTED  # http.server's status for those
        status = HTTPStatus.METHOD_NOT_ALLOWED if is_other_method else HTTPStatus(code)
        headers = {"Allow": "GET, HEAD"} if is_other_method else {}
        self.close_connection = True
        self._send(status, Response(f"{status.phrase}\n".encode()), headers)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
        """Log no request."""

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        if path not in self._pages.probes and not self._is_known_host():
            response, status = Response(_UNKNOWN_HOST), HTTPStatus.MISDIRECTED_REQUEST
        elif page := self._pages.probes.get(path) or self._pages.pages.get(path):
            response = page()
            status = HTTPStatus.OK if response.ok else HTTPStatus.SERVICE_UNAVAILABLE
        else:
            response, status = Response(_UNKNOWN_PATH), HTTPStatus.NOT_FOUND
        self._send(status, response, {}, with_body=with_body)

    def _is_known_host(self) -> bool:
        headers = self.headers.get_all("Host") or []
        if not headers:
            return self.request_version == "HTTP/1.0"
        hosts = self._pages.hosts()
        return len(headers) == 1 and is_known_host(headers[0], self._listen_host, hosts)

    def _send(
        self,
        status: HTTPStatus,
        response: Response,
        headers: Mapping[str, str],
        *,
        with_body: bool = True,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)
