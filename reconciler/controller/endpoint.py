"""The HTTP endpoint of ``run``: it answers GET and HEAD, and changes nothing."""

from __future__ import annotations

import base64
import binascii
import errno
import hmac
import logging
import re
import socket
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from threading import Thread
from typing import Any, Self, cast
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from reconciler.errors import ListsyncError, trace_of
from reconciler.logs import Logger

TEXT, HTML, JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"

_log = Logger()

_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - not listened on
_UNKNOWN_HOST = (
    b"unknown host name; add it to controller.hosts in listsync.yaml, or use the IP address\n"
)
_NO_TOKEN = b"a token is required: controller.token in listsync.yaml\n"
_HOST = re.compile(r"(?:\[([^]]+)\]|([\w.-]+))(?::[0-9]*)?", re.ASCII)
_LOCAL_TIMEOUT = 2  # seconds for a listsync on this machine to answer
_CLIENT_TIMEOUT = 10  # seconds for a client to send its request, headers included
_CLOSE_SECONDS = 1  # for answers under way when it stops
_THREADS, _MOST_CONNECTIONS = 4, 100
_MOST_HEADER_BYTES, _MOST_BODY_BYTES = 16 * 1024, 1024
# Pages load their own stylesheet and script, send their own form, and nothing else.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Request:
    """The path of a request, without its query, and the query's values by name."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """The body of an answer, and its status."""

    body: bytes
    content_type: str = TEXT
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class ServedPages:
    """The paths. A probe is answered under any host name, a page only under a known one.

    Otherwise a web page in a browser on this network could point its own name here and read the
    pages (DNS rebinding). Probes need no token.
    """

    probes: Mapping[str, Callable[[], Response]]
    page: Callable[[Request], Response]
    hosts: Callable[[], Collection[str]]  # the names in the config, as they are now
    token: Callable[[], str]  # of the config, as it is now; empty: none is required


class Endpoint:
    """Answers from its creation until ``close``."""

    def __init__(self, listen: str, pages: ServedPages) -> None:
        """``listen``: ``HOST:PORT``. Raises ListsyncError where listening there fails."""
        host, port = _split(listen)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, port), family=family)
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            reason = "the port is in use" if is_taken else error.strerror or str(error)
            hint = "set controller.listen to another address, or to '' to turn the status page off"
            raise ListsyncError(f"cannot listen on {listen}: {reason}", hint=hint) from error
        self.port = int(listener.getsockname()[1])
        self._connections: dict[int, Any] = {}
        server: object = create_server(
            _Application(pages, host),
            map=self._connections,
            sockets=[listener],
            threads=_THREADS,
            connection_limit=_MOST_CONNECTIONS,
            channel_timeout=_CLIENT_TIMEOUT,
            cleanup_interval=_CLIENT_TIMEOUT // 2,
            max_request_header_size=_MOST_HEADER_BYTES,
            max_request_body_size=_MOST_BODY_BYTES,
            clear_untrusted_proxy_headers=True,
            ident="listsync",
        )
        self._server = cast("Any", server)  # of one socket; its stubs are wrong about triggers
        self._server.channel_class = RequestChannel
        logging.getLogger("waitress.queue").disabled = True  # a line for each request that waits
        logging.getLogger("waitress").handlers[:] = [_ServerLog()]
        self._thread = Thread(target=self._server.run, name="endpoint", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; answers under way are sent."""
        self._server.task_dispatcher.shutdown(cancel_pending=False, timeout=_CLOSE_SECONDS)
        # Its loop waits on these sockets: they are closed by its own thread, which ends then.
        self._server.trigger.pull_trigger(partial(wasyncore.close_all, self._connections))
        self._thread.join(_CLOSE_SECONDS)


def get_local(listen: str, path: str, token: str = "") -> bytes | None:
    """What a listsync on this machine answers at a path; None without an answer of status 200.

    ``token``: of the config; empty: none is sent.
    """
    host = listen.rpartition(":")[0]
    with suppress(OSError, HTTPException, ValueError):
        address, port = _split(listen)
        connection = HTTPConnection(_ANY.get(host, address), port, _LOCAL_TIMEOUT)
        with closing(connection):
            headers = {"Authorization": b"Bearer " + token.encode()} if token else {}
            connection.request("GET", path, headers=headers)
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
    match = _HOST.fullmatch(header.strip().lower())
    host = (match[1] or match[2]).removesuffix(".") if match else ""
    try:
        ip_address(host)
    except ValueError:
        known_hosts = {listen_host.lower(), *(name.lower() for name in hosts)}
        return bool(host) and ("." not in host or host in known_hosts)
    return True


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


class RequestChannel(HTTPChannel):
    """A connection that is cut off unless a whole request arrives in time.

    Otherwise a client that sends a byte now and then would hold the connection.
    """

    def handle_read(self) -> None:
        before = self.last_activity
        super().handle_read()
        if self.request is not None:
            self.last_activity = before


class _ServerLog(logging.Handler):
    """What the WSGI server logs, such as that all connections are taken, as lines of this log."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.warning("status page", message=record.getMessage())


class _Application:
    """The rules for every request, as a WSGI application."""

    def __init__(self, pages: ServedPages, listen_host: str) -> None:
        self._pages, self._listen_host = pages, listen_host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response, headers = self._respond(environ)
        start_response(
            f"{response.status.value} {response.status.phrase}",
            [
                ("Content-Type", response.content_type),
                ("Content-Length", str(len(response.body))),
                *_HEADERS.items(),
                *headers.items(),
            ],
        )
        return () if environ["REQUEST_METHOD"] == "HEAD" else (response.body,)

    def _respond(self, environ: WSGIEnvironment) -> tuple[Response, Mapping[str, str]]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            refusal = Response(b"Method Not Allowed\n", status=HTTPStatus.METHOD_NOT_ALLOWED)
            return refusal, {"Allow": "GET, HEAD"}
        if probe := self._pages.probes.get(path):
            return probe(), {}
        if not self._is_known_host(environ):
            return Response(_UNKNOWN_HOST, status=HTTPStatus.MISDIRECTED_REQUEST), {}
        token = self._pages.token()
        if token and not has_token(environ.get("HTTP_AUTHORIZATION", ""), token):
            challenge = {"WWW-Authenticate": 'Basic realm="listsync", charset="UTF-8"'}
            return Response(_NO_TOKEN, status=HTTPStatus.UNAUTHORIZED), challenge
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), errors="replace"))
        try:
            return self._pages.page(Request(path, query)), {}
        except Exception as error:  # noqa: BLE001 - the next request may be answered
            _log.error("a page could not be rendered", path=path, trace=trace_of(error))
            failure = HTTPStatus.INTERNAL_SERVER_ERROR
            return Response(b"an error in listsync; its log has the details\n", status=failure), {}

    def _is_known_host(self, environ: WSGIEnvironment) -> bool:
        host = environ.get("HTTP_HOST")
        if host is None:
            return bool(environ["SERVER_PROTOCOL"] == "HTTP/1.0")
        return is_known_host(host, self._listen_host, self._pages.hosts())


def has_token(authorization: str, token: str) -> bool:
    """Whether an Authorization header is the token as a bearer, or as a Basic password."""
    scheme, _, value = authorization.partition(" ")
    candidate = value.strip().encode("latin-1", "replace")  # as WSGI decodes headers
    if scheme.lower() == "basic":
        try:
            candidate = base64.b64decode(candidate, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(candidate, token.encode())
