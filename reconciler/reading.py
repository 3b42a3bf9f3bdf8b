"""Reading lists side by side."""

from __future__ import annotations

from contextlib import suppress
from contextvars import copy_context  # what lines of the log have in common
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.model import ListRef, Need, Snapshot
    from reconciler.ports import Progress, Sources

_READERS = 16  # lists that are read, or wait for their turn at a site, at once


def read_lists(
    wanted: Mapping[ListRef, Need], sources: Sources, progress: Progress
) -> dict[ListRef, Snapshot]:
    """A snapshot of each list, in whatever order they come. ``wanted``: how much of each.

    A signal ends this at once. Whoever closes the sources then ends what is still being read; the
    process waits for none of it.
    """
    todo: SimpleQueue[ListRef] = SimpleQueue()
    done: SimpleQueue[tuple[ListRef, Snapshot | BaseException]] = SimpleQueue()
    for ref in wanted:
        todo.put(ref)

    def work() -> None:
        with suppress(Empty):
            while True:
                ref = todo.get_nowait()
                _read(ref, wanted[ref], sources, done)

    for _ in range(min(_READERS, len(wanted))):
        Thread(target=copy_context().run, args=(work,), daemon=True).start()
    snapshots: dict[ListRef, Snapshot] = {}
    with progress.stage("fetch", len(wanted)) as step:
        while len(snapshots) < len(wanted):
            ref, found = done.get()
            if isinstance(found, BaseException):
                raise found
            snapshots[ref] = found
            step()
    return snapshots


def _read(
    ref: ListRef,
    need: Need,
    sources: Sources,
    done: SimpleQueue[tuple[ListRef, Snapshot | BaseException]],
) -> None:
    try:
        done.put((ref, sources.fetch(ref, need)))
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        done.put((ref, error))
