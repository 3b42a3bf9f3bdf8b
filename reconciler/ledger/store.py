"""``ports.Ledger`` over SQLite."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

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
from reconciler.ledger import cache, intents, keeping, memory, rights, runs
from reconciler.ledger.database import Database
from reconciler.ledger.lock import writer_lock


class SqliteLedger:
    """The ledger in one file; a context manager, safe to share among threads.

    A file or folder that cannot be written still gives a ledger to read (an empty one where there
    is none): writing the cache then does nothing, writing memory and locking raise LedgerError.
    """

    def __init__(self, path: Path, server_url: str) -> None:
        """Open or create the ledger at ``path``; memory is that of the server at ``server_url``.

        Raises LedgerError, with the path and what to do, for a folder, a file that cannot be read,
        is damaged, belongs to another program or was written by a newer listsync, and a full disk.
        """
        self._database = Database(path)
        self._server = server_url

    def __enter__(self) -> Self:
        """The ledger is open from its making; this names the block that closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def require_writable(self) -> None:
        """Raise LedgerError, saying why, where memory cannot be written."""
        self._database.require_writable()

    def is_there(self) -> bool:
        """Whether the ledger's file is still the one that was opened."""
        return self._database.is_there()

    def restore(self) -> None:
        """Write the ledger anew where its file was taken away. Raises LedgerError."""
        self._database.restore()

    # cache

    def matches(self, keys: Iterable[str], now: datetime) -> Mapping[str, Match | Unmatched]:
        """What is known of these item keys; a "no" is believed for 7 days."""
        return cache.matches(self._database, keys, now)

    def keep_matches(self, found: Mapping[str, Match | Unmatched], now: datetime) -> None:
        """Remember how items were resolved; *unresolved* is trouble, not an answer, and is not."""
        cache.keep_matches(self._database, found, now)

    def details(
        self, wanted: Iterable[MediaKey]
    ) -> Mapping[MediaKey, tuple[Film | Show, datetime]]:
        """What is known of these titles, with when it was read."""
        return cache.details(self._database, wanted)

    def keep_details(self, read: Iterable[Film | Show], now: datetime) -> None:
        """Remember what the server told of titles."""
        cache.keep_details(self._database, read, now)

    def downloaders(self, now: datetime) -> Mapping[Kind, tuple[Downloader, ...]]:
        """What Radarr and Sonarr offered when asked within the last day; of a kind that was."""
        return cache.downloaders(self._database, self._server, now)

    def keep_downloaders(self, kind: Kind, read: tuple[Downloader, ...], now: datetime) -> None:
        """Remember what they offer."""
        cache.keep_downloaders(self._database, self._server, kind, read, now)

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts, by list name."""
        return cache.reports(self._database, self._server)

    def keep_reports(self, reports: Mapping[str, ListReport]) -> None:
        """Remember what a pass found for these lists."""
        cache.keep_reports(self._database, self._server, reports)

    def is_blocked(self, route: str, now: datetime) -> bool:
        """Whether a route to a site was blocked within the last day."""
        return cache.is_blocked(self._database, route, now)

    def keep_blocked(self, route: str, now: datetime) -> None:
        """Remember that a route to a site is blocked."""
        cache.keep_blocked(self._database, route, now)

    # memory

    def memory(self) -> Memory:
        """What is remembered of this server's titles."""
        with self._database.reading() as connection:
            return Memory(
                memory.slots(connection, self._server),
                memory.attempts(connection, self._server),
                intents.created(connection, self._server),
                intents.ours(connection, self._server),
                memory.claims(connection, self._server),
            )

    def memberships(self) -> Mapping[str, Membership]:
        """What each list held when it was last complete, by list name."""
        with self._database.reading() as connection:
            return memory.memberships(connection, self._server)

    def baselines(self) -> Mapping[str, Baseline]:
        """What was adopted on each list that has a baseline, by list name."""
        with self._database.reading() as connection:
            return memory.baselines(connection, self._server)

    def keep_baselines(self, baselines: Mapping[str, Baseline]) -> None:
        """Adopt what these lists hold, in one transaction."""
        with self._database.remembering() as connection:
            memory.write_baselines(connection, self._server, baselines)

    def record(
        self,
        slots: Mapping[MemoryKey, MemoryEntry],
        memberships: Mapping[str, Membership],
        claims: Mapping[Target, Iterable[Claim]] = MappingProxyType({}),
        recalled: Collection[MemoryKey] = (),
        ours: Mapping[int, OwnRequest] = MappingProxyType({}),
    ) -> None:
        """Write what a pass has seen, in one transaction; what is not given stays as it is.

        ``recalled``: the slots it had read. What was forgotten since is not written back. ``ours``:
        our requests, of which only the sightings are news.
        """
        with self._database.remembering() as connection:
            forgotten = set(recalled) - memory.slots(connection, self._server).keys()
            seen = {slot: known for slot, known in slots.items() if slot not in forgotten}
            memory.write_slots(connection, self._server, seen)
            memory.write_claims(connection, self._server, claims)
            intents.write_sightings(connection, self._server, ours)
            for name, membership in memberships.items():
                memory.write_membership(connection, self._server, name, membership)

    def forget(
        self,
        media: Iterable[MediaKey],
        baselines: Mapping[str, Baseline],
        lists: Iterable[str],
    ) -> None:
        """Drop what is remembered of titles, write these baselines, ask for these lists' turns."""
        with self._database.remembering() as connection:
            for title in media:
                memory.forget(connection, self._server, title)
            memory.write_baselines(connection, self._server, baselines)
            for name in lists:
                keeping.write_asked(connection, self._server, name)

    def intend(self, action: Action, now: datetime) -> int:
        """Write that an action is about to be sent; durable when this returns."""
        with self._database.remembering() as connection:
            return intents.write_intent(connection, self._server, action, now)

    def settle(self, intent: int, action: Action, done: Done, now: datetime) -> None:
        """Write what became of an intent, and what that means for the target's memory.

        Raises LedgerError where the intent is not an open one.
        """
        with self._database.remembering() as connection:
            intents.write_outcome(connection, intent, done, now)
            intents.write_settlement(connection, self._server, action, done, now)

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        """Every action that was about to be sent, and the passes of 90 days; oldest first."""
        with self._database.reading() as connection:
            return (
                tuple(intents.intents(connection, self._server)),
                tuple(runs.runs(connection, self._server)),
            )

    def begin_run(self, command: str, now: datetime) -> Run:
        """Write that a pass that may act begins; passes older than 90 days are forgotten."""
        with self._database.remembering() as connection:
            return runs.begin(connection, self._server, command, now)

    def end_run(self, run: Run) -> None:
        """Write which lists a pass has read, what its actions came to, and how it ended."""
        with self._database.remembering() as connection:
            runs.end(connection, run)

    # what a list's turns leave behind

    def schedules(self) -> Mapping[str, Schedule]:
        """When each list's turn is, by list name."""
        with self._database.reading() as connection:
            return keeping.schedules(connection, self._server)

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """How each list is, by list name and type; under ``""`` the file and the server."""
        with self._database.reading() as connection:
            return keeping.conditions(connection, self._server)

    def keep_turn(
        self, name: str, schedule: Schedule | None, conditions: Mapping[str, Condition]
    ) -> None:
        """Write what a turn came to, in one transaction; what has not changed is not written."""
        with self._database.remembering() as connection:
            keeping.write_conditions(connection, self._server, name, conditions)
            if schedule is not None:
                keeping.write_schedule(connection, self._server, name, schedule)

    def last_server(self) -> str | None:
        """The server whose lists had the last turn; for whoever does not know its URL."""
        with self._database.reading() as connection:
            return keeping.last_server(connection)

    def ask(self, name: str) -> None:
        """Ask a running listsync for a list's turn."""
        with self._database.remembering() as connection:
            keeping.write_asked(connection, self._server, name)

    def version(self) -> int:
        """A number that changes when another process, or another opening, has written."""
        return self._database.version()

    def asked(self) -> Mapping[str, int]:
        """The lists somebody has asked for, each with the number of the word."""
        with self._database.reading() as connection:
            return keeping.asked(connection, self._server)

    def answer(self, words: Iterable[int]) -> None:
        """What was asked for with these words is done."""
        with self._database.remembering() as connection:
            keeping.drop_asked(connection, words)

    def notification_state(self) -> NotificationState:
        """What people were told of by themselves."""
        with self._database.reading() as connection:
            return keeping.notification_state(connection, self._server)

    def keep_notification_state(self, notification_state: NotificationState, now: datetime) -> None:
        """Write what people know now, in one transaction."""
        with self._database.remembering() as connection:
            keeping.write_notification_state(connection, self._server, notification_state, now)

    def rights(self) -> RightsState:
        """The rights that were accepted, and the changes that wait, whatever the server."""
        with self._database.reading() as connection:
            return rights.rights(connection)

    def keep_rights(self, state: RightsState) -> None:
        """Write which rights are accepted and which changes wait, in one transaction."""
        with self._database.remembering() as connection:
            rights.write_rights(connection, state)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the one writer. Raises LockHeldError that says who is, and since when."""
        self._database.require_writable()
        with writer_lock(self._database.path):
            yield
