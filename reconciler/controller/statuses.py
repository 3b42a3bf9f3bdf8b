"""Conditions and schedules of the lists, in this process and in the ledger.

If the ledger cannot be written, this process still shows what it knows, and writes it
as soon as the ledger accepts it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Lock

from reconciler.config import Config, ListConfig
from reconciler.controller import results
from reconciler.core import conditions, schedule
from reconciler.core.model import WHOLE, Condition, Finding, Schedule, Status, StatusSnapshot
from reconciler.core.schedule import ReconcileResult
from reconciler.errors import LedgerError, ServerError
from reconciler.ports import Clock, Ledger
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation


class StatusStore:
    """Conditions and schedules by list name. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._conditions: dict[str, dict[str, Condition]] = {}
        self._schedules: dict[str, Schedule] = {}
        self._unwritten: set[str] = set()

    def load(self, ledger: Ledger) -> None:
        """Start from the ledger's statuses. Raises LedgerError."""
        by_list, schedules = ledger.statuses.conditions(), ledger.statuses.schedules()
        with self._lock:
            self._conditions = {name: dict(by_type) for name, by_type in by_list.items()}
            self._schedules = dict(schedules)

    def snapshot(self, config: Config) -> StatusSnapshot:
        """The present statuses of this config's lists."""
        names = tuple(lst.name for lst in config.lists)
        return StatusSnapshot(names, config.generation, self.conditions(), self.schedules())

    def conditions(self) -> Mapping[str, Mapping[str, Condition]]:
        """By list name and type; under ``WHOLE`` the config's and the server's."""
        with self._lock:
            return {name: dict(by_type) for name, by_type in self._conditions.items()}

    def schedules(self) -> Mapping[str, Schedule]:
        with self._lock:
            return dict(self._schedules)

    def post(self, finding: Finding, generation: str, now: datetime) -> bool:
        """Update a condition of the config or the server; whether its status has changed."""
        with self._lock:
            before = self._conditions.get(WHOLE, {})
            self._conditions[WHOLE] = conditions.update(before, [finding], generation, now)
            if self._conditions[WHOLE] != before:
                self._unwritten.add(WHOLE)
            previous = before.get(finding.type)
            return previous is not None and previous.status is not finding.status

    def update(
        self, name: str, findings: Iterable[Finding], generation: str, now: datetime
    ) -> dict[str, Condition]:
        """Update a list's conditions, and *Ready* from them; all its conditions then."""
        with self._lock:
            before = self._conditions.get(name, {})
            by_type = conditions.update_list(before, findings, generation, now)
            self._conditions[name] = by_type
            self._unwritten.add(name)
            return by_type

    def rename(self, names: Mapping[str, str]) -> None:
        """Show what is known of a list under its new name, unless that is known already."""
        with self._lock:
            for old, new in names.items():
                if old in self._conditions and new not in self._conditions:
                    self._conditions[new] = self._conditions.pop(old)
                    self._unwritten |= {old, new}
                if old in self._schedules:
                    self._schedules.setdefault(new, self._schedules.pop(old))

    def follow_only(self, names: Collection[str]) -> None:
        """Drop the conditions of all other lists; their schedules stay."""
        with self._lock:
            dropped = self._conditions.keys() - {WHOLE, *names}
            self._unwritten |= dropped
            for name in dropped:
                del self._conditions[name]

    def record_run(
        self,
        config: Config,
        lst: ListConfig,
        result: ReconcileResult,
        *,
        now: datetime,
        chance: float,
    ) -> tuple[dict[str, Condition], Schedule]:
        """Update a list's conditions and schedule after its run. ``chance``: for jitter."""
        if result.server is not None:
            self.post(result.server, config.generation, now)
        by_type = self.update(lst.name, result.findings, config.generation, now)
        following = schedule.next_run(
            self.schedules().get(lst.name),
            lst.rules,
            results.config_hash(config, lst),
            result,
            by_type,
            now=now,
            chance=chance,
        )
        self.set_schedule(lst.name, following)
        return by_type, following

    def set_schedule(self, name: str, following: Schedule) -> None:
        with self._lock:
            self._schedules[name] = following
            self._unwritten.add(name)

    def write(self, ledger: Ledger) -> None:
        """Write what is not written yet. Raises LedgerError; what it prevents is kept for later."""
        with self._lock:
            statuses = {name: self._status_of(name) for name in sorted(self._unwritten)}
        for name, (due, by_type) in statuses.items():
            ledger.statuses.keep_status(name, due, by_type)
            with self._lock:
                if self._status_of(name) == statuses[name]:
                    self._unwritten.discard(name)

    def _status_of(self, name: str) -> tuple[Schedule | None, dict[str, Condition]]:
        return self._schedules.get(name), self._conditions.get(name, {})


def record_statuses(  # noqa: PLR0913 - a run and its time
    config: Config,
    ledger: Ledger,
    reconciliation: Reconciliation,
    outcomes: Outcomes,
    *,
    now: datetime,
    chance: float,
) -> None:
    """Write the statuses of a run's lists. Raises LedgerError."""
    statuses = StatusStore()
    statuses.load(ledger)
    for lst in config.lists:
        if lst.name in reconciliation.snapshots:
            result = results.list_result(reconciliation, outcomes, lst.name, None)
            statuses.record_run(config, lst, result, now=now, chance=chance)
    statuses.write(ledger)


def record_server_status(config: Config, ledger: Ledger, finding: Finding, now: datetime) -> None:
    """Write whether the server answers, where the ledger says something else.

    Nothing is written to a ledger that cannot be used: no work depends on this condition.
    """
    with suppress(LedgerError):
        before = ledger.statuses.conditions().get(WHOLE, {})
        previous = before.get(finding.type)
        if finding.status is not (previous.status if previous else Status.TRUE):
            by_type = conditions.update(before, [finding], config.generation, now)
            ledger.statuses.keep_status(WHOLE, None, by_type)


@contextmanager
def recording_outage(config: Config, ledger: Ledger, clock: Clock) -> Iterator[None]:
    """Write that the server cannot be used if the block fails so. The caller holds the lock."""
    try:
        yield
    except ServerError as error:
        record_server_status(config, ledger, results.unreachable(error), clock.now())
        raise


def due_lists(config: Config, ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """The lists that are due, in the config's order. Raises LedgerError."""
    schedules = ledger.statuses.schedules()
    return tuple(
        lst.name
        for lst in config.lists
        if not lst.suspend
        if schedule.first_due(
            schedules.get(lst.name), results.config_hash(config, lst), lst.rules, now
        )
        <= now
    )
