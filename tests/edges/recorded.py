"""Exchanges recorded with real servers, and which of them this client takes part in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests_mock

from reconciler.overseerr import OverseerrServer

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
URL = "http://recorded.test:5055"
KEY = "recorded-key-0123456789"


@dataclass(frozen=True)
class Exchange:
    """One recorded call and its answer."""

    file: str
    number: int
    method: str
    path: str
    query: dict[str, str]
    user: int | None
    key: str | None
    body: Any = field(repr=False)
    status: int = 0
    response: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        words = unquote("-".join(self.query.values()))
        name = f"{self.file}-{self.number}-{self.method}{self.path}-{words}"
        return re.sub(r"[^\w.-]+", "_", name)


def exchanges() -> list[Exchange]:
    found = []
    for file in sorted(RECORDINGS.glob("*.json")):
        for number, row in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            parts = urlsplit(row["path"])
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            # A query that is not encoded as this client encodes cannot be its own.
            raw = parts.query.partition("query=")[2].partition("&")[0]
            if re.search(r"[^\w.~%-]|%(?![0-9A-F]{2})", raw):
                query["badly-encoded"] = ""
            path = parts.path.removeprefix("/api/v1")
            user = None if row["user"] is None else int(row["user"])
            answer = (row["status"], row["response"])
            asked = (row["method"], path, query, user, row["key"], row["body"])
            found.append(Exchange(file.stem, number, *asked, *answer))
    return found


def replayed(exchange: Exchange) -> tuple[requests_mock.Mocker, OverseerrServer]:
    mock = requests_mock.Mocker()
    mock.request(
        exchange.method,
        f"{URL}/api/v1{exchange.path}",
        status_code=exchange.status,
        json=exchange.response,
    )
    return mock, OverseerrServer(URL, KEY, rate=10_000)


def only(*tests: Callable[[Exchange], object]) -> list[Exchange]:
    return [each for each in exchanges() if all(test(each) for test in tests)]


def plain(exchange: Exchange) -> bool:
    """Sent with the right key, by the key's owner."""
    return exchange.key == "test-api-key" and exchange.user is None


def searched(exchange: Exchange) -> bool:
    return exchange.path == "/search" and set(exchange.query) == {"query"} and plain(exchange)


def details(exchange: Exchange) -> bool:
    numbered = re.fullmatch(r"/(movie|tv)/[0-9]+", exchange.path)
    return bool(numbered) and exchange.method == "GET" and plain(exchange)


def whole_table(exchange: Exchange) -> bool:
    """A table read whole, in one page, with no narrowing filter."""
    if exchange.method != "GET" or exchange.path not in TABLES or exchange.status != 200:
        return False
    unfiltered = exchange.query.get("filter", "all") == "all" and plain(exchange)
    total = exchange.response["pageInfo"]["results"]
    return unfiltered and total == len(exchange.response["results"])


def request_answered(exchange: Exchange) -> bool:
    """A POST /request for something that has a name."""
    body = exchange.body
    if (exchange.method, exchange.path) != ("POST", "/request") or not isinstance(body, dict):
        return False
    return body.get("mediaType") in ("movie", "tv") and isinstance(body.get("mediaId"), int)


def request_sent(exchange: Exchange) -> bool:
    """A POST /request whose body this client could have written."""
    if not request_answered(exchange):
        return False
    body = exchange.body
    movie = {"mediaType", "mediaId", "is4k"}
    wanted = movie | {"seasons"} if body.get("mediaType") == "tv" else movie
    typed = set(body) == wanted and isinstance(body["is4k"], bool)
    numbers = [body.get("mediaId"), *(body.get("seasons") or ())]
    return typed and exchange.status != 415 and all(isinstance(each, int) for each in numbers)


TABLES = {"/user", "/media", "/request", "/blocklist"}
