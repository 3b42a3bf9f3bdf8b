"""Trouble with the ledger's file, in words for the person who owns it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic_core import PydanticSerializationError

from reconciler.errors import LedgerError

MOVE_AWAY = (
    "move the file away, or restore a copy of it, and run again; without it listsync no longer "
    "knows which declined and deleted titles to leave alone"
)
_DAMAGED = "the ledger is damaged, or is not a ledger"
_NOT_WRITABLE = "the ledger cannot be written"
_PERMISSIONS = "listsync needs to write this file and its folder; see to their owner and rights"

# By the start of SQLite's error name (https://www.sqlite.org/rescode.html), first hit wins.
_FAULTS = (
    ("SQLITE_CORRUPT", _DAMAGED, MOVE_AWAY),
    ("SQLITE_NOTADB", _DAMAGED, MOVE_AWAY),
    ("SQLITE_FULL", "the disk is full", "make room and run again; nothing was half written"),
    (
        "SQLITE_BUSY",
        "another process keeps the ledger busy",
        "wait for it to end, or stop it, and run again",
    ),
    (
        "SQLITE_READONLY_DBMOVED",
        "the ledger was moved or deleted while it was in use",
        "put it back, or leave it away, and run again",
    ),
    (
        "SQLITE_READONLY_ROLLBACK",
        "a process was killed while it wrote the ledger, and it cannot be mended read-only",
        "run listsync once where it may write this file and its folder",
    ),
    ("SQLITE_READONLY", _NOT_WRITABLE, _PERMISSIONS),
    ("SQLITE_CANTOPEN", "the ledger cannot be opened", _PERMISSIONS),
    ("SQLITE_IOERR", "the disk failed to read or write the ledger", "check the disk and its quota"),
)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn whatever SQLite, or the encoding of a row, raises inside into a LedgerError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(path, error) from error
    except (PydanticSerializationError, UnicodeEncodeError, OverflowError) as error:
        raise LedgerError(
            "a title or a number cannot be stored: it is not valid Unicode, or far too large",
            where=str(path),
            hint="correct that title on its list, or remove it from the list",
        ) from error
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        # A row that does not parse. The error's own text quotes values; a person needs the file.
        raise LedgerError(
            "the ledger has a row that cannot be read", where=str(path), hint=MOVE_AWAY
        ) from error


def _explain(path: Path, error: sqlite3.Error) -> LedgerError:
    name = getattr(error, "sqlite_errorname", "")  # absent where the driver itself complains
    for start, what, hint in _FAULTS:
        if name.startswith(start):
            return LedgerError(what, where=str(path), hint=hint)
    if isinstance(error, sqlite3.OperationalError):  # a table is missing, or a text is none
        return LedgerError(_DAMAGED, where=str(path), hint=MOVE_AWAY)
    return LedgerError(f"the ledger cannot be used ({error})", where=str(path))
