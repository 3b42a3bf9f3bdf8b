"""Notifications: events, and which were sent already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.core.model.plan import Done
from reconciler.core.model.terms import Op


class Event(StrEnum):
    """What a notification tells. A closed vocabulary."""

    APPLIED = "applied"
    STALLED = "stalled"
    RECOVERED = "recovered"
    CONFIG_INVALID = "config-invalid"
    RIGHTS_WAITING = "rights-waiting"


class Digest(StrEnum):
    """How much time one message about what was done stands for."""

    PASS = "pass"  # noqa: S105 - no password
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class PerformedAction:
    """One thing that was asked of the server, and what came of it."""

    op: Op
    title: str
    year: int | None
    seasons: tuple[int, ...] | None
    is_4k: bool
    lists: tuple[str, ...]
    done: Done


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told. Its texts are foreign: they are made harmless where they are shown."""

    event: Event
    about: str = ""  # the list's name
    why: str = ""
    deeds: tuple[PerformedAction, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A notification as it is sent, in plain text."""

    event: Event
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class NotificationState:
    """What people know by now."""

    stalled: frozenset[str] = (
        frozenset()
    )  # lists by name, of which nobody heard that they recovered
    digested: datetime | None = None  # up to when deeds were told by the day; None: not yet
