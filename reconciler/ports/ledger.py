"""What outlives the process, as the loop sees it."""

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


class Ledger(Protocol):
    """What outlives the process. Cache: anybody may write it. Memory: only who holds the lock.

    Reading raises LedgerError; writing the cache never raises, writing memory does.
    """

    # cache
    def matches(self, keys: Iterable[str], now: datetime) -> Mapping[str, Match | Unmatched]:
        """What is known of these item keys; a "no" is believed for 7 days."""
        ...

    def keep_matches(self, found: Mapping[str, Match | Unmatched], now: datetime) -> None:
        """Remember how items were resolved."""
        ...

    def details(
        self, wanted: Iterable[MediaKey]
    ) -> Mapping[MediaKey, tuple[Film | Show, datetime]]:
        """What is known of these titles, with when it was read."""
        ...

    def keep_details(self, read: Iterable[Film | Show], now: datetime) -> None:
        """Remember what the server told of titles."""
        ...

    def downloaders(self, now: datetime) -> Mapping[Kind, tuple[Downloader, ...]]:
        """What Radarr and Sonarr offered when asked within the last day; of a kind that was."""
        ...

    def keep_downloaders(self, kind: Kind, read: tuple[Downloader, ...], now: datetime) -> None:
        """Remember what they offer."""
        ...

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts, by list name."""
        ...

    def keep_reports(self, reports: Mapping[str, ListReport]) -> None:
        """Remember what a pass found for these lists."""
        ...

    def is_blocked(self, route: str, now: datetime) -> bool:
        """Whether a route to a site was blocked within the last day."""
        ...

    def keep_blocked(self, route: str, now: datetime) -> None:
        """Remember that a route to a site is blocked."""
        ...

    # memory
    def memory(self) -> Memory:
        """What is remembered of this server's titles."""

    def memberships(self) -> Mapping[str, Membership]:
        """What each list held when it was last complete, by list name."""

    def baselines(self) -> Mapping[str, Baseline]:
        """What was adopted on each list that has a baseline, by list name."""

    def keep_baselines(self, baselines: Mapping[str, Baseline]) -> None:
        """Adopt what these lists hold, in one transaction."""

    def record(
        self,
        slots: Mapping[MemoryKey, MemoryEntry],
        memberships: Mapping[str, Membership],
        claims: Mapping[Target, Iterable[Claim]],
        recalled: Collection[MemoryKey],
        ours: Mapping[int, OwnRequest],
    ) -> None:
        """Write what a pass has seen, in one transaction, before it acts.

        ``recalled``: the slots it had read. What was forgotten since is not written back. ``ours``:
        our requests, of which only the sightings are news.
        """

    def forget(
        self,
        media: Iterable[MediaKey],
        baselines: Mapping[str, Baseline],
        lists: Iterable[str],
    ) -> None:
        """Drop what is remembered of titles, write these baselines, ask for these lists' turns.

        One transaction; needs no lock.
        """

    def intend(self, action: Action, now: datetime) -> int:
        """Write that an action is about to be sent; durable when this returns."""
        ...

    def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
        """Write what became of an intent, and what that means for the target's memory."""
        ...

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        """Every action that was about to be sent, and the passes of 90 days; oldest first."""
        ...

    def begin_run(self, command: str, now: datetime) -> Run:
        """Write that a pass that may act begins."""
        ...

    def end_run(self, run: Run) -> None:
        """Write which lists a pass has read, what its actions came to, and how it ended."""
        ...

    # memory: what a list's turns leave behind
    def schedules(self) -> Mapping[str, Schedule]:
        """When each list's turn is, by list name."""

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """How each list is, by list name and type; under ``""`` the file and the server."""

    def keep_turn(
        self, name: str, schedule: Schedule | None, conditions: Mapping[str, Condition]
    ) -> None:
        """Write what a turn came to, in one transaction. None: nothing is known of its time."""

    def ask(self, name: str) -> None:
        """Ask a running listsync for a list's turn; needs no lock."""

    def version(self) -> int:
        """A number that changes when somebody else has written to the ledger; quickly had."""

    def asked(self) -> Mapping[str, int]:
        """The lists somebody has asked for, each with the number of the word."""

    def answer(self, words: Iterable[int]) -> None:
        """What was asked for with these words is done."""

    def notification_state(self) -> NotificationState:
        """What people were told of by themselves."""
        ...

    def keep_notification_state(self, notification_state: NotificationState, now: datetime) -> None:
        """Write what people know now, in one transaction."""
        ...

    def rights(self) -> RightsState:
        """The rights that were accepted, and the changes that wait, whatever the server."""
        ...

    def keep_rights(self, state: RightsState) -> None:
        """Write which rights are accepted and which changes wait, in one transaction."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Be the one writer. Raises LockHeldError that says who is, and since when."""
        ...
