"""Lists in files: reading a file, and turning its lines into a snapshot."""

from __future__ import annotations

import errno
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from reconciler.config.own_files import OUTSIDE, is_inside, read_file
from reconciler.core.completeness import Page, snapshot_of
from reconciler.core.model import LONGEST_FILE, ListRef, Outcome, Snapshot
from reconciler.sources.context import FetchContext
from reconciler.sources.exports.imdb import is_damaged_utf8, is_imdb_export
from reconciler.sources.exports.table import Lines
from reconciler.sources.failure import FetchFailure

ROUTE = "file"
LARGEST = 50_000_000  # bytes

_IN_ZIP = re.compile(r"(?P<file>.+?\.zip)(?:/(?P<inside>.+))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file of a list. ``is_ours``: it is in the config's folder, so that errors may quote it."""

    name: str  # of the list
    data: bytes
    is_ours: bool


def zip_member(path: str) -> tuple[str, str]:
    """A list's path as the file's own and that within it, if it is a ZIP: ``a.zip/b.csv``."""
    match = _IN_ZIP.fullmatch(path)
    return (match["file"], match["inside"] or "") if match else (path, "")


def local_path(ref: ListRef) -> str | None:
    """The file that a list is in; None: it is read from a site."""
    return zip_member(ref.id)[0] if ref.is_local else None


def read_list_file(ref: ListRef, context: FetchContext) -> ListFile | FetchFailure:
    """The file of a list, or why it cannot be read."""
    name, path_text, folder = str(ref), zip_member(ref.id)[0], context.folder
    try:
        path = (folder / Path(path_text).expanduser()).resolve()
        is_ours = is_inside(path, folder)
        if context.is_confined and not is_ours:
            return FetchFailure(Outcome.UNREACHABLE, f"{name}: {OUTSIDE}")
        data = _bytes(path)
    except FileNotFoundError:
        place = "" if Path(path_text).is_absolute() else f" in {folder.absolute()}"
        problem = f"no such file{place}"
        return FetchFailure(Outcome.MISSING, f"{name}: {problem}; check the path")
    except IsADirectoryError:
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: this is a folder; use a file in it")
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) == errno.EFBIG:
            problem = f"larger than {LARGEST // 1_000_000} MB, too large for a list; check the path"
            return FetchFailure(Outcome.UNREACHABLE, f"{name}: {problem}")
        why = getattr(error, "strerror", None) or "the path cannot be resolved"
        return FetchFailure(
            Outcome.UNREACHABLE, f"{name}: {why}; check the path and its permissions"
        )
    if data is None:
        problem = "this is a pipe, a device or a socket; use a file"
        return FetchFailure(Outcome.UNREACHABLE, f"{name}: {problem}")
    return ListFile(name, data, is_ours)


def decode(file: ListFile) -> str | FetchFailure:
    """A file's text, or the problem with it: UTF-8, and for exports of IMDb Windows-1252."""
    name, data = file.name, file.data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not is_imdb_export(data) or is_damaged_utf8(data):
            problem = f"line {_line(data, error)} is not UTF-8; save the file as UTF-8"
            return FetchFailure(Outcome.UNREACHABLE, f"{name}: {problem}")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        problem = f"line {_line(data, error)} is neither UTF-8 nor Windows-1252"
        return FetchFailure(
            Outcome.UNREACHABLE, f"{name}: {problem}; export the list from IMDb again"
        )


def _line(data: bytes, error: UnicodeDecodeError) -> int:
    return data.count(b"\n", 0, error.start) + 1


def _bytes(path: Path) -> bytes | None:
    """What is in a file, None where it is not a file.

    Raises OSError. It looks first: to open a pipe can wait for ever, and a device may act.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return None
    return read_file(path, LARGEST)


def snapshot_of_lines(file: ListFile, lines: Lines) -> Snapshot:
    """A file that was read to its end: each of its lines is an item, or counted as skipped."""
    more = f", and {len(lines.bad) - 3} more" if len(lines.bad) > 3 else ""  # noqa: PLR2004
    troubles = [line.describe(quoting=file.is_ours) for line in lines.bad[:3]]
    hint = f"{file.name}: {'; '.join(troubles)}{more}"
    total = len(lines.items) + len(lines.bad)
    page = Page(lines.items, total, len(lines.bad), hint, document=True)
    return snapshot_of(page, ROUTE, LONGEST_FILE)
