"""Notifications that are due: chosen, recorded as sent, then handed to the sender.

Written down first, so that nothing is told twice: what is lost on the way is not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

from reconciler.config import Spec
from reconciler.core import conditions, notices
from reconciler.core.model import Condition, Digest, Event, Notice, NotificationState, WaitingChange
from reconciler.errors import LedgerError
from reconciler.logs import Logger
from reconciler.ports import Ledger, Notifier
from reconciler.render.notification import message
from reconciler.sync.apply import Outcomes
from reconciler.sync.reconcile import Pass

_Decide = Callable[[NotificationState], tuple[tuple[Notice, ...], NotificationState]]

_log = Logger()


class Announcer:
    """Tells whom the file names; without such addresses it does nothing. Raises nothing."""

    def __init__(self, notifier: Notifier) -> None:
        """Any thread may use it."""
        self._notifier = notifier
        self._lock = Lock()

    def passed(
        self, spec: Spec, ledger: Ledger, seen: Pass, outcomes: Outcomes, now: datetime
    ) -> None:
        """A pass over several lists has ended, and how they are is in the ledger."""
        self.did(spec, ledger, outcomes, now)
        try:
            known = ledger.conditions()
        except LedgerError:  # which the pass itself has met
            return
        read = {name: known[name] for name in seen.snapshots if name in known}
        self.found(spec, ledger, read, now)

    def did(self, spec: Spec, ledger: Ledger, outcomes: Outcomes, now: datetime) -> None:
        """A pass has acted, or had nothing to do."""

        def decide(state: NotificationState) -> tuple[tuple[Notice, ...], NotificationState]:
            if spec.notify.digest is Digest.PASS:
                return notices.of_pass(state, outcomes, now)
            if not notices.is_day_over(state, now):
                return (), state
            return notices.of_day(state, ledger.history()[0], now)

        if Event.APPLIED in spec.notify.events:
            self._once(spec, ledger, decide, now)

    def found(
        self,
        spec: Spec,
        ledger: Ledger,
        found: Mapping[str, Mapping[str, Condition]],
        now: datetime,
    ) -> None:
        """How these lists are after their turns."""
        names = [lst.name for lst in spec.lists]
        self._once(spec, ledger, lambda state: notices.of_lists(state, found, names), now)

    def refused(self, spec: Spec, why: str) -> None:
        """The file is wrong; ``spec`` is what still holds."""
        self._hand_over(spec, [Notice(Event.CONFIG_INVALID, why=why)])

    def waits(self, spec: Spec, changes: Sequence[WaitingChange]) -> None:
        """Changes of the file widen rights and wait; ``spec`` is what is in effect meanwhile."""
        why = conditions.rights(changes).message
        self._hand_over(spec, [Notice(Event.RIGHTS_WAITING, why=why)])

    def wait(self, seconds: float) -> None:
        """Give what is under way so much time."""
        self._notifier.wait(seconds)

    def _once(self, spec: Spec, ledger: Ledger, decide: _Decide, now: datetime) -> None:
        if not spec.notify.urls:
            return
        try:
            with self._lock:
                state = ledger.notification_state()
                new, after = decide(state)
                if after != state:
                    ledger.keep_notification_state(after, now)
        except LedgerError as error:
            _log.warning("nobody was notified: the ledger cannot be used", error=str(error))
        else:
            self._hand_over(spec, new)

    def _hand_over(self, spec: Spec, new: Iterable[Notice]) -> None:
        if spec.notify.urls:
            for notice in new:
                if notice.event in spec.notify.events:
                    self._notifier.tell(spec.notify.urls, message(notice))
