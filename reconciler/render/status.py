"""The status of the lists: each one's last fetch, each item's last verdict."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from reconciler.core.conditions import GOOD_WHEN_FALSE, READY, SUSPENDED
from reconciler.core.model import (
    DEFERRED,
    WHOLE,
    ListReport,
    RowReport,
    StatusSnapshot,
)
from reconciler.core.times import iso_time
from reconciler.render import words
from reconciler.render.document import FORMAT_VERSION, Fetch
from reconciler.render.rows import fetch_row

_HEAD = ("LIST", "READY", "TITLES", "PENDING", "TRIES", "LAST SUCCESS", "NEXT DUE", "LAST FETCH")
_NUMBERS = {"TITLES", "PENDING", "TRIES"}


class ItemStatus(TypedDict):
    """One item of a list with its last verdict."""

    position: int
    title: str | None
    year: int | None
    kind: str | None
    ids: dict[str, int | str]
    verdict: str
    detail: str
    would_change: str


class ListStatus(TypedDict):
    """One list; ``at`` and ``fetch`` are null until its first fetch."""

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
    items: list[ItemStatus]


class WaitingRow(TypedDict):
    """A change of the config that is not in effect yet; ``list`` null: it affects all lists."""

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
    snapshot: StatusSnapshot,
) -> StatusDocument:
    """``sources``: the lists to show, name → source, in the config's order."""
    lists = [_list(name, source, reports.get(name), snapshot) for name, source in sources.items()]
    return {
        "format_version": FORMAT_VERSION,
        "config": place(config),
        "generation": snapshot.generation,
        "conditions": _conditions(snapshot, WHOLE),
        "waiting": [
            {
                "list": change.list or None,
                "change": change.words,
                "since": iso_time(change.since),
                "until": _time(change.until),
            }
            for change in snapshot.waiting
        ],
        "lists": lists,
    }


def place(config: Path) -> str:
    """The config's absolute path, with its symlinks as they are."""
    return os.path.abspath(config)  # noqa: PTH100 - which resolves "..", as pathlib does not


def status_text(document: StatusDocument, *, in_detail: bool) -> str:
    """A table of the lists; ``in_detail``: each list with its conditions and items."""
    lists = document["lists"]
    lines = [_condition_line(row) for row in document["conditions"] if not is_good(row)]
    if in_detail:
        for lst in lists:
            lines.extend(_detail(lst))
    else:
        lines.extend(_table(lists))
    return "\n".join(lines) + "\n"


def _table(lists: Sequence[ListStatus]) -> Iterator[str]:
    """A line a list, and below it what is wrong with it."""
    rows = [_cells(lst) for lst in lists]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    yield _line(_HEAD, widths)
    for lst, row in zip(lists, rows, strict=True):
        yield _line(row, widths)
        reasons = [
            _condition_line(condition)
            for condition in lst["conditions"]
            if condition["type"] == READY and condition["status"] != "True"
        ]
        yield from reasons or _fetch_problem(lst)


def _cells(lst: ListStatus) -> tuple[str, ...]:
    ready = next(
        (condition["status"] for condition in lst["conditions"] if condition["type"] == READY), "-"
    )
    numbers = (lst["fetch"]["count"] if lst["fetch"] else None, lst["pending"], lst["tries"])
    counts = ("-" if number is None else f"{number:,}" for number in numbers)
    times = (lst["last_success"] or "-", lst["next_due"] or "-")
    return (lst["name"], ready, *counts, *times, _last_fetch(lst))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if head in _NUMBERS else cell.ljust(width)
        for head, cell, width in zip(_HEAD, cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _detail(lst: ListStatus) -> Iterator[str]:
    source = words.clean(lst["source"]).replace(":", " ", 1)
    size = f" · {words.size(lst['fetch'])}" if lst["fetch"] else ""
    yield f"{lst['name']}  {source}{size} · {_last_fetch(lst)}"
    if lst["conditions"]:
        yield f"  {_schedule(lst)}"
    yield from map(_condition_line, lst["conditions"])
    yield from _fetch_problem(lst)
    yield from _items(lst)


def _fetch_problem(lst: ListStatus) -> Iterator[str]:
    if lst["fetch"] and (problem := words.fetch_problem(lst["fetch"])):
        yield f"  ! {problem}"


def _last_fetch(lst: ListStatus) -> str:
    """The outcome of the last fetch, and the verdicts of its titles."""
    if lst["fetch"] is None:
        return "not fetched yet"
    counts = [f"{count:,} {word}" for word, count in lst["verdicts"].items()]
    return " · ".join([f"{lst['fetch']['outcome']} at {lst['at']}", *counts])


def _list(
    name: str, source: str, report: ListReport | None, snapshot: StatusSnapshot
) -> ListStatus:
    schedule = snapshot.schedules.get(name)
    if report is not None and report.source != source:
        report = None
    rows = report.rows if report else ()
    is_suspended = any(
        condition.reason == SUSPENDED for condition in snapshot.conditions.get(name, {}).values()
    )
    return {
        "name": name,
        "source": source,
        "at": _time(report.at if report else None),
        "fetch": fetch_row(name, source, report.snapshot) if report else None,
        "last_attempt": _time(schedule.attempted if schedule else None),
        "last_success": _time(schedule.succeeded if schedule else None),
        "next_due": _time(schedule.due if schedule and not is_suspended else None),
        "tries": schedule.tries if schedule else 0,
        "pending": sum(row.word in DEFERRED for row in rows),
        "conditions": _conditions(snapshot, name),
        "verdicts": dict(Counter(row.word for row in rows).most_common()),
        "items": [_item(row) for row in rows],
    }


def _conditions(snapshot: StatusSnapshot, name: str) -> list[dict[str, str]]:
    return [
        {
            "type": condition.type,
            "status": condition.status,
            "reason": condition.reason,
            "message": condition.message,
            "since": iso_time(condition.since),
            "observed_generation": condition.observed_generation,
        }
        for condition in snapshot.conditions.get(name, {}).values()
    ]


def _condition_line(condition: Mapping[str, str]) -> str:
    message = f": {words.clean(condition['message'])}" if condition["message"] else ""
    head = f"{condition['type']}={condition['status']} since {condition['since']}"
    return f"  {' ' if is_good(condition) else '!'} {head} · {condition['reason']}{message}"


def is_good(condition: Mapping[str, str]) -> bool:
    """Whether a condition has the status that it should have."""
    return condition["status"] == ("False" if condition["type"] in GOOD_WHEN_FALSE else "True")


def _schedule(lst: ListStatus) -> str:
    success = lst["last_success"] or "never"
    due = lst["next_due"] or "when the config changes"
    line = f"last success {success} · next {due} · {lst['pending']:,} pending"
    return f"{line} · {words.counted(lst['tries'], 'failure')} since" if lst["tries"] else line


def _time(at: datetime | None) -> str | None:
    return iso_time(at) if at else None


def _item(row: RowReport) -> ItemStatus:
    item, target = row.item, row.target
    ids: dict[str, int | str] = dict(item.ids.items())
    if target:
        ids["tmdb"] = target.media.tmdb
    return {
        "position": item.position,
        "title": item.title or None,
        "year": item.year,
        "kind": target.media.kind if target else item.kind,
        "ids": ids,
        "verdict": row.word,
        "detail": row.detail,
        "would_change": row.advice,
    }


def _items(lst: ListStatus) -> Iterator[str]:
    for item in lst["items"]:
        title = item["title"] or next((f"{k}:{v}" for k, v in item["ids"].items()), "?")
        name = words.with_year(words.title(title), item["year"])
        detail = f" · {words.clean(item['detail'])}" if item["detail"] else ""
        yield (
            f"  {item['position']:>4}  {name:34}  {item['kind'] or '-':5}  "
            f"{item['verdict']}{detail}"
        )
