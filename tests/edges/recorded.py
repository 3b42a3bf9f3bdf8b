"""Exchanges recorded with real servers, and which of them this client takes part in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests_mock

from reconciler.overseerr import OverseerrServer

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
LATER = "2026-11"  # the folder of the second series
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
    cookies: str = ""  # the answer's Set-Cookie
    rows_cut: int = 0  # how many rows of a table are missing from the recording

    @property
    def call(self) -> str:
        """What was asked, as ``METHOD path?name=value&…``."""
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.method} {self.path}" + f"?{query}" * bool(query)

    def __str__(self) -> str:
        words = unquote("-".join(self.query.values()))
        name = f"{self.file}-{self.number}-{self.method}{self.path}-{words}"
        return re.sub(r"[^\w.-]+", "_", name)


def recordings() -> list[Path]:
    """The files that are replayed, the second series after the first."""
    return [*sorted(RECORDINGS.glob("*.json")), *sorted((RECORDINGS / LATER).glob("*.json"))]


@cache
def exchanges() -> tuple[Exchange, ...]:
    exchanges_found = []
    for file in recordings():
        for number, row in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            parts = urlsplit(row["path"])
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            # A query that is not encoded as this client encodes cannot be its own.
            raw = parts.query.partition("query=")[2].partition("&")[0]
            if re.search(r"[^\w.~%-]|%(?![0-9A-F]{2})", raw):
                query["badly-encoded"] = ""
            path = parts.path.removeprefix("/api/v1")
            user = None if row["user"] is None else int(row["user"])
            cut = _rows_cut(row.get("note", ""), row["response"])
            answer = (row["status"], _as_if_whole(row["response"]) if cut else row["response"])
            sent = (row["method"], path, query, user, row["key"], row["body"])
            cookies = ", ".join(row["headers"].get("set-cookie", ()))
            exchanges_found.append(Exchange(file.stem, number, *sent, *answer, cookies, cut))
    return tuple(exchanges_found)


def _rows_cut(note: str, answer: object) -> int:
    """How many rows were taken out of an answer when it was recorded, as its note says."""
    if of_others := re.search(r"\(([0-9]+) rows? of other titles cut", note):
        return int(of_others[1])
    rows_note = re.search(r"\(([0-9]+) rows came; all but the first cut", note)
    return (
        int(rows_note[1]) - len(answer["results"]) if rows_note and isinstance(answer, dict) else 0
    )


def _as_if_whole(table: Any) -> Any:  # noqa: ANN401 - an answer is any JSON
    """A table of one page that has no more rows than the recording shows; others as they are."""
    if table["pageInfo"]["pages"] > 1:
        return table
    return table | {"pageInfo": table["pageInfo"] | {"results": len(table["results"])}}


def replayed(exchange: Exchange) -> tuple[requests_mock.Mocker, OverseerrServer]:
    mock = requests_mock.Mocker()
    mock.request(
        exchange.method,
        f"{URL}/api/v1{exchange.path}",
        status_code=exchange.status,
        json=exchange.response,
        headers={"Set-Cookie": exchange.cookies} if exchange.cookies else {},
    )
    return mock, OverseerrServer(URL, KEY, rate=10_000)


def only(*tests: Callable[[Exchange], object]) -> list[Exchange]:
    return [each for each in exchanges() if all(test(each) for test in tests)]


def owned(exchange: Exchange) -> bool:
    """Sent with the right key."""
    return exchange.key == "test-api-key"


def plain(exchange: Exchange) -> bool:
    """Sent with the right key, by the key's owner."""
    return owned(exchange) and exchange.user is None


def searched(exchange: Exchange) -> bool:
    """A search in English, or in the server's language, which mostly was English, too."""
    sent = {"language": "en", **exchange.query}
    ours = set(sent) == {"query", "language"} and sent["language"] == "en"
    return exchange.path == "/search" and ours and owned(exchange)


def looked_up(exchange: Exchange) -> bool:
    """A search for a title by its id."""
    return searched(exchange) and bool(re.fullmatch(IDS, exchange.query["query"]))


def title_searched(exchange: Exchange) -> bool:
    """A search for words, without a prefix that commands the server."""
    words = exchange.query.get("query", "")
    commanded = re.search(r"(imdb|tmdb|tvdb|year):|^$", words)
    return searched(exchange) and exchange.status == 200 and not commanded


def year_searched(exchange: Exchange) -> bool:
    """A search for words of one year, written as this client writes it."""
    return searched(exchange) and bool(re.match(r"year:[0-9]{4} ", exchange.query["query"]))


def search_refused(exchange: Exchange) -> bool:
    return exchange.path == "/search" and exchange.status == 400


def details(exchange: Exchange) -> bool:
    numbered = re.fullmatch(r"/(movie|tv)/[0-9]+", exchange.path)
    return bool(numbered) and exchange.method == "GET" and plain(exchange)


def whole_table(exchange: Exchange) -> bool:
    """A table read whole, in one page, with no narrowing filter."""
    if exchange.method != "GET" or exchange.path not in TABLES or exchange.status != 200:
        return False
    unfiltered = exchange.query.get("filter", "all") == "all" and owned(exchange)
    total = exchange.response["pageInfo"]["results"]
    return unfiltered and total == len(exchange.response["results"])


def page_of_many(exchange: Exchange) -> bool:
    """A page of a table that takes several, read as this client reads it."""
    if exchange.method != "GET" or exchange.path not in TABLES or exchange.status != 200:
        return False
    paged = exchange.query.get("take") == "1000" and "sortDirection" not in exchange.query
    return paged and exchange.response["pageInfo"]["pages"] > 1


def table_refused(exchange: Exchange) -> bool:
    read = exchange.method == "GET" and exchange.path in {"/request", "/media"}
    return read and exchange.status == 400


def without_blocklist(exchange: Exchange) -> bool:
    return exchange.path in {"/blocklist", "/blacklist"} and exchange.status == 404


def is_sent(exchange: Exchange) -> bool:
    """A request or a retry that the server itself answered, not its guard; whatever was in it."""
    guarded = isinstance(exchange.response, dict) and "error" in exchange.response
    path = re.fullmatch(r"/request(/[0-9]+/retry)?", exchange.path)
    sent = exchange.method == "POST" and bool(path)
    return sent and owned(exchange) and not guarded and not csrf_refused(exchange)


def request_sent(exchange: Exchange) -> bool:
    """A POST /request whose body this client could have written."""
    body = exchange.body
    if (exchange.method, exchange.path) != ("POST", "/request") or not isinstance(body, dict):
        return False
    if csrf_refused(exchange):
        return False
    accepted_keys = {"mediaType", "mediaId", "is4k"}
    accepted_keys |= {"seasons"} if body.get("mediaType") == "tv" else set()
    accepted_keys |= {"userId"} if exchange.user is None and body.get("userId") else set()
    if "serverId" in body:
        accepted_keys |= body.keys() & {"serverId", "profileId", "rootFolder", "tags"}
    typed = set(body) == accepted_keys and isinstance(body["is4k"], bool)
    numbers = [body.get("mediaId"), *(body.get("seasons") or ())]
    return typed and exchange.status != 415 and all(isinstance(each, int) for each in numbers)


def csrf_refused(exchange: Exchange) -> bool:
    return exchange.method == "POST" and "csrf" in str(exchange.response)


def blocklist_denied(exchange: Exchange) -> bool:
    """A blocklist, by the name that this server's own version has for it, that may not be read."""
    name = "/blocklist" if exchange.file.startswith("seerr") else "/blacklist"
    return (exchange.method, exchange.path, exchange.status) == ("GET", name, 403)


def downloaders_read(exchange: Exchange) -> bool:
    return exchange.path == "/service/radarr"


def retry_denied(exchange: Exchange) -> bool:
    """A retry that the server's guard refused: its user may not decide on requests."""
    path = re.fullmatch(r"/request/[0-9]+/retry", exchange.path)
    return bool(path) and exchange.status == 403


def request_read(exchange: Exchange) -> bool:
    """A request asked for by its id, by a key whose owner may see it."""
    path = re.fullmatch(r"/request/[0-9]+", exchange.path)
    return exchange.method == "GET" and bool(path) and plain(exchange)


def cancelled(exchange: Exchange) -> bool:
    return exchange.method == "DELETE" and bool(re.fullmatch(r"/request/[0-9]+", exchange.path))


def quota_read(exchange: Exchange) -> bool:
    return bool(re.fullmatch(r"/user/[0-9]+/quota", exchange.path)) and owned(exchange)


def log_in(exchange: Exchange) -> bool:
    return exchange.path == "/auth/me"


def introduced(exchange: Exchange) -> bool:
    return exchange.method == "GET" and exchange.path in {"/status", "/settings/public"}


IDS = r"(imdb:tt|tmdb:|tvdb:)[0-9]+"
TABLES = {"/user", "/media", "/request", "/blocklist"}

# A pattern for a call → why this client never takes part in it.
NOT_OURS = {
    r"GET /search\?query=(imdb:nm[0-9]+|.* year:[0-9]+)": (
        "searches are for an id of a title, or words, or words after their year"
    ),
    r"GET /search\?query=.*&(page|language|badly-encoded)=.*": (
        "searches are encoded in full, for the first page, in English"
    ),
    r"GET /(request|media|user)\?(take=[12]|(take=100&)?filter=\w+|take=1000&.*Direction=asc)": (
        "tables are read whole, a thousand rows a page, in the order that every server knows"
    ),
    r"GET /(request|media)\?take=([125]|20)&skip=0&filter=all&sort=added(&requestedBy=2)?": (
        "tables are read whole, a thousand rows a page, of all users"
    ),
    r"GET /(request|media)\?take=[0-9]+&skip=0&filter=(pending|failed)&sort=added": (
        "tables are read whole, without a filter"
    ),
    r"GET /request/(count|[0-9]+)": "requests are read with their table, or by the key's owner",
    r"GET /movie/(abc|tt[0-9]+)": "a title's number is a number",
    r"GET /tv/[0-9]+/season/[0-9]+": "a show's own page has its seasons' dates",
    r"GET /user/[0-9]+(/requests\?take=[0-9]+|/watchlist|/settings/main)?": (
        "users are read with their table"
    ),
    r"GET /discover/watchlist|POST /watchlist": "the server's own watchlists are not lists here",
    r"GET /blacklist\?take=10&filter=all": "Seerr's blocklist is read by its own name for it",
    r"(POST|DELETE) /bl(ock|ack)list(/[0-9]+)?": "a blocklist is a person's word",
    r"(POST|DELETE) /media/\w+(/[a-z]+)?": "media rows are the server's own",
    r"POST /request/[0-9]+/(approve|decline|pending|bogus)": "decisions are a person's",
    r"(PUT|PATCH) /request(/[0-9]+)?": "a request that is there is never rewritten",
    r"GET /nope": "no such path is asked for",
    r"GET /settings/(main|network)": "settings are read by administrators, whom a key need not be",
    r"(GET|PUT) /settings/metadatas": "whose dates a server shows is seen from the dates",
}
