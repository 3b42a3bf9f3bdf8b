"""Whole tables, read in pages: all rows of one moment, or none (law 7 holds here as well)."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import ServerError, TransientError
from reconciler.overseerr.answer import Answer
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.foreign import JsonObject, integer, record

PAGE = 1000  # rows; the server has no maximum below 30,000
_READINGS = 3  # of a table whose rows come and go while it is read
_KEY_HINT = "copy server.api_key from the server's Settings → General → API Key"


class StatusError(ServerError):
    """The server answers a call with a status that nothing is made of here."""

    def __init__(self, answer: Answer, path: str, url: str) -> None:
        """Say which call it was and what the server says of it."""
        said = f": {answer.message}" if answer.message else ""
        what = f"answers {path.partition('?')[0]} with HTTP {answer.status}{said}"
        super().__init__(what, where=url, hint="check that server.url points at the server itself")
        self.status = answer.status


class DeniedError(ServerError):
    """The server does not know the key, or its owner lacks a right: the answers look alike."""

    def __init__(self, url: str) -> None:
        """Say the former; who knows the key to be right says the latter instead."""
        super().__init__("the API key is refused", where=url, hint=_KEY_HINT)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: the table's size as the server says, and the rows."""

    total: int
    rows: list[object]


def accepted(answer: Answer, path: str, url: str) -> Answer:
    """The answer if its status is 200.

    Raises DeniedError for a refused key and a lacking right, TransientError for 5xx, ServerError
    for everything else.
    """
    if answer.status == 200:  # noqa: PLR2004 - HTTP's own numbers
        return answer
    if answer.guarded or (answer.status == 403 and answer.message):  # noqa: PLR2004
        raise DeniedError(url)
    if answer.status >= 500:  # noqa: PLR2004
        said = answer.message or "no reason given"
        what = f"cannot answer {path.partition('?')[0]}: HTTP {answer.status}, {said}"
        raise TransientError(what, where=url, hint="the server's log says more")
    raise StatusError(answer, path, url)


def strange_answer(path: str, url: str) -> ServerError:
    """The error for a 200 that has not the shape it should have."""
    what = f"answers {path.partition('?')[0]} with something else than its API says"
    return ServerError(what, where=url, hint="check that server.url points at the server itself")


def read_rows(connection: Connection, path: str) -> list[JsonObject]:
    """Every row of a paged table, once.

    Rows that are added or removed between two pages shift the others. That shows in the total or
    in the number of distinct rows; the table is then read again. A server that declares more rows
    than it shows is believed when it shows the same ones twice. Raises TransientError where the
    table does not hold still, ServerError where a row has no id (every recorded one has),
    and whatever ``accepted`` raises.
    """
    before: list[JsonObject] | None = None
    for _ in range(_READINGS):
        rows, total = _reading(connection, path)
        if total is None:
            continue
        if len(rows) == total or rows == before:
            return rows
        before = rows
    what = f"{path.partition('?')[0]} kept changing while it was read"
    raise TransientError(what, where=connection.url, hint="try again when the server is quieter")


def _reading(connection: Connection, path: str) -> tuple[list[JsonObject], int | None]:
    """One reading: the distinct rows, and how many there should be; None: it is worth nothing.

    So it is where the total changed, and where a page only repeats the rows before it: a server
    that ignores ``skip`` would go on for ever.
    """
    rows: dict[int, JsonObject] = {}
    first = page = _page(connection, path, 0)
    read = 0
    while True:
        known = len(rows)
        for row in map(record, page.rows):
            number = integer(row.get("id"))
            if number is None:
                raise strange_answer(path, connection.url)
            rows[number] = row
        read += len(page.rows)
        if read >= first.total or not page.rows:
            return list(rows.values()), first.total
        if len(rows) == known:
            return [], None
        page = _page(connection, path, read)
        if page.total != first.total:
            return [], None


def _page(connection: Connection, path: str, skip: int) -> _Page:
    sign = "&" if "?" in path else "?"
    answer = accepted(connection.get(f"{path}{sign}take={PAGE}&skip={skip}"), path, connection.url)
    total = integer(record(answer.record.get("pageInfo")).get("results"))
    rows = answer.record.get("results")
    if total is None or not isinstance(rows, list):
        raise strange_answer(path, connection.url)
    return _Page(total, rows)
