"""The shape of ``plan -o json`` and ``apply -o json``, as JSON Schema: what scripts rely on."""

from __future__ import annotations

from typing import Any

_OUTCOMES = [
    *("complete", "unverified", "incomplete", "empty", "private", "missing", "blocked"),
    *("changed-layout", "rate-limited", "unreachable"),
]
_UNCHANGED = [
    *("available", "requested", "processing", "declined", "blocklisted", "handled", "excluded"),
    *("filtered", "unaired", "suspended", "adopted", "unsupported-kind"),
]
_DEFERRED = ["over-cap", "over-budget", "quota", "backing-off"]
_ATTENTION = ["ambiguous", "not-found", "type-mismatch", "unresolved", "not-permitted", "failed"]
_ROUTES = ["map", "tmdb", "imdb", "tvdb", "title"]
_COUNTS = ["request", "extend", "retry", "cancel", "deferred", "attention", "unchanged"]
_RESULTS = [
    *("created", "retried", "undelivered", "exists", "quota", "blocklisted", "refused", "failed"),
    *("unknown", "skipped"),
]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}


def _or_null(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _record(required: dict[str, Any], **optional: object) -> dict[str, Any]:
    """An object that has these keys, all of them."""
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
    }


_SEASONS = {"type": ["array", "null"], "items": _NUMBER}
_NAMES = {"type": "array", "items": _TEXT, "minItems": 1}
_MEDIA = _record(
    {
        "type": {"enum": ["movie", "tv", None]},
        "title": _or_null("string"),
        "year": _or_null("integer"),
        "ids": {
            "type": "object",
            "properties": {
                "tmdb": _NUMBER,
                "imdb": {"type": "string", "pattern": "^tt[0-9]+$"},
                "tvdb": _NUMBER,
                "trakt": _TEXT,
            },
            "additionalProperties": False,
        },
    }
)
_FETCH = _record(
    {
        "route": _TEXT,
        "outcome": {"enum": _OUTCOMES},
        "complete": {"type": "boolean"},
        "declared_total": _or_null("integer"),
        "count": _NUMBER,
        "error": _or_null("string"),
    },
    items=False,
)
_LIST = _record(
    {
        "name": _TEXT,
        "source": {"type": "string", "pattern": "^[a-z]+:"},
        "requester": {
            "anyOf": [{"type": "null"}, _record({"name": _TEXT, "id": _NUMBER})],
        },
        "fetch": _FETCH,
    }
)
_ACTION = _record(
    {
        "op": {"enum": ["request", "extend", "retry", "cancel"]},
        "reason": {
            "enum": ["missing", "new-season", "readded", "retry-failed", "lost", "off-list"]
        },
        "media": {
            **_MEDIA,
            "properties": {**_MEDIA["properties"], "type": {"enum": ["movie", "tv"]}},
        },
        "is_4k": {"type": "boolean"},
        "seasons": _SEASONS,
        "request_ids": {"type": "array", "items": _NUMBER},
        "requester": _NUMBER,
        "server_id": _or_null("integer"),
        "profile_id": _or_null("integer"),
        "root_folder": _or_null("string"),
        "tags": {"type": ["array", "null"], "items": _NUMBER},
        "expected": {"enum": ["pending", "approved", "refused"]},
        "lists": _NAMES,
        "matched_by": {"enum": _ROUTES},
    }
)
_VERDICT = _record(
    {
        "reason": {"enum": [*_UNCHANGED, *_DEFERRED, *_ATTENTION]},
        "media": _MEDIA,
        "is_4k": {"type": "boolean"},
        "seasons": _SEASONS,
        "lists": _NAMES,
        "detail": _TEXT,
    },
    candidates={"type": "array", "minItems": 1},
)

PLAN: dict[str, Any] = _record(
    {
        "format_version": {"const": "2.1"},
        "plan_id": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
        "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "checksum": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "narrowed_to": {"type": ["array", "null"], "items": _TEXT},
        "config": _record(
            {"path": _TEXT, "generation": {"type": "string", "pattern": "^[0-9a-f]{6}$"}}
        ),
        "server": _record(
            {
                "url": _TEXT,
                "flavour": {"enum": ["overseerr", "jellyseerr", "seerr"]},
                "version": _TEXT,
            }
        ),
        "complete": {"type": "boolean"},
        "summary": {
            **_record({key: {"type": "integer", "minimum": 0} for key in _COUNTS}),
            "additionalProperties": False,
        },
        "lists": {"type": "array", "items": _LIST, "minItems": 1},
        "actions": {"type": "array", "items": _ACTION},
        "verdicts": {"type": "array", "items": _VERDICT},
    }
)
_RESULTS = [
    "created",
    "retried",
    "undelivered",
    "exists",
    "quota",
    "blocklisted",
    "refused",
    "failed",
    "unknown",
    "skipped",
]
_DONE = _record(
    {
        **_ACTION["properties"],
        "result": {"enum": _RESULTS},
        "http_status": _or_null("integer"),
        "request_id": _or_null("integer"),
    }
)
APPLIED: dict[str, Any] = {
    **PLAN,
    "properties": {**PLAN["properties"], "actions": {"type": "array", "items": _DONE}},
}


def counted(document: dict[str, Any]) -> dict[str, int]:
    """The summary, computed from the plan's rows."""
    ops = [action["op"] for action in document["actions"]]
    reasons = [verdict["reason"] for verdict in document["verdicts"]]
    return {
        **{op: ops.count(op) for op in ("request", "extend", "retry", "cancel")},
        "deferred": sum(reason in _DEFERRED for reason in reasons),
        "attention": sum(reason in _ATTENTION for reason in reasons),
        "unchanged": sum(reason in _UNCHANGED for reason in reasons),
    }
