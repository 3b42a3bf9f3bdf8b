"""What is remembered of the sites over passes: blocked ways to them, and what lists gave."""

from __future__ import annotations

from reconciler.core.model import ListRef, Snapshot
from reconciler.errors import LedgerError
from reconciler.ports import Clock, Ledger


class RememberedRoutes:
    """``ports.BlockedRoutes`` over the ledger's cache; one that cannot be read knows none."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        """``clock``: by which a day is a day."""
        self._ledger = ledger
        self._clock = clock

    def is_blocked(self, route: str) -> bool:
        """Whether this route was blocked within the last day."""
        try:
            return self._ledger.is_blocked(route, self._clock.now())
        except LedgerError:  # whoever needs the ledger will say so
            return False

    def keep_blocked(self, route: str) -> None:
        """Remember that this route is blocked now."""
        self._ledger.keep_blocked(route, self._clock.now())

    def last_snapshot(self, ref: ListRef) -> Snapshot | None:
        """What a list gave when it was last read."""
        try:
            reports = [one for one in self._ledger.reports().values() if one.source == str(ref)]
        except LedgerError:
            return None
        newest = max(reports, key=lambda report: report.at, default=None)
        return newest.known if newest else None
