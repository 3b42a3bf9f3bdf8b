"""Watching the file's folder: whether the file, or one that it names, may have changed.

The folder is watched, not the file: editors put a new file in the old one's place, and a ConfigMap
swaps a symlink in the folder. Events only say when to look; whether something changed is told by
the files themselves, so that a lost event costs a few seconds and a needless one nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from reconciler.logs import Logger

_STEP = 50  # milliseconds without a further event until a burst of them is told
_BURST = 400  # milliseconds after which it is told in any case
_ANYWAY = 5000  # milliseconds after which the files are looked at without any event
_POLL = 1.0  # seconds between looks where events do not come
_SWAPPED = "..data"  # the symlink that Kubernetes swaps

_log = Logger()


def news(files: Callable[[], Collection[Path]], stopping: Event, *, poll: bool) -> Iterator[None]:
    """Each time one of the files has changed. ``poll``: where events do not come.

    ``files``: asked again each time, since the file names others.
    """
    last = _looks(files())
    for _ in _polls(stopping) if poll else _events(files, stopping):
        now = _looks(files())
        if now != last:
            last = now
            yield


def _looks(files: Collection[Path]) -> dict[Path, tuple[int, ...] | None]:
    """How the files are now: which, how long, whose, and when they were last changed."""
    found: dict[Path, tuple[int, ...] | None] = {}
    for file in files:
        try:
            seen = file.stat()
        except OSError:
            found[file] = None
        else:
            found[file] = (
                seen.st_dev,
                seen.st_ino,
                seen.st_size,
                seen.st_mtime_ns,
                seen.st_mode,
                seen.st_uid,
            )
    return found


def _polls(stopping: Event) -> Iterator[None]:
    while not stopping.wait(_POLL):
        yield


def _events(files: Callable[[], Collection[Path]], stopping: Event) -> Iterator[None]:
    """Something happened to one of the files, or nothing has for a while.

    A system that gives no events, or no more of them, is asked again each second.
    """
    last_error = ""
    while not stopping.is_set():
        try:
            yield from _events_of_now(files(), files, stopping)
            last_error = ""
        except (OSError, RuntimeError) as error:  # watchfiles' own is a RuntimeError
            if str(error) != last_error:
                last_error = str(error)
                _log.warning("no events of the file: it is looked at each second", error=last_error)
            stopping.wait(_POLL)


def _events_of_now(
    watched: Collection[Path], files: Callable[[], Collection[Path]], stopping: Event
) -> Iterator[None]:
    """As ``_events``, until other files or folders than these are to be watched."""
    folders = sorted({*_folders(watched)})
    inodes = _inodes(folders)
    if not folders:  # all is gone, for the moment
        stopping.wait(_POLL)
        return
    names = {_SWAPPED, *(file.name for file in watched)}
    names |= {Path(os.path.realpath(file)).name for file in watched}

    def concerns(change: Change, path: str) -> bool:
        del change
        return Path(path).name in names

    yield  # it may have changed while nobody was watching
    for _ in watch(
        *folders,
        watch_filter=concerns,
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
    """Where the files stand and where their symlinks lead, as far as that is there."""
    for file in files:
        for place in (file.parent, Path(os.path.realpath(file)).parent):
            if place.is_dir():
                yield place.absolute()
