"""What the server says of one film, or of one season of a show.

Requests are the truth and a media row's status is a hint: declining an approved request leaves
the row "processing", so that 2 and 3 count only while not every request was declined or failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.core.model import MediaStatus, RequestStatus

if TYPE_CHECKING:
    from reconciler.core.model import MediaKey, Observed, Target


class There(StrEnum):
    """What is there, from the most to the least final."""

    BLOCKLISTED = "blocklisted"
    AVAILABLE = "available"
    DELETED = "deleted"
    FAILED = "failed"
    REQUESTED = "requested"
    PROCESSING = "processing"
    DECLINED = "declined"
    NOTHING = "nothing"


COVERED = frozenset({There.AVAILABLE, There.REQUESTED, There.PROCESSING})


@dataclass(frozen=True, slots=True)
class State:
    """What is there, and the requests that say so."""

    there: There
    request_ids: tuple[int, ...] = ()


def blocklisted(media: MediaKey, observed: Observed) -> bool:
    """Whether the server would refuse the title: on its blocklist, or marked so by a row."""
    rows = observed.media.get(media, ())
    return media in observed.blocklist or any(
        MediaStatus.BLOCKLISTED in (row.status, row.status_4k) for row in rows
    )


def film(target: Target, observed: Observed) -> State:
    """The state of a film in the target's quality."""
    rows = observed.media.get(target.media, ())
    statuses = {row.status_4k if target.is_4k else row.status for row in rows}
    requests = observed.requests.get(target, ())
    return _state(
        blocked=blocklisted(target.media, observed),
        statuses=statuses,
        requests=[(r.id, r.status) for r in requests],
    )


def season(target: Target, number: int, observed: Observed) -> State:
    """The state of one season. The show's own status is ignored but for "deleted".

    A show deleted as a whole covers seasons that never had a row of their own: a person's word
    weighs more than a season that aired since (docs/decisions/0002).
    """
    rows = observed.media.get(target.media, ())
    statuses = {row.seasons[number][target.is_4k] for row in rows if number in row.seasons}
    whole = {row.status_4k if target.is_4k else row.status for row in rows}
    requests = [
        (r.id, RequestStatus.DECLINED if r.seasons[number] is RequestStatus.DECLINED else r.status)
        for r in observed.requests.get(target, ())
        if number in r.seasons
    ]
    return _state(
        blocked=blocklisted(target.media, observed),
        statuses=statuses | (whole & {MediaStatus.DELETED}),
        requests=requests,
    )


def show(target: Target, observed: Observed) -> There:
    """What there is of a show as a whole: the most alive of what its seasons and its row say."""
    if blocklisted(target.media, observed):
        return There.BLOCKLISTED
    seasons = {season(target, n, observed).there for n in known_seasons(target, observed)}
    rows = observed.media.get(target.media, ())
    if MediaStatus.DELETED in {row.status_4k if target.is_4k else row.status for row in rows}:
        seasons.add(There.DELETED)
    return next((there for there in _MOST_ALIVE if there in seasons), There.NOTHING)


_MOST_ALIVE = (
    There.AVAILABLE,
    There.REQUESTED,
    There.PROCESSING,
    There.FAILED,
    There.DECLINED,
    There.DELETED,
)


def known_seasons(target: Target, observed: Observed) -> frozenset[int]:
    """The seasons the server has a row or a request for."""
    rows = observed.media.get(target.media, ())
    requests = observed.requests.get(target, ())
    return frozenset(n for row in rows for n in row.seasons) | frozenset(
        n for request in requests for n in request.seasons
    )


def _state(
    *, blocked: bool, statuses: set[MediaStatus], requests: list[tuple[int, RequestStatus]]
) -> State:
    """First hit wins. Available and deleted stand before failed: a library's word is newer.

    A request that was completed once, with nothing there now, is a title that was taken away.
    """
    of = {status: [i for i, s in requests if s is status] for status in RequestStatus}
    pending, approved = of[RequestStatus.PENDING], of[RequestStatus.APPROVED]
    failed, declined = of[RequestStatus.FAILED], of[RequestStatus.DECLINED]
    completed = of[RequestStatus.COMPLETED]
    last = max(requests, default=(0, None))[0]  # ids grow: what was asked last decides
    live = bool(pending or approved)
    dead = not live and last in {*declined, *failed}
    table: tuple[tuple[There, bool, list[int]], ...] = (
        (There.BLOCKLISTED, blocked, []),
        (There.AVAILABLE, bool(statuses & {MediaStatus.AVAILABLE, MediaStatus.PARTIAL}), []),
        (There.DELETED, MediaStatus.DELETED in statuses and not live, []),
        (There.FAILED, dead and last in failed, failed),
        (There.REQUESTED, bool(pending), pending),
        (There.PROCESSING, bool(approved), approved),
        (There.PROCESSING, MediaStatus.PROCESSING in statuses and not dead, []),
        (There.REQUESTED, MediaStatus.PENDING in statuses and not dead, []),
        (There.DECLINED, bool(declined), declined),
        (There.DELETED, bool(completed), completed),
        (There.NOTHING, True, []),
    )
    return next(State(there, tuple(sorted(ids))) for there, hit, ids in table if hit)
