"""Notifications that are due: chosen, recorded as sent, then handed to the sender.

Written down first, so that nothing is told twice: what is lost on the way is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

from reconciler.config import Config
from reconciler.core import conditions, notices
from reconciler.core.model import Condition, Digest, Event, Notice, NotificationState, WaitingChange
from reconciler.errors import LedgerError
from reconciler.logs import Logger
from reconciler.ports import Ledger, Notifier
from reconciler.render.notification import message
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation

_Decide = Callable[[NotificationState], tuple[tuple[Notice, ...], NotificationState]]

_log = Logger()


class NotificationDispatcher:
    """Tells whom the file names; without such addresses it does nothing. Raises nothing."""

    def __init__(self, notifier: Notifier) -> None:
        """Any thread may use it."""
        self._notifier = notifier
        self._lock = Lock()

    def notify_run(
        self,
        config: Config,
        ledger: Ledger,
        seen: Reconciliation,
        outcomes: Outcomes,
        now: datetime,
    ) -> None:
        """A pass over several lists has ended, and how they are is in the ledger."""
        self.notify_actions(config, ledger, outcomes, now)
        try:
            known = ledger.statuses.conditions()
        except LedgerError:  # which the pass itself has met
            return
        read = {name: known[name] for name in seen.snapshots if name in known}
        self.notify_conditions(config, ledger, read, now)

    def notify_actions(
        self, config: Config, ledger: Ledger, outcomes: Outcomes, now: datetime
    ) -> None:
        """A pass has acted, or had nothing to do."""

        def decide(state: NotificationState) -> tuple[tuple[Notice, ...], NotificationState]:
            if config.notify.digest is Digest.PASS:
                return notices.of_pass(state, outcomes, now)
            if not notices.is_day_over(state, now):
                return (), state
            return notices.of_day(state, ledger.journal.history()[0], now)

        if Event.APPLIED in config.notify.events:
            self._once(config, ledger, decide, now)

    def notify_conditions(
        self,
        config: Config,
        ledger: Ledger,
        found: Mapping[str, Mapping[str, Condition]],
        now: datetime,
    ) -> None:
        """How these lists are after their turns."""
        names = [lst.name for lst in config.lists]
        self._once(config, ledger, lambda state: notices.of_lists(state, found, names), now)

    def notify_invalid_config(self, config: Config, why: str) -> None:
        """The file is wrong; ``config`` is what still holds."""
        self._hand_over(config, [Notice(Event.CONFIG_INVALID, why=why)])

    def notify_waiting_changes(self, config: Config, changes: Sequence[WaitingChange]) -> None:
        """Changes of the file widen rights and wait; ``config`` is what is in effect meanwhile."""
        why = conditions.rights(changes).message
        self._hand_over(config, [Notice(Event.RIGHTS_WAITING, why=why)])

    def flush(self, seconds: float) -> None:
        """Give what is under way so much time."""
        self._notifier.flush(seconds)

    def _once(self, config: Config, ledger: Ledger, decide: _Decide, now: datetime) -> None:
        if not config.notify.urls:
            return
        try:
            with self._lock:
                state = ledger.statuses.notification_state()
                new, after = decide(state)
                if after != state:
                    ledger.statuses.keep_notification_state(after, now)
        except LedgerError as error:
            _log.warning("nobody was notified: the ledger cannot be used", error=str(error))
        else:
            self._hand_over(config, new)

    def _hand_over(self, config: Config, new: Iterable[Notice]) -> None:
        if config.notify.urls:
            for notice in new:
                if notice.event in config.notify.events:
                    self._notifier.send(config.notify.urls, message(notice))
