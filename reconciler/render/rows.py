"""Documents made from values: a plan, a fetch, an error, and their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from reconciler.core import model
from reconciler.core.model import ATTENTION, DEFERRED, Delivery, Kind, MediaKey, Op, Outcome, Target
from reconciler.core.reconcile import ListAccount
from reconciler.core.rights import outlook
from reconciler.errors import ListsyncError
from reconciler.render.document import (
    FORMAT_VERSION,
    ID_DIGITS,
    ActionRow,
    Candidate,
    DeliveryNames,
    Destination,
    Fetch,
    ItemRow,
    Leftovers,
    ListRow,
    Media,
    PlanDocument,
    ServerRow,
    User,
    VerdictRow,
    checksum,
    plan_digest,
)


def fetch_document(name: str, source: str, snapshot: model.Snapshot) -> Fetch:
    """``fetch -o json``: the same keys whatever the outcome."""
    document = fetch_row(name, source, snapshot)
    document["items"] = [_item_row(item) for item in snapshot.items]
    return document


def _item_row(item: model.Item) -> ItemRow:
    row: ItemRow = {
        "position": item.position,
        "title": item.title or None,
        "year": item.year,
        "kind": item.kind,
        "ids": dict(item.ids.items()),
    }
    if item.seasons:
        row["seasons"] = list(item.seasons)
    if item.unsupported:
        row["unsupported"] = item.unsupported
    if item.facts != model.UNTOLD:
        row["facts"] = asdict(item.facts)
    return row


def fetch_row(name: str, source: str, snapshot: model.Snapshot) -> Fetch:
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


def plan_document(  # noqa: PLR0913 - all that a document shows
    plan: model.Plan,
    *,
    config: Mapping[str, str],
    server: ServerRow,
    lists: Sequence[ListRow],
    narrowed_to: list[str] | None = None,
    outcomes: Mapping[int, model.Done] | None = None,
    saved: Leftovers | None = None,
) -> PlanDocument:
    """A plan. ``outcomes``: those of its actions, by their place in the plan."""
    actions = [action_row(action) for action in plan.actions]
    for index, done in (outcomes or {}).items():
        actions[index]["result"] = done.result
        actions[index]["http_status"] = done.http_status
        actions[index]["request_id"] = done.request_id
        actions[index]["message"] = done.message
    digest = plan_digest(server["url"], actions)
    reasons = [verdict.reason for verdict in plan.verdicts]
    ops = [action.op for action in plan.actions]
    document: PlanDocument = {
        "format_version": FORMAT_VERSION,
        "plan_id": digest[:ID_DIGITS],
        "digest": digest,
        "checksum": checksum(server["url"], narrowed_to, actions),
        "narrowed_to": narrowed_to,
        "config": dict(config),
        "server": server,
        "complete": all(
            row["fetch"]["outcome"] in {Outcome.COMPLETE, Outcome.EMPTY} for row in lists
        ),
        "summary": {
            **{op.value: ops.count(op) for op in Op},
            "deferred": sum(reason in DEFERRED for reason in reasons),
            "attention": sum(reason in ATTENTION for reason in reasons),
            "unchanged": sum(reason not in DEFERRED | ATTENTION for reason in reasons),
        },
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
    """What is printed instead of a result."""
    row = {"what": error.message, "where": error.where or None, "todo": error.hint or None}
    return {"format_version": FORMAT_VERSION, "error": row, "exit_code": error.exit_code}


def list_row(
    lst: model.DesiredList,
    top: int | None,
    snapshot: model.Snapshot,
    quota: model.Quota | None,
    account: ListAccount | None,
) -> ListRow:
    """One list of the config, with its requester and what that user has left."""
    quotas = {"movies": quota.movies, "seasons": quota.seasons} if quota else {}
    return {
        "name": lst.name,
        "source": str(lst.rules.source),
        "role": lst.rules.role,
        "top": top,
        "requester": user_row(lst.requester.user) if lst.requester else None,
        "expected": {
            kind: outlook(lst.requester, Target(MediaKey(kind, 0), lst.rules.is_4k))
            for kind in Kind
            if lst.requester
        },
        "problem": lst.problem.message if lst.problem else None,
        "notice": lst.notice,
        "quota": {
            noun: {"remaining": left.remaining, "limit": left.limit, "days": left.days}
            for noun, left in quotas.items()
            if left.remaining is not None
        },
        "delivery": {
            kind: delivery_names(delivery)
            for kind, delivery in lst.delivery_by_kind.items()
            if isinstance(delivery, Delivery)
        },
        "titles": {
            "own": account.own,
            "belong_to": dict(account.elsewhere),
            "repeated": account.repeated,
        }
        if account
        else None,
        "fetch": fetch_row(lst.name, str(lst.rules.source), snapshot),
    }


def action_row(action: model.Action) -> ActionRow:
    """One action as data."""
    return {
        "op": action.op,
        "reason": action.why,
        "media": _media(action.item, action.target),
        "is_4k": action.target.is_4k,
        "seasons": list(action.seasons) if action.seasons is not None else None,
        "request_ids": list(action.request_ids),
        "requester": action.requester.user.id,
        **destination(action.delivery),  # type: ignore[typeddict-item] # python/mypy#9408
        "expected": action.expected,
        "lists": list(action.lists),
        "matched_by": action.matched_by,
        "detail": action.detail,
    }


def verdict_row(verdict: model.Verdict) -> VerdictRow:
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


def candidate_row(candidate: model.Candidate) -> Candidate:
    """A title that the server offered."""
    return {
        "type": candidate.media.kind,
        "tmdb": candidate.media.tmdb,
        "title": candidate.title,
        "year": candidate.year,
    }


def user_row(user: model.User) -> User:
    """A user of the server."""
    return {"name": user.name, "id": user.id}


def destination(delivery: Delivery | None) -> Destination:
    """Where a request goes, by the ids that are sent."""
    if delivery is None:
        return {"server_id": None, "profile_id": None, "root_folder": None, "tags": None}
    return {
        "server_id": delivery.server.id,
        "profile_id": delivery.profile.id if delivery.profile else None,
        "root_folder": delivery.folder.name if delivery.folder else None,
        "tags": None if delivery.tags is None else [tag.id for tag in delivery.tags],
    }


def delivery_names(delivery: Delivery) -> DeliveryNames:
    """Where a request goes, by the names that people know."""
    return {
        "server": delivery.server.name,
        "profile": delivery.profile.name if delivery.profile else None,
        "root_folder": delivery.folder.name if delivery.folder else None,
        "tags": None if delivery.tags is None else [tag.name for tag in delivery.tags],
    }


def _media(item: model.Item, target: Target | None) -> Media:
    ids: dict[str, int | str] = {} if target is None else {"tmdb": target.media.tmdb}
    ids |= {name: value for name, value in item.ids.items() if name != "tmdb" or target is None}
    return {
        "type": target.media.kind if target else item.kind,
        "title": item.title or None,
        "year": item.year,
        "ids": ids,
    }
