"""A plan that was agreed to: saved, validated when read, and compared with the current one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from reconciler.config.own_files import PLAN_BYTES, read_file
from reconciler.core.model.plan import Action
from reconciler.errors import ListsyncError, PlanMismatchError, UsageError
from reconciler.render.document import (
    FORMAT_VERSION,
    ID_DIGITS,
    ActionRow,
    checksum,
    effect_of,
    plan_digest,
)
from reconciler.render.rows import action_row

AGAIN = "make a new one with `listsync plan --out FILE`"


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What was agreed to: these actions, of these lists (None: all of the config)."""

    digest: str
    narrowed_to: tuple[str, ...] | None
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A plan that somebody has seen, compared with the current one."""

    both: tuple[Action, ...]  # to be done
    satisfied: tuple[ActionRow, ...]  # seen, and no longer needed
    new: tuple[ActionRow, ...]  # needed, but not in the plan that was agreed to


class _Server(TypedDict):
    url: str


class _SavedDocument(TypedDict):
    """What ``apply`` reads of a plan document. A later minor format may have more."""

    plan_id: str
    digest: str
    checksum: str
    narrowed_to: list[str] | None
    server: _Server
    actions: list[ActionRow]


_SAVED = TypeAdapter(_SavedDocument)


def save(text: str, path: Path) -> None:
    """Write a plan atomically, readable by its owner alone. Raises ListsyncError.

    It names the titles that people want to see, which is private.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "backslashreplace"))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        message = f"the plan cannot be written ({error.strerror or error})"
        hint = "choose another path with --out"
        raise ListsyncError(message, where=str(path), hint=hint) from error


def read(path: Path, server_url: str) -> SavedPlan:
    """A saved plan for this server.

    Raises UsageError where the file is not a plan, PlanMismatchError where it is damaged, of
    another format, or for another server.
    """
    mismatch = partial(PlanMismatchError, where=str(path), hint=AGAIN)
    document = _read_document(path)
    version, ours = document["format_version"], FORMAT_VERSION.split(".")[0]
    if str(version).split(".")[0] != ours:
        raise mismatch(f"the saved plan has format {version!s:.20}, but listsync reads {ours}.x")
    try:
        saved = _SAVED.validate_python(document, strict=True)
        actions: tuple[ActionRow, ...] = tuple(document["actions"])  # with what is unknown here
        url = saved["server"]["url"]
        digest = plan_digest(url, actions)
        is_intact = saved["checksum"] == checksum(url, saved["narrowed_to"], actions)
    except (ValidationError, KeyError) as error:  # the error's own text quotes the file
        raise mismatch("the saved plan is damaged") from error
    if not is_intact or saved["digest"] != digest or saved["plan_id"] != digest[:ID_DIGITS]:
        problem = "the saved plan was changed or is damaged: its id does not match its content"
        raise mismatch(problem)
    if url != server_url:
        raise mismatch(f"the saved plan is for {url}, but the config has {server_url}")
    names = saved["narrowed_to"]
    return SavedPlan(digest, None if names is None else tuple(names), actions)


def agree(agreed_rows: Sequence[ActionRow], current: Sequence[Action]) -> Agreement:
    """What both plans have, and what only one of them has; each in its own order."""
    rows = {action: action_row(action) for action in current}
    agreed = {effect_of(row) for row in agreed_rows}
    needed = {effect_of(row) for row in rows.values()}
    return Agreement(
        both=tuple(action for action, row in rows.items() if effect_of(row) in agreed),
        satisfied=tuple(row for row in agreed_rows if effect_of(row) not in needed),
        new=tuple(row for row in rows.values() if effect_of(row) not in agreed),
    )


def _read_document(path: Path) -> dict[str, Any]:
    unusable = partial(UsageError, where=str(path), hint=AGAIN)
    try:
        text = read_file(path, PLAN_BYTES).decode()
    except OSError as error:
        raise unusable(f"the saved plan cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise unusable("not a saved plan") from error
    if text[:15].lower() == "<!doctype html>":
        message = "not a saved plan: this is a page for reading; apply needs the plan as .json"
        raise unusable(message)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unusable("not a saved plan: not JSON") from error
    if not isinstance(document, dict) or not {"format_version", "plan_id"} <= document.keys():
        raise unusable("not a saved plan")
    return document
