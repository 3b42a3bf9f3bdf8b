"""The ledger's file with its four parts, for one command or for a long-running process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Self

from reconciler.core.model import ListRules
from reconciler.errors import LedgerError
from reconciler.ledger.cache import SqliteCache
from reconciler.ledger.database import Database
from reconciler.ledger.journal import SqliteJournal
from reconciler.ledger.lock import WriterLock
from reconciler.ledger.memory import SqliteMemory
from reconciler.ledger.renames import due_renames, write_renames
from reconciler.ledger.statuses import SqliteStatuses
from reconciler.logs import Logger

_log = Logger()


class SqliteLedger:
    """``ports.Ledger`` in one file; a context manager, safe to share among threads.

    A file or folder that cannot be written still gives a ledger to read (an empty one if there is
    no file): writing the cache then does nothing, other writes and locking raise LedgerError.
    """

    def __init__(self, path: Path, server_url: str, lists: Sequence[ListRules] = ()) -> None:
        """Open or create the ledger at ``path`` for the server at ``server_url``.

        It is read as if ``rename`` had been called with ``lists``.

        Raises LedgerError, with the path and what to do, for a folder, a file that cannot be read,
        is damaged, belongs to another program or was written by another version of listsync that
        this one cannot read, and for a full disk.
        """
        self.database = Database(path)
        self.cache = SqliteCache(self.database, server_url)
        self.memory = SqliteMemory(self.database, server_url)
        self.journal = SqliteJournal(self.database, server_url)
        self.statuses = SqliteStatuses(self.database, server_url)
        self._server = server_url
        self.has_due_renames = False  # is read as if they had happened
        if any(lst.was for lst in lists):
            self._preview(lists)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def rename(self, lists: Sequence[ListRules]) -> None:
        if all(lst.was is None for lst in lists):
            return
        with self.database.writing() as connection:
            due = due_renames(connection, self._server, lists)
            write_renames(connection, self._server, due)
        self.database.end_preview()
        for rename in due:
            _log.info("the list keeps its history", list=rename.new, was=rename.old)

    def _preview(self, lists: Sequence[ListRules]) -> None:
        try:
            with self.database.reading() as connection:
                due = due_renames(connection, self._server, lists)
            self.has_due_renames = bool(due)
            if due:
                self.database.preview(lambda copy: write_renames(copy, self._server, due))
        except LedgerError:
            self.close()
            raise

    def data_version(self) -> int:
        return self.database.data_version()

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.database.require_writable()
        with WriterLock(self.database.path):
            yield


class LockedLedger:
    """A ledger kept open and locked, from the first use to the end of the block.

    For a long-running process: a file that disappears is restored from what is still open.
    """

    def __init__(self) -> None:
        self._mutex = Lock()
        self._place: tuple[Path, str] | None = None
        self._ledger: SqliteLedger | None = None
        self._lock: WriterLock | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._release()

    def at(self, path: Path, server_url: str) -> SqliteLedger:
        """The ledger at ``path``, writable, with the lock held.

        A file that was deleted is written again from what is still open; one that was replaced is
        opened. Raises LockHeldError and LedgerError.
        """
        place = Path(os.path.realpath(path)), server_url
        with self._mutex:
            if self._place != place:
                self._close()
            if self._ledger is not None and not self._ledger.database.is_there():
                self._replace(self._ledger, place[0])
            if self._lock is not None and not self._lock.guards(place[0]):
                self._release()
            if self._ledger is None:
                ledger = SqliteLedger(*place)
                try:
                    ledger.database.require_writable()
                except LedgerError:
                    ledger.close()
                    raise
                self._ledger, self._place = ledger, place
            if self._lock is None:
                self._lock = WriterLock(place[0])
            return self._ledger

    def _replace(self, ledger: SqliteLedger, path: Path) -> None:
        if not path.exists():
            ledger.database.restore()
            _log.warning("the ledger was deleted and has been restored", path=str(path))
        else:
            _log.warning("the ledger was replaced: the new file is used", path=str(path))
        self._close()

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self._place = None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock = None


@contextmanager
def open_last_used(path: Path) -> Iterator[SqliteLedger | None]:
    """The ledger for the server with the latest run, where no valid config names one.

    None: there is no file, or no list has run. Raises LedgerError.
    """
    with ExitStack() as stack:
        if not path.is_file():  # it is not created to be read
            yield None
            return
        server = stack.enter_context(SqliteLedger(path, "")).statuses.last_server()
        yield stack.enter_context(SqliteLedger(path, server)) if server else None
