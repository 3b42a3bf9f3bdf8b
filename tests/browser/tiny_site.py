"""A site of a few pages, for what the sandbox has no need to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import NamedTuple, Self


class Answer(NamedTuple):
    status: int = 200
    body: str = ""
    ends: bool = True
    before: Callable[[], object] | None = None  # done when the page is asked for
    cut: bool = False  # the connection is closed before the announced length
    headers: tuple[tuple[str, str], ...] = ()


class TinySite:
    """Answers by path and query while the ``with`` block lasts."""

    def __init__(self, pages: Mapping[str, Answer]) -> None:
        self.visits: list[str] = []
        self._closing = Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.visits.append(self.path)
                answer = pages.get(self.path, Answer(404, "<h1>404</h1>"))
                if answer.before:
                    answer.before()
                body = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for name, value in answer.headers:
                    self.send_header(name, value)
                longer = answer.cut or not answer.ends
                self.send_header("Content-Length", str(len(body) + longer))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
                if not answer.ends:
                    site._closing.wait(60)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


def imdb_page(total: int, first: int, last: int) -> str:
    """A list page with these positions, as IMDb sends it."""
    edges = [
        {
            "node": {"absolutePosition": place},
            "listItem": {"id": f"tt{place:07}", "titleText": {"text": f"Title {place}"}},
        }
        for place in range(first, last + 1)
    ]
    search = {"total": total, "edges": edges}
    props = {"pageProps": {"mainColumnData": {"list": {"titleListItemSearch": search}}}}
    data = json.dumps({"props": props})
    return f'<script id="__NEXT_DATA__" type="application/json">{data}</script><p>list</p>'
