"""The shapes of what ``-o json`` prints; ``document`` fills them."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from reconciler.render.destination import Destination


class Fetch(TypedDict):
    """What a fetch came to; ``fetch -o json`` adds ``items``."""

    list: str
    source: str
    route: str
    outcome: str
    complete: bool
    declared_total: int | None
    count: int
    error: str | None
    note: str | None
    items: NotRequired[list[dict[str, Any]]]


class Media(TypedDict):
    """A title: its kind, name and ids. ``tmdb`` among the ids where it was resolved."""

    type: str | None
    title: str | None
    year: int | None
    ids: dict[str, str | int]


class ActionRow(Destination):
    """One action; ``result`` and its kin only after ``apply``."""

    op: str
    reason: str
    media: Media
    is_4k: bool
    seasons: list[int] | None
    request_ids: list[int]  # what a retry or a cancel acts on
    requester: int
    expected: str
    lists: list[str]
    matched_by: str
    detail: str
    result: NotRequired[str]
    http_status: NotRequired[int | None]
    request_id: NotRequired[int | None]
    message: NotRequired[str]


class VerdictRow(TypedDict):
    """Why a wanted title needs no action or may not have one."""

    reason: str
    media: Media
    is_4k: bool
    seasons: list[int] | None
    lists: list[str]
    matched_by: str | None
    detail: str
    candidates: NotRequired[list[dict[str, Any]]]
    would: NotRequired[str]  # an op that is not due yet, or is only reported


class Titles(TypedDict):
    """Each title that a list gave, counted once: under itself, another list, or as a repeat."""

    own: int
    belong_to: dict[str, int]
    repeated: int


class ListRow(TypedDict):
    """One list of the file."""

    name: str
    source: str
    role: str
    top: int | None
    requester: dict[str, Any] | None
    expected: dict[str, str]  # by kind: what the server will make of a request
    problem: str | None
    notice: str | None
    quota: dict[str, dict[str, int | None]]
    delivery: dict[str, dict[str, Any]]  # by kind: what the list names of Radarr or Sonarr
    titles: Titles | None  # where each of its titles is in the plan; None: an exclude list
    fetch: Fetch


class SavedRows(TypedDict):
    """What ``apply`` of a saved plan left alone: no longer needed, or never agreed to."""

    plan_id: str
    satisfied: list[ActionRow]
    new: list[ActionRow]


class PlanDocument(TypedDict):
    """The whole plan, and after ``apply`` what came of it."""

    format_version: str
    plan_id: str
    digest: str  # the id in full
    checksum: str  # of what a saved plan is read for
    narrowed_to: list[str] | None  # the lists that were asked for; None: all of the file
    config: dict[str, str]
    server: dict[str, Any]
    complete: bool
    summary: dict[str, int]
    stopped: list[dict[str, str]]
    lists: list[ListRow]
    actions: list[ActionRow]
    verdicts: list[VerdictRow]
    saved: NotRequired[SavedRows]
