"""A plan's input, its actions and verdicts, and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.core.model.lists import (
    Candidate,
    Entry,
    Item,
    ListProblem,
    MediaKey,
    Snapshot,
    Target,
)
from reconciler.core.model.memory import Absence, Memory
from reconciler.core.model.rules import Budget, ListRules
from reconciler.core.model.server import Delivery, Observed, User
from reconciler.core.model.terms import Expected, Kind, MatchMethod, Op, Reason, Why


@dataclass(frozen=True, slots=True)
class Requester:
    """The user a list's requests are made as, and whether that is the key's owner.

    ``approved``: the owner asks on the user's behalf, and so approves (``approval: auto``).
    """

    user: User
    is_owner: bool = True
    approved: bool = False


@dataclass(frozen=True, slots=True)
class DesiredList:
    """One list of the file as the planner sees it. ``index`` is its place in the file."""

    rules: ListRules
    index: int
    entries: tuple[Entry, ...]
    requester: Requester | None = None
    problem: ListProblem | None = None
    delivery_by_kind: Mapping[Kind, Delivery | ListProblem] = field(default_factory=dict)
    adopted: frozenset[str] = frozenset()  # items by key: what was adopted
    awaits_baseline: bool = False  # "new-only" without a baseline: new titles cannot be recognized
    notice: str | None = None  # notes about the list, for people
    is_complete: bool = True  # this run's fetch says what is on it and what is not (law 7)
    unread_reason: str | None = None  # why its content is not known: never complete, nor is it now
    confirms_absences: bool = False  # what it misses now is gone; days of empty fetches count, too
    absent: Mapping[MediaKey, Absence] = field(default_factory=dict)  # none while it is in doubt

    @property
    def name(self) -> str:
        return self.rules.name


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for all lists."""

    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class View:
    """All that is known when a title is decided, but for the lists."""

    observed: Observed
    memory: Memory
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to the server, decided in full."""

    op: Op
    why: Why
    target: Target
    item: Item
    lists: tuple[str, ...]  # the owner first
    matched_by: MatchMethod
    requester: Requester
    expected: Expected
    seasons: tuple[int, ...] | None = None
    request_ids: tuple[int, ...] = ()  # what a retry or cancel acts on
    delivery: Delivery | None = None  # None: as the server does by itself
    detail: str = ""
    # why its other seasons are not asked for; the detail says the same in words
    beside: Mapping[Reason, tuple[int, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a wanted title needs no action or may not have one."""

    reason: Reason
    item: Item
    lists: tuple[str, ...]
    target: Target | None = None
    matched_by: MatchMethod | None = None
    seasons: tuple[int, ...] | None = None
    detail: str = ""
    candidates: tuple[Candidate, ...] = ()
    would: Op | None = None  # what is not done yet, or is only reported
    beside: Mapping[Reason, tuple[int, ...]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Stop:
    """A safety rule that forbids every action of this run (exit 3).

    ``reason``: the verdict of what would have been done.
    """

    reason: Reason
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions and verdicts in file order, then list position; every wanted title is in one."""

    actions: tuple[Action, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    stops: tuple[Stop, ...] = ()


class Result(StrEnum):
    """What an action came to."""

    CREATED = "created"
    RETRIED = "retried"
    CANCELLED = "cancelled"
    MOOT = "moot"  # nothing was left to cancel: it is gone, or was decided meanwhile
    UNDELIVERED = "undelivered"  # the server has it, and its downloader did not take it
    EXISTS = "exists"  # somebody was quicker: 409, or 202 "no seasons available"
    QUOTA = "quota"
    BLOCKLISTED = "blocklisted"
    REFUSED = "refused"  # no right
    FAILED = "failed"
    UNKNOWN = "unknown"  # no answer, and the look that should settle it failed too
    SKIPPED = "skipped"  # not begun: interrupted, or the server was gone


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one action."""

    result: Result
    http_status: int | None = None
    request_id: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What the last run said of one item of a list: an action's op or a verdict's reason."""

    item: Item
    word: str
    detail: str = ""
    target: Target | None = None
    advice: str = ""  # what would change it
    facts: tuple[tuple[str, str], ...] = ()  # the other lines of ``explain``: a label and its text


@dataclass(frozen=True, slots=True)
class ListReport:
    """A list's last fetch and the results of its items."""

    source: str
    at: datetime
    snapshot: Snapshot
    known: Snapshot  # the last one that showed anything: this one, or one before it
    rows: tuple[RowReport, ...] = ()
    sizes: tuple[int, ...] = ()  # titles on the list at its last runs, the newest last
