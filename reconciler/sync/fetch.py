"""Fetching the lists of a run in parallel, and other lists that affect their titles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from contextvars import copy_context  # what lines of the log have in common
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from reconciler.config import Config
from reconciler.core.desired import need_of, owners_never_read
from reconciler.core.membership import current
from reconciler.core.model.lists import FetchScope, ListRef, Snapshot
from reconciler.core.model.terms import Role
from reconciler.ports import Ledger, Progress, Sources

T = TypeVar("T")

_THREADS = 16  # lists that are read, or wait for their site to be free, at a time
_SIGNAL_SECONDS = 0.5  # within which a signal is noticed


@dataclass(frozen=True, slots=True)
class FetchedLists:
    """Snapshots by list name."""

    snapshots: Mapping[str, Snapshot]  # of the lists of this run: these lead to actions
    owners: Mapping[str, Snapshot] = field(default_factory=dict)  # of lists that may own titles


def fetch_due(
    config: Config,
    names: Collection[str] | None,
    ledger: Ledger,
    sources: Sources,
    progress: Progress,
) -> FetchedLists:
    """Fetch these lists (None: all) and those that their plan depends on. Raises LedgerError."""
    rules = config.rules
    due = [lst for lst in rules if names is None or lst.name in names]
    owners = owners_never_read(rules, due, attempted_lists(ledger))
    stored = ledger.memory.memberships()
    excluded = [  # reading a file costs nothing, and an unread exclude list would stop the run
        lst
        for lst in rules
        if lst.role is Role.EXCLUDE and lst not in due
        if lst.source.provider == "file"
        or current(stored.get(lst.name), lst.source).completed is None
    ]
    lists = [*due, *excluded, *owners]
    scopes: dict[ListRef, FetchScope] = {}  # a list with two names is fetched once
    for lst in lists:
        scopes[lst.source] = scopes.get(lst.source, need_of(lst)) | need_of(lst)
    name_of = {lst.source: lst.name for lst in lists}
    by_source = _fetch_lists(scopes, name_of, sources, progress)
    snapshots = {lst.name: by_source[lst.source] for lst in lists}
    owned = {lst.name: snapshots.pop(lst.name) for lst in owners}
    return FetchedLists(snapshots, owned)


def attempted_lists(ledger: Ledger) -> set[tuple[str, str]]:
    """Name and source of each list that a run has tried to read. Raises LedgerError."""
    attempted = {(name, report.source) for name, report in ledger.cache.reports().items()}
    return attempted | {
        (name, lst.source)
        for name, lst in ledger.memory.memberships().items()
        if lst.completed or not lst.members  # otherwise it has moved there, and was not read yet
    }


def _fetch_lists(
    scopes: Mapping[ListRef, FetchScope],
    name_of: Mapping[ListRef, str],
    sources: Sources,
    progress: Progress,
) -> dict[ListRef, Snapshot]:
    """A snapshot of each list.

    A signal ends this at once: the threads are daemons, and whoever closes the sources ends what
    they are still reading.
    """
    todo: SimpleQueue[ListRef] = SimpleQueue()
    results: SimpleQueue[tuple[ListRef, Snapshot | BaseException]] = SimpleQueue()
    for ref in scopes:
        todo.put(ref)

    def work() -> None:
        with suppress(Empty):
            while True:
                ref = todo.get_nowait()
                try:
                    results.put((ref, sources.fetch(ref, scopes[ref])))
                except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                    results.put((ref, error))

    for _ in range(min(_THREADS, len(scopes))):
        Thread(target=copy_context().run, args=(work,), daemon=True).start()
    snapshots: dict[ListRef, Snapshot] = {}
    unread = dict(name_of)
    with progress.stage("fetch", len(scopes), lambda: next(iter(unread.values()), "")) as step:
        while len(snapshots) < len(scopes):
            ref, result = _wait_for(results)
            if isinstance(result, BaseException):
                raise result
            snapshots[ref] = result
            del unread[ref]
            step()
    return snapshots


def _wait_for(results: SimpleQueue[T]) -> T:
    """The next result. A wait without an end can miss a signal: it is noticed between two waits."""
    while True:
        with suppress(Empty):
            return results.get(timeout=_SIGNAL_SECONDS)
