"""A notification service on 127.0.0.1, which apprise reaches through ``json://``."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

REDIRECTS = {301, 302}
TOKEN = "tk_0f9e8d7c6b5a4938"


class Receiver:
    """Keeps the messages it gets. ``status``: its answer; there is none while it ``hangs``."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.beats: list[str] = []  # the heartbeats, by path
        self.followed: list[str] = []  # where a redirect led somebody
        self.status = 200
        self.hangs = False
        self._over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"json://anna:{TOKEN}@127.0.0.1:{self._server.server_port}/{TOKEN}"
        self.heartbeat = f"http://127.0.0.1:{self._server.server_port}/beat/{TOKEN}?status=up"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def titles(self) -> list[str]:
        """The titles of the messages, in order."""
        return [post["title"] for post in self.posts]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.posts.append(json.loads(self.rfile.read(length)))
                self._answer()

            def do_GET(self) -> None:
                is_beat = self.path.startswith("/beat/")
                (receiver.beats if is_beat else receiver.followed).append(self.path)
                self._answer()

            def _answer(self) -> None:
                if receiver.hangs:
                    self._trickle()
                    return
                self.send_response(receiver.status)
                if receiver.status in REDIRECTS:
                    self.send_header("Location", f"http://{self.headers['Host']}/thief")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _trickle(self) -> None:
                """Keep the caller busy without end: a byte now and then defeats its time-outs."""
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                while not receiver._over.wait(0.2):
                    try:
                        self.wfile.write(b" ")
                    except OSError:
                        return

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
                """Say nothing."""

        return Handler
