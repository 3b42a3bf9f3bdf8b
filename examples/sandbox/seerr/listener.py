"""HTTP/1.1 on 127.0.0.1 like the servers' Express: keep-alive and ETags."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock
from urllib.parse import urlsplit

from .answers import Answer, Call, DisconnectError, SilenceError

_IDLE_SECONDS = 5
_HANG_UP = struct.pack("ii", 1, 0)


class Listener(ThreadingHTTPServer):
    """A listening socket that passes each call to ``answer`` and can end like a killed server."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Callable[[Call], Answer], last: Callable[[Call], bool]
    ) -> None:
        """Listen. ``last(call)``: whether a call that is being answered is the last one."""
        super().__init__(("127.0.0.1", port), Handler)
        self.answer = answer
        self.last = last
        self.gone = Event()  # from now on, no other call is answered
        self._lock = Lock()
        self._vanished = False
        self._open: set[socket.socket] = set()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._lock:
            self._open.add(connection)
        if self.gone.is_set():
            _reset(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Ignore clients that disconnected; every other error is a bug of the sandbox."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()

    def vanish(self, spared: socket.socket | None = None) -> None:
        """Close the listening socket and reset all connections but one."""
        self.gone.set()
        with self._lock:
            if self._vanished:
                return
            self._vanished = True
            for connection in self._open - {spared}:
                _reset(connection)
        self.shutdown()
        self.server_close()


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended in the meantime
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HANG_UP)
        connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        """Begin."""
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        """End."""
        self.server.closed(self.connection)
        super().finish()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(self.command, parts.path, parts.query, self.headers, body)
        if self.server.gone.is_set():
            self.close_connection = True
            return
        try:
            answer = self.server.answer(call)
        except SilenceError:
            self._wait_for_the_end()
            return
        except DisconnectError:
            self.close_connection = True
            return
        is_last = self.server.last(call)
        if is_last:
            self.server.gone.set()
        self._send(answer)
        if is_last:
            self.close_connection = True
            self.server.vanish(self.connection)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 -- http.server's names

    def _wait_for_the_end(self) -> None:
        """Return when the client disconnects or the server stops."""
        self.close_connection = True
        self.connection.settimeout(None)
        with contextlib.suppress(OSError):
            while self.connection.recv(1024):
                pass

    def _send(self, answer: Answer) -> None:
        """Write head and body at once: a second write would wait for an acknowledgement."""
        body, kind = _encode(answer)
        head = {"X-Powered-By": "Express"}
        status = answer.status
        if body is not None:
            tag = f'W/"{len(body):x}-{hashlib.sha1(body, usedforsecurity=False).hexdigest()[:27]}"'
            head |= {"Content-Type": kind, "ETag": tag}
            if self.headers.get("If-None-Match") == tag:
                status, body = 304, None
        if status not in {204, 304}:
            head["Content-Length"] = str(len(body or b""))
        head |= {**answer.headers, "Date": formatdate(usegmt=True), "Connection": "keep-alive"}
        head["Keep-Alive"] = f"timeout={_IDLE_SECONDS}"
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        lines += [f"Set-Cookie: {cookie}" for cookie in answer.cookies]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- inherited name
        """Print nothing; the state records the calls."""


def _encode(answer: Answer) -> tuple[bytes | None, str]:
    if answer.body is None:
        return None, ""
    if isinstance(answer.body, str):
        return answer.body.encode(), "text/html; charset=utf-8"
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return text.encode(), "application/json; charset=utf-8"
