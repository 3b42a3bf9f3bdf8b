"""The runs that acted and what they sent: newest last, as in a shell's history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from reconciler.core.model import Intent, Result, Run
from reconciler.core.times import iso_time
from reconciler.render.document import FORMAT_VERSION, Media
from reconciler.render.words import clean, counted, label, where

OPEN = "no answer was recorded; the server shows the result"


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


def history_text(document: HistoryDocument) -> str:
    """A line a run, then a line an action."""
    runs = [_run_line(row) for row in document["runs"]]
    actions = [_intent_line(row) for row in document["actions"]]
    if not runs and not actions:
        return "nothing has been requested yet\n"
    parts = [["runs", *runs]] if runs else []
    parts += [["actions", *actions]] if actions else []
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


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


def _run_line(row: RunRow) -> str:
    lists = counted(len(row["lists"]), "list")
    results = ", ".join(f"{count:,} {result}" for result, count in row["results"].items())
    details = f"exit {row['exit_code']} · {lists} · {results or 'nothing sent'}"
    return f"  {row['began']}  {row['command']:7}  " + (
        details if row["ended"] else "did not finish"
    )


def _intent_line(row: IntentRow) -> str:
    name = label(row["media"], row["seasons"], is_4k=row["is_4k"])
    author = f"{', '.join(map(clean, row['lists']))} as user {row['requester']}"
    details = [row["op"], row["result"]]
    details += [f"HTTP {row['http_status']}"] if row["http_status"] else []
    details += [f"request {row['request_id']}"] if row["request_id"] else []
    has_message = row["message"] and row["result"] != Result.CREATED
    message = f" ({clean(row['message'])})" if has_message else ""
    line = f"  {row['at']}  {name:34}  {where(row['media']):19}  {' · '.join(details)}"
    return f"{line}{message} · {author}"
