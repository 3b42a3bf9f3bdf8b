"""The ledger's file: opened, upgraded, guarded, read and written in transactions.

With a rollback journal and ``synchronous=FULL`` the file is complete between transactions, so that
it can be copied: ledgers live on network volumes and in CI caches.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from pydantic_core import PydanticSerializationError

from reconciler.errors import LedgerError
from reconciler.ledger.schema import APPLICATION_ID, OLDEST_VERSION, VERSION, find_damage, upgrade
from reconciler.logs import Logger

_BUSY_SECONDS = 5.0

_FORGETS = "without it listsync no longer knows which declined and deleted titles to leave alone"
_MOVE_AWAY = f"move the file away, or restore a copy of it, and run again; {_FORGETS}"
_DAMAGED = "the ledger is damaged, or is not a ledger"
_PERMISSIONS = (
    "listsync must be able to write this file and its folder; check their owner and permissions"
)

# By the start of SQLite's error name (https://www.sqlite.org/rescode.html), first hit wins.
_FAULTS = (
    ("SQLITE_CORRUPT", _DAMAGED, _MOVE_AWAY),
    ("SQLITE_NOTADB", _DAMAGED, _MOVE_AWAY),
    (
        "SQLITE_FULL",
        "the disk is full",
        "free some space and run again; nothing was left half-written",
    ),
    (
        "SQLITE_BUSY",
        "the ledger is in use by another process",
        "wait for that process to end, or stop it, and run again",
    ),
    (
        "SQLITE_READONLY_DBMOVED",
        "the ledger was moved or deleted while it was in use",
        "move the file back and run again; without it listsync starts with an empty ledger",
    ),
    (
        "SQLITE_READONLY_ROLLBACK",
        "a process was killed while writing the ledger, and repairing it needs write access",
        "run listsync once with write access to this file and its folder",
    ),
    ("SQLITE_READONLY", "the ledger cannot be written", _PERMISSIONS),
    ("SQLITE_CANTOPEN", "the ledger cannot be opened", _PERMISSIONS),
    ("SQLITE_IOERR", "the disk failed to read or write the ledger", "check the disk and its quota"),
)

_Parameters: TypeAlias = tuple[object, ...] | dict[str, object]

_log = Logger()


class Database:
    """One connection to the ledger, shared by all threads, one transaction at a time.

    Where the file or its folder cannot be written, the connection is a private copy in memory
    (empty where there is no file): reading works, the cache goes nowhere, memory is refused.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))  # two names of one ledger are one ledger
        self._mutex = Lock()
        self._obstacle = _obstacle(self.path)
        self._file: os.stat_result | None = None
        self._preview: sqlite3.Connection | None = None
        with _explained(self.path):
            if self._obstacle is None:
                self._connection = _open_file(self.path)
                self._file = self.path.stat()
            else:
                self._connection = _open_copy(self.path)
                _log.debug("ledger_read_only", path=str(self.path), reason=self._obstacle)

    def close(self) -> None:
        """Close the file, after a transaction that another thread is in.

        SQLite does not survive closing a connection under a running statement. A thread that comes
        later gets a LedgerError.
        """
        self.end_preview()
        with self._mutex:
            self._connection.close()

    def data_version(self) -> int:
        with self._mutex, _explained(self.path):
            return _number(self._connection, "PRAGMA data_version")

    def require_writable(self) -> None:
        """Raise LedgerError, which says why, if only the cache can be written."""
        if self._obstacle is None:
            return
        folder = self.path.parent
        if folder.is_dir():
            hint = "let listsync write here, or use another ledger with --ledger FILE"
        else:
            hint = f"create the folder {folder} if the path is right; listsync does not create it"
        raise LedgerError(self._obstacle, where=str(self.path), hint=hint)

    def is_there(self) -> bool:
        """Whether the ledger's path still leads to the file that was opened."""
        try:
            return self._file is not None and os.path.samestat(self._file, self.path.stat())
        except OSError:
            return False

    def restore(self) -> None:
        """Write a ledger whose file was deleted while it was open; a new file at its path stays.

        A folder that is gone as well is not created: it may be a volume that will be mounted again.
        Raises LedgerError.
        """
        beside = self.path.with_name(f"{self.path.name}.restored")
        if not beside.parent.is_dir():
            raise LedgerError(
                "the ledger was deleted together with its folder",
                where=str(self.path),
                hint="restore the folder or mount it again; this process still has the content",
            )
        with self._mutex, _explained(self.path):
            try:
                beside.unlink(missing_ok=True)
                _keep_private(beside)
                with closing(_connect(f"{beside.as_uri()}?mode=rwc")) as copy:
                    self._connection.backup(copy)
                with suppress(FileExistsError):  # another process was quicker, and knows better
                    os.link(beside, self.path)
                beside.unlink()
            except OSError as error:
                raise LedgerError(
                    f"the ledger was deleted and cannot be restored ({error.strerror})",
                    where=str(self.path),
                ) from error

    def preview(self, change: Callable[[sqlite3.Connection], None]) -> None:
        """Read from a copy with this change, until ``end_preview``; writes still go to the file."""
        copy = _connect(":memory:")
        with self._mutex, _explained(self.path):
            self._connection.backup(copy)
            with _transaction(copy, "BEGIN"):
                change(copy)
        self._preview = copy

    def end_preview(self) -> None:
        with self._mutex:
            if self._preview is not None:
                self._preview.close()
            self._preview = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view. Raises LedgerError, also where a row cannot be parsed inside."""
        with self._mutex, _explained(self.path):
            connection = self._preview or self._connection
            with _transaction(connection, "BEGIN"):
                yield connection

    def rows(self, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self.reading() as connection:
            return connection.execute(query, parameters).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write: all of it, or none and a LedgerError. On disk when this ends."""
        self.require_writable()
        with self._transaction("BEGIN IMMEDIATE"):
            yield self._connection

    def write_cache(self, *statements: tuple[str, Iterable[_Parameters]]) -> None:
        """Run each statement with each of its parameters: all of them or, silently, none."""
        try:
            with self._transaction("BEGIN IMMEDIATE"):
                for statement, parameters in statements:
                    self._connection.executemany(statement, parameters)
        except LedgerError as error:
            _log.debug("ledger_cache_not_written", path=str(self.path), reason=error.message)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._mutex, _explained(self.path), _transaction(self._connection, begin):
            yield


class LedgerPart:
    """Some of the ledger's tables; of most only the rows of the server with this URL."""

    def __init__(self, database: Database, server: str) -> None:
        self.database = database
        self.server = server


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()  # does nothing where SQLite has already done it
        raise


def _obstacle(path: Path) -> str | None:
    """Why the ledger cannot be written; None: it can.

    A missing folder is not created: more often it is a mistyped path or a volume that is not
    mounted, and a ledger created there would remember nothing.

    Raises LedgerError for a file that cannot be read: a run that remembers nothing would request
    what people have declined.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not path.parent.is_dir():
            return "the ledger does not exist, and neither does its folder"
        if os.access(path.parent, os.W_OK | os.X_OK):
            return None
        return "the ledger does not exist, and its folder is read-only"
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise LedgerError(f"the ledger is {kind}", where=str(path), hint="use a file instead")
    if not os.access(path, os.R_OK):
        raise _unreadable(path, "permission denied")
    if not os.access(path, os.W_OK):
        return "the ledger is read-only"
    # SQLite writes its journal beside the file.
    return None if os.access(path.parent, os.W_OK | os.X_OK) else "the ledger's folder is read-only"


def _unreadable(path: Path, reason: str) -> LedgerError:
    return LedgerError(
        f"the ledger cannot be read ({reason})",
        where=str(path),
        hint="check the owner and permissions of the file and its folder",
    )


def _open_file(path: Path) -> sqlite3.Connection:
    _keep_private(path)
    connection = _connect(f"{path.as_uri()}?mode=rwc")
    try:
        with _transaction(connection, "BEGIN"):  # another process may be upgrading it
            version = _check(connection, path)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        if version < VERSION:
            _upgrade(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_private(path: Path) -> None:
    """Create the ledger, or change its permissions, so that only its owner can read it.

    SQLite gives the files beside it the same permissions.
    """
    with suppress(OSError):  # SQLite fails as well, and that is explained
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for end in ("", "-journal", "-wal", "-shm"):
        file = path.with_name(path.name + end)
        with suppress(OSError):  # it does not exist, or has another owner
            mode = file.lstat().st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                file.chmod(stat.S_IMODE(mode) & 0o700)


def _open_copy(path: Path) -> sqlite3.Connection:
    connection = _connect(":memory:")
    try:
        if path.is_file():
            with closing(_connect(f"{path.as_uri()}?mode=ro")) as disk:
                with _transaction(disk, "BEGIN"):
                    _check(disk, path)
                disk.backup(connection)
        _upgrade(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a ledger, or 0 for an empty file, inside a transaction.

    Raises LedgerError for a file that this listsync must not write to.
    """
    tables = _number(connection, "SELECT count(*) FROM sqlite_master")
    owner = _number(connection, "PRAGMA application_id")
    version = _number(connection, "PRAGMA user_version")
    hint = _MOVE_AWAY
    if tables and owner != APPLICATION_ID:
        message, hint = "this is another program's database", "use another file as the ledger"
    elif version > VERSION:
        message = "the ledger was written by a newer listsync"
        hint = "upgrade listsync, or use another ledger"
    elif 0 < version < OLDEST_VERSION:
        message = f"the ledger has the format of a development version ({version}) that this "
        message += "listsync cannot upgrade"
        hint = f"move the file away and run again; {_FORGETS}"
    elif version < 0 or connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        message = "the ledger is damaged"
    elif version == VERSION and (damage := find_damage(connection)):
        message = f"the ledger is damaged: {damage}"
    else:
        return version
    raise LedgerError(message, where=str(path), hint=hint)


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Create or upgrade the tables in one transaction, unless another process was quicker."""
    with _transaction(connection, "BEGIN IMMEDIATE"):
        version = _check(connection, path)
        if version < VERSION:
            upgrade(connection, version)
            _check(connection, path)


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raise a LedgerError for whatever SQLite, or a value that cannot be stored or read, raises."""
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
            "the ledger has a row that cannot be read", where=str(path), hint=_MOVE_AWAY
        ) from error


def _explain(path: Path, error: sqlite3.Error) -> LedgerError:
    name = getattr(error, "sqlite_errorname", "")  # absent where the driver itself complains
    for start, message, hint in _FAULTS:
        if name.startswith(start):
            return LedgerError(message, where=str(path), hint=hint)
    if isinstance(error, sqlite3.OperationalError):  # a table is missing, or text is not Unicode
        return LedgerError(_DAMAGED, where=str(path), hint=_MOVE_AWAY)
    return LedgerError(f"the ledger cannot be used ({error})", where=str(path))
