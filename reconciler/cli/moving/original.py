"""What an installation of the original ListSync (0.6) left: its ``.env`` and its database.

Both are only read. Facts come from its source (Woahai321/list-sync, commit b635a83): settings in
the database win over ``.env``, and older databases lack some columns.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.config.own_files import CONFIG_BYTES, read_file
from reconciler.core.model import Kind, MediaKey
from reconciler.errors import UsageError

Row: TypeAlias = Mapping[str, Any]

_DATABASES = ("data/list_sync.db", "list_sync.db")
_HEADER = b"SQLite format 3\0"
_WAL_MODE = 2  # byte 18 of the header (https://www.sqlite.org/fileformat.html)
_BUSY_SECONDS = 1.0
_SETTING = re.compile(r"\s*(?:export\s+)?(\w+)\s*=\s*(.*)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_PLACEHOLDER = re.compile(r"your[_-].*|https://your-.*|\*{4}.*")  # of its example, and its web page
_LISTS = "_LISTS"  # how the settings with lists end
_RENAMED = {  # settings of the database that have another name in .env
    "AUTO_SYNC": "AUTOMATED_MODE",
    "TIMEZONE": "TZ",
    "DISCORD_WEBHOOK": "DISCORD_WEBHOOK_URL",
}
# By table: the columns that every version has, and others that matter.
_TABLES = {
    "lists": (("list_type", "list_id"), ("user_id",)),
    "synced_items": (("title", "media_type", "overseerr_id", "status"), ("tmdb_id",)),
    "sync_interval": ((), ("interval_hours",)),
    "overseerr_users": ((), ("id", "display_name")),
    "app_settings": ((), ("key", "value", "is_encrypted")),
}
# For 48 hours it writes "skipped" over one of the others.
_ON_THE_SERVER = frozenset({"requested", "already_requested", "already_available", "skipped"})
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")
_NOTHING = "nothing was written; use ListSync's folder, .env or list_sync.db"


@dataclass(frozen=True, slots=True)
class OriginalList:
    """A list of ListSync. ``user``: the server's id of its requester; empty: it has none."""

    kind: str
    id: str  # an id, a slug or an address
    user: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """An installation, in the words of ListSync."""

    files: tuple[Path, ...]
    settings: Mapping[str, str] = field(default_factory=dict)  # by their names in .env; none empty
    encrypted: frozenset[str] = frozenset()  # settings whose value only ListSync can read
    lists: tuple[OriginalList, ...] = ()
    users: Mapping[str, str] = field(default_factory=dict)  # names by id
    handled: tuple[MediaKey, ...] = ()  # what the server had, or was asked for
    unknown: tuple[str, ...] = ()  # such titles without a kind or an id
    unrequested: int = 0  # titles that were not found, or could not be requested
    has_history: bool = False  # whether a database was read


def read_original(path: Path) -> Original:
    """What is at ``path``: a folder, an ``.env`` or a database. Raises UsageError."""
    try:
        files = _present(path)
        if path.is_dir():
            databases = _present(*(path / name for name in _DATABASES))
            files = (*_present(path / ".env"), *databases[:1])
    except OSError as error:
        raise _unreadable(error, Path(error.filename or path)) from error
    if not files:
        hint = "use ListSync's folder, with .env and data/list_sync.db, or one of the two files"
        raise UsageError("no .env or list_sync.db from ListSync here", where=str(path), hint=hint)
    env: Mapping[str, str] = {}
    tables: Mapping[str, Sequence[Row]] = {}
    for file in files:
        try:
            if not file.is_file():  # a pipe would never end, a broken link is not "no database"
                raise UsageError("not a file", where=str(file), hint=_NOTHING)
            with file.open("rb") as opened:
                header = opened.read(100)
            if header.startswith(_HEADER) or file.suffix == ".db":
                tables = _read_tables(file, header)
            else:
                env = _env_settings(read_file(file, CONFIG_BYTES).decode("utf-8-sig"))
                if not any(key.startswith("OVERSEERR_") or key.endswith(_LISTS) for key in env):
                    raise UsageError("not a ListSync .env file", where=str(file), hint=_NOTHING)
        except OSError as error:
            raise _unreadable(error, file) from error
        except UnicodeDecodeError as error:
            raise UsageError("not a ListSync .env file", where=str(file), hint=_NOTHING) from error
    return _original(files, env, tables)


def _unreadable(error: OSError, file: Path) -> UsageError:
    hint = "check its permissions" if isinstance(error, PermissionError) else _NOTHING
    return UsageError(f"cannot be read ({error.strerror})", where=str(file), hint=hint)


def _present(*paths: Path) -> tuple[Path, ...]:
    """Those that exist. Raises OSError where that is not known: unreadable is not absent."""
    present = []
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.lstat()
            present.append(path)
    return tuple(present)


def _original(
    files: tuple[Path, ...], env: Mapping[str, str], tables: Mapping[str, Sequence[Row]]
) -> Original:
    stored, encrypted = dict(env), set()
    for row in tables.get("app_settings", ()):
        name = _RENAMED.get(key := _text(row["key"]).upper(), key)
        if row["is_encrypted"]:
            encrypted.add(name)
        elif value := _text(row["value"]):
            stored[name] = value
    for row in tables.get("sync_interval", ()):
        stored["SYNC_INTERVAL"] = _text(row["interval_hours"])
    settings = {k: v for k, v in stored.items() if v and not _PLACEHOLDER.fullmatch(v)}
    history = [
        (_media_key(row), row)
        for row in tables.get("synced_items", ())
        if _text(row["status"]) in _ON_THE_SERVER
    ]
    return Original(
        files,
        settings,
        frozenset(encrypted - settings.keys()),
        _lists(tables.get("lists", ()), settings),
        {_text(row["id"]): _text(row["display_name"]) for row in tables.get("overseerr_users", ())},
        tuple(dict.fromkeys(key for key, _ in history if key)),
        tuple(_text(row["title"]) for key, row in history if not key),
        len(tables.get("synced_items", ())) - len(history),
        bool(tables),
    )


def _lists(rows: Sequence[Row], settings: Mapping[str, str]) -> tuple[OriginalList, ...]:
    """The lists of the database, then those that only the settings have."""
    users = {
        (_text(row["list_type"]).lower(), _text(row["list_id"])): _text(row["user_id"])
        for row in rows
    }
    for key, value in settings.items():
        if key.endswith(_LISTS):
            for entry in filter(None, map(str.strip, value.split(","))):
                users.setdefault((key.removesuffix(_LISTS).lower(), entry), "")
    return tuple(OriginalList(kind, entry, user) for (kind, entry), user in users.items())


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, bytes) else str(value).strip()


def _media_key(row: Row) -> MediaKey | None:
    """The title by the id that was requested; None if the id is unknown."""
    number = _text(row["overseerr_id"]) or _text(row["tmdb_id"])
    kind = _text(row["media_type"])
    if kind not in {Kind.MOVIE, Kind.TV} or not _NUMBER.fullmatch(number):
        return None
    return MediaKey(Kind(kind), int(number))


def _env_settings(text: str) -> dict[str, str]:
    """The settings of an ``.env``: the last one of a name, without quotes and comments."""
    settings = {}
    for line in text.splitlines():
        if match := _SETTING.match(line):
            key, value = match.groups()
            end = value.find(value[0], 1) if value[:1] in {"'", '"'} else -1
            settings[key] = (value[1:end] if end > 0 else _COMMENT.sub("", value)).strip()
    return settings


def _read_tables(file: Path, header: bytes) -> dict[str, list[Row]]:
    """The rows of the tables that matter, by table. Raises UsageError."""
    if not header.startswith(_HEADER):
        raise UsageError("not a ListSync database", where=str(file), hint=_NOTHING)
    try:
        with _connection(file, is_wal=header[18] == _WAL_MODE) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise UsageError("the database is damaged", where=str(file), hint=_NOTHING)
            return {table: _rows(connection, table, file) for table in _TABLES}
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        message, hint = "the database is damaged", _NOTHING
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            message, hint = "the database is in use", "stop ListSync and try again"
        elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            message = "the database was not closed properly"
            hint = "start ListSync, stop it, and try again"
        raise UsageError(message, where=str(file), hint=hint) from error


@contextmanager
def _connection(file: Path, *, is_wal: bool) -> Iterator[sqlite3.Connection]:
    """The database, or a copy: to read one in WAL mode would write files beside it."""
    with tempfile.TemporaryDirectory(prefix="listsync-") as folder:
        path = file = file.resolve()
        if is_wal:
            path = Path(folder, "copy.db")
            shutil.copyfile(file, path)
            log = file.with_name(f"{file.name}-wal")
            if log.exists():
                shutil.copyfile(log, f"{path}-wal")
        uri = f"{path.as_uri()}?mode={'rw' if is_wal else 'ro'}"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.execute("BEGIN")
            yield connection


def _rows(connection: sqlite3.Connection, table: str, file: Path) -> list[Row]:
    required, optional = _TABLES[table]
    is_table = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()  # a view may have rows without end
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if is_table]
    if missing := [column for column in required if column not in columns]:
        part = f"the column {table}.{missing[0]}" if columns else f"the table {table}"
        message = f"not a ListSync 0.6 database: {part} is missing"
        raise UsageError(message, where=str(file), hint=_NOTHING)
    selected = [column for column in (*required, *optional) if column in columns]
    if not selected:
        return []
    query = f"SELECT {', '.join(selected)} FROM {table} ORDER BY rowid"  # noqa: S608 - our own names
    nothing = dict.fromkeys(optional)
    return [nothing | dict(zip(selected, row, strict=True)) for row in connection.execute(query)]
