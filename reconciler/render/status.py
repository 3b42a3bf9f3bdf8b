"""The status of the lists: each one's last fetch, each item's last verdict."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypedDict

from reconciler.core.conditions import (
    GOOD_WHEN_FALSE,
    READY,
    RIGHTS_WAITING,
    SUSPENDED,
    is_suspended,
)
from reconciler.core.model import ATTENTION, DEFERRED, WHOLE, ListReport, RowReport, StatusSnapshot
from reconciler.core.times import iso_time
from reconciler.render import words
from reconciler.render.document import FORMAT_VERSION, Fetch
from reconciler.render.layout import Cell, Line, table_line
from reconciler.render.rows import fetch_row


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


class State(NamedTuple):
    """A state in a word, and its color."""

    text: str
    tone: str  # good, wait, bad or calm


def list_state(lst: ListStatus) -> State:
    """The state of a list in a word."""
    ready = next((row for row in lst["conditions"] if row["type"] == READY), None)
    fetch = lst["fetch"]
    if ready and ready["reason"] == SUSPENDED:
        return State("suspended", "calm")
    if ready is None and fetch is None:
        return State("not read yet", "calm")
    if fetch and words.fetch_problem(fetch):
        return State(fetch["outcome"], "bad")
    if ready and ready["status"] != "True":
        return State("not ready", "bad")
    if attention := count(lst["verdicts"], ATTENTION):
        return State(f"{attention:,} need{'s' * (attention == 1)} you", "wait")
    return State("ready", "good") if ready else State("not applied yet", "calm")


def count(counts: Mapping[str, int], names: Iterable[str]) -> int:
    """How many have one of these words."""
    return sum(counts.get(name, 0) for name in names)


_HEAD = ("LIST", "STATE", "TITLES", "WAITING", "LAST RUN", "NEXT RUN")
_WIDTHS = (4, 5, 6, 7, 11, 0)  # columns, at least
_LONGEST_NAME = 20
_TONES = {"good": "added", "wait": "attention", "bad": "failed", "calm": "detail"}


def status_lines(document: StatusDocument, now: datetime, *, in_detail: bool) -> Iterator[Line]:
    """A table of the lists; ``in_detail``: each list with its conditions and items."""
    for condition in document["conditions"]:
        if condition["type"] == RIGHTS_WAITING and document["waiting"]:
            yield _condition({**condition, "message": ""}, now)
            lines = (waiting_change(row, now) for row in document["waiting"])
            yield from (Line((Cell(line),), Cell("      ")) for line in lines)
        elif not is_good(condition):
            yield _condition(condition, now)
    lists = document["lists"]
    if in_detail:
        for lst in lists:
            yield from _detail(lst, now)
    else:
        yield from _table(lists, now)


def waiting_change(row: WaitingRow, now: datetime) -> str:
    """``kids: approval: auto is set · takes effect in 2 min``."""
    due = f" · takes effect {words.relative(row['until'], now)}" if row["until"] else ""
    return f"{row['list'] or 'the whole config'}: {row['change']}{due}"


def _table(lists: Sequence[ListStatus], now: datetime) -> Iterator[Line]:
    """A line a list, and below it what is wrong with it."""
    names = [min(_LONGEST_NAME, len(lst["name"])) for lst in lists]
    states = [len(list_state(lst).text) for lst in lists]
    widths = (max((4, *names)), max((5, *states)), *_WIDTHS[2:])
    yield table_line(_HEAD, widths, ("detail",) * len(_HEAD))
    for lst in lists:
        state = list_state(lst)
        waiting = count(lst["verdicts"], words.WAITING)
        size = f"{lst['fetch']['count']:,}" if lst["fetch"] else "–"
        cells = (
            *(lst["name"], state.text),
            *(size.rjust(_WIDTHS[2]), f"{waiting:,}".rjust(_WIDTHS[3])),
            words.relative(lst["at"] or lst["last_attempt"], now),
            words.relative(lst["next_due"], now),
        )
        styles = ("title", _TONES[state.tone], "", "waiting" if waiting else "detail", "", "")
        yield table_line(cells, widths, styles)
        reasons = [
            _condition(condition, now)
            for condition in lst["conditions"]
            if condition["type"] == READY and condition["status"] != "True"
        ]
        yield from reasons or _fetch_problem(lst)


def _detail(lst: ListStatus, now: datetime) -> Iterator[Line]:
    about = [lst["source"].replace(":", " ", 1)]
    about += [words.size_and_outcome(lst["fetch"])] if lst["fetch"] else []
    about += [f"read {words.relative(lst['at'], now)}" if lst["at"] else "not read yet"]
    about += [f"{number:,} {word}" for word, number in lst["verdicts"].items()]
    yield Line((Cell(lst["name"], "title"), Cell(" · ".join(about), "detail")))
    if lst["conditions"]:
        yield Line((Cell(_schedule(lst, now)),), Cell("  "))
    yield from (_condition(condition, now) for condition in lst["conditions"])
    yield from _fetch_problem(lst)
    for item in lst["items"]:
        title = item["title"] or next((f"{k}:{v}" for k, v in item["ids"].items()), "?")
        name = Cell(words.with_year(words.title(title), item["year"]), "", 34)
        verdict = " · ".join(filter(None, (item["verdict"], item["detail"])))
        style = "attention" if item["verdict"] in ATTENTION else "detail"
        style = "waiting" if item["verdict"] in words.WAITING else style
        cells = (name, Cell(item["kind"] or "-", "", 5), Cell(verdict, style))
        yield Line(cells, Cell(f"  {item['position']:>4}  ", "detail"))


def _fetch_problem(lst: ListStatus) -> Iterator[Line]:
    if lst["fetch"] and (problem := words.fetch_problem(lst["fetch"])):
        yield Line((Cell(problem),), Cell("  ! ", "failed"))


def _list(
    name: str, source: str, report: ListReport | None, snapshot: StatusSnapshot
) -> ListStatus:
    schedule = snapshot.schedules.get(name)
    if report is not None and report.source != source:
        report = None
    rows = report.rows if report else ()
    suspended = is_suspended(snapshot.conditions.get(name, {}))
    return {
        "name": name,
        "source": source,
        "at": _time(report.at if report else None),
        "fetch": fetch_row(name, source, report.snapshot) if report else None,
        "last_attempt": _time(schedule.attempted if schedule else None),
        "last_success": _time(schedule.succeeded if schedule else None),
        "next_due": _time(schedule.due if schedule and not suspended else None),
        "tries": schedule.tries if schedule else 0,
        "pending": sum(row.word in DEFERRED for row in rows),
        "conditions": _conditions(snapshot, name),
        "verdicts": dict(Counter(row.word for row in rows).most_common()),
        "items": [_item(row) for row in rows],
    }


def _conditions(snapshot: StatusSnapshot, name: str) -> list[dict[str, str]]:
    conditions = snapshot.conditions.get(name, {}).values()
    return [{**asdict(condition), "since": iso_time(condition.since)} for condition in conditions]


def _condition(condition: Mapping[str, str], now: datetime) -> Line:
    message = f": {condition['message']}" if condition["message"] else ""
    since = words.relative(condition["since"], now)
    text = f"{condition['type']}={condition['status']}, {since} · {condition['reason']}{message}"
    if is_good(condition):
        return Line((Cell(text, "detail"),), Cell("    "))
    return Line((Cell(text),), Cell("  ! ", "failed"))


def is_good(condition: Mapping[str, str]) -> bool:
    """Whether a condition has the status that it should have."""
    return condition["status"] == ("False" if condition["type"] in GOOD_WHEN_FALSE else "True")


def _schedule(lst: ListStatus, now: datetime) -> str:
    success = words.relative(lst["last_success"], now) if lst["last_success"] else "never"
    due = words.relative(lst["next_due"], now) if lst["next_due"] else "when the config changes"
    waiting = count(lst["verdicts"], words.WAITING)
    line = f"last success {success} · next {due} · {waiting:,} waiting"
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
