"""A visitor of the sandbox's sites that follows nothing and runs no script."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from examples.sandbox.sites import SandboxSites


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: str


def ask(url: str, content: object = None, cookie: str = "") -> Answer:
    """Ask once, follow nothing; a POST when there is content."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=10)
    method = "GET" if content is None else "POST"
    body = None if content is None else json.dumps(content)
    target = url.removeprefix(f"http://{address.netloc}")
    try:
        connection.request(method, target, body=body, headers={"Cookie": cookie})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        connection.close()


def next_data(html: str) -> dict[str, Any]:
    script = re.search(r'<script id="__NEXT_DATA__"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert script, "no __NEXT_DATA__"
    page_props: dict[str, Any] = json.loads(script[1])["props"]["pageProps"]
    return page_props


def list_search(html: str) -> dict[str, Any]:
    column = next_data(html)["mainColumnData"]
    search: dict[str, Any] = next(iter(column.values()))["titleListItemSearch"]
    return search


def walk_for(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Find the value under a name, at any depth."""
    if isinstance(value, dict):
        return value[name] if name in value else walk_for(name, list(value.values()))
    if isinstance(value, list):
        members = (walk_for(name, inner) for inner in value)
        return next((inner for inner in members if inner is not None), None)
    return None


class Marks(HTMLParser):
    """Collects what selectors hold on to: test ids, class names, and the rows of a list."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.test_ids: set[str] = set()
        self.classes: set[str] = set()
        self.rows = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        classes = set((attributes.get("class") or "").split())
        self.classes |= classes
        self.rows += tag == "li" and "ipc-metadata-list-summary-item" in classes
        if test_id := attributes.get("data-testid"):
            self.test_ids.add(re.sub(r"tt\d+$", "tt…", test_id))


def ids(sites: SandboxSites, key: str) -> list[str]:
    """The IMDb ids on one of the sandbox's lists, in order."""
    return [row.imdb or "" for row in sites.imdb.lists[key].rows]
