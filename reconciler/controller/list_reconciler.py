"""One run of a list in ``run``: fetch, plan, apply, report.

Lists are fetched in parallel. They are planned and applied one at a time, with the config as it
is at that moment, so that each list sees what the one before has just requested.
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
from reconciler.controller import results
from reconciler.controller.metrics import Metrics
from reconciler.controller.statuses import StatusStore
from reconciler.core import conditions
from reconciler.core.desired import owners_never_read
from reconciler.core.model import ATTENTION, DEFERRED, ListRef, Result
from reconciler.core.schedule import ReconcileResult, first_due
from reconciler.core.times import iso_time
from reconciler.errors import ListsyncError, internal_error, trace_of
from reconciler.logs import Logger, log_context
from reconciler.notify.dispatcher import NotificationDispatcher
from reconciler.ports import Clock, Ledger, MediaServer, Progress, Sources
from reconciler.sync.apply import Outcomes
from reconciler.sync.execute import execute, exit_code, record_run
from reconciler.sync.fetch import FetchedLists, attempted_lists, fetch_due
from reconciler.sync.observe import identify
from reconciler.sync.reconcile import Context, Reconciliation, plan_fetched
from reconciler.sync.reports import CachedSources

OWNER_WAIT = timedelta(seconds=2)

_log = Logger()


@dataclass(frozen=True, slots=True)
class Factories:
    """What opens a run's server, sources and ledger: each run opens them again."""

    server: Callable[[Config], AbstractContextManager[MediaServer]]
    sources: Callable[[Config], AbstractContextManager[Sources]]
    ledger: Callable[[Config], Ledger]  # locked; raises LedgerError, LockHeldError
    needs_browser: Callable[[Config, ListRef], bool]  # whether fetching a list may need one
    clock: Clock
    progress: Progress
    metrics: Metrics
    chance: Callable[[], float]  # from 0 to 1
    dispatcher: NotificationDispatcher


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that has ended: its result, and the values of its log line."""

    result: ReconcileResult
    log_values: dict[str, object]


class ListReconciler:
    """Runs the lists of one config, which may change at any moment (``config``)."""

    def __init__(
        self, config: Config, factories: Factories, statuses: StatusStore, stopping: Event
    ) -> None:
        """Once ``stopping`` is set, no further request is sent."""
        self.config = config
        self.server_facts: results.ServerFacts | None = None  # of the last run in this process
        self._factories = factories
        self._statuses = statuses
        self._stopping = stopping
        self._acting = Lock()
        self._fetches: dict[ExitStack, Future[FetchedLists]] = {}

    def due_at(self, name: str) -> datetime:
        """When a list is due that was just read from the config."""
        config, now = self.config, self._factories.clock.now()
        lst = config.list_by_name(name)
        if lst is None or name not in self._statuses.conditions():
            return now  # new, or back in the config
        schedule = self._statuses.schedules().get(name)
        return first_due(schedule, results.config_hash(config, lst), lst.rules, now)

    def room_of(self, name: str) -> Collection[tuple[str, int]]:
        """What fetching a list occupies, and how many lists may at a time: its site, a browser."""
        config = self.config
        lst, sessions = config.list_by_name(name), config.browser.sessions
        if lst is None or lst.source.provider == "file":
            return ()
        site = (lst.source.provider, sessions)
        if not self._factories.needs_browser(config, lst.source):
            return (site,)
        return (site, ("browser", sessions))

    def cancel_fetches(self) -> None:
        """End the fetches under way; requests under way are finished.

        Browsers are closed. A fetch over an API may be asleep: nothing waits for it.
        """
        for opened, future in list(self._fetches.items()):
            opened.close()
            future.cancel()

    def __call__(self, name: str) -> datetime | None:
        """Run a list. When it is due next; None: the config has no such list, or suspends it."""
        config = self.config
        lst = config.list_by_name(name)
        if lst is None:
            return None
        if lst.suspend:
            now = self._factories.clock.now()
            self._statuses.update(name, (conditions.SUSPENSION,), config.generation, now)
            with suppress(ListsyncError):  # it is written once the ledger can be used
                self._statuses.write(self._factories.ledger(config))
            return None
        if self._awaits_owner(config, lst):
            return self._factories.clock.now() + OWNER_WAIT
        with log_context(run=uuid.uuid4().hex[:8], list=name):
            began, trigger = time.monotonic(), self._trigger(config, name)
            try:
                run = self._run(config, lst)
            except ListsyncError as error:
                run = _Run(results.failed_result(error), {"error": str(error)})
            except Exception as error:  # noqa: BLE001 - the other lists' runs continue
                bug = internal_error(error)
                run = _Run(
                    results.failed_result(bug), {"error": str(bug), "trace": trace_of(error)}
                )
            if run is None:
                return self._factories.clock.now()
            due = self._report(config, lst, run, time.monotonic() - began)
            if trigger is not None:
                with suppress(ListsyncError):
                    self._factories.ledger(config).statuses.clear_triggers([trigger])
            return due

    def _awaits_owner(self, config: Config, lst: ListConfig) -> bool:
        """Whether a list above this one, which may own its titles, has not run yet.

        Otherwise titles on both lists of a new config would be requested as this list's requester
        if this list happens to be fetched faster.
        """
        reported = self._statuses.conditions()
        with suppress(ListsyncError):
            attempted = attempted_lists(self._factories.ledger(config))
            owners = owners_never_read(config.rules, (lst.rules,), attempted)
            return any(owner.name not in reported for owner in owners)
        return False

    def _trigger(self, config: Config, name: str) -> int | None:
        """The trigger that this run answers, if any; one that cannot be read stays."""
        with suppress(ListsyncError):
            return self._factories.ledger(config).statuses.triggers().get(name)
        return None

    def _run(self, config: Config, lst: ListConfig) -> _Run | None:
        """Fetch, plan, apply. None: it was interrupted, or the list's config has changed."""
        factories, name = self._factories, lst.name
        with factories.server(config) as server:
            with self._acting:
                factories.ledger(config).rename(config.rules)
                identity = identify(config, server)
            fetched_lists, fetched_at = self._fetch(config, lst), factories.clock.now()
            if fetched_lists is None:
                return None
            with self._acting:
                current = self.config
                if self._stopping.is_set() or _hash_of(current, name) != _hash_of(config, name):
                    return None
                ledger = factories.ledger(current)
                ledger.rename(current.rules)
                no_sources = CachedSources(())  # the lists are fetched already
                context = Context(server, no_sources, ledger, factories.clock, factories.progress)
                reconciliation = plan_fetched(current, context, identity, fetched_lists, fetched_at)
                with record_run(context, "run") as recorder:
                    outcomes, trouble, reports = execute(
                        current, context, reconciliation, self._stopping
                    )
                    code = trouble.exit_code if trouble else exit_code(reconciliation, outcomes)
                    recorder.record(reconciliation, outcomes, code)
                self.server_facts = results.server_facts(current, reconciliation, outcomes)
                factories.metrics.show_reports(reports)
                for action, done in outcomes:
                    factories.metrics.count_action(action.op, done.result)
                now = factories.clock.now()
                factories.dispatcher.notify_actions(current, ledger, outcomes, now)
        if self._stopping.is_set() and any(d.result is Result.SKIPPED for _, d in outcomes):
            return None
        log_values = _log_values(reconciliation, outcomes, name)
        if trouble:
            log_values["error"] = str(trouble)
        return _Run(results.list_result(reconciliation, outcomes, name, trouble), log_values)

    def _fetch(self, config: Config, lst: ListConfig) -> FetchedLists | None:
        """The list, and others that its plan depends on; None: the fetch was canceled."""
        factories, began = self._factories, time.monotonic()
        opened = ExitStack()
        future: Future[FetchedLists] = Future()
        try:
            sources = opened.enter_context(factories.sources(config))
            ledger = factories.ledger(config)
            self._fetches[opened] = future
            if self._stopping.is_set():
                return None  # ``cancel_fetches`` may have come before this fetch was listed
            fetch = partial(fetch_due, config, {lst.name}, ledger, sources, factories.progress)
            work = partial(copy_context().run, _fulfill, future, fetch)
            Thread(target=work, daemon=True).start()
            return future.result()
        except CancelledError:
            return None
        finally:
            opened.close()
            self._fetches.pop(opened, None)
            factories.metrics.record_fetch(lst.name, time.monotonic() - began)

    def _report(self, config: Config, lst: ListConfig, run: _Run, seconds: float) -> datetime:
        """Write the list's status, notify people, and log the run; when the list is due next."""
        factories, statuses, now = self._factories, self._statuses, self._factories.clock.now()
        by_type, schedule = statuses.record_run(
            config, lst, run.result, now=now, chance=factories.chance()
        )
        try:
            ledger = factories.ledger(config)
            statuses.write(ledger)
            factories.dispatcher.notify_conditions(config, ledger, {lst.name: by_type}, now)
        except ListsyncError as error:
            run.log_values.setdefault("error", str(error))
        ready = conditions.is_true(by_type, conditions.READY)
        if ready:
            factories.dispatcher.beat(config)
        factories.metrics.record_run(lst.name, ready=ready, seconds=seconds)
        log = _log.info if ready else _log.warning
        log("run ended", **run.log_values, next=iso_time(schedule.due))
        return schedule.due


def _fulfill(future: Future[FetchedLists], work: Callable[[], FetchedLists]) -> None:
    with suppress(InvalidStateError):
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            future.set_exception(error)


def _hash_of(config: Config, name: str) -> str | None:
    lst = config.list_by_name(name)
    return results.config_hash(config, lst) if lst else None


def _log_values(reconciliation: Reconciliation, outcomes: Outcomes, name: str) -> dict[str, object]:
    snapshot = reconciliation.snapshots[name]
    values: dict[str, object] = {"fetch": snapshot.outcome.value, "titles": len(snapshot.items)}
    if snapshot.error:
        values["why"] = snapshot.error
    counts: dict[str, Counter[str]] = {}
    for action, done in outcomes:
        counts.setdefault(action.lists[0], Counter())[done.result.value] += 1
    values |= counts.pop(name, {})
    if counts:  # titles on this list that belong to a list above it
        values["for_others"] = counts
    reasons = [verdict.reason for verdict in reconciliation.plan.verdicts if name in verdict.lists]
    values |= Counter(reason.value for reason in reasons if reason in DEFERRED | ATTENTION)
    values["unchanged"] = sum(reason not in DEFERRED | ATTENTION for reason in reasons)
    problem = next((lst.problem for lst in reconciliation.lists if lst.name == name), None)
    if problem:
        values["problem"] = problem.message
    if reconciliation.plan.stops:
        values["stopped"] = results.stop_messages(reconciliation)
    return values
