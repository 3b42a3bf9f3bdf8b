"""The state of a film, or of a season of a show, on the server.

Requests are the truth and a media row's status is a hint: declining an approved request leaves
the row "processing", so 2 and 3 count only while some request is neither declined nor failed. A
film's 2 without any request means that the server was stopped in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.core.model.lists import MediaKey, Target
from reconciler.core.model.memory import MemoryKey
from reconciler.core.model.server import MediaState, MediaStatus, Observed, RequestStatus


class Presence(StrEnum):
    """What is there, from the most to the least final."""

    BLOCKLISTED = "blocklisted"
    AVAILABLE = "available"
    DELETED = "deleted"
    FAILED = "failed"
    REQUESTED = "requested"
    PROCESSING = "processing"
    LOST = "lost"
    DECLINED = "declined"
    NOTHING = "nothing"


COVERED = frozenset({Presence.AVAILABLE, Presence.REQUESTED, Presence.PROCESSING})


@dataclass(frozen=True, slots=True)
class TargetState:
    """What is there, and the requests that say so."""

    presence: Presence
    request_ids: tuple[int, ...] = ()


def blocklisted(media: MediaKey, observed: Observed) -> bool:
    """Whether the server would refuse the title: on its blocklist, or marked so by a row."""
    return media in observed.blocklist or any(
        MediaStatus.BLOCKLISTED in (row.status, row.status_4k)
        for row in observed.media.get(media, ())
    )


def film(target: Target, observed: Observed) -> TargetState:
    """The state of a film in the target's quality."""
    rows = observed.media.get(target.media, ())
    if blocklisted(target.media, observed):
        return TargetState(Presence.BLOCKLISTED)
    requests = observed.requests.get(target, ())
    statuses = row_statuses(target, rows)
    if not requests and observed.shows_all_requests:
        statuses -= {MediaStatus.PENDING}
    return _state_of(MemoryKey(target), statuses, [(r.id, r.status) for r in requests], observed)


def season(target: Target, number: int, observed: Observed) -> TargetState:
    """The state of one season. The show's own status counts where it speaks of the whole show.

    A show deleted as a whole covers seasons that never had a row of their own: a person's word
    weighs more than a season that aired since (docs/internals/decisions/0002). So does a show that
    is available while no season has a status: somebody has marked all of it as available.
    """
    rows = observed.media.get(target.media, ())
    if blocklisted(target.media, observed):
        return TargetState(Presence.BLOCKLISTED)
    statuses = {row.seasons[number][target.is_4k] for row in rows if number in row.seasons}
    requests = [
        (r.id, RequestStatus.DECLINED if r.seasons[number] is RequestStatus.DECLINED else r.status)
        for r in observed.requests.get(target, ())
        if number in r.seasons
    ]
    statuses |= _of_whole_show(target, rows)
    return _state_of(MemoryKey(target, number), statuses, requests, observed)


def show(target: Target, observed: Observed) -> Presence:
    """The presence of a show as a whole: the most active state of its seasons and its row."""
    rows = observed.media.get(target.media, ())
    if blocklisted(target.media, observed):
        return Presence.BLOCKLISTED
    seasons = {season(target, n, observed).presence for n in known_seasons(target, observed)}
    whole = _of_whole_show(target, rows)
    if MediaStatus.AVAILABLE in whole:
        seasons.add(Presence.AVAILABLE)
    if MediaStatus.DELETED in whole:
        seasons.add(Presence.DELETED)
    return next((presence for presence in _MOST_ALIVE if presence in seasons), Presence.NOTHING)


def _of_whole_show(target: Target, rows: tuple[MediaState, ...]) -> set[MediaStatus]:
    """The status of a show as a whole, from its rows: deleted, available, or none."""
    silent = tuple(
        row
        for row in rows
        if all(season[target.is_4k] is MediaStatus.UNKNOWN for season in row.seasons.values())
    )
    available = row_statuses(target, silent) & {MediaStatus.AVAILABLE}
    return available | row_statuses(target, rows) & {MediaStatus.DELETED}


def row_statuses(target: Target, rows: tuple[MediaState, ...]) -> set[MediaStatus]:
    """The statuses in the title's own rows, in the target's quality."""
    return {row.status_4k if target.is_4k else row.status for row in rows}


_MOST_ALIVE = (
    Presence.AVAILABLE,
    Presence.REQUESTED,
    Presence.PROCESSING,
    Presence.FAILED,
    Presence.LOST,
    Presence.DECLINED,
    Presence.DELETED,
)


def known_seasons(target: Target, observed: Observed) -> frozenset[int]:
    """The seasons the server has a row or a request for, or lost a request for."""
    rows = observed.media.get(target.media, ())
    requests = observed.requests.get(target, ())
    lost = (slot.season for slot in observed.lost if slot.target == target)
    return (
        frozenset(n for row in rows for n in row.seasons)
        | frozenset(n for request in requests for n in request.seasons)
        | frozenset(n for n in lost if n is not None)
    )


def _state_of(
    slot: MemoryKey,
    statuses: set[MediaStatus],
    requests: list[tuple[int, RequestStatus]],
    observed: Observed,
) -> TargetState:
    """With what is concluded of a request of ours that no table shows."""
    if slot in observed.withdrawn:
        statuses = statuses - {MediaStatus.PENDING, MediaStatus.PROCESSING}
    lost = observed.lost.get(slot, ())
    if lost and statuses.isdisjoint(_HERE | {MediaStatus.DELETED}):
        return TargetState(Presence.LOST, lost)
    ids: dict[RequestStatus, tuple[int, ...]] = {}
    for number, status in sorted(requests):
        ids[status] = (*ids.get(status, ()), number)
    return _state(statuses, ids)


def _state(statuses: set[MediaStatus], ids: dict[RequestStatus, tuple[int, ...]]) -> TargetState:
    """First hit wins. Available and deleted stand before failed: a library's word is newer.

    ``ids``: the requests by status, in order. One that was completed once, with nothing there now,
    is a title that was taken away.
    """
    if not statuses.isdisjoint(_HERE):
        return TargetState(Presence.AVAILABLE)
    # Ids grow: the last request decides.
    last = max(ids, key=lambda status: ids[status][-1], default=None)
    live = not LIVE.isdisjoint(ids)
    dead = not live and last in _DEAD
    if MediaStatus.DELETED in statuses and not live:
        return TargetState(Presence.DELETED)
    if dead and last is RequestStatus.FAILED:
        return TargetState(Presence.FAILED, ids[RequestStatus.FAILED])
    if RequestStatus.PENDING in ids:
        return TargetState(Presence.REQUESTED, ids[RequestStatus.PENDING])
    if RequestStatus.APPROVED in ids:
        return TargetState(Presence.PROCESSING, ids[RequestStatus.APPROVED])
    if MediaStatus.PROCESSING in statuses and not dead:
        return TargetState(Presence.PROCESSING)
    if MediaStatus.PENDING in statuses and not dead:
        return TargetState(Presence.REQUESTED)
    if RequestStatus.DECLINED in ids:
        return TargetState(Presence.DECLINED, ids[RequestStatus.DECLINED])
    if RequestStatus.COMPLETED in ids:
        return TargetState(Presence.DELETED, ids[RequestStatus.COMPLETED])
    return TargetState(Presence.NOTHING)


_HERE = frozenset({MediaStatus.AVAILABLE, MediaStatus.PARTIAL})
LIVE = frozenset({RequestStatus.PENDING, RequestStatus.APPROVED})
_DEAD = frozenset({RequestStatus.DECLINED, RequestStatus.FAILED})
