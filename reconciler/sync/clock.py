"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from reconciler.core.times import bounded


class SystemClock:
    """A ``ports.Clock`` in UTC."""

    def now(self) -> datetime:
        """What the machine says it is, which somebody may set."""
        return bounded(datetime.now(UTC))

    def running(self) -> timedelta:
        """Since the machine started."""
        return timedelta(seconds=time.monotonic())
