"""The machine's clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from reconciler.core.times import bounded


class SystemClock:
    """A ``ports.Clock`` in UTC."""

    def now(self) -> datetime:
        return bounded(datetime.now(UTC))

    def running(self) -> timedelta:
        return timedelta(seconds=time.monotonic())
