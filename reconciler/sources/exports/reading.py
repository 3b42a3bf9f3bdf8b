"""Lists in files: reading one to its end, and what its lines come to."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.config.own_files import read_file
from reconciler.core.completeness import Page, snapshot_of
from reconciler.core.model import Outcome
from reconciler.sources.exports.imdb import is_damaged_utf8, is_imdb_export
from reconciler.sources.scrape import Setback

if TYPE_CHECKING:
    from reconciler.core.model import Snapshot
    from reconciler.sources.exports.table import Lines

ROUTE = "file"
LARGEST = 50_000_000  # bytes: some half a million titles


def read_bytes(name: str, written: str, folder: Path) -> bytes | Setback:
    """What is in the file at a path, or why that is not known. ``name``: of the list."""
    try:
        path = folder / Path(written).expanduser()
        data = _bytes(path)
    except FileNotFoundError:
        what = (
            f"no such file in {folder.absolute()}"
            if not Path(written).is_absolute()
            else "no such file"
        )
        return Setback(Outcome.MISSING, f"{name}: {what}; check the path")
    except IsADirectoryError:
        return Setback(Outcome.UNREACHABLE, f"{name}: this is a folder; name a file in it")
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) == errno.EFBIG:
            what = f"larger than {LARGEST // 1_000_000} MB, which no list is; check the path"
            return Setback(Outcome.UNREACHABLE, f"{name}: {what}")
        why = getattr(error, "strerror", None) or "the path cannot be resolved"
        return Setback(Outcome.UNREACHABLE, f"{name}: {why}; check the path and its permissions")
    if data is None:
        what = "this is a pipe, a device or a socket; name a file"
        return Setback(Outcome.UNREACHABLE, f"{name}: {what}")
    return data


def decoded(name: str, data: bytes) -> str | Setback:
    """A file's text, or why it is none: UTF-8, and for exports of IMDb Windows-1252."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not is_imdb_export(data) or is_damaged_utf8(data):
            what = f"line {_line(data, error)} is not UTF-8; save the file as UTF-8"
            return Setback(Outcome.UNREACHABLE, f"{name}: {what}")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        what = f"line {_line(data, error)} is neither UTF-8 nor Windows-1252"
        return Setback(Outcome.UNREACHABLE, f"{name}: {what}; export the list from IMDb again")


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


def judged(name: str, lines: Lines) -> Snapshot:
    """A file that was read to its end: every line of it is an item, or is told."""
    more = f", and {len(lines.bad) - 3} more" if len(lines.bad) > 3 else ""  # noqa: PLR2004
    hint = f"{name}: {'; '.join(lines.bad[:3])}{more}"
    total = len(lines.items) + len(lines.bad)
    return snapshot_of(Page(lines.items, total, len(lines.bad), hint, document=True), ROUTE)
