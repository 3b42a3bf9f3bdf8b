"""What had happened on the servers when recordings of November 2026 began, and beside them.

Rows of other titles are cut from those recordings; their numbers and counts are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from examples.sandbox.media_server import MediaStatus, SandboxServer, Service, State
from examples.sandbox.seerr.state import Media, Request

ADMIN, ALICE, DELETED_USER = 1, 2, 0
OTHERS = 8_500_000  # from which on titles are none of the recorded ones
RADARR, SONARR = Service(0, "Radarr"), Service(0, "Sonarr")


@dataclass(frozen=True)
class Course:
    """How a recording began, and what happened right before some of its exchanges."""

    before: Callable[[State], None]
    meanwhile: Mapping[int, Callable[[SandboxServer], None]] = field(default_factory=dict)
    radarr: tuple[Service, ...] = ()
    sonarr: tuple[Service, ...] = ()


def had(
    state: State,
    films: int,
    requests: Iterable[int] = (),
    seasons: int = 0,
    media_gone: int = 0,
) -> None:
    """Media rows and requests of other titles, by requester; 0 is one that was deleted since."""
    with state.lock:
        for _ in range(media_gone):
            state.next_id("media")
        first = len(state.media)
        rows = [state.add_media("movie", OTHERS + first + n, None) for n in range(films)]
        for n, requester in enumerate(requests):
            add_request(state, rows[n % films], requester)
        for _ in range(seasons):
            state.next_id("request season")


def add_request(state: State, row: Media, requester: int, *, detached: bool = False) -> None:
    number, now = state.next_id("request"), state.now()
    if requester == DELETED_USER:
        return
    user = state.users[requester]
    made = Request(
        number, row, 2, is4k=False, requested_by=user, modified_by=None, created=now, updated=now
    )
    state.add_request(made)
    if detached:
        state.detach_request(made)


def automatic(number: int) -> Callable[[SandboxServer], None]:
    """The request turns out to be one that the server made for a Plex watchlist."""
    return lambda server: setattr(server.state.requests[number], "is_auto", True)


def row(number: int, **changed: object) -> Callable[[SandboxServer], None]:
    """A media row's final state, which no rule predicts: it depends on which write came last."""

    def happens(server: SandboxServer) -> None:
        for name, value in changed.items():
            setattr(server.state.media[number], name, value)

    return happens


def fault(**changed: object) -> Callable[[SandboxServer], None]:
    return lambda server: server.faults.set(changed)


def also(course: Course, number: int, happens: Callable[[SandboxServer], None]) -> Course:
    """The same course, with something more before an exchange."""
    return replace(course, meanwhile={**course.meanwhile, number: happens})


AUTO_REQUEST = Course(
    before=lambda state: had(state, 1, (ADMIN,)),
    meanwhile={1: automatic(2), 23: automatic(4), 28: automatic(5), 34: automatic(7)},
    sonarr=(SONARR,),
)


def failed_retry(
    films: int, media_gone: int, requests: Iterable[int], seasons: int, tells: Iterable[int]
) -> Course:
    """``tells``: exchanges whose answer already shows that Radarr or Sonarr did not accept it."""
    down = {0: True, 10: False, 15: True}  # Radarr; Sonarr is down all the time
    sent = (0, 5, 10, 15, 17, 20)

    def state_of(number: int) -> Callable[[SandboxServer], None]:
        radarr = {"radarr_down": down[number]} if number in down else {}
        return fault(sonarr_down=True, tells_failures=number in tells, **radarr)

    return Course(
        before=lambda state: had(state, films, requests, seasons, media_gone),
        meanwhile={number: state_of(number) for number in sent},
        radarr=(RADARR,),
        sonarr=(SONARR,),
    )


_REQUESTERS = (*[ADMIN] * 6, *[ALICE] * 5, *[DELETED_USER] * 6)
SEERRS_FAILED_RETRY = failed_retry(11, 3, _REQUESTERS, 19, (0, 5, 15))
JELLYSEERRS_FAILED_RETRY = also(
    failed_retry(11, 3, _REQUESTERS, 19, (5,)), 1, row(15, status=MediaStatus.PROCESSING)
)
OVERSEERRS_FAILED_RETRY = also(
    failed_retry(12, 1, (*[ADMIN] * 7, *[ALICE] * 6, *[DELETED_USER] * 3), 18, (0, 5, 15, 20)),
    6,
    row(14, status=MediaStatus.PROCESSING),
)


def orphaned(others: int, pending: int, requests: int, tmdb: int) -> Course:
    """A server that was killed between the row of a film and its request."""

    def before(state: State) -> None:
        had(state, others, [ADMIN] * requests)
        for row in list(state.media.values())[:pending]:
            row.status = MediaStatus.PENDING
        state.add_media("movie", tmdb, None).status = MediaStatus.PENDING

    return Course(before)


POSTGRES = Course(
    before=lambda state: had(state, 586, [ADMIN] * 584 + [DELETED_USER] * 2),
    meanwhile={0: fault(postgresql=True)},
)


def _others(films: int, detached: int) -> Callable[[SandboxServer], None]:
    """So many more films are requested, and some of the requests lose their media."""

    def happens(server: SandboxServer) -> None:
        state = server.state
        for n in range(films):
            row = state.add_media("movie", OTHERS + 500 + len(state.media), None)
            row.status = MediaStatus.PROCESSING
            add_request(state, row, ADMIN, detached=n < detached)

    return happens


def _radarr_at_last(server: SandboxServer) -> None:
    server.services.radarr = (RADARR,)
    server.state.next_id("media")  # of the show that could not be stored
    _others(14, 0)(server)
    server.faults.detach = 1


LOST_201 = Course(
    before=lambda state: had(state, 12, [ADMIN] * 12),
    meanwhile={
        0: fault(postgresql=True, detach=1),
        1: _others(87, 8),
        26: _radarr_at_last,
        27: _others(85, 4),
    },
)
# The Sonarr behind them did not know the last show by its TVDB id.
TVDB_ID = Course(
    before=lambda state: had(state, 9, [ADMIN] * 4 + [ALICE] * 5 + [DELETED_USER] * 3, 14),
    meanwhile={16: row(14, service_id=None)},
    sonarr=(SONARR,),
)
OVERSEERRS_TVDB_ID = Course(
    before=lambda state: had(state, 9, [ADMIN] * 5 + [ALICE] * 5, 12),
    meanwhile={20: row(13, service_id=None)},
    sonarr=(SONARR,),
)
