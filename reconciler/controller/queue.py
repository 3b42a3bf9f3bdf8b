"""Which key is worked on next, and when. Time is given: no clock, no thread, no chance in here.

As the queue of a Kubernetes controller: adding a key twice does it once, a key that is added while
it is worked on comes again afterwards, and no key is worked on twice at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime


class WorkQueue:
    """Keys with the time each is due, and those that are being worked on.

    ``room_of``: the rooms a key needs to itself (the site it visits, say), and how many keys each
    of them holds; asked when the key is taken.
    """

    def __init__(self, room_of: Callable[[str], Collection[tuple[str, int]]]) -> None:
        """Empty."""
        self._room_of = room_of
        self._waiting: dict[str, datetime] = {}
        self._running: dict[str, frozenset[str]] = {}
        self._again: dict[str, datetime] = {}
        self._seen: datetime | None = None

    @property
    def running(self) -> frozenset[str]:
        """The keys that are being worked on."""
        return frozenset(self._running)

    def due(self, key: str) -> datetime | None:
        """When a key that waits is due."""
        return self._waiting.get(key)

    def is_due(self, now: datetime) -> bool:
        """Whether a key is due, with or without room for it."""
        self._follow(now)
        return any(due <= now for due in self._waiting.values())

    def add(self, key: str, due: datetime) -> None:
        """Have the key worked on when it is due; of two times the sooner holds."""
        times = self._again if key in self._running else self._waiting
        times[key] = min(due, times.get(key, due))

    def remove(self, key: str) -> None:
        """Forget the key; what is being done is done to its end."""
        self._waiting.pop(key, None)
        self._again.pop(key, None)

    def take(self, now: datetime) -> str | None:
        """The key that has been due longest and has room; it counts as worked on from now."""
        self._follow(now)
        for key in sorted(self._waiting, key=lambda key: (self._waiting[key], key)):
            if self._waiting[key] > now:
                return None
            rooms = self._room_of(key)
            if all(self._guests(room) < size for room, size in rooms):
                del self._waiting[key]
                self._running[key] = frozenset(room for room, _ in rooms)
                return key
        return None

    def done(self, key: str, due: datetime | None) -> None:
        """The key was worked on; ``due``: when it is next. None: never, unless it was added."""
        del self._running[key]
        again = self._again.pop(key, None)
        times = [time for time in (due, again) if time is not None]
        if times:
            self.add(key, min(times))

    def _guests(self, room: str) -> int:
        return sum(room in rooms for rooms in self._running.values())

    def _follow(self, now: datetime) -> None:
        """A clock that was set back must not make everything wait for longer than it was to."""
        if self._seen is not None and now < self._seen:
            back = self._seen - now
            for times in (self._waiting, self._again):
                times |= {key: due - back for key, due in times.items() if due > now}
        self._seen = now
