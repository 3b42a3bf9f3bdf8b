"""What was converted, put in place all at once: the config file, its secrets and its history."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypedDict

from reconciler import wiring
from reconciler.cli import starter
from reconciler.cli.moving.conversion import Conversion, Note
from reconciler.config import Config
from reconciler.config.own_files import new_files
from reconciler.core.model import MediaKey, MemoryEntry, MemoryKey, Target
from reconciler.errors import ListsyncError, NotifierError, UsageError
from reconciler.render.layout import Cell, Line
from reconciler.render.words import counted

_INDENT = Cell("  ")
_SUBJECT = 28  # columns
_HANDLED = MemoryEntry(present=False)


class ImportDocument(TypedDict):
    """What ``import`` did, as JSON."""

    config: str
    ledger: str
    files: list[str]  # of secrets
    variables: list[str]  # to set, for secrets that are not known
    carried_over: list[dict[str, str]]
    left_out: list[dict[str, str]]
    handled: int  # titles that are marked in the ledger
    example: str | None  # one of them


def install(
    conversion: Conversion, handled: Iterable[MediaKey], config_path: Path, ledger: Path | None
) -> ImportDocument:
    """Write everything or, if anything fails, nothing. Raises UsageError and ListsyncError.

    The config file is written last: without the history, listsync would request titles again that
    somebody has declined. If an import was killed, the next one completes it.
    """
    config = starter.check_loads(conversion.text, conversion.variables, conversion.secrets)
    ledger_path = wiring.ledger_path(config.ledger, config_path, ledger)
    secrets = {config_path.with_name(n): f"{v}\n".encode() for n, v in conversion.secrets.items()}
    files = {path: (content, 0o600) for path, content in secrets.items()}
    if (
        len({os.path.realpath(path) for path in (config_path, ledger_path, *files)})
        < len(files) + 2
    ):
        hint = "nothing was written; choose another path with -c or --ledger"
        raise UsageError("two files would have the same path", where=str(config_path), hint=hint)
    try:
        with (
            new_files({**files, config_path: (conversion.text.encode(), 0o666)}),
            wiring.open_ledger(config, ledger_path) as opened,
        ):
            targets = [Target(media, conversion.is_4k) for media in handled]
            entries = {MemoryKey(target): _HANDLED for target in targets}
            remembered = opened.memory.read().slots.items() - entries.items()
            for key, _ in remembered:
                entries.pop(MemoryKey(key.target), None)
            opened.memory.record(entries, {})
    except FileExistsError as error:
        hint = (
            "nothing was written; move the file, or choose another folder: -c FOLDER/listsync.yaml"
        )
        raise UsageError("the file already exists", where=str(error.filename), hint=hint) from error
    except OSError as error:
        message = f"the file cannot be written ({error.strerror})"
        hint = "nothing was written; choose another folder with -c FOLDER/listsync.yaml"
        where = str(error.filename or config_path)
        raise ListsyncError(message, where=where, hint=hint) from error
    return {
        "config": str(config_path),
        "ledger": str(ledger_path),
        "files": [str(path) for path in secrets],
        "variables": conversion.variables,
        "carried_over": [
            {"subject": subject, "result": result} for subject, result in conversion.carried
        ],
        "left_out": [
            {"subject": subject, "reason": reason}
            for subject, reason in (*conversion.left, *_missing_apprise(config))
        ],
        "handled": len(entries),
        "example": next(
            (f"tmdb:{key.target.media.kind}:{key.target.media.tmdb}" for key in entries), None
        ),
    }


def _missing_apprise(config: Config) -> list[Note]:
    """What is missing for the webhook, if the file has one."""
    try:
        if config.notify.urls:
            wiring.notifier().require()
    except NotifierError as error:
        return [("notifications", f"{error.message}; {error.hint}")]
    return []


def report_lines(document: ImportDocument, ledger: Path | None) -> Iterator[Line]:
    """The document as text, with what to do next. ``ledger``: the one that was asked for."""
    config = document["config"]
    option = "" if config == "listsync.yaml" else f" -c {shlex.quote(config)}"
    also = f"{option} --ledger {shlex.quote(str(ledger))}" if ledger else option
    yield Line((Cell(f"carried over to {config}", "title"),))
    for row in document["carried_over"]:
        cells = Cell(row["subject"], "", _SUBJECT), Cell(row["result"], "detail")
        yield Line(cells, Cell("  + ", "added"))
    if document["left_out"]:
        yield Line((Cell("not carried over", "title"),))
    for row in document["left_out"]:
        cells = Cell(row["subject"], "", _SUBJECT), Cell(row["reason"], "detail")
        yield Line(cells, Cell("  - ", "attention"))
    if example := document["example"]:
        count = counted(document["handled"], "title")
        yield Line((Cell(f"history, in {document['ledger']}", "title"),))
        history = f"{count} from ListSync's history will not be requested again"
        sentence = f"{history}, even if declined or deleted"
        yield Line((Cell(sentence),), _INDENT)
        yield Line(
            (Cell(f"to request one of them after all: `listsync forget {example}{also}`"),), _INDENT
        )
    yield Line((Cell("next", "title"),))
    for name in document["variables"]:
        yield Line((Cell(f"export {name}=…"),), _INDENT)
    for command in (f"validate{option}", f"doctor{also}", f"plan{also}"):
        yield Line((Cell(f"listsync {command}"),), _INDENT)
