"""The history: what was asked of the server, and in which pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.core.model.media import Target
from reconciler.core.model.plan import Done
from reconciler.core.model.terms import Op


@dataclass(frozen=True, slots=True)
class Intent:
    """An action that was about to be sent. ``done`` None: nobody wrote what became of it."""

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
    """A pass that could act. ``ended`` None: it is still at it, or was killed."""

    id: int
    command: str
    began: datetime
    ended: datetime | None = None
    lists: tuple[str, ...] = ()  # those it read
    counts: Mapping[str, int] = field(default_factory=dict)  # its actions, by result
    exit_code: int | None = None
