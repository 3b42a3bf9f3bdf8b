"""The ledger's file: opened, brought up to date, and guarded.

Rollback journal and ``synchronous=FULL``: between transactions the file is whole by itself, so
that it can be copied; network volumes and CI caches are where ledgers live.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic_core import PydanticSerializationError

from reconciler.errors import LedgerError
from reconciler.ledger.content import damage
from reconciler.ledger.schema import APPLICATION_ID, MIGRATIONS
from reconciler.logs import Logger

_BUSY_SECONDS = 5.0

_MOVE_AWAY = (
    "move the file away, or restore a copy of it, and run again; without it listsync no longer "
    "knows which declined and deleted titles to leave alone"
)
_DAMAGED = "the ledger is damaged, or is not a ledger"
_NOT_WRITABLE = "the ledger cannot be written"
_PERMISSIONS = "listsync needs to write this file and its folder; see to their owner and rights"

# By the start of SQLite's error name (https://www.sqlite.org/rescode.html), first hit wins.
_FAULTS = (
    ("SQLITE_CORRUPT", _DAMAGED, _MOVE_AWAY),
    ("SQLITE_NOTADB", _DAMAGED, _MOVE_AWAY),
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
        with self._mutex:
            self._connection.close()

    def data_version(self) -> int:
        """A number that changes when another connection has written. Raises LedgerError."""
        with self._mutex, _explained(self.path):
            return _number(self._connection, "PRAGMA data_version")

    def require_writable(self) -> None:
        """Raise LedgerError, saying why, where memory cannot be written."""
        if self._obstacle is not None:
            folder = self.path.parent
            hint = f"if the path is right, make the folder {folder}; it is never made unasked"
            if folder.is_dir():
                hint = "to act on the server, let listsync write here or name another ledger"
            raise LedgerError(self._obstacle, where=str(self.path), hint=hint)

    def is_there(self) -> bool:
        """Whether the file that was opened is the one that bears the ledger's name."""
        try:
            return self._file is not None and os.path.samestat(self._file, self.path.stat())
        except OSError:
            return False

    def restore(self) -> None:
        """Write a ledger whose file was taken away while it was open; a file there stays.

        A folder that is gone as well is not made: it may be a volume that will be mounted again.
        Raises LedgerError.
        """
        beside = self.path.with_name(f"{self.path.name}.restored")
        if not beside.parent.is_dir():
            what = "the ledger was taken away, and its folder with it"
            hint = "put the folder back, or mount it again; what was in the ledger is still known"
            raise LedgerError(what, where=str(self.path), hint=hint)
        with self._mutex, _explained(self.path):
            try:
                beside.unlink(missing_ok=True)
                _keep_private(beside)
                with closing(_connect(f"{beside.as_uri()}?mode=rwc")) as anew:
                    self._connection.backup(anew)
                with suppress(FileExistsError):  # somebody was quicker, and knows better
                    os.link(beside, self.path)
                beside.unlink()
            except OSError as error:
                what = f"the ledger was taken away, and cannot be written anew ({error.strerror})"
                raise LedgerError(what, where=str(self.path)) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view. Raises LedgerError, also where a row cannot be parsed inside."""
        with self._transaction("BEGIN"):
            yield self._connection

    def rows(self, query: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises LedgerError."""
        with self.reading() as connection:
            return connection.execute(query, parameters).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write: all of it, or none and a LedgerError. On disk when this ends."""
        self.require_writable()
        with self._transaction("BEGIN IMMEDIATE"):
            yield self._connection

    def write_cache(self, *statements: tuple[str, Iterable[tuple[object, ...]]]) -> None:
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

    A missing folder is not made: more often it is a mistyped path or a volume that is not mounted,
    and a ledger made there would remember nothing.

    Raises LedgerError where there is something that cannot be read: to go on as if nothing were
    remembered would request what a person has declined.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _obstacle_to_new(path)
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "not a file"
        raise LedgerError(f"the ledger is {kind}", where=str(path), hint="name a file in it")
    if not os.access(path, os.R_OK):
        raise _unreadable(path, "permission denied")
    if not os.access(path, os.W_OK):
        return "the ledger is read-only"
    # SQLite writes its journal beside the file.
    return None if os.access(path.parent, os.W_OK | os.X_OK) else "the ledger's folder is read-only"


def _obstacle_to_new(path: Path) -> str | None:
    if not path.parent.is_dir():
        return "there is no ledger, and no folder for it"
    if os.access(path.parent, os.W_OK | os.X_OK):
        return None
    return "there is no ledger, and its folder is read-only"


def _unreadable(path: Path, why: str) -> LedgerError:
    return LedgerError(
        f"the ledger cannot be read ({why})",
        where=str(path),
        hint="see to the owner and rights of the file and its folder",
    )


def _open_file(path: Path) -> sqlite3.Connection:
    _keep_private(path)
    connection = _connect(f"{path.as_uri()}?mode=rwc")
    try:
        version = _check(connection, path)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        if version < len(MIGRATIONS):
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_private(path: Path) -> None:
    """Make the ledger, or tighten an older one, so that its owner alone can read it.

    SQLite gives what it writes beside it the same permissions.
    """
    with suppress(OSError):  # SQLite finds that out, too, and it is explained then
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for end in ("", "-journal", "-wal", "-shm"):
        file = path.with_name(path.name + end)
        with suppress(OSError):  # it is not there, or somebody else's
            mode = file.lstat().st_mode
            if stat.S_ISREG(mode) and mode & 0o077:
                file.chmod(stat.S_IMODE(mode) & 0o700)


def _open_copy(path: Path) -> sqlite3.Connection:
    connection = _connect(":memory:")
    try:
        if path.is_file():
            with closing(_connect(f"{path.as_uri()}?mode=ro")) as disk:
                _check(disk, path)
                disk.backup(connection)
        _migrate(connection)
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
    """The ledger's version. Raises LedgerError for what this listsync must not write to."""
    with _transaction(connection, "BEGIN"):  # another process may be bringing it up to date
        return _checked_version(connection, path)


def _checked_version(connection: sqlite3.Connection, path: Path) -> int:
    tables = _number(connection, "SELECT count(*) FROM sqlite_master")
    owner = _number(connection, "PRAGMA application_id")
    version = _number(connection, "PRAGMA user_version")
    if tables and owner != APPLICATION_ID:
        raise LedgerError(
            "this is another program's database", where=str(path), hint="name another ledger"
        )
    if version < 0:
        raise LedgerError("the ledger is damaged", where=str(path), hint=_MOVE_AWAY)
    if version > len(MIGRATIONS):
        raise LedgerError(
            "the ledger was written by a newer listsync",
            where=str(path),
            hint="upgrade listsync, or name another ledger",
        )
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise LedgerError("the ledger is damaged", where=str(path), hint=_MOVE_AWAY)
    if what := damage(connection, version):
        raise LedgerError(f"the ledger is damaged: {what}", where=str(path), hint=_MOVE_AWAY)
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, one version at a time; another process may be doing the same."""
    for after, statements in enumerate(MIGRATIONS, start=1):
        with _transaction(connection, "BEGIN IMMEDIATE"):
            if _number(connection, "PRAGMA user_version") < after:
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {after}")


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
    for start, what, hint in _FAULTS:
        if name.startswith(start):
            return LedgerError(what, where=str(path), hint=hint)
    if isinstance(error, sqlite3.OperationalError):  # a table is missing, or a text is none
        return LedgerError(_DAMAGED, where=str(path), hint=_MOVE_AWAY)
    return LedgerError(f"the ledger cannot be used ({error})", where=str(path))
