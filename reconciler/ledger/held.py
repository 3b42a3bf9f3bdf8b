"""The ledger of a long-running process: kept open and locked, restored if its file disappears."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from reconciler.errors import LedgerError
from reconciler.ledger.lock import WriterLock
from reconciler.ledger.store import SqliteLedger
from reconciler.logs import Logger

_log = Logger()


class HeldLedger:
    """One ledger and the writer's lock beside it, from the first use to the end of the block."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        self._mutex = Lock()
        self._place: tuple[Path, str] | None = None
        self._ledger: SqliteLedger | None = None
        self._lock: WriterLock | None = None

    def __enter__(self) -> Self:
        """The block that ends it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file and release the lock."""
        self._close()
        self._release()

    def at(self, path: Path, server_url: str) -> SqliteLedger:
        """The ledger at ``path`` as it is now, to write to, with the lock held.

        A file that was deleted is written anew from what is still open; one that was replaced is
        opened as it is. Raises LockHeldError and LedgerError.
        """
        with self._mutex:
            return self._at((Path(os.path.realpath(path)), server_url))

    def _at(self, place: tuple[Path, str]) -> SqliteLedger:
        if self._place != place:
            self._close()
        if self._ledger is not None and not self._ledger.is_there():
            self._mend(self._ledger, place[0])
        if self._lock is not None and not self._lock.guards(place[0]):
            self._release()
        if self._ledger is None:
            self._ledger, self._place = _opened(*place), place
        if self._lock is None:
            self._lock = WriterLock(place[0])
        return self._ledger

    def _mend(self, ledger: SqliteLedger, path: Path) -> None:
        if not path.exists():
            ledger.restore()
            _log.warning("the ledger was taken away and has been written anew", path=str(path))
        else:
            _log.warning("the ledger was replaced: going on with the new one", path=str(path))
        self._close()

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self._place = None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
        self._lock = None


def _opened(path: Path, server_url: str) -> SqliteLedger:
    ledger = SqliteLedger(path, server_url)
    try:
        ledger.require_writable()
    except LedgerError:
        ledger.close()
        raise
    return ledger
