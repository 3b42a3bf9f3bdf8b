"""``run`` as a whole: follows the config, runs lists when they are due, answers ``reconcile``.

The owner of the main thread calls ``load`` and ``begin``, then ``tick`` twice a second, and
``stop`` at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from reconciler.config import Config
from reconciler.controller import results
from reconciler.controller.grace import GracePeriod
from reconciler.controller.list_reconciler import Factories, ListReconciler
from reconciler.controller.statuses import StatusStore
from reconciler.controller.watch import file_states, is_mount_point, watch_files
from reconciler.controller.workers import WorkerPool
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Finding, Intent, ListReport, Run, Status, StatusSnapshot
from reconciler.core.schedule import is_too_late
from reconciler.errors import ConfigError, ListsyncError
from reconciler.logs import Logger

_FLUSH = 2  # seconds at the end for notifications under way

_log = Logger()


class FollowedFile(Protocol):
    """The config file that is followed."""

    def read(self) -> Config:
        """The present config. Raises ConfigError."""
        ...

    def parts(self) -> Collection[Path]:
        """The file, and the files of secrets that it names."""
        ...


class Service:
    """Keeps the server in sync with one config file until it is stopped."""

    def __init__(
        self,
        config: Config,
        file: FollowedFile,
        factories: Factories,
        adopt: Callable[[Config], None],
    ) -> None:
        """``config``: the first that ``file`` gave. ``adopt``: called with each one after it."""
        self.statuses = StatusStore()
        self._file = file
        self._file_states = file_states(file.parts())  # as the config was read
        self._factories = factories
        self._adopt = adopt
        self._stopping = Event()
        self._reloading = Lock()
        self._problems: tuple[str, ...] = ()  # of the config, as last logged
        self._trouble = ""  # with the ledger, as last logged
        self._version: tuple[int, int] | None = None  # of the ledger, as last read
        self._triggers: dict[str, int] = {}  # each list's last trigger
        self._reconciler = ListReconciler(config, factories, self.statuses, self._stopping)
        self._grace = GracePeriod(factories.server, factories.ledger, factories.clock)
        self._may_run = True  # False: the accepted config is for a server whose key is unknown
        self._workers = WorkerPool(
            self._reconciler, factories.clock, self._reconciler.room_of, self._stopping
        )

    @property
    def config(self) -> Config:
        """The config in effect: the file's, without changes that wait."""
        return self._reconciler.config

    @property
    def status(self) -> StatusSnapshot:
        """The present statuses, with the due times of the queue, which a set clock shifts."""
        status = self.statuses.snapshot(self.config)
        schedules = {
            name: replace(schedule, due=self._workers.due(name) or schedule.due)
            for name, schedule in status.schedules.items()
        }
        return replace(status, schedules=schedules, waiting=self._grace.waiting)

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts. Raises LedgerError, LockHeldError."""
        return self._factories.ledger(self.config).cache.reports()

    def reports_version(self) -> object:
        """Differs where ``reports`` may. Raises LedgerError, LockHeldError."""
        ledger, schedules = self._factories.ledger(self.config), self.statuses.schedules()
        attempts = {name: schedule.attempted for name, schedule in schedules.items()}
        return id(ledger), ledger.data_version(), attempts  # which own writes do not change

    def history(self) -> tuple[tuple[Intent, ...], tuple[Run, ...]]:
        """What was sent, and the runs of 90 days. Raises LedgerError, LockHeldError."""
        return self._factories.ledger(self.config).journal.history()

    @property
    def server_facts(self) -> results.ServerFacts | None:
        """What the last run learned about the server; None: no list has run yet."""
        return self._reconciler.server_facts

    def now(self) -> datetime:
        """The time by the clock that schedules follow."""
        return self._factories.clock.now()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the file as it is now is not in effect; empty: it is."""
        return self._problems

    def load(self) -> None:
        """Take the lock and read the ledger. Raises LedgerError, LockHeldError."""
        self._grace.load(self.config)
        self._reconciler.config = self._admit(self.config)
        ledger = self._factories.ledger(self.config)
        ledger.rename(self.config.rules)
        self.statuses.load(ledger)

    def begin(self, *, poll: bool) -> None:
        """Start the workers and follow the file, after ``load``.

        ``poll``: check the files every second, where the system reports no changes.
        """
        config = self.config
        self.statuses.follow_only([lst.name for lst in config.lists])
        self._post(conditions.ledger(""), write=False)
        self._post(conditions.config(Status.TRUE, "Valid", ""))
        self._post(conditions.rights(self._grace.waiting))
        for lst in config.lists:
            self._workers.add(lst.name, self._reconciler.due_at(lst.name))
        self._resize_pool()
        for part in self._file.parts():
            if is_mount_point(part):
                event = "the config is mounted as a single file; changes to it go unnoticed"
                _log.warning(event, file=str(part), hint="mount its folder instead")
        Thread(target=self._follow, args=(poll,), name="watch", daemon=True).start()

    def tick(self) -> None:
        """Check the ledger, triggers, the grace period, and which lists are due."""
        try:
            self._check_ledger()
            grace_is_over = self._check_grace()
        except ListsyncError as error:
            self._note_ledger(str(error))
        else:
            self._note_ledger("")
            if grace_is_over:
                self.reload()
        self._wake_lists_waiting_for_server()
        self._workers.tick()  # which shifts due times along with a clock that was set back
        self._wake_lists_due_too_late()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait up to ``seconds`` until no list runs or is due; whether that was so."""
        return self._workers.wait_until_idle(seconds)

    def reload(self) -> bool:
        """Read the file and put its changes into effect; whether anything was worth logging."""
        with self._reloading:
            try:
                config = self._file.read()
            except ConfigError as error:
                return self._reject(error)
            was_invalid, self._problems = bool(self._problems), ()
            waiting, config = self._grace.waiting, self._admit(config)
            changed = config != self.config
            if changed:
                self._take(config)
            elif was_invalid:
                _log.info("the config is valid again, and unchanged")
            self._post(conditions.config(Status.TRUE, "Valid", ""))
            self._post(conditions.rights(self._grace.waiting))
            return changed or was_invalid or waiting != self._grace.waiting

    def stop(self) -> bool:
        """Finish requests under way, cancel fetches; whether all ended within the drain time."""
        seconds = self.config.controller.drain.total_seconds()
        deadline = time.monotonic() + seconds
        self._stopping.set()
        # A browser that does not respond takes seconds to end.
        canceling = Thread(target=self._reconciler.cancel_fetches, name="cut", daemon=True)
        canceling.start()
        has_ended = self._workers.stop(seconds)
        canceling.join(max(0.0, deadline - time.monotonic()))
        self._factories.dispatcher.flush(_FLUSH)
        return has_ended and not canceling.is_alive()

    def _admit(self, proposed: Config) -> Config:
        """The part of a config that takes effect now; people are notified of the other part."""
        admission = self._grace.admit(proposed)
        self._may_run = admission.may_run
        if admission.news:
            self._factories.dispatcher.notify_waiting_changes(admission.config, admission.news)
        return admission.config

    def _resize_pool(self) -> None:
        self._workers.resize(self.config.controller.workers if self._may_run else 0)

    def _check_grace(self) -> bool:
        """Whether waiting changes may take effect. Raises LedgerError."""
        if not self._reloading.acquire(blocking=False):
            return False  # the file is being read; the next tick checks again
        try:
            self._grace.keep(self.config)
            return self._grace.is_due()
        finally:
            self._reloading.release()

    def _follow(self, poll: bool) -> None:  # noqa: FBT001 - a thread's argument
        for _ in watch_files(self._file.parts, self._file_states, self._stopping, poll=poll):
            self.reload()

    def _reject(self, error: ConfigError) -> bool:
        """Keep the present config and report the problems, each time they differ; if they did."""
        if self._post(conditions.config(Status.FALSE, "Invalid", error.brief)):
            self._factories.dispatcher.notify_invalid_config(self.config, error.brief)
        if is_new := error.problems != self._problems:
            self._problems = error.problems
            event = "the config is invalid; the last valid config stays in effect"
            _log.error(event, problems=list(error.problems))
        return is_new

    def _take(self, config: Config) -> None:
        """Put a config into effect: a new generation, or the same one with other secrets."""
        before, self._reconciler.config = self.config, config
        if config.controller.listen != before.controller.listen:
            _log.warning("a new controller.listen takes effect at the next start")
        self._adopt(config)
        renamed = {lst.was: lst.name for lst in config.lists if lst.was}
        self.statuses.rename(renamed)
        self._factories.metrics.rename(renamed)
        self.statuses.follow_only([lst.name for lst in config.lists])
        old = {lst.name: results.config_hash(before, lst) for lst in before.lists}
        new = {lst.name: results.config_hash(config, lst) for lst in config.lists}
        changed = [name for name in new if new[name] != old.get(name)]
        removed = sorted(old.keys() - new.keys())
        for name in removed:
            self._workers.remove(name)
        for name in changed:
            self._workers.move(name, self._reconciler.due_at(name))
        self._resize_pool()
        generation = config.generation
        _log.info("the config has changed", generation=generation, lists=changed, removed=removed)

    def _post(self, finding: Finding, *, write: bool = True) -> bool:
        """Set a condition of the config or the server; whether its status has changed."""
        config, now = self.config, self._factories.clock.now()
        changed = self.statuses.post(finding, config.generation, now)
        if write:
            try:
                self.statuses.write(self._factories.ledger(config))
            except ListsyncError as error:
                _log.debug("statuses not written yet", error=str(error))
        return changed

    def _note_ledger(self, trouble: str) -> None:
        """Report trouble with the ledger, or that it is over, once."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        self._post(conditions.ledger(trouble), write=False)
        if trouble:
            _log.error("the ledger cannot be used", error=trouble)
        else:
            _log.warning("the ledger can be used again")

    def _check_ledger(self) -> None:
        """Reopen it if needed, write statuses that are not written yet, and read triggers."""
        ledger = self._factories.ledger(self.config)
        self.statuses.write(ledger)
        version = (id(ledger), ledger.data_version())
        if version == self._version:
            return
        by_type = ledger.statuses.conditions().get(WHOLE, {})
        if conditions.is_true(by_type, conditions.SERVER_REACHABLE):  # plan or doctor reached it
            self._post(results.reachable(), write=False)
        for name, trigger in ledger.statuses.triggers().items():
            if self.config.list_by_name(name) is None:
                ledger.statuses.clear_triggers([trigger])
            elif self._triggers.get(name) != trigger:  # which stays until the run has ended
                self._triggers[name] = trigger
                _log.info("run triggered", list=name)
                self._workers.add(name, self._factories.clock.now())
        self._version = version

    def _wake_lists_due_too_late(self) -> None:
        """Run lists now whose due time was written while the clock was ahead."""
        schedules, now = self.statuses.schedules(), self._factories.clock.now()
        for lst in self.config.lists:
            due = self._workers.due(lst.name)
            if due and is_too_late(schedules.get(lst.name), due, lst.rules, now):
                self._workers.move(lst.name, now)

    def _wake_lists_waiting_for_server(self) -> None:
        """Run lists now that wait for a server which answers again."""
        by_list = self.statuses.conditions()
        if not conditions.is_true(by_list.get(WHOLE, {}), conditions.SERVER_REACHABLE):
            return
        now = self._factories.clock.now()
        for lst in self.config.lists:
            due = self._workers.due(lst.name)
            waits = conditions.waits_for_server(by_list.get(lst.name, {}))
            if waits and due is not None and due > now:
                self._workers.move(lst.name, now)
