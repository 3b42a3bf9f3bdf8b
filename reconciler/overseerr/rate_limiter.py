"""The time of the next call: the rate limit, pauses that the server asks for, and slowing down.

The time is a parameter, so that a test need not wait.
"""

from __future__ import annotations

from threading import Lock

PATIENCE = 30.0  # seconds of Retry-After that are waited out before a list is tried again later
BUSY = frozenset({429, 503})  # HTTP statuses of an overloaded server; may have a Retry-After
SLOW = 2.0  # seconds an answer may take before the server counts as overloaded
SLOWEST = 1.0  # calls per second that slowing down never goes below
_BURST = 0.1  # seconds whose calls may go at once after an idle time: a plan has few calls


class RateLimiter:
    """The rate of all threads that share one server.

    After an idle time, the calls of a tenth of a second may go at once, unless the server has
    shown that it is overloaded.
    """

    def __init__(self, rate: float, patience: float = PATIENCE) -> None:
        """Allow ``rate`` calls per second, and pauses of ``patience`` seconds in all."""
        self.rate = rate
        self._burst = _BURST
        self._slowed_at = float("-inf")
        self._patience = patience
        self._next_call = float("-inf")
        self._pause_ends = float("-inf")
        self._lock = Lock()

    def reserve(self, now: float) -> float:
        """Take the next moment for a call; the seconds from ``now`` until it comes."""
        with self._lock:
            moment = max(now, self._next_call, self._pause_ends)
            self._next_call = max(self._next_call, moment - self._burst) + 1 / self.rate
            return moment - now

    def pause(self, now: float, seconds: float) -> bool:
        """Make no call for ``seconds``; False if the patience does not last that long.

        Threads that are asked to pause at the same time pause together: only what a pause adds to
        the one that runs already is taken from the patience.
        """
        with self._lock:
            end = now + seconds
            added = max(0.0, end - max(now, self._pause_ends))
            if added > self._patience:
                return False
            self._patience -= added
            self._pause_ends = max(self._pause_ends, end)
            self._burst = 0.0
            return True

    def slow_down(self, began: float, now: float) -> bool:
        """Halve the rate after a call from ``began`` to ``now`` that showed the server overloaded.

        Calls that were in flight together count once: the rate at which they were sent is already
        halved. False if nothing changed.
        """
        with self._lock:
            if began < self._slowed_at or self.rate <= SLOWEST:
                return False
            self.rate = max(SLOWEST, self.rate / 2)
            self._slowed_at = now
            self._burst = 0.0
            return True


def overload(status: int, seconds: float) -> str | None:
    """Why the server counts as overloaded, as a clause; None: it does not."""
    if status in BUSY:
        return f"the server returned HTTP {status}"
    if seconds > SLOW:
        return f"the server took {seconds:.1f} s to respond"
    return None
