"""When the next call may go: the rate limit, the rests a server asks for, and slowing down.

Time is given, never taken, so that a pace can be followed without waiting for it.
"""

from __future__ import annotations

from threading import Lock

PATIENCE = 30.0  # seconds of Retry-After that are waited out before it is the queue's turn
BUSY = frozenset({429, 503})  # HTTP statuses of an overloaded server; may say when to come back
SLOW = 2.0  # seconds an answer may take before the server counts as overloaded
SLOWEST = 1.0  # calls per second that slowing down never goes below
_BURST = 0.1  # seconds whose calls may go at once after a pause: a plan's few need not wait


class RateLimiter:
    """The rhythm of all threads that share one server.

    After a pause, the calls of a tenth of a second may go at once; a server that has shown to be
    overloaded is spared that.
    """

    def __init__(self, rate: float, patience: float = PATIENCE) -> None:
        """Allow ``rate`` calls per second, and rests of ``patience`` seconds in all."""
        self.rate = rate
        self._burst = _BURST
        self._slowed_at = float("-inf")
        self._patience = patience
        self._free = float("-inf")  # when the next call may go
        self._rest_ends = float("-inf")
        self._lock = Lock()

    def book(self, now: float) -> float:
        """Take the next free moment; the seconds from ``now`` until it comes."""
        with self._lock:
            moment = max(now, self._free, self._rest_ends)
            self._free = max(self._free, moment - self._burst) + 1 / self.rate
            return moment - now

    def rest(self, now: float, seconds: float) -> bool:
        """Leave the server alone for ``seconds``; False when patience does not reach that far.

        Threads that are told to rest at the same time rest together: only what a rest adds to
        the one that runs already is taken from the patience.
        """
        with self._lock:
            ends = now + seconds
            added = max(0.0, ends - max(now, self._rest_ends))
            if added > self._patience:
                return False
            self._patience -= added
            self._rest_ends = max(self._rest_ends, ends)
            self._burst = 0.0
            return True

    def slow_down(self, began: float, now: float) -> bool:
        """Halve the rate after a call that ``began`` at some time and showed the server overloaded.

        Calls that were in flight together count once: the rate they were sent at is already
        halved. False where nothing changed.
        """
        with self._lock:
            if began < self._slowed_at or self.rate <= SLOWEST:
                return False
            self.rate = max(SLOWEST, self.rate / 2)
            self._slowed_at = now
            self._burst = 0.0
            return True


def overload(status: int, seconds: float) -> str | None:
    """Why an answer shows that the server is overloaded, as a clause; None: it does not."""
    if status in BUSY:
        return f"the server answered HTTP {status}"
    if seconds > SLOW:
        return f"the server took {seconds:.1f} s to answer"
    return None
