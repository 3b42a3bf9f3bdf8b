"""Tables of the server, read in pages: all rows of one moment, or none (law 7)."""

from __future__ import annotations

from reconciler.errors import ServerError, TransientError
from reconciler.http.foreign import JsonObject, integer, record
from reconciler.overseerr.answer import ServerResponse
from reconciler.overseerr.connection import Connection

PAGE = 1000  # rows; the server has no maximum below 30,000
_READINGS = 3  # of a table that changes while it is being read
_URL_HINT = "check that server.url points at the server itself"
_KEY_HINT = "set server.api_key to the key in the server's Settings → General → API Key"


class StatusError(ServerError):
    """The server answered a call with an unexpected status."""

    def __init__(self, answer: ServerResponse, path: str, url: str) -> None:
        reason = f": {answer.message}" if answer.message else ""
        message = f"{path.partition('?')[0]} returned HTTP {answer.status}{reason}"
        super().__init__(message, where=url, hint=_URL_HINT)
        self.status = answer.status


class DeniedError(ServerError):
    """The server does not know the key, or the key's owner lacks a right: both look alike.

    The text says the former; a caller that knows the key to be good says the latter instead.
    """

    def __init__(self, url: str) -> None:
        super().__init__("the API key is refused", where=url, hint=_KEY_HINT)


def require_ok(answer: ServerResponse, path: str, url: str) -> ServerResponse:
    """The answer if its status is 200.

    Raises DeniedError for a refused key and a missing right, TransientError for 5xx, StatusError
    for everything else.
    """
    if answer.status == 200:  # noqa: PLR2004 - HTTP's own numbers
        return answer
    if answer.guarded or (answer.status == 403 and answer.message):  # noqa: PLR2004
        raise DeniedError(url)
    if answer.status >= 500:  # noqa: PLR2004
        reason = answer.message or "no reason given"
        message = f"{path.partition('?')[0]} failed: HTTP {answer.status}, {reason}"
        raise TransientError(message, where=url, hint="check the server's log")
    raise StatusError(answer, path, url)


def unexpected_answer(path: str, url: str) -> ServerError:
    """The error for a 200 whose body has another shape than the API's."""
    message = f"the response from {path.partition('?')[0]} does not match the server's API"
    return ServerError(message, where=url, hint=_URL_HINT)


def read_rows(connection: Connection, path: str) -> list[JsonObject]:
    """Every row of a paged table, once.

    Rows that are added or removed between two pages shift the others. That shows in the total or
    in the number of distinct rows; the table is then read again. A server that declares more rows
    than it shows is believed when it shows the same ones twice. Raises TransientError for a table
    that keeps changing, ServerError for a row without an id (every recorded one has one), and
    whatever ``require_ok`` raises.
    """
    before: list[JsonObject] | None = None
    for _ in range(_READINGS):
        rows, total = _read_once(connection, path)
        if total is None:
            continue
        if len(rows) == total or rows == before:
            return rows
        before = rows
    message = f"{path.partition('?')[0]} kept changing while it was being read"
    raise TransientError(message, where=connection.url, hint="try again later")


def _read_once(connection: Connection, path: str) -> tuple[list[JsonObject], int | None]:
    """One reading: the distinct rows, and how many there should be; None: it is useless.

    It is useless if the total changed, and if a page only repeats the rows before it: a server
    that ignores ``skip`` would never come to an end.
    """
    rows: dict[int, JsonObject] = {}
    declared, page_rows = _page(connection, path, 0)
    read = 0
    while True:
        before = len(rows)
        for row in map(record, page_rows):
            number = integer(row.get("id"))
            if number is None:
                raise unexpected_answer(path, connection.url)
            rows[number] = row
        read += len(page_rows)
        if read >= declared or not page_rows:
            return list(rows.values()), declared
        if len(rows) == before:
            return [], None
        total, page_rows = _page(connection, path, read)
        if total != declared:
            return [], None


def _page(connection: Connection, path: str, skip: int) -> tuple[int, list[object]]:
    """The rows of the whole table, as the server says, and those of one page."""
    sign = "&" if "?" in path else "?"
    answer = require_ok(
        connection.get(f"{path}{sign}take={PAGE}&skip={skip}"), path, connection.url
    )
    total = integer(record(answer.record.get("pageInfo")).get("results"))
    rows = answer.record.get("results")
    if total is None or not isinstance(rows, list):
        raise unexpected_answer(path, connection.url)
    return total, rows
