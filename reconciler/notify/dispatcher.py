"""Decides which notifications are due, records them as sent, and hands them to the sender.

They are recorded first, so that nobody is notified twice: a message that is lost on the way is not
sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock, Thread

from reconciler.config import Config
from reconciler.core import conditions, notices
from reconciler.core.model import Condition, Digest, Event, Notice, NotificationState, WaitingChange
from reconciler.errors import LedgerError
from reconciler.logs import Logger
from reconciler.notify.heartbeat import call_heartbeat
from reconciler.ports import Ledger, Notifier
from reconciler.render.notification import message
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Reconciliation

_Decide = Callable[[NotificationState], tuple[tuple[Notice, ...], NotificationState]]

_log = Logger()


class NotificationDispatcher:
    """Notifies the addresses in the config, if any. Raises nothing. Any thread may use it."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._lock = Lock()
        self._heartbeat: Thread | None = None  # the last call

    def notify_run(
        self,
        config: Config,
        ledger: Ledger,
        reconciliation: Reconciliation,
        outcomes: Outcomes,
        now: datetime,
    ) -> None:
        """Notify of a run of several lists, whose conditions are in the ledger."""
        self.notify_actions(config, ledger, outcomes, now)
        try:
            by_list = ledger.statuses.conditions()
        except LedgerError:  # which ended the run, and was reported
            return
        lists = {name: by_list[name] for name in reconciliation.snapshots if name in by_list}
        self.notify_conditions(config, ledger, lists, now)

    def notify_actions(
        self, config: Config, ledger: Ledger, outcomes: Outcomes, now: datetime
    ) -> None:
        """Notify of what a run did; with a daily digest once a day."""

        def decide(state: NotificationState) -> tuple[tuple[Notice, ...], NotificationState]:
            if config.notify.digest is Digest.PASS:
                return notices.of_run(state, outcomes, now)
            if not notices.is_day_over(state, now):
                return (), state
            return notices.of_day(state, ledger.journal.history()[0], now)

        if Event.APPLIED in config.notify.events:
            self._notify(config, ledger, decide, now)

    def notify_conditions(
        self,
        config: Config,
        ledger: Ledger,
        by_list: Mapping[str, Mapping[str, Condition]],
        now: datetime,
    ) -> None:
        """Notify of lists that stalled or recovered. ``by_list``: conditions after their runs."""
        names = [lst.name for lst in config.lists]
        self._notify(config, ledger, lambda state: notices.of_lists(state, by_list, names), now)

    def notify_invalid_config(self, config: Config, reason: str) -> None:
        """Notify that the file is invalid. ``config``: the last valid one."""
        self._send(config, [Notice(Event.CONFIG_INVALID, why=reason)])

    def notify_waiting_changes(self, config: Config, changes: Sequence[WaitingChange]) -> None:
        """Notify of waiting changes that give more permissions. ``config``: the one in effect."""
        reason = conditions.rights(changes).message
        self._send(config, [Notice(Event.RIGHTS_WAITING, why=reason)])

    def beat(self, config: Config) -> None:
        """Call ``notify.heartbeat``, if it is set, in the background."""
        if config.notify.heartbeat.get_secret_value():
            self._heartbeat = Thread(
                target=call_heartbeat, args=(config.notify.heartbeat,), daemon=True
            )
            self._heartbeat.start()

    def flush(self, seconds: float) -> None:
        """Wait up to ``seconds`` for messages and a heartbeat under way."""
        deadline = time.monotonic() + seconds
        self._notifier.flush(seconds)
        if self._heartbeat:
            self._heartbeat.join(max(0.0, deadline - time.monotonic()))

    def _notify(self, config: Config, ledger: Ledger, decide: _Decide, now: datetime) -> None:
        if not config.notify.urls:
            return
        try:
            with self._lock:
                state = ledger.statuses.notification_state()
                new_notices, after = decide(state)
                if after != state:
                    ledger.statuses.keep_notification_state(after, now)
        except LedgerError as error:
            _log.warning("no notification sent: the ledger cannot be used", error=str(error))
        else:
            self._send(config, new_notices)

    def _send(self, config: Config, new_notices: Iterable[Notice]) -> None:
        if config.notify.urls:
            for notice in new_notices:
                if notice.event in config.notify.events:
                    self._notifier.send(config.notify.urls, message(notice))
