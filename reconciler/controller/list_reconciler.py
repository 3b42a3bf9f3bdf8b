"""One list's turn in ``run``: read the list, then plan and act, one list at a time.

Reading goes on side by side; planning and acting do not, so that a list sees what the one before
has just asked for. A plan is made with the file as it is at that moment.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import AbstractContextManager, ExitStack, suppress
from contextvars import copy_context  # what lines of the log have in common
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread

from reconciler.config import Config, ListConfig
from reconciler.controller import turns
from reconciler.controller.statuses import StatusStore
from reconciler.core import conditions
from reconciler.core.desired import owners_never_read
from reconciler.core.model import ALL, ATTENTION, DEFERRED, FetchScope, ListRef, Result, Snapshot
from reconciler.core.schedule import ReconcileResult, first_due
from reconciler.core.times import iso_time
from reconciler.errors import ListsyncError, internal_error, trace_of
from reconciler.logs import Logger, bound
from reconciler.notify.dispatcher import NotificationDispatcher
from reconciler.ports import Clock, Ledger, MediaServer, Meter, Progress, Sources
from reconciler.sync.apply import Outcomes
from reconciler.sync.execute import execute, exit_code, record_run
from reconciler.sync.fetch import FetchedLists, attempted_lists, fetch_due
from reconciler.sync.observe import identify
from reconciler.sync.reconcile import Context, Reconciliation, plan_fetched

OWNER_WAIT = timedelta(seconds=2)

_log = Logger()


@dataclass(frozen=True, slots=True)
class Factories:
    """How a turn gets at what it needs, each time anew: what was lost is found again."""

    server: Callable[[Config], AbstractContextManager[MediaServer]]
    sources: Callable[[Config], AbstractContextManager[Sources]]
    ledger: Callable[[Config], Ledger]  # held and locked; raises LedgerError, LockHeldError
    needs_browser: Callable[[Config, ListRef], bool]  # whether reading a list may take one
    clock: Clock
    progress: Progress
    meter: Meter
    chance: Callable[[], float]  # from 0 to 1
    dispatcher: NotificationDispatcher


@dataclass(frozen=True, slots=True)
class _Turned:
    """What a turn came to, and what its line in the log says."""

    came: ReconcileResult
    log_values: dict[str, object]
    items: int | None = None


class ListReconciler:
    """Turns of the lists of one file, which may change at any moment (``config``)."""

    def __init__(
        self, config: Config, factories: Factories, statuses: StatusStore, stopping: Event
    ) -> None:
        """``stopping`` set: a turn sends nothing further."""
        self.config = config
        self._factories = factories
        self._statuses = statuses
        self._stopping = stopping
        self._acting = Lock()
        self._reading: dict[ExitStack, Future[FetchedLists]] = {}

    def due_at(self, name: str) -> datetime:
        """When a list is due that has just been read from the file."""
        config, now = self.config, self._factories.clock.now()
        lst = config.named(name)
        if lst is None or name not in self._statuses.conditions():
            return now  # new, or back in the file
        schedule = self._statuses.schedules().get(name)
        return first_due(schedule, turns.digest(config, lst), lst.rules, now)

    def room_of(self, name: str) -> Collection[tuple[str, int]]:
        """What a list needs to itself while it is read: its site, and perhaps a browser."""
        config = self.config
        lst, sessions = config.named(name), config.browser.sessions
        if lst is None or lst.source.provider == "file":
            return ()
        site = (lst.source.provider, sessions)
        if not self._factories.needs_browser(config, lst.source):
            return (site,)
        return (site, ("browser", sessions))

    def cut(self) -> None:
        """End what is being read; requests under way go on to their end.

        Browsers are closed. Who reads over an API may be asleep: nobody waits for that.
        """
        for opened, found in list(self._reading.items()):
            opened.close()
            found.cancel()

    def __call__(self, name: str) -> datetime | None:
        """A list's turn; when its next one is. None: the file wants none of it now."""
        config = self.config
        lst = config.named(name)
        if lst is None:
            return None
        if lst.suspend:
            self._hold(config, name)
            return None
        if self._awaits_owner(config, lst):
            return self._factories.clock.now() + OWNER_WAIT
        with bound(run=uuid.uuid4().hex[:8], list=name):
            began, word = time.monotonic(), self._asked(config, name)
            try:
                turned = self._turn(config, lst)
            except ListsyncError as error:
                turned = _Turned(turns.failed(error), {"error": str(error)})
            except Exception as error:  # noqa: BLE001 - the other lists' turns go on
                turned = _broken_off(error)
            if turned is None:
                return self._factories.clock.now()
            due = self._settle(config, lst, turned, time.monotonic() - began)
            if word is not None:
                with suppress(ListsyncError):
                    self._factories.ledger(config).statuses.clear_triggers([word])
            return due

    def _awaits_owner(self, config: Config, lst: ListConfig) -> bool:
        """Whether a list above this one has yet to run for the first time, and may own its titles.

        Otherwise a new file would have titles of both requested as this list's requester, if this
        list happens to be read faster.
        """
        judged = self._statuses.conditions()
        with suppress(ListsyncError):
            owners = owners_never_read(
                config.rules, (lst.rules,), attempted_lists(self._factories.ledger(config))
            )
            return any(owner.name not in judged for owner in owners)
        return False

    def _asked(self, config: Config, name: str) -> int | None:
        """The word that this turn is the answer to, if any; one that cannot be read stays."""
        with suppress(ListsyncError):
            return self._factories.ledger(config).statuses.triggers().get(name)
        return None

    def _hold(self, config: Config, name: str) -> None:
        """Leave a list alone until the file says otherwise, and say so where its state is shown."""
        now = self._factories.clock.now()
        self._statuses.judge(name, (conditions.suspended(),), config.generation, now)
        with suppress(ListsyncError):  # it is written once the ledger can be used
            self._statuses.write(self._factories.ledger(config))

    def _turn(self, config: Config, lst: ListConfig) -> _Turned | None:
        """Read, plan, act. None: it was interrupted, or the file says something else by now."""
        factories = self._factories
        with factories.server(config) as server:
            with self._acting:
                identity = identify(config, server)
            lists, at = self._read(config, lst, server), factories.clock.now()
            if lists is None:
                return None
            with self._acting:
                current = self.config
                if self._stopping.is_set() or _said(current, lst.name) != _said(config, lst.name):
                    return None
                context = self._context(current, server, _Nowhere())
                seen = plan_fetched(current, context, identity, lists, at)
                with record_run(context, "run") as recorder:
                    done = execute(current, context, seen, self._stopping)
                    outcomes, trouble = done.outcomes, done.trouble
                    code = trouble.exit_code if trouble else exit_code(seen, outcomes)
                    recorder.record(seen, outcomes, code)
                for action, came in outcomes:
                    factories.meter.count_action(action.op, came.result)
                factories.dispatcher.notify_actions(
                    current, context.ledger, outcomes, factories.clock.now()
                )
        if self._stopping.is_set() and any(d.result is Result.SKIPPED for _, d in outcomes):
            return None
        return _Turned(
            turns.came(seen, outcomes, lst.name, trouble),
            _told(seen, outcomes, lst.name) | ({"error": str(trouble)} if trouble else {}),
            len(seen.snapshots[lst.name].items),
        )

    def _read(self, config: Config, lst: ListConfig, server: MediaServer) -> FetchedLists | None:
        """What there is to plan with; None: it was cut off."""
        began = time.monotonic()
        opened = ExitStack()
        found: Future[FetchedLists] = Future()
        try:
            sources = opened.enter_context(self._factories.sources(config))
            context = self._context(config, server, sources)
            self._reading[opened] = found
            if self._stopping.is_set():
                return None  # who asked to stop may not have seen this one
            reading = partial(
                _fulfil,
                found,
                partial(fetch_due, config, {lst.name}, context.ledger, sources, context.progress),
            )
            Thread(target=copy_context().run, args=(reading,), daemon=True).start()
            return found.result()
        except CancelledError:
            return None
        finally:
            opened.close()
            self._reading.pop(opened, None)
            self._factories.meter.record_fetch(lst.name, time.monotonic() - began)

    def _context(self, config: Config, server: MediaServer, sources: Sources) -> Context:
        factories = self._factories
        return Context(
            server, sources, factories.ledger(config), factories.clock, factories.progress
        )

    def _settle(
        self, config: Config, lst: ListConfig, turned: _Turned, seconds: float
    ) -> datetime | None:
        """Write how the list is and when it is due, and say so in one line."""
        factories, statuses, now = self._factories, self._statuses, self._factories.clock.now()
        found, schedule = statuses.settle(
            config, lst, turned.came, now=now, chance=factories.chance()
        )
        try:
            statuses.write(factories.ledger(config))
            factories.dispatcher.notify_conditions(
                config, factories.ledger(config), {lst.name: found}, now
            )
        except ListsyncError as error:
            turned.log_values.setdefault("error", str(error))
        ready = conditions.is_true(found, conditions.READY)
        factories.meter.record_run(lst.name, ready=ready, items=turned.items, seconds=seconds)
        say = _log.info if ready else _log.warning
        say("turn", **turned.log_values, next=iso_time(schedule.due))
        return schedule.due


class _Nowhere:
    """Where a pass fetches from once its lists have been read: it fetches nothing more."""

    def fetch(self, ref: ListRef, need: FetchScope = ALL) -> Snapshot:
        """Never asked."""
        del need
        raise NotImplementedError(str(ref))


def _fulfil(promise: Future[FetchedLists], work: Callable[[], FetchedLists]) -> None:
    """Do what is waited for. Where nobody waits any more, what came of it goes nowhere."""
    with suppress(InvalidStateError):
        try:
            promise.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            promise.set_exception(error)


def _broken_off(error: Exception) -> _Turned:
    """A turn that a mistake of the program's own has ended."""
    bug = internal_error(error)
    return _Turned(turns.failed(bug), {"error": str(bug), "trace": trace_of(error)})


def _said(config: Config, name: str) -> str | None:
    lst = config.named(name)
    return turns.digest(config, lst) if lst else None


def _told(seen: Reconciliation, outcomes: Outcomes, name: str) -> dict[str, object]:
    """What was done for a list and what was not, for the log."""
    snapshot = seen.snapshots[name]
    log_values: dict[str, object] = {"fetch": snapshot.outcome.value, "titles": len(snapshot.items)}
    if snapshot.error:
        log_values["why"] = snapshot.error
    done: dict[str, Counter[str]] = {}
    for action, came in outcomes:
        done.setdefault(action.lists[0], Counter())[came.result.value] += 1
    log_values |= done.pop(name, {})
    if done:  # titles that are on this list, too, and belong to one above it
        log_values["for_others"] = done
    reasons = [verdict.reason for verdict in seen.plan.verdicts if name in verdict.lists]
    log_values |= Counter(reason.value for reason in reasons if reason in DEFERRED | ATTENTION)
    log_values["unchanged"] = sum(reason not in DEFERRED | ATTENTION for reason in reasons)
    problem = next((lst.problem for lst in seen.lists if lst.name == name), None)
    if problem:
        log_values["problem"] = problem.message
    if seen.plan.stops:
        log_values["stopped"] = turns.stops(seen)
    return log_values
