"""The status of a list, the history of actions, and notifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.core.model.lists import Target
from reconciler.core.model.plan import Done
from reconciler.core.model.rules import WaitingChange
from reconciler.core.model.terms import Op

WHOLE = ""  # the name for conditions of the file and the server


class Status(StrEnum):
    """What a condition says."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition as a run finds it, before the time of its last change is known."""

    type: str
    status: Status
    reason: str  # one word in CamelCase, for programs
    message: str  # for people


@dataclass(frozen=True, slots=True)
class Condition:
    """A finding that has held ``since`` then, seen last with this generation of the file."""

    type: str
    status: Status
    reason: str
    message: str
    since: datetime
    observed_generation: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a list runs next. ``digest``: the hash of its config at the last run."""

    digest: str
    due: datetime
    tries: int = 0  # turns that failed by the list's own fault since the last that did not
    attempted: datetime | None = None
    succeeded: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """How the file's lists are at one moment; under ``WHOLE`` the file and the server."""

    names: tuple[str, ...] = ()
    generation: str = ""
    conditions: Mapping[str, Mapping[str, Condition]] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    waiting: tuple[WaitingChange, ...] = ()  # what of the file is not in effect yet


@dataclass(frozen=True, slots=True)
class Intent:
    """An action that was about to be sent. ``done`` None: its outcome was never written."""

    at: datetime
    op: Op
    target: Target
    title: str
    requester: int  # the user's id on the server
    lists: tuple[str, ...]  # the owner first
    seasons: tuple[int, ...] | None = None
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that could act. ``ended_at`` None: still running, or killed."""

    id: int
    command: str
    began: datetime
    ended_at: datetime | None = None
    lists: tuple[str, ...] = ()  # those it read
    counts: Mapping[str, int] = field(default_factory=dict)  # its actions, by result
    exit_code: int | None = None


class Event(StrEnum):
    """The event that a notification reports. A closed vocabulary."""

    APPLIED = "applied"
    STALLED = "stalled"
    RECOVERED = "recovered"
    CONFIG_INVALID = "config-invalid"
    RIGHTS_WAITING = "rights-waiting"


class Digest(StrEnum):
    """The period that one message about actions covers."""

    PASS = "pass"  # noqa: S105 - no password
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class PerformedAction:
    """One request to the server, and its outcome."""

    op: Op
    title: str
    year: int | None
    seasons: tuple[int, ...] | None
    is_4k: bool
    lists: tuple[str, ...]
    done: Done


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice. Its texts come from sites and are made harmless where they are shown."""

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
    """What has been notified so far."""

    stalled: frozenset[str] = frozenset()  # the lists whose recovery was not notified
    digested: datetime | None = None  # end of the last daily digest; None: not sent yet
