"""``run`` as a whole: follows the file, gives lists their turns, obeys ``reconcile``.

The owner of the main thread calls ``load`` and ``begin``, then ``tick`` twice a second, and
``stop`` at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol

from reconciler.config import Config
from reconciler.controller import turns
from reconciler.controller.grace import GracePeriod
from reconciler.controller.list_reconciler import Factories, ListReconciler
from reconciler.controller.mounts import is_mount_point
from reconciler.controller.statuses import StatusStore
from reconciler.controller.watch import news
from reconciler.controller.workers import WorkerPool
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Finding, ListReport, Status, StatusSnapshot
from reconciler.core.schedule import is_too_late
from reconciler.errors import ConfigError, ListsyncError
from reconciler.logs import Logger

_LAST_WORDS = 2  # seconds for notifications that are under way at the end

_log = Logger()


class FollowedFile(Protocol):
    """The file that is followed."""

    def read(self) -> Config:
        """What it says now. Raises ConfigError."""
        ...

    def parts(self) -> Collection[Path]:
        """The file, and the files of secrets that it names."""
        ...


class Service:
    """Keeps the server in step with one file, until it is stopped."""

    def __init__(
        self,
        config: Config,
        file: FollowedFile,
        factories: Factories,
        adopt: Callable[[Config], None],
    ) -> None:
        """``config``: what ``file`` said first. ``adopt``: told of each spec that is to hold."""
        self.statuses = StatusStore()
        self._file = file
        self._factories = factories
        self._adopt = adopt
        self._stopping = Event()
        self._reloading = Lock()
        self._told: tuple[str, ...] = ()  # the problems that were told last
        self._trouble = ""  # with the ledger, as told last
        self._version: tuple[int, int] | None = None  # of the ledger, as seen last
        self._heard: dict[str, int] = {}  # the last word about each list that was asked for
        self._reconciler = ListReconciler(config, factories, self.statuses, self._stopping)
        self._grace = GracePeriod(factories.server, factories.ledger, factories.clock)
        self._may_run = True  # False: all that is accepted is of a server whose key is not known
        self._workers = WorkerPool(
            self._reconciler, factories.clock, self._reconciler.room_of, self._stopping
        )

    @property
    def config(self) -> Config:
        """What is in effect now: of the file, all that does not wait."""
        return self._reconciler.config

    @property
    def status(self) -> StatusSnapshot:
        """How the lists are now; each is due when the queue has it, whatever the clock has done."""
        status = self.statuses.snapshot(self.config)
        schedules = {
            name: replace(schedule, due=self._workers.due(name) or schedule.due)
            for name, schedule in status.schedules.items()
        }
        return replace(status, schedules=schedules, waiting=self._grace.waiting)

    def reports(self) -> Mapping[str, ListReport]:
        """Each list's last fetch and verdicts. Raises LedgerError, LockHeldError."""
        return self._factories.ledger(self.config).cache.reports()

    def load(self) -> None:
        """Take the lock, and what the ledger knows. Raises LedgerError, LockHeldError."""
        self._grace.load(self.config)
        self._reconciler.config = self._admit(self.config)
        self.statuses.load(self._factories.ledger(self.config))

    def begin(self, *, poll: bool) -> None:
        """Have everything done that is due, once what the ledger knows is loaded.

        ``poll``: look at the files each second, where the system tells of no changes.
        """
        config = self.config
        self.statuses.follow_only([lst.name for lst in config.lists])
        self.statuses.post(conditions.ledger(""), config.generation, self._factories.clock.now())
        self._post(conditions.config(Status.TRUE, "Valid", ""))
        self._post(conditions.rights(self._grace.waiting))
        for lst in config.lists:
            self._workers.add(lst.name, self._reconciler.due_at(lst.name))
        self._staff()
        for part in self._file.parts():
            if is_mount_point(part):
                what = "mounted by itself: a new file in its place is not seen; mount its folder"
                _log.warning(what, file=str(part))
        Thread(target=self._follow, args=(poll,), name="watch", daemon=True).start()

    def tick(self) -> None:
        """Time has passed: see to the ledger, to what was asked for, and to what has become due."""
        try:
            self._see_to_ledger()
            grace_is_over = self._see_to_grace()
        except ListsyncError as error:
            self._note_ledger(str(error))
        else:
            self._note_ledger("")
            if grace_is_over:
                self.reload()
        self._wake_those_the_server_kept()
        self._workers.tick()  # which shifts due times along with a clock that was set back
        self._wake_those_a_clock_delayed()

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether within so many seconds no list has its turn, nor is any due."""
        return self._workers.wait_until_idle(seconds)

    def reload(self) -> bool:
        """Read the file anew, and do what has changed in it; whether there was anything to tell."""
        with self._reloading:
            try:
                config = self._file.read()
            except ConfigError as error:
                return self._refuse(error)
            mended, self._told = bool(self._told), ()
            waited, config = self._grace.waiting, self._admit(config)
            changed = config != self.config
            if changed:
                self._take(config)
            elif mended:
                _log.info("the file is right again, and says what it said before")
            self._post(conditions.config(Status.TRUE, "Valid", ""))
            self._post(conditions.rights(self._grace.waiting))
            return changed or mended or waited != self._grace.waiting

    def stop(self) -> bool:
        """End: requests under way are finished, reading is not. Whether all has ended in time."""
        seconds = self.config.controller.drain.total_seconds()
        deadline = time.monotonic() + seconds
        self._stopping.set()
        # A browser that no longer listens takes seconds to end.
        cutting = Thread(target=self._reconciler.cut, name="cut", daemon=True)
        cutting.start()
        ended = self._workers.stop(seconds)
        cutting.join(max(0.0, deadline - time.monotonic()))
        self._factories.dispatcher.flush(_LAST_WORDS)
        return ended and not cutting.is_alive()

    def _admit(self, proposed: Config) -> Config:
        """What is in effect of a file that says this; people are told what of it waits."""
        admission = self._grace.admit(proposed)
        self._may_run = admission.may_run
        if admission.news:
            self._factories.dispatcher.notify_waiting_changes(admission.config, admission.news)
        return admission.config

    def _staff(self) -> None:
        self._workers.staff(self.config.controller.workers if self._may_run else 0)

    def _see_to_grace(self) -> bool:
        """Whether what has waited may take effect. Raises LedgerError."""
        if not self._reloading.acquire(blocking=False):
            return False  # the file is being read: the next look sees to it
        try:
            self._grace.keep(self.config)
            return self._grace.is_due()
        finally:
            self._reloading.release()

    def _follow(self, poll: bool) -> None:  # noqa: FBT001 - a thread's argument
        for _ in news(self._file.parts, self._stopping, poll=poll):
            self.reload()

    def _refuse(self, error: ConfigError) -> bool:
        """Keep what held before, and say why, once; whether it was said now."""
        if self._post(conditions.config(Status.FALSE, "Invalid", error.brief)):
            self._factories.dispatcher.notify_invalid_config(self.config, error.brief)
        if is_new := error.problems != self._told:
            self._told = error.problems
            problems = list(error.problems)
            _log.error("the file is wrong; what it said before still holds", problems=problems)
        return is_new

    def _take(self, config: Config) -> None:
        """A new generation, or the same with other secrets."""
        before, self._reconciler.config = self.config, config
        if config.controller.listen != before.controller.listen:
            _log.warning("controller.listen holds from the next start on")
        self._adopt(config)
        self.statuses.follow_only([lst.name for lst in config.lists])
        said = {lst.name: turns.digest(before, lst) for lst in before.lists}
        says = {lst.name: turns.digest(config, lst) for lst in config.lists}
        changed = [name for name in says if says[name] != said.get(name)]
        for name in said.keys() - says.keys():
            self._workers.remove(name)
        for name in changed:
            self._workers.move(name, self._reconciler.due_at(name))
        self._staff()
        gone = sorted(said.keys() - says.keys())
        _log.info("the file has changed", generation=config.generation, lists=changed, gone=gone)

    def _post(self, finding: Finding) -> bool:
        """Say how the file is; whether that is new."""
        config, now = self.config, self._factories.clock.now()
        changed = self.statuses.post(finding, config.generation, now)
        try:
            self.statuses.write(self._factories.ledger(config))
        except ListsyncError as error:
            _log.debug("not written yet", error=str(error))
        return changed

    def _note_ledger(self, trouble: str) -> None:
        """Say what is wrong with the ledger, or that nothing is any more, once."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        now = self._factories.clock.now()
        self.statuses.post(conditions.ledger(trouble), self.config.generation, now)
        if trouble:
            _log.error("the ledger cannot be used", error=trouble)
        else:
            _log.warning("the ledger can be used again")

    def _see_to_ledger(self) -> None:
        """Mend it, write what could not be written before, and do what somebody has asked for."""
        ledger = self._factories.ledger(self.config)
        self.statuses.write(ledger)
        version = (id(ledger), ledger.data_version())
        if version == self._version:
            return
        whole = ledger.statuses.conditions().get(WHOLE, {})
        if conditions.is_true(whole, conditions.SERVER_REACHABLE):  # plan or doctor reached it
            self.statuses.post(
                turns.reachable(), self.config.generation, self._factories.clock.now()
            )
        for name, word in ledger.statuses.triggers().items():
            if self.config.named(name) is None:
                ledger.statuses.clear_triggers([word])
            elif self._heard.get(name) != word:  # it stands there until the turn has been
                self._heard[name] = word
                _log.info("asked for", list=name)
                self._workers.add(name, self._factories.clock.now())
        self._version = version

    def _wake_those_a_clock_delayed(self) -> None:
        """A list that became due under a clock that was ahead has its turn now."""
        schedules, now = self.statuses.schedules(), self._factories.clock.now()
        for lst in self.config.lists:
            due = self._workers.due(lst.name)
            if due and is_too_late(schedules.get(lst.name), due, lst.rules, now):
                self._workers.move(lst.name, now)

    def _wake_those_the_server_kept(self) -> None:
        """A server that is back is not waited for any longer."""
        found = self.statuses.conditions()
        if not conditions.is_true(found.get(WHOLE, {}), conditions.SERVER_REACHABLE):
            return
        now = self._factories.clock.now()
        for lst in self.config.lists:
            due = self._workers.due(lst.name)
            waits = conditions.waits_for_server(found.get(lst.name, {}))
            if waits and due is not None and due > now:
                self._workers.move(lst.name, now)
