"""One writer (law 9): the lock beside the ledger.

``flock`` belongs to the open file, not to what is written in it: it ends with the process that
holds it, however that ends, and a leftover file blocks no other process.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from reconciler.core.times import iso_time
from reconciler.errors import LedgerError, LockHeldError

_HINT = (
    "wait for it to end, or stop it; `listsync plan` and `listsync status` work without the lock"
)


class WriterLock:
    """``<ledger>.lock``, held until ``release`` or the end of the block; it says who holds it."""

    def __init__(self, ledger: Path) -> None:
        """Take the lock of ``ledger``, whose symlinks are resolved.

        A lock that is a link is refused: its target would be overwritten. Raises LockHeldError if
        another process holds the lock, LedgerError if it cannot be taken.
        """
        path = _beside(ledger)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            _take(self._file, path)
        except BaseException:
            os.close(self._file)
            raise

    def guards(self, ledger: Path) -> bool:
        """Whether the locked file is the one that others would lock for this ledger."""
        try:
            return os.path.samestat(os.fstat(self._file), _beside(ledger).stat())
        except OSError:
            return False

    def release(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _beside(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}.lock")


def _take(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = _holder(os.pread(file, 4096, 0))
        raise LockHeldError(f"another listsync{holder}", where=str(path), hint=_HINT) from error
    except OSError as error:
        raise _unusable(path, error) from error
    with suppress(OSError):  # perhaps the note of an earlier process
        os.fchmod(file, 0o600)
    since = iso_time(datetime.now(UTC))
    note = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(note).encode(), 0)
    except OSError as error:
        raise _unusable(path, error) from error


def _holder(note: bytes) -> str:
    """Who holds the lock, as the end of a sentence, as far as the note says."""
    try:
        match json.loads(note):
            case {"pid": int(pid), "host": str(host), "since": str(since)}:
                place = "" if host == socket.gethostname() else f" on {host}"
                return f" (pid {pid}{place}) has held the lock since {since}"
    except (ValueError, RecursionError):
        pass  # caught in the instant between taking the lock and writing the note
    return " holds the lock"


def _unusable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"the lock cannot be taken ({error.strerror})",
        where=str(path),
        hint="listsync needs to write this file, on a file system that supports locks",
    )
