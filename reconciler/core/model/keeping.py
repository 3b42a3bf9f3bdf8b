"""The state of a list in ``run``: its conditions, and when it is due again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.core.model.rights import WaitingChange

WHOLE = ""  # whose conditions are no list's: the file's, the server's


class Status(StrEnum):
    """What a condition says."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a pass found, before it is known since when that has been so."""

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
    """When a list's turn is. ``digest``: a hash of what the file said of it at its last turn."""

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
