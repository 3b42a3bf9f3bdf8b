"""The sandbox's media server against recordings of the real ones, call for call.

The recordings were made with another catalogue, so the sandbox is given the titles that occur in
them. What the protocol decides is compared by value; what the catalogue, the clock or the
installation decides (`INCIDENTAL`), by presence and JSON type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import pytest

from examples.sandbox.catalogue import Catalogue
from examples.sandbox.media_server import (
    Flavour,
    MediaStatus,
    Permission,
    SandboxServer,
    Settings,
    State,
    User,
)
from examples.sandbox.titles import Title, film
from tests.sandbox import beginnings
from tests.sandbox.beginnings import Course, had
from tests.sandbox.recorded import LATER, RECORDINGS, difference, exchanges, send, titles_of

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")

LANTERNS = 96


@dataclass(frozen=True)
class Session:
    """Recordings made in one go: their rows and numbers follow from each other."""

    flavour: Flavour
    recordings: tuple[str, ...]
    before: Callable[[State], None] = lambda _: None  # what had happened when they began
    settings: Settings = field(default_factory=Settings)
    meanwhile: Mapping[int, Callable[[SandboxServer], None]] = field(default_factory=dict)

    @classmethod
    def of(cls, flavour: Flavour, recording: str, course: Course) -> Session:
        """A recording with all that happened around it."""
        settings = Settings(users=PAGING_USERS, radarr=course.radarr, sonarr=course.sonarr)
        names = (f"{LATER}/{recording}",)
        return cls(flavour, names, course.before, settings, course.meanwhile)


FIRST_SERIES: dict[str, Session] = {
    "overseerr": Session("overseerr", ("overseerr-1.34",)),
    "curated": Session("seerr", ("seerr-3.1-curated",)),
    "search": Session("seerr", ("seerr-3.1-search",)),
    "one server's life": Session(
        "seerr", ("seerr-3.1-requests", "seerr-3.1-errors", "seerr-3.1-lifecycle")
    ),
    "TMDB failing": Session("seerr", ("seerr-3.1-tmdb-failures",)),
}


def had_some(state: State) -> None:
    had(state, films=5, requests=(1, 2, 2, 2, 2, 0, 1), seasons=10)


def had_eight(state: State) -> None:
    had(state, films=7, requests=(1, 1, 1, 1, 2, 2, 2, 2, 0, 0), seasons=0)


def had_nine(state: State) -> None:
    had(state, films=7, requests=(1, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0), seasons=0)


PAGED = {
    1234: 1_206_131,
    1232: 977_289,
    234: 710_695,
    1: 278,
}  # number of a row that is shown: TMDB id


def had_1234(state: State) -> None:
    """Approved films of three users in turn; the third of them that is the admin's is there."""
    admin = state.users[1]
    for number in range(1, 1235):
        title = film(PAGED.get(number, 8_500_000 + number), None, "A film", None)
        mine = number % 3 == 1
        state.seed(
            [title],
            status=MediaStatus.AVAILABLE if mine else MediaStatus.PROCESSING,
            requested_by=(3, 1, 2)[number % 3],
        )
        state.requests[number].modified_by = admin


PAGING_USERS = (
    User(1, "admin", Permission.ADMIN),
    User(2, "alice", Permission.REQUEST),
    User(3, "bob", Permission.REQUEST | Permission.AUTO_APPROVE, 5, 7, 10, 7),
    User(4, "carol"),
)


RECORDED: dict[Flavour, str] = {
    "overseerr": "overseerr-1.34",
    "jellyseerr": "jellyseerr-2.7",
    "seerr": "seerr-3.1",
}


def each_server(
    subject: str,
    before: Callable[[State], None] = lambda _: None,
    settings: Settings = Settings(),  # noqa: B008 - it is frozen
) -> dict[str, Session]:
    """One subject, recorded with each of the three servers."""
    return {
        f"{subject}, {flavour}": Session(flavour, (f"{LATER}/{name}-{subject}",), before, settings)
        for flavour, name in RECORDED.items()
    }


USERS_WITHOUT_ADMIN = (User(1, "admin", Permission.REQUEST), *PAGING_USERS[1:])

COURSES: tuple[tuple[Flavour, str, Course], ...] = (
    ("overseerr", "overseerr-1.34-auto-request", beginnings.AUTO_REQUEST),
    ("jellyseerr", "jellyseerr-2.7-auto-request", beginnings.AUTO_REQUEST),
    ("seerr", "seerr-3.1-auto-request", beginnings.AUTO_REQUEST),
    ("overseerr", "overseerr-1.34-failed-retry", beginnings.OVERSEERRS_FAILED_RETRY),
    ("jellyseerr", "jellyseerr-2.7-failed-retry", beginnings.JELLYSEERRS_FAILED_RETRY),
    ("seerr", "seerr-3.1-failed-retry", beginnings.SEERRS_FAILED_RETRY),
    ("overseerr", "overseerr-1.34-orphan-media", beginnings.orphaned(70, 6, 65, 715115)),
    ("jellyseerr", "jellyseerr-2.7-orphan-media", beginnings.orphaned(63, 7, 61, 796439)),
    ("seerr", "seerr-3.1-orphan-media", beginnings.orphaned(172, 4, 168, 117402)),
    ("seerr", "seerr-3.1-postgres", beginnings.POSTGRES),
    ("jellyseerr", "jellyseerr-2.7-postgres-lost-201", beginnings.LOST_201),
    ("overseerr", "overseerr-1.34-tvdb-id", beginnings.OVERSEERRS_TVDB_ID),
    ("jellyseerr", "jellyseerr-2.7-tvdb-id", beginnings.TVDB_ID),
    ("seerr", "seerr-3.1-tvdb-id", beginnings.TVDB_ID),
)
SESSIONS: dict[str, Session] = {
    **FIRST_SERIES,
    "tvdb-metadata": Session("seerr", (f"{LATER}/seerr-3.1-tvdb-metadata",)),
    **each_server("marked-available", had_some),
    **each_server("pages-1000", had_1234, Settings(users=PAGING_USERS)),
    **each_server("locale", settings=Settings(locale="fr")),
    **each_server("settings", settings=Settings(users=PAGING_USERS)),
    **{
        name: replace(session, before=had_nine if session.flavour == "overseerr" else had_eight)
        for name, session in each_server(
            "key-without-admin", settings=Settings(users=USERS_WITHOUT_ADMIN)
        ).items()
    },
    **{name: Session.of(flavour, name, course) for flavour, name, course in COURSES},
}

TMDB_WAS_DOWN = {("seerr-3.1-tmdb-failures", number) for number in (*range(8), 9, 12, 13, 14)}
CSRF_PROTECTION_WAS_ON = {
    (f"{LATER}/{name}-settings", number) for name in RECORDED.values() for number in range(10, 16)
}
TVDB_WAS_DOWN = {(f"{LATER}/seerr-3.1-tvdb-metadata", number) for number in (21, 22)}


def answered_otherwise(
    subject: str, path: str, why: str, status: int | None = None
) -> dict[tuple[str, int], str]:
    """The exchanges of a subject with such paths, but for those that a server has no path for."""
    return {
        exchange.key: why
        for name in RECORDED.values()
        for exchange in (exchanges(f"{LATER}/{name}-{subject}") if RECORDINGS.is_dir() else ())
        if re.fullmatch(rf"/api/v1(/user/1)?{path}", exchange.call["path"])
        and exchange.call["status"] in ({200, 403} if status is None else {status})
    }


NOT_REPRODUCED = {
    **{
        (
            f"{LATER}/seerr-3.1-failed-retry",
            number,
        ): "Radarr and Sonarr are away, and the server has what they offer in its cache"
        for number in (1, 3, 16, 18)
    },
    **{
        (
            "overseerr-1.34",
            number,
        ): "numbers and counts follow seven requests that were not recorded"
        for number in (64, 66, 67)
    },
    **answered_otherwise("locale", r"/settings/main", "settings are not played"),
    **answered_otherwise("settings", r"/settings/(main|network)", "settings are not played"),
    **answered_otherwise("settings", "/request", "the recorded token is blotted out", status=201),
    ("2026-11/seerr-3.1-settings", 0): "a build between releases",
    ("2026-11/seerr-3.1-settings", 10): "a build between releases",
    **answered_otherwise(
        "key-without-admin", r"/settings/(main|network)", "settings are not played"
    ),
    **answered_otherwise(
        "key-without-admin",
        r"/(media\?take=2|request/count|request\?take=1).*",
        "which titles had rows before the recording began is not in it",
    ),
    ("seerr-3.1-tmdb-failures", 8): "lists 51 requests that were made before the recording began",
}
"""Recorded exchanges the sandbox answers otherwise, and why."""


def catalogue(session: Session) -> tuple[Title, ...]:
    """The titles of the session; the first series was made with one catalogue."""
    if session not in FIRST_SERIES.values():
        return titles_of(session.recordings)
    titles = titles_of(tuple(name for each in FIRST_SERIES.values() for name in each.recordings))
    lanterns = sum("antern" in title.title for title in titles)
    more = [film(8_000_000 + i, None, f"Lantern {i}", "1950-01-01") for i in range(LANTERNS)]
    return (*titles, *more[lanterns:])


@cache
def differences(name: str) -> dict[tuple[str, int], str | None]:
    """Replay a session on a fresh server and compare every answer."""
    session = SESSIONS[name]
    by_key: dict[tuple[str, int], str | None] = {}
    with SandboxServer(
        flavour=session.flavour, catalogue=Catalogue(catalogue(session)), settings=session.settings
    ) as server:
        session.before(server.state)
        for exchange in (each for part in session.recordings for each in exchanges(part)):
            if happens := session.meanwhile.get(exchange.number):
                happens(server)
            server.faults.tmdb_down = exchange.key in TMDB_WAS_DOWN
            if "without any rights (0)" in exchange.call.get("note", ""):
                server.state.users[1] = replace(server.state.users[1], permissions=0)
            server.faults.csrf_protection = exchange.key in CSRF_PROTECTION_WAS_ON
            server.faults.tvdb_down = exchange.key in TVDB_WAS_DOWN
            by_key[exchange.key] = difference(exchange, *send(server, exchange))
    return by_key


@pytest.mark.parametrize("session", SESSIONS)
def test_recorded_calls_are_answered_as_recorded(session: str) -> None:
    differing = {
        key: how
        for key, how in differences(session).items()
        if how is not None and key not in NOT_REPRODUCED
    }
    report = [f"{key}: {how}" for key, how in differing.items()]
    assert not differing, "\n".join(report)


@pytest.mark.parametrize("key", NOT_REPRODUCED, ids=str)
def test_an_exchange_said_not_to_be_reproduced_really_is_not(key: tuple[str, int]) -> None:
    (session,) = (name for name, each in SESSIONS.items() if key[0] in each.recordings)
    assert differences(session)[key] is not None


def test_every_recording_is_compared() -> None:
    compared = {name for session in SESSIONS.values() for name in session.recordings}
    there = RECORDINGS.rglob("*.json")
    assert compared == {str(path.relative_to(RECORDINGS).with_suffix("")) for path in there}
