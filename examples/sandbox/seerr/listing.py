"""Lists in pages: of requests, media, users and blocklist entries, with their filters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .answers import RefusedError
from .numbers import MediaStatus, RequestStatus
from .state import Media, Request

Json = dict[str, Any]
Row = TypeVar("Row")

_MOST_VARIABLES = 32_766
_UNAVAILABLE = {
    MediaStatus.UNKNOWN,
    MediaStatus.PENDING,
    MediaStatus.PROCESSING,
    MediaStatus.PARTIALLY_AVAILABLE,
}
_SHOWN = _UNAVAILABLE | {MediaStatus.AVAILABLE, MediaStatus.DELETED}
_MEDIA_STATUSES: dict[str, set[MediaStatus]] = {
    "available": {MediaStatus.AVAILABLE},
    "processing": _UNAVAILABLE,
    "unavailable": _UNAVAILABLE,
    "deleted": {MediaStatus.DELETED},
}
_REQUEST_STATUSES: dict[str, set[RequestStatus]] = {
    "approved": {RequestStatus.APPROVED},
    "processing": {RequestStatus.APPROVED},
    "pending": {RequestStatus.PENDING},
    "unavailable": {RequestStatus.PENDING, RequestStatus.APPROVED},
    "failed": {RequestStatus.FAILED},
    "completed": {RequestStatus.COMPLETED},
    "available": {RequestStatus.COMPLETED},
    "deleted": {RequestStatus.COMPLETED},
}
_MEDIA_FILTERS: dict[str, set[MediaStatus]] = {
    "available": {MediaStatus.AVAILABLE},
    "partial": {MediaStatus.PARTIALLY_AVAILABLE},
    "allavailable": {MediaStatus.AVAILABLE, MediaStatus.PARTIALLY_AVAILABLE},
    "processing": {MediaStatus.PROCESSING},
    "pending": {MediaStatus.PENDING},
}


def page_of(
    rows: Sequence[Row], query: Mapping[str, str], default: int, view: Callable[[Row], Json]
) -> Json:
    """One page. ``take``: 0 is the default, -1 means all.

    Raises:
        RefusedError: ``take`` or ``skip`` is a fraction.

    """
    take, skip = float(query.get("take", 0)) or default, float(query.get("skip", 0))
    if take != int(take) or skip != int(skip):
        raise RefusedError(500, "SQLITE_MISMATCH: datatype mismatch")
    first = int(skip)
    chosen = rows[first:] if take < 0 else rows[first : first + int(take)]
    return {
        "pageInfo": {
            "pages": math.ceil(len(rows) / take),
            "pageSize": int(take),
            "results": len(rows),
            "page": math.ceil(first / take) + 1,
        },
        "results": [view(row) for row in chosen],
    }


def check_size(rows: Sequence[object], query: Mapping[str, str]) -> None:
    """Fail like SQLite if a page would join too many rows.

    Raises:
        RefusedError: it would.

    """
    take = float(query.get("take", 0))
    if min(len(rows), take if take >= 0 else math.inf) > _MOST_VARIABLES:
        raise RefusedError(500, "SQLITE_ERROR: too many SQL variables")


def filter_requests(
    requests: Sequence[Request], query: Mapping[str, str], *, completes: bool
) -> list[Request]:
    """Select and sort requests; requests of blocklisted media are left out."""
    name = query.get("filter", "all")
    media_statuses = _MEDIA_STATUSES.get(name, _SHOWN)
    statuses = _REQUEST_STATUSES.get(name, set(RequestStatus))
    if name == "available" and not completes:
        statuses = set(RequestStatus)
    kind = query.get("mediaType", "all")
    chosen = [
        request
        for request in requests
        if request.status in statuses
        and request.media.status_of(is4k=request.is4k) in media_statuses
        and kind in {"all", request.media.kind}
    ]
    newest_first = query.get("sortDirection", "desc") == "desc"
    if query.get("sort") == "modified":
        return sorted(chosen, key=lambda row: (row.updated, row.id), reverse=newest_first)
    return sorted(chosen, key=lambda row: row.id, reverse=newest_first)


def filter_media(media: Sequence[Media], query: Mapping[str, str]) -> list[Media]:
    """Select media rows, newest first; ``filter=deleted`` is accepted and ignored."""
    statuses = _MEDIA_FILTERS.get(query.get("filter", "all"), set(MediaStatus))
    chosen = [row for row in media if row.status in statuses]
    if query.get("sort") == "modified":
        return sorted(chosen, key=lambda row: (row.updated, row.id), reverse=True)
    return sorted(chosen, key=lambda row: row.id, reverse=True)


def count_requests(requests: Sequence[Request], *, completed: bool) -> Json:
    """Count requests by kind and status."""
    approved = [row for row in requests if row.status == RequestStatus.APPROVED]
    there = [row for row in approved if row.media.status_of(is4k=row.is4k) == MediaStatus.AVAILABLE]
    counts = {
        "total": len(requests),
        "movie": sum(row.media.kind == "movie" for row in requests),
        "tv": sum(row.media.kind == "tv" for row in requests),
        "pending": _with_status(requests, RequestStatus.PENDING),
        "approved": len(approved),
        "declined": _with_status(requests, RequestStatus.DECLINED),
        "processing": len(approved) - len(there),
        "available": len(there),
    }
    return counts | (
        {"completed": _with_status(requests, RequestStatus.COMPLETED)} if completed else {}
    )


def _with_status(requests: Sequence[Request], status: RequestStatus) -> int:
    return sum(row.status == status for row in requests)
