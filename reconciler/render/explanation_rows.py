"""Rows of an explanation made from values: the decision, the server, the seasons, the memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reconciler.core.model import (
    Action,
    Attempts,
    Kind,
    MemoryEntry,
    MemoryKey,
    Observed,
    Show,
    Target,
    Verdict,
)
from reconciler.core.seasons import basis, has_aired
from reconciler.core.state import blocklisted
from reconciler.core.times import iso_time
from reconciler.render.document import Airing, Decided, MemoryRow, ServerState
from reconciler.render.rows import delivery_names, user_row


def decision_row(row: Action | Verdict) -> Decided:
    """An action or a verdict."""
    decided: Decided = {
        "word": row.op if isinstance(row, Action) else row.reason,
        "seasons": list(row.seasons) if row.seasons is not None else None,
        "detail": row.detail,
    }
    if isinstance(row, Action):
        decided["reason"] = row.why
        decided["requester"] = user_row(row.requester.user)
        decided["expected"] = row.expected
        decided["delivery"] = delivery_names(row.delivery) if row.delivery else None
    return decided


def server_state(target: Target, observed: Observed) -> ServerState:
    """What the server has of a title."""
    rows = observed.media.get(target.media, ())
    return {
        "media": [row.status_4k if target.is_4k else row.status for row in rows],
        "seasons": {
            str(number): status[target.is_4k]
            for row in rows
            for number, status in sorted(row.seasons.items())
        },
        "requests": [
            {
                "id": request.id,
                "status": request.status,
                "requester": request.requester,
                "seasons": sorted(request.seasons),
            }
            for request in observed.requests.get(target, ())
        ],
        "blocklisted": blocklisted(target.media, observed),
    }


def airing_row(target: Target, observed: Observed, today: date) -> Airing:
    """Which seasons have aired; empty for a film."""
    show = observed.shows.get(target.media.tmdb)
    if target.media.kind is not Kind.TV or not isinstance(show, Show):
        return {}
    return {
        "ended": show.ended,
        "last_aired_season": show.last_aired_season,
        "seasons": [
            {
                "season": season.number,
                "aired": has_aired(season, show, today),
                "basis": basis(season, show),
                "air_date": season.air_date.isoformat() if season.air_date else None,
                "episodes": season.episodes,
            }
            for season in show.seasons
        ],
    }


def memory_row(
    slots: Iterable[tuple[MemoryKey, MemoryEntry]], attempts: Attempts | None
) -> MemoryRow:
    """What the ledger knows of a title."""
    not_before = attempts.not_before if attempts else None
    return {
        "seen": [
            {
                "season": key.season,
                "still_there": entry.present,
                "readded": entry.readded,
                "refused": iso_time(entry.refused) if entry.refused else None,
            }
            for key, entry in sorted(slots, key=lambda slot: slot[0].season or -1)
        ],
        "failures": attempts.failures if attempts else 0,
        "retries": attempts.retries if attempts else 0,
        "not_before": iso_time(not_before) if not_before else None,
    }
