"""A plan that was agreed to: saved, read with suspicion, and what of it is still to be done."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler.config.own_files import PLAN_BYTES, read_file
from reconciler.core.model import Action
from reconciler.errors import ListsyncError, PlanMismatchError, UsageError
from reconciler.render.digest import ID_DIGITS, checksum, plan_digest, sent
from reconciler.render.document import FORMAT_VERSION, action_row
from reconciler.render.json_text import json_text
from reconciler.render.shapes import ActionRow, PlanDocument

AGAIN = "make a new one with `listsync plan --out FILE`"


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What was agreed to: these actions, of these lists (None: all of the file)."""

    digest: str
    narrowed_to: tuple[str, ...] | None
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A plan that somebody has seen beside the current one."""

    both: tuple[Action, ...]  # to be done
    gone: tuple[ActionRow, ...]  # seen, and no longer needed
    new: tuple[ActionRow, ...]  # needed, but not seen: nobody has agreed to it


class _Media(BaseModel):
    model_config = ConfigDict(strict=True)

    type: str
    title: str | None
    year: int | None
    ids: dict[str, int | str]


class _Action(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")

    op: str
    media: _Media
    is_4k: bool
    seasons: list[int] | None


class _Server(BaseModel):
    model_config = ConfigDict(strict=True)

    url: str


class _Saved(BaseModel):
    """What ``apply`` reads of a saved plan. A later minor format may say more."""

    model_config = ConfigDict(strict=True)

    plan_id: str
    digest: str
    checksum: str
    narrowed_to: list[str] | None
    server: _Server
    actions: list[_Action]


def save(document: PlanDocument, path: Path) -> None:
    """Write the whole document, at once or not at all, for its owner's eyes. Raises ListsyncError.

    It names the titles that somebody wants to see, which are nobody else's business.
    """
    text = json_text(document)
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
        what = f"the plan cannot be written ({error.strerror or error})"
        raise ListsyncError(what, where=str(path), hint="name another place with --out") from error


def read(path: Path, server_url: str) -> SavedPlan:
    """A saved plan for this server.

    Raises UsageError where there is no plan, PlanMisfitError where it is damaged, of a newer
    format, or for another server.
    """
    document = _document(path)
    where = str(path)
    _check_version(document["format_version"], where)
    try:
        saved = _Saved.model_validate(document)
        actions: tuple[ActionRow, ...] = tuple(document["actions"])
        digest = plan_digest(saved.server.url, actions)
        whole = saved.checksum == checksum(saved.server.url, saved.narrowed_to, actions)
    except (ValidationError, KeyError) as error:  # the error's own text quotes the file
        raise PlanMismatchError("the saved plan is damaged", where=where, hint=AGAIN) from error
    if not whole or saved.digest != digest or saved.plan_id != digest[:ID_DIGITS]:
        what = "the saved plan was changed or is damaged: its id and its content disagree"
        raise PlanMismatchError(what, where=where, hint=AGAIN)
    if saved.server.url != server_url:
        what = f"the saved plan is for {saved.server.url}, and the file names {server_url}"
        raise PlanMismatchError(what, where=where, hint=AGAIN)
    names = None if saved.narrowed_to is None else tuple(saved.narrowed_to)
    return SavedPlan(digest, names, actions)


def agree(seen: Sequence[ActionRow], current: Sequence[Action]) -> Agreement:
    """Seen ∩ current, and what only one of them has; each in its own order."""
    rows = {action: action_row(action) for action in current}
    agreed, needed = {sent(row) for row in seen}, {sent(row) for row in rows.values()}
    return Agreement(
        both=tuple(action for action, row in rows.items() if sent(row) in agreed),
        gone=tuple(row for row in seen if sent(row) not in needed),
        new=tuple(row for row in rows.values() if sent(row) not in agreed),
    )


def _document(path: Path) -> dict[str, Any]:
    where = str(path)
    try:
        text = read_file(path, PLAN_BYTES).decode()
    except OSError as error:
        what = f"the saved plan cannot be read ({error.strerror or error})"
        raise UsageError(what, where=where, hint=AGAIN) from error
    except UnicodeDecodeError as error:
        raise UsageError("not a saved plan", where=where, hint=AGAIN) from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("not a saved plan: not JSON", where=where, hint=AGAIN) from error
    if not isinstance(document, dict) or not {"format_version", "plan_id"} <= document.keys():
        raise UsageError("not a saved plan", where=where, hint=AGAIN)
    return document


def _check_version(version: object, where: str) -> None:
    major, ours = str(version).split(".")[0], FORMAT_VERSION.split(".")[0]
    if major != ours:
        what = f"the saved plan has format {version!s:.20}, and this listsync knows {ours}.x"
        raise PlanMismatchError(what, where=where, hint=AGAIN)
