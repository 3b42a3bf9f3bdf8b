"""Which lists a run reads, and reading them side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context  # what lines of the log have in common
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

from reconciler.config import Config
from reconciler.core.desired import need_of, owners_never_read
from reconciler.core.membership import current
from reconciler.core.model import FetchScope, ListRef, ListRules, Role, Snapshot
from reconciler.ports import Ledger, Progress, Sources

_READERS = 16  # lists that are read, or wait for their turn at a site, at once


@dataclass(frozen=True, slots=True)
class FetchedLists:
    """What was read for a run, by list name."""

    snapshots: Mapping[str, Snapshot]  # of the lists that the run is about: these lead to actions
    owners: Mapping[str, Snapshot] = field(default_factory=dict)  # read to know whose a title is


def fetch_lists(
    wanted: Mapping[ListRef, FetchScope], sources: Sources, progress: Progress
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
    need: FetchScope,
    sources: Sources,
    done: SimpleQueue[tuple[ListRef, Snapshot | BaseException]],
) -> None:
    try:
        done.put((ref, sources.fetch(ref, need)))
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        done.put((ref, error))


def fetch_due(
    config: Config,
    names: Collection[str] | None,
    ledger: Ledger,
    sources: Sources,
    progress: Progress,
) -> FetchedLists:
    """What these lists hold, or all; and what others hold that they depend on.

    Raises LedgerError.
    """
    lists = config.rules
    due = [lst for lst in lists if names is None or lst.name in names]
    owners = owners_never_read(lists, due, attempted_lists(ledger))
    snapshots = _fetch([*due, *_to_be_safe(lists, due, ledger), *owners], sources, progress)
    beside = {lst.name: snapshots.pop(lst.name) for lst in owners}
    return FetchedLists(snapshots, beside)


def attempted_lists(ledger: Ledger) -> set[tuple[str, str]]:
    """Name and source of each list that a run has read, or tried to. Raises LedgerError."""
    tried = {(name, report.source) for name, report in ledger.cache.reports().items()}
    return tried | {(name, lst.source) for name, lst in ledger.memory.memberships().items()}


def _to_be_safe(
    lists: Sequence[ListRules], due: Sequence[ListRules], ledger: Ledger
) -> list[ListRules]:
    """Exclude lists that a pass reads though it was not asked to.

    A file costs nothing to read, and what was never read completely would stop the pass.
    """
    stored = ledger.memory.memberships()
    return [
        lst
        for lst in lists
        if lst.role is Role.EXCLUDE and lst not in due
        if lst.source.provider == "file"
        or current(stored.get(lst.name), lst.source).completed is None
    ]


def _fetch(lists: Sequence[ListRules], sources: Sources, progress: Progress) -> dict[str, Snapshot]:
    """Each list once, also where two names stand for one list."""
    wanted: dict[ListRef, FetchScope] = {}
    for lst in lists:
        need = need_of(lst)
        wanted[lst.source] = wanted.get(lst.source, need) | need
    snapshots = fetch_lists(wanted, sources, progress)
    return {lst.name: snapshots[lst.source] for lst in lists}
