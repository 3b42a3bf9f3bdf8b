"""A server on 127.0.0.1 with scripted answers, call by call, over real HTTP."""

from __future__ import annotations

import json
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived."""

    method: str
    path: str
    headers: dict[str, str]


def says(body: object = None, status: int = 200, **headers: str) -> Reply:
    """Answer with this JSON; an underscore in a header's name stands for a hyphen."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        content = json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def resets(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection, as a server does that closed it a moment ago."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def stops_short(handler: BaseHTTPRequestHandler) -> None:
    """Promise a longer answer than is sent."""
    handler.send_response(201)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": 1,')
    handler.close_connection = True


class Scripted:
    """Gives the replies in order; the last one again and again."""

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self._replies = deque(replies)
        self._over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"

    def hangs(self, _: BaseHTTPRequestHandler) -> None:
        """Answer nothing for as long as the server lives."""
        self._over.wait(timeout=30)

    def then(self, *replies: Reply) -> None:
        """Give these replies from now on."""
        self._replies = deque(replies)

    def __enter__(self) -> Self:
        poll = {"poll_interval": 0.01}
        Thread(target=self._server.serve_forever, kwargs=poll, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                script.reply(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                script.reply(self)

            def do_CONNECT(self) -> None:
                script.reply(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        """Note the call and give the next reply."""
        self.calls.append(Call(handler.command, handler.path, dict(handler.headers)))
        reply = self._replies.popleft() if len(self._replies) > 1 else self._replies[0]
        reply(handler)
