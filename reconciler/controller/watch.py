"""Watching the config file, and the files it names, for changes.

Their folders are watched, not the files: editors put a new file in the old one's place, and a
ConfigMap swaps a symlink in the folder. An event only says when to look; the files themselves show
whether they changed. So a lost event costs a few seconds, and a needless one nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from stat import S_ISDIR
from threading import Event
from typing import TypeAlias

from watchfiles import watch

from reconciler.logs import Logger

_STEP = 50  # milliseconds without an event that end a burst of events
_BURST = 400  # milliseconds after which a burst counts as ended
_ANYWAY = 5000  # milliseconds after which the files are checked without an event
_POLL = 1.0  # seconds between checks where there are no events
_SWAPPED = "..data"  # the symlink that Kubernetes swaps
_MOUNT_TABLE = Path("/proc/self/mountinfo")  # the fifth word of a line is the mount point

FileStates: TypeAlias = Mapping[Path, tuple[int, ...] | None]

_log = Logger()


def watch_files(
    files: Callable[[], Collection[Path]], before: FileStates, stopping: Event, *, poll: bool
) -> Iterator[None]:
    """Yield each time one of the files has changed since ``before``.

    ``files`` is called each time, since the config names other files; a folder among them is where
    others may appear. ``poll``: check every second, where the system reports no events.
    """
    for _ in _polls(stopping) if poll else _events(files, stopping):
        now = file_states(files())
        if now != before:
            before = now
            yield


def file_states(files: Collection[Path]) -> FileStates:
    """What differs once a file has changed."""
    return {file: _state(file) for file in files}


def is_mount_point(file: Path) -> bool:
    """Whether the file itself is mounted, as containers do with single files.

    A new file in its place then goes unnoticed.
    """
    try:
        table = _MOUNT_TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # not Linux
        return file.is_file() and os.path.ismount(file)
    places = (line.split()[4].replace(r"\040", " ") for line in table.splitlines())
    return file.is_file() and os.path.realpath(file) in places


def _state(file: Path) -> tuple[int, ...] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    if S_ISDIR(stat.st_mode):  # only says where files appear
        return (stat.st_dev, stat.st_ino)
    modified, owner = stat.st_mtime_ns, stat.st_uid
    return (stat.st_dev, stat.st_ino, stat.st_size, modified, stat.st_mode, owner)


def _polls(stopping: Event) -> Iterator[None]:
    while not stopping.wait(_POLL):
        yield


def _events(files: Callable[[], Collection[Path]], stopping: Event) -> Iterator[None]:
    """Yield when something happened in the files' folders, and now and then without an event.

    Where the system reports no events, or stops to, it is asked again every second.
    """
    last_error = ""
    while not stopping.is_set():
        try:
            yield from _events_until_moved(files(), files, stopping)
            last_error = ""
        except (OSError, RuntimeError) as error:  # watchfiles raises RuntimeError
            if str(error) != last_error:
                last_error = str(error)
                _log.warning("no file events: checking the config every second", error=last_error)
            stopping.wait(_POLL)


def _events_until_moved(
    watched: Collection[Path], files: Callable[[], Collection[Path]], stopping: Event
) -> Iterator[None]:
    """As ``_events``, until other files or folders than ``watched`` have to be watched."""
    folders = sorted({*_folders(watched)})
    inodes = _inodes(folders)
    if not folders:  # everything is gone, for the moment
        stopping.wait(_POLL)
        return
    inside = {file.absolute() for file in watched if file.is_dir()}  # new files may belong to it
    names = {_SWAPPED, *(file.name for file in watched)}
    names |= {Path(os.path.realpath(file)).name for file in watched}

    yield  # the files may have changed before they were watched
    for _ in watch(
        *folders,
        watch_filter=lambda _, path: Path(path).name in names or Path(path).parent in inside,
        debounce=_BURST,
        step=_STEP,
        rust_timeout=_ANYWAY,
        yield_on_timeout=True,
        stop_event=stopping,
        recursive=False,
    ):
        yield
        if files() != watched or _inodes(folders) != inodes:
            return


def _inodes(folders: Collection[Path]) -> list[int | None]:
    return [folder.stat().st_ino if folder.is_dir() else None for folder in folders]


def _folders(files: Collection[Path]) -> Iterator[Path]:
    """The existing folders of the files and of the files that their symlinks lead to."""
    for file in files:
        if file.is_dir():
            yield file.absolute()
        for folder in (file.parent, Path(os.path.realpath(file)).parent):
            if folder.is_dir():
                yield folder.absolute()
