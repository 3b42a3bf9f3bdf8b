"""Which key is worked on next, and when. The time is passed in.

As the queue of a Kubernetes controller: adding a key twice works on it once, a key that is added
while it is worked on comes again afterwards, and no key is worked on twice at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime


class WorkQueue:
    """Keys with the time each is due, and those that are being worked on."""

    def __init__(self, room_of: Callable[[str], Collection[tuple[str, int]]]) -> None:
        """``room_of``: what a key occupies, and for how many keys there is room in each.

        It is called when a key is taken.
        """
        self._room_of = room_of
        self._waiting: dict[str, datetime] = {}
        self._running: dict[str, frozenset[str]] = {}
        self._again: dict[str, datetime] = {}
        self._latest: datetime | None = None

    @property
    def running(self) -> frozenset[str]:
        return frozenset(self._running)

    def due(self, key: str) -> datetime | None:
        return self._waiting.get(key)

    def is_due(self, now: datetime) -> bool:
        """Whether any key is due, with or without room for it."""
        self._follow_clock(now)
        return any(due <= now for due in self._waiting.values())

    def add(self, key: str, due: datetime) -> None:
        """Schedule a key; of two times the sooner counts."""
        times = self._again if key in self._running else self._waiting
        times[key] = min(due, times.get(key, due))

    def remove(self, key: str) -> None:
        """Drop a key; work under way is finished."""
        self._waiting.pop(key, None)
        self._again.pop(key, None)

    def take(self, now: datetime) -> str | None:
        """The key that has been due longest and has room; it is being worked on from now."""
        self._follow_clock(now)
        for key in sorted(self._waiting, key=lambda key: (self._waiting[key], key)):
            if self._waiting[key] > now:
                return None
            rooms = self._room_of(key)
            if all(self._occupants(room) < size for room, size in rooms):
                del self._waiting[key]
                self._running[key] = frozenset(room for room, _ in rooms)
                return key
        return None

    def finish(self, key: str, due: datetime | None) -> None:
        """Work on a key has ended; ``due``: when it is next. None: never, unless it was added."""
        del self._running[key]
        again = self._again.pop(key, None)
        times = [time for time in (due, again) if time is not None]
        if times:
            self.add(key, min(times))

    def _occupants(self, room: str) -> int:
        return sum(room in rooms for rooms in self._running.values())

    def _follow_clock(self, now: datetime) -> None:
        """Shift due times along with a clock that was set back, so that no wait gets longer."""
        if self._latest is not None and now < self._latest:
            back = self._latest - now
            for times in (self._waiting, self._again):
                times |= {key: due - back for key, due in times.items() if due > now}
        self._latest = now
