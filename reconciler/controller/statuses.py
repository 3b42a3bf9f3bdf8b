"""The state of the lists, and when they are due: in this process and in the ledger.

A ledger that cannot be written must not hide what is wrong: what is shown is what this process
knows, and it is written as soon as it can be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Lock

from reconciler.config import Config, ListConfig
from reconciler.controller import turns
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Condition, Finding, Schedule, Status, StatusSnapshot
from reconciler.core.schedule import ReconcileResult, first_due, next_run
from reconciler.errors import LedgerError, ServerError
from reconciler.ports import Clock, Ledger
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation


class StatusStore:
    """Conditions and schedules by list name; any thread may use it."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = Lock()
        self._conditions: dict[str, dict[str, Condition]] = {}
        self._schedules: dict[str, Schedule] = {}
        self._unwritten: set[str] = set()

    def load(self, ledger: Ledger) -> None:
        """Begin with what the ledger knows. Raises LedgerError."""
        found, schedules = ledger.statuses.conditions(), ledger.statuses.schedules()
        with self._lock:
            self._conditions = {name: dict(by_type) for name, by_type in found.items()}
            self._schedules = dict(schedules)

    def snapshot(self, config: Config) -> StatusSnapshot:
        """How this spec's lists are now."""
        names = tuple(lst.name for lst in config.lists)
        return StatusSnapshot(names, config.generation, self.conditions(), self.schedules())

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """How each list is, and under ``WHOLE`` the file and the server."""
        with self._lock:
            return {name: dict(by_type) for name, by_type in self._conditions.items()}

    def schedules(self) -> Mapping[str, Schedule]:
        """When each list's turn is."""
        with self._lock:
            return dict(self._schedules)

    def post(self, finding: Finding, generation: str, now: datetime) -> bool:
        """Something about the file or the server; whether its status has changed."""
        with self._lock:
            before = self._conditions.get(WHOLE, {})
            self._conditions[WHOLE] = conditions.update(before, [finding], generation, now)
            if self._conditions[WHOLE] != before:
                self._unwritten.add(WHOLE)
            old = before.get(finding.type)
            return old is not None and old.status is not finding.status

    def judge(
        self, name: str, findings: tuple[Finding, ...], generation: str, now: datetime
    ) -> dict[str, Condition]:
        """A list's conditions after its turn."""
        with self._lock:
            before = self._conditions.get(name, {})
            found = conditions.update_list(before, findings, generation, now)
            self._conditions[name] = found
            self._unwritten.add(name)
            return found

    def follow_only(self, names: Collection[str]) -> None:
        """How other lists are is not known any more; when they were last read is."""
        with self._lock:
            gone = self._conditions.keys() - {WHOLE, *names}
            self._unwritten |= gone
            for name in gone:
                del self._conditions[name]

    def settle(
        self,
        config: Config,
        lst: ListConfig,
        came: ReconcileResult,
        *,
        now: datetime,
        chance: float,
    ) -> tuple[dict[str, Condition], Schedule]:
        """A list's conditions, and when it is next due, after it was reconciled."""
        if came.server is not None:
            self.post(came.server, config.generation, now)
        found = self.judge(lst.name, came.findings, config.generation, now)
        before, said = self.schedules().get(lst.name), turns.digest(config, lst)
        schedule = next_run(before, lst.rules, said, came, found, now=now, chance=chance)
        self.plan(lst.name, schedule)
        return found, schedule

    def plan(self, name: str, schedule: Schedule) -> None:
        """When a list is due next."""
        with self._lock:
            self._schedules[name] = schedule
            self._unwritten.add(name)

    def write(self, ledger: Ledger) -> None:
        """Write what has not been written. Raises LedgerError; the rest is kept for later."""
        with self._lock:
            names = sorted(self._unwritten)
            kept = {n: (self._schedules.get(n), self._conditions.get(n, {})) for n in names}
        for name, (schedule, found) in kept.items():
            ledger.statuses.keep_status(name, schedule, found)
            with self._lock:
                if (self._schedules.get(name), self._conditions.get(name, {})) == kept[name]:
                    self._unwritten.discard(name)


def record_statuses(  # noqa: PLR0913 - all that a pass came to
    config: Config,
    ledger: Ledger,
    seen: Reconciliation,
    outcomes: Outcomes,
    *,
    now: datetime,
    chance: float,
) -> None:
    """Write how the lists are after a pass over several of them. Raises LedgerError."""
    statuses = StatusStore()
    statuses.load(ledger)
    for lst in config.lists:
        if lst.name in seen.snapshots:
            came = turns.came(seen, outcomes, lst.name, None)
            statuses.settle(config, lst, came, now=now, chance=chance)
    statuses.write(ledger)


def record_server_status(config: Config, ledger: Ledger, finding: Finding, now: datetime) -> None:
    """Write that the server answers, or does not, where something else is known of it.

    A ledger that cannot be written goes on saying what it said: nobody's work depends on it.
    """
    with suppress(LedgerError):
        before = ledger.statuses.conditions().get(WHOLE, {})
        known = before.get(finding.type)
        if finding.status is not (known.status if known else Status.TRUE):
            found = conditions.update(before, [finding], config.generation, now)
            ledger.statuses.keep_status(WHOLE, None, found)


@contextmanager
def recording_outage(config: Config, ledger: Ledger, clock: Clock) -> Iterator[None]:
    """Write that the server cannot be used, where the block says so. The caller holds the lock."""
    try:
        yield
    except ServerError as error:
        record_server_status(config, ledger, turns.unreachable(error), clock.now())
        raise


def due_lists(config: Config, ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """The lists whose turn it is, in the file's order. Raises LedgerError."""
    schedules = ledger.statuses.schedules()
    return tuple(
        lst.name
        for lst in config.lists
        if not lst.suspend
        if first_due(schedules.get(lst.name), turns.digest(config, lst), lst.rules, now) <= now
    )
