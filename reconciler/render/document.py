"""The plan as a document: what ``-o json`` prints, and what text and Markdown are made from.

``format_version``: the minor number grows with additions, the major with breaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reconciler.core.accounts import ListAccount
from reconciler.core.model import (
    ATTENTION,
    DEFERRED,
    UNTOLD,
    Action,
    Candidate,
    Delivery,
    DesiredList,
    Done,
    Item,
    Kind,
    MediaKey,
    Op,
    Outcome,
    Plan,
    Quota,
    Snapshot,
    Target,
    Verdict,
)
from reconciler.core.rights import outlook
from reconciler.errors import ListsyncError
from reconciler.render.destination import destination, named
from reconciler.render.digest import ID_DIGITS, checksum, plan_digest
from reconciler.render.shapes import (
    ActionRow,
    Fetch,
    ListRow,
    Media,
    PlanDocument,
    SavedRows,
    Titles,
    VerdictRow,
)

FORMAT_VERSION = "2.0"


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
    told = {"what": error.message, "where": error.where or None, "todo": error.hint or None}
    return {"format_version": FORMAT_VERSION, "error": told, "exit_code": error.exit_code}


WHOLE = frozenset({Outcome.COMPLETE, Outcome.EMPTY})


def list_row(
    lst: DesiredList,
    top: int | None,
    snapshot: Snapshot,
    quota: Quota | None,
    account: ListAccount | None,
) -> ListRow:
    """One list of the file, with whom it asks for and what that user has left."""
    user = lst.requester.user if lst.requester else None
    return {
        "name": lst.name,
        "source": str(lst.rules.source),
        "role": lst.rules.role,
        "top": top,
        "requester": {"name": user.name, "id": user.id} if user else None,
        "expected": {
            kind: outlook(lst.requester, Target(MediaKey(kind, 0), lst.rules.is_4k))
            for kind in Kind
            if lst.requester
        },
        "problem": lst.problem.message if lst.problem else None,
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
        "titles": None if account is None else _titles(account),
        "fetch": fetch_row(lst.name, str(lst.rules.source), snapshot),
    }


def _titles(account: ListAccount) -> Titles:
    return {
        "own": account.own,
        "belong_to": dict(account.elsewhere),
        "repeated": account.repeated,
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
    if verdict.would:
        row["would"] = verdict.would
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
