"""The plan as a document: what ``-o json`` prints, and what text and Markdown are made from.

``format_version``: the minor number grows with additions, the major with breaks.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from reconciler.core.model import (
    ATTENTION,
    DEFERRED,
    UNTOLD,
    Delivery,
    Kind,
    MediaKey,
    Op,
    Outcome,
    Target,
)
from reconciler.core.rights import outlook
from reconciler.render.destination import Destination, destination, named
from reconciler.render.digest import ID_DIGITS, checksum, plan_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.model import (
        Action,
        Candidate,
        Done,
        Item,
        Plan,
        Quota,
        Snapshot,
        Verdict,
        Wishlist,
    )
    from reconciler.errors import ListsyncError

FORMAT_VERSION = "1.1"


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


def fetch_document(name: str, source: str, snapshot: Snapshot) -> Fetch:
    """``fetch -o json``: the same document on every outcome."""
    document = fetch_row(name, source, snapshot)
    document["items"] = [
        {
            "position": item.position,
            "title": item.title or None,
            "year": item.year,
            "kind": item.kind,
            "ids": dict(item.ids.items()),
            **({"seasons": list(item.seasons)} if item.seasons else {}),
            **({"unsupported": item.unsupported} if item.unsupported else {}),
            **({"facts": asdict(item.facts)} if item.facts != UNTOLD else {}),
        }
        for item in snapshot.items
    ]
    return document


def fetch_row(name: str, source: str, snapshot: Snapshot) -> Fetch:
    """A fetch without its items."""
    return {
        "list": name,
        "source": source,
        "route": snapshot.route,
        "outcome": snapshot.outcome,
        "complete": snapshot.complete,
        "declared_total": snapshot.declared_total,
        "count": len(snapshot.items),
        "error": snapshot.error,
        "note": snapshot.note,
    }


def plan_document(  # noqa: PLR0913 - all that a document tells
    plan: Plan,
    *,
    config: Mapping[str, str],
    server: Mapping[str, Any],
    lists: Sequence[ListRow],
    narrowed_to: list[str] | None = None,
    outcomes: Mapping[int, Done] | None = None,
    saved: SavedRows | None = None,
) -> PlanDocument:
    """The plan's document. ``outcomes``: what came of the actions, by their place in the plan."""
    actions = [action_row(action) for action in plan.actions]
    for index, done in (outcomes or {}).items():
        actions[index]["result"] = done.result
        actions[index]["http_status"] = done.http_status
        actions[index]["request_id"] = done.request_id
        actions[index]["message"] = done.message
    digest = plan_digest(server["url"], actions)
    document: PlanDocument = {
        "format_version": FORMAT_VERSION,
        "plan_id": digest[:ID_DIGITS],
        "digest": digest,
        "checksum": checksum(server["url"], narrowed_to, actions),
        "narrowed_to": narrowed_to,
        "config": dict(config),
        "server": dict(server),
        "complete": all(row["fetch"]["outcome"] in WHOLE for row in lists),
        "summary": _summary(plan),
        "stopped": [
            {"reason": stop.reason, "message": stop.message, "hint": stop.hint}
            for stop in plan.stops
        ],
        "lists": list(lists),
        "actions": actions,
        "verdicts": [verdict_row(verdict) for verdict in plan.verdicts],
    }
    if saved is not None:
        document["saved"] = saved
    return document


def error_document(error: ListsyncError) -> dict[str, Any]:
    """What stands on stdout where there is no result: what happened, where, what to do."""
    told = {"what": error.what, "where": error.where or None, "todo": error.hint or None}
    return {"format_version": FORMAT_VERSION, "error": told, "exit_code": error.exit_code}


WHOLE = frozenset({Outcome.COMPLETE, Outcome.EMPTY})


def list_row(
    lst: Wishlist, source: str, top: int | None, snapshot: Snapshot, quota: Quota | None
) -> ListRow:
    """One list of the file, with whom it asks for and what that user has left."""
    user = lst.requester.user if lst.requester else None
    return {
        "name": lst.name,
        "source": source,
        "role": lst.role,
        "top": top,
        "requester": {"name": user.name, "id": user.id} if user else None,
        "expected": {
            kind: outlook(lst.requester, Target(MediaKey(kind, 0), lst.is_4k))
            for kind in Kind
            if lst.requester
        },
        "problem": lst.problem,
        "notice": lst.notice,
        "quota": {
            noun: {"remaining": left.remaining, "limit": left.limit, "days": left.days}
            for noun, left in (
                (("movies", quota.movies), ("seasons", quota.seasons)) if quota else ()
            )
            if left.remaining is not None
        },
        "delivery": {
            kind: named(delivery)
            for kind, delivery in lst.deliveries.items()
            if isinstance(delivery, Delivery)
        },
        "fetch": fetch_row(lst.name, source, snapshot),
    }


def action_row(action: Action) -> ActionRow:
    """One action as data."""
    told = destination(action.delivery)
    return {
        "op": action.op,
        "reason": action.why,
        "media": _media(action.item, action.target),
        "is_4k": action.target.is_4k,
        "seasons": list(action.seasons) if action.seasons is not None else None,
        "request_ids": list(action.request_ids),
        "requester": action.requester.user.id,
        "server_id": told["server_id"],
        "profile_id": told["profile_id"],
        "root_folder": told["root_folder"],
        "tags": told["tags"],
        "expected": action.expected,
        "lists": list(action.lists),
        "matched_by": action.matched_by,
        "detail": action.detail,
    }


def verdict_row(verdict: Verdict) -> VerdictRow:
    """One verdict as data."""
    row: VerdictRow = {
        "reason": verdict.reason,
        "media": _media(verdict.item, verdict.target),
        "is_4k": bool(verdict.target and verdict.target.is_4k),
        "seasons": list(verdict.seasons) if verdict.seasons is not None else None,
        "lists": list(verdict.lists),
        "matched_by": verdict.matched_by,
        "detail": verdict.detail,
    }
    if verdict.candidates:
        row["candidates"] = [candidate_row(candidate) for candidate in verdict.candidates]
    return row


def candidate_row(candidate: Candidate) -> dict[str, Any]:
    """A title the server offered."""
    return {
        "type": candidate.media.kind,
        "tmdb": candidate.media.tmdb,
        "title": candidate.title,
        "year": candidate.year,
    }


def _media(item: Item, target: Target | None) -> Media:
    ids: dict[str, str | int] = {} if target is None else {"tmdb": target.media.tmdb}
    ids |= {name: value for name, value in item.ids.items() if name != "tmdb" or target is None}
    return {
        "type": target.media.kind if target else item.kind,
        "title": item.title or None,
        "year": item.year,
        "ids": ids,
    }


def _summary(plan: Plan) -> dict[str, int]:
    ops = [action.op for action in plan.actions]
    reasons = [verdict.reason for verdict in plan.verdicts]
    return {
        **{op.value: ops.count(op) for op in Op},
        "deferred": sum(reason in DEFERRED for reason in reasons),
        "attention": sum(reason in ATTENTION for reason in reasons),
        "unchanged": sum(reason not in DEFERRED | ATTENTION for reason in reasons),
    }
