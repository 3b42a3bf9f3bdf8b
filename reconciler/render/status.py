"""What the ledger knows of the lists: each one's last fetch, each item's last verdict."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from reconciler.core.conditions import GOOD_WHEN_FALSE, READY, SUSPENDED
from reconciler.core.model import (
    DEFERRED,
    WHOLE,
    ListReport,
    RowReport,
    StatusSnapshot,
    WaitingChange,
)
from reconciler.core.times import iso_time
from reconciler.render import words
from reconciler.render.document import FORMAT_VERSION, fetch_row
from reconciler.render.shapes import Fetch

_HEAD = ("LIST", "READY", "TITLES", "PENDING", "TRIES", "LAST SUCCESS", "NEXT DUE", "LAST FETCH")
_NUMBERS = {"TITLES", "PENDING", "TRIES"}


class ListStatus(TypedDict):
    """One list; ``at`` and ``fetch`` are null until it was fetched once."""

    name: str
    source: str
    at: str | None
    fetch: Fetch | None
    last_attempt: str | None
    last_success: str | None
    next_due: str | None
    tries: int
    pending: int
    conditions: list[dict[str, str]]
    verdicts: dict[str, int]
    items: list[dict[str, Any]]


class WaitingRow(TypedDict):
    """A change of the file that is not in effect yet; ``list`` null: it concerns the whole file."""

    list: str | None
    change: str
    since: str
    until: str | None


class StatusDocument(TypedDict):
    """``status -o json``."""

    format_version: str
    config: str
    generation: str
    conditions: list[dict[str, str]]
    waiting: list[WaitingRow]
    lists: list[ListStatus]


def status_document(
    config: Path,
    sources: Mapping[str, str],
    reports: Mapping[str, ListReport],
    standing: StatusSnapshot,
) -> StatusDocument:
    """``config``: the file. ``sources``: the lists asked about, name → source, in file order."""
    lists = [_list(name, source, reports.get(name), standing) for name, source in sources.items()]
    return {
        "format_version": FORMAT_VERSION,
        "config": place(config),
        "generation": standing.generation,
        "conditions": _conditions(standing, WHOLE),
        "waiting": [_waiting(change) for change in standing.waiting],
        "lists": lists,
    }


def place(config: Path) -> str:
    """Which file is meant, from wherever it is asked: absolute, its symlinks left as they are."""
    return os.path.abspath(config)  # noqa: PTH100 - which resolves "..", as pathlib does not


def status_text(document: StatusDocument, *, in_detail: bool) -> str:
    """A table of the lists; ``in_detail`` each list with its conditions and a line an item."""
    lists = document["lists"]
    lines = [_condition(one) for one in document["conditions"] if not _is_good(one)]
    if in_detail:
        for lst in lists:
            lines.extend(_detail(lst))
    else:
        lines.extend(_table(lists))
    return "\n".join(lines) + "\n"


def _table(lists: Sequence[ListStatus]) -> Iterator[str]:
    """A line a list, and below it what is wrong with it. The last column may be of any width."""
    rows = [_cells(lst) for lst in lists]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    yield _line(_HEAD, widths)
    for lst, row in zip(lists, rows, strict=True):
        yield _line(row, widths)
        why = [_condition(one) for one in lst["conditions"] if _says_why(one)]
        yield from why or _trouble(lst)


def _cells(lst: ListStatus) -> tuple[str, ...]:
    ready = next((one["status"] for one in lst["conditions"] if one["type"] == READY), "-")
    numbers = (lst["fetch"]["count"] if lst["fetch"] else None, lst["pending"], lst["tries"])
    counts = ("-" if number is None else f"{number:,}" for number in numbers)
    times = (lst["last_success"] or "-", lst["next_due"] or "-")
    return (lst["name"], ready, *counts, *times, _fetched(lst))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if head in _NUMBERS else cell.ljust(width)
        for head, cell, width in zip(_HEAD, cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _detail(lst: ListStatus) -> Iterator[str]:
    source = words.clean(lst["source"]).replace(":", " ", 1)
    size = f" · {words.size(lst['fetch'])}" if lst["fetch"] else ""
    yield f"{lst['name']}  {source}{size} · {_fetched(lst)}"
    if lst["conditions"]:
        yield f"  {_turns(lst)}"
    yield from map(_condition, lst["conditions"])
    yield from _trouble(lst)
    yield from _items(lst)


def _trouble(lst: ListStatus) -> Iterator[str]:
    if lst["fetch"] and (problem := words.trouble(lst["fetch"])):
        yield f"  ! {problem}"


def _fetched(lst: ListStatus) -> str:
    """How the last fetch was, and what became of its titles."""
    if lst["fetch"] is None:
        return "not fetched yet"
    counts = [f"{count:,} {word}" for word, count in lst["verdicts"].items()]
    return " · ".join([f"{lst['fetch']['outcome']} at {lst['at']}", *counts])


def _list(
    name: str, source: str, report: ListReport | None, standing: StatusSnapshot
) -> ListStatus:
    schedule = standing.schedules.get(name)
    if report is not None and report.source != source:
        report = None
    rows = report.rows if report else ()
    held_back = any(one.reason == SUSPENDED for one in standing.conditions.get(name, {}).values())
    return {
        "name": name,
        "source": source,
        "at": _time(report.at if report else None),
        "fetch": fetch_row(name, source, report.snapshot) if report else None,
        "last_attempt": _time(schedule.attempted if schedule else None),
        "last_success": _time(schedule.succeeded if schedule else None),
        "next_due": _time(schedule.due if schedule and not held_back else None),
        "tries": schedule.tries if schedule else 0,
        "pending": sum(row.word in DEFERRED for row in rows),
        "conditions": _conditions(standing, name),
        "verdicts": dict(Counter(row.word for row in rows).most_common()),
        "items": [_item(row) for row in rows],
    }


def _conditions(standing: StatusSnapshot, name: str) -> list[dict[str, str]]:
    return [
        {
            "type": one.type,
            "status": one.status,
            "reason": one.reason,
            "message": one.message,
            "since": iso_time(one.since),
            "observed_generation": one.observed_generation,
        }
        for one in standing.conditions.get(name, {}).values()
    ]


def _condition(one: Mapping[str, str]) -> str:
    message = f": {words.clean(one['message'])}" if one["message"] else ""
    head = f"{one['type']}={one['status']} since {one['since']}"
    return f"  {' ' if _is_good(one) else '!'} {head} · {one['reason']}{message}"


def _is_good(one: Mapping[str, str]) -> bool:
    return one["status"] == ("False" if one["type"] in GOOD_WHEN_FALSE else "True")


def _says_why(one: Mapping[str, str]) -> bool:
    """Whether this is what a person needs to know of a list in a few lines."""
    return one["type"] == READY and one["status"] != "True"


def _turns(lst: ListStatus) -> str:
    """When a list's turns were and will be."""
    success = lst["last_success"] or "never"
    due = lst["next_due"] or "not before the file says otherwise"
    line = f"last success {success} · next {due} · {lst['pending']:,} pending"
    return f"{line} · {words.counted(lst['tries'], 'failure')} since" if lst["tries"] else line


def _waiting(change: WaitingChange) -> WaitingRow:
    return {
        "list": change.list or None,
        "change": change.words,
        "since": iso_time(change.since),
        "until": _time(change.until),
    }


def _time(at: datetime | None) -> str | None:
    return iso_time(at) if at else None


def _item(row: RowReport) -> dict[str, Any]:
    item, target = row.item, row.target
    tmdb = {"tmdb": target.media.tmdb} if target else {}
    return {
        "position": item.position,
        "title": item.title or None,
        "year": item.year,
        "kind": target.media.kind if target else item.kind,
        "ids": dict(item.ids.items()) | tmdb,
        "verdict": row.word,
        "detail": row.detail,
    }


def _items(lst: ListStatus) -> Iterator[str]:
    for item in lst["items"]:
        year = f" ({item['year']})" if item["year"] else ""
        name = item["title"] or next((f"{k}:{v}" for k, v in item["ids"].items()), "?")
        detail = f" · {words.clean(item['detail'])}" if item["detail"] else ""
        yield (
            f"  {item['position']:>4}  {words.title(name) + year:34}  {item['kind'] or '-':5}  "
            f"{item['verdict']}{detail}"
        )
