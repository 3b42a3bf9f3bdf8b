"""What outlives the process: one ledger in four parts.

Reading raises LedgerError. Writing the cache never raises; writing to another part raises
LedgerError and needs the lock, except where a method says otherwise. Each write is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from reconciler.core.model import (
    Action,
    Baseline,
    Claim,
    Condition,
    Done,
    Downloader,
    Film,
    Intent,
    Kind,
    ListReport,
    Match,
    MediaKey,
    Membership,
    Memory,
    MemoryEntry,
    MemoryKey,
    NotificationState,
    OwnRequest,
    RightsState,
    Run,
    Schedule,
    Show,
    Target,
    Unmatched,
)


class LedgerCache(Protocol):
    """Answers of the server and the sites. A lost row costs one more call."""

    def matches(self, keys: Iterable[str], now: datetime) -> Mapping[str, Match | Unmatched]:
        """The cached matches of these item keys; "not found" and the like are valid for 7 days."""
        ...

    def keep_matches(self, matches: Mapping[str, Match | Unmatched], now: datetime) -> None:
        """Store matches; *unresolved* is a failure to ask, not an answer, and is not stored."""
        ...

    def details(self, media: Iterable[MediaKey]) -> Mapping[MediaKey, tuple[Film | Show, datetime]]:
        """The cached details of these titles, each with the time it was read."""
        ...

    def keep_details(self, titles: Iterable[Film | Show], now: datetime) -> None:
        """Store titles' details."""
        ...

    def downloaders(self, now: datetime) -> Mapping[Kind, tuple[Downloader, ...]]:
        """The Radarrs and Sonarrs with their options, for each kind read within the last day."""
        ...

    def keep_downloaders(
        self, kind: Kind, downloaders: tuple[Downloader, ...], now: datetime
    ) -> None:
        """Store the Radarrs or the Sonarrs."""
        ...

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts, by list name."""
        ...

    def keep_reports(self, reports: Mapping[str, ListReport]) -> None:
        """Store these lists' reports."""
        ...

    def is_blocked(self, route: str, now: datetime) -> bool:
        """Whether a site refused this route within the last day."""
        ...

    def keep_blocked(self, route: str, now: datetime) -> None:
        """Store that a site refuses this route."""
        ...


class LedgerMemory(Protocol):
    """What people decided and what the lists contained; never dropped."""

    def read(self) -> Memory:
        """What is remembered of this server's titles."""
        ...

    def memberships(self) -> Mapping[str, Membership]:
        """Each list's last complete content, by list name."""
        ...

    def baselines(self) -> Mapping[str, Baseline]:
        """The baseline of each list that has one, by list name."""
        ...

    def keep_baselines(self, baselines: Mapping[str, Baseline]) -> None:
        """Set these lists' baselines; needs no lock."""
        ...

    def record(
        self,
        entries: Mapping[MemoryKey, MemoryEntry],
        memberships: Mapping[str, Membership],
        claims: Mapping[Target, Iterable[Claim]] = ...,
        recalled: Collection[MemoryKey] = ...,
        own_requests: Mapping[int, OwnRequest] = ...,
    ) -> None:
        """Write what a run observed, before it acts; whatever is not passed stays.

        ``recalled``: the keys that the run read at its start. A key that was forgotten since is not
        written back. ``own_requests``: only their sightings are written.
        """
        ...

    def forget(
        self,
        media: Iterable[MediaKey],
        baselines: Mapping[str, Baseline],
        lists: Iterable[str],
    ) -> None:
        """Drop titles from memory, set these baselines, trigger runs of these lists.

        Needs no lock.
        """
        ...


class LedgerJournal(Protocol):
    """Every action that was about to be sent, what became of it, and the runs."""

    def intend(self, action: Action, now: datetime) -> int:
        """Write that an action is about to be sent; on disk when this returns the intent's id."""
        ...

    def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
        """Write an intent's outcome and what it means for memory.

        Raises LedgerError for an intent that is not open.
        """
        ...

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        """Every intent, and the runs of the last 90 days; oldest first."""
        ...

    def begin_run(self, command: str, now: datetime) -> Run:
        """Write that a run that may act begins; runs older than 90 days are dropped."""
        ...

    def end_run(self, run: Run) -> None:
        """Write which lists a run read, its actions' results, and how it ended."""
        ...


class LedgerStatuses(Protocol):
    """What the controller knows of the lists, and what it has told people."""

    def schedules(self) -> Mapping[str, Schedule]:
        """When each list is due, by list name."""
        ...

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """Each list's conditions, by list name and type; under ``""`` the file's and server's."""
        ...

    def keep_status(
        self, name: str, schedule: Schedule | None, conditions: Mapping[str, Condition]
    ) -> None:
        """Replace a list's conditions, and its schedule unless it is None; needs no lock."""
        ...

    def trigger(self, name: str) -> None:
        """Ask a running listsync for a run of a list; needs no lock."""
        ...

    def triggers(self) -> Mapping[str, int]:
        """The lists with an unanswered trigger, each with the trigger's id; no id comes twice."""
        ...

    def clear_triggers(self, triggers: Iterable[int]) -> None:
        """Drop triggers that were answered."""
        ...

    def notification_state(self) -> NotificationState:
        """What people were notified of."""
        ...

    def keep_notification_state(self, state: NotificationState, now: datetime) -> None:
        """Replace what people were notified of."""
        ...

    def rights(self) -> RightsState:
        """The accepted rights and the changes that wait, of the config file, on any server."""
        ...

    def keep_rights(self, state: RightsState) -> None:
        """Replace the accepted rights and the changes that wait."""
        ...


class Ledger(Protocol):
    """The ledger of one server."""

    @property
    def cache(self) -> LedgerCache: ...

    @property
    def memory(self) -> LedgerMemory: ...

    @property
    def journal(self) -> LedgerJournal: ...

    @property
    def statuses(self) -> LedgerStatuses: ...

    def data_version(self) -> int:
        """A number that changes when another process has written to the ledger; cheap."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Be the only writer. Raises LockHeldError, which says who holds the lock since when."""
        ...
