"""The runs that acted and what they sent: newest last, as in a shell's history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypedDict

from reconciler.core.model import Intent, Op, Result, Run
from reconciler.core.times import iso_time
from reconciler.render.document import FORMAT_VERSION, Media
from reconciler.render.layout import Cell, Line, table_line
from reconciler.render.words import label, relative

OPEN = "no response was recorded; the server shows the result"
_RUN_WIDTHS = (11, 9, 5, 4, 0)  # columns, at least
_ACTION_WIDTHS = (11, 28, 9, 0)
_GOOD = frozenset({Result.CREATED, Result.RETRIED, Result.CANCELLED, Result.EXISTS, Result.MOOT})


class RunRow(TypedDict):
    """A run that acted, or was about to. ``ended`` null: it is running, or was killed."""

    id: int
    command: str
    began: str
    ended: str | None
    lists: list[str]
    results: dict[str, int]
    exit_code: int | None


class IntentRow(TypedDict):
    """An action that was about to be sent."""

    at: str
    op: str
    media: Media
    is_4k: bool
    seasons: list[int] | None
    lists: list[str]
    requester: int
    result: str
    http_status: int | None
    request_id: int | None
    message: str


class HistoryDocument(TypedDict):
    """``history -o json``."""

    format_version: str
    runs: list[RunRow]
    actions: list[IntentRow]


def history_document(intents: Iterable[Intent], runs: Iterable[Run]) -> HistoryDocument:
    """``history -o json``, in the order of the arguments."""
    return {
        "format_version": FORMAT_VERSION,
        "runs": [_run(run) for run in runs],
        "actions": [_intent(intent) for intent in intents],
    }


def history_lines(document: HistoryDocument, now: datetime) -> Iterator[Line]:
    """A table of the runs, then one of the actions."""
    runs, actions = document["runs"], document["actions"]
    if not runs and not actions:
        yield Line((Cell("nothing has been requested yet"),))
    if runs:
        head = ("WHEN", "COMMAND", "LISTS", "EXIT", "RESULT")
        yield table_line(head, _RUN_WIDTHS, ("detail",) * 5)
        for run in runs:
            yield table_line(_run_cells(run, now), _RUN_WIDTHS, ("", "title", "", "", ""))
    if runs and actions:
        yield Line((Cell(""),))
    if actions:
        yield table_line(("WHEN", "TITLE", "RESULT", "REQUEST"), _ACTION_WIDTHS, ("detail",) * 4)
        for row in actions:
            styles = ("", "title", "added" if row["result"] in _GOOD else "failed", "detail")
            yield table_line(_action_cells(row, now), _ACTION_WIDTHS, styles)


def _run(run: Run) -> RunRow:
    return {
        "id": run.id,
        "command": run.command,
        "began": iso_time(run.began),
        "ended": iso_time(run.ended_at) if run.ended_at else None,
        "lists": list(run.lists),
        "results": dict(run.counts),
        "exit_code": run.exit_code,
    }


def _intent(intent: Intent) -> IntentRow:
    media, done = intent.target.media, intent.done
    return {
        "at": iso_time(intent.at),
        "op": str(intent.op),
        "media": {
            "type": str(media.kind),
            "title": intent.title or None,
            "year": None,
            "ids": {"tmdb": media.tmdb},
        },
        "is_4k": intent.target.is_4k,
        "seasons": None if intent.seasons is None else list(intent.seasons),
        "lists": list(intent.lists),
        "requester": intent.requester,
        "result": str(done.result if done else Result.UNKNOWN),
        "http_status": done.http_status if done else None,
        "request_id": done.request_id if done else None,
        "message": done.message if done else OPEN,
    }


def _run_cells(row: RunRow, now: datetime) -> tuple[str, ...]:
    results = ", ".join(f"{count:,} {result}" for result, count in row["results"].items())
    exit_code = f"{row['exit_code']:>4}" if row["ended"] else "   –"
    result = (results or "nothing sent") if row["ended"] else "did not finish"
    began, lists = relative(row["began"], now), f"{len(row['lists']):>5}"
    return began, row["command"], lists, exit_code, result


def _action_cells(row: IntentRow, now: datetime) -> tuple[str, ...]:
    is_good = row["result"] in _GOOD
    details = [row["op"]] if row["op"] != Op.REQUEST else []
    details += [", ".join(row["lists"]), f"user {row['requester']}"]
    details += [f"#{row['request_id']}"] if row["request_id"] else []
    details += [f"HTTP {row['http_status']}"] if row["http_status"] and not is_good else []
    details += [row["message"]] if row["message"] and not is_good else []
    name = label(row["media"], row["seasons"], is_4k=row["is_4k"])
    return (relative(row["at"], now), name, row["result"], " · ".join(details))
