"""When the next call may go: the rate limit, and the rests a server asks for.

Time is given, never taken, so that a pace can be followed without waiting for it.
"""

from __future__ import annotations

from threading import Lock

PATIENCE = 30.0  # seconds of Retry-After that are waited out before it is the queue's turn


class Pace:
    """The rhythm of all threads that share one server."""

    def __init__(self, rate: float, patience: float = PATIENCE) -> None:
        """Allow ``rate`` calls per second, and rests of ``patience`` seconds in all."""
        self._gap = 1 / rate
        self._patience = patience
        self._free = float("-inf")  # when the next call may go
        self._rest_ends = float("-inf")
        self._lock = Lock()

    def book(self, now: float) -> float:
        """Take the next free moment; the seconds from ``now`` until it comes."""
        with self._lock:
            moment = max(now, self._free, self._rest_ends)
            self._free = moment + self._gap
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
            return True
