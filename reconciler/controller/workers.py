"""A queue of due keys, and a pool of worker threads over it.

No thread keeps time: the owner of the main thread calls ``tick`` now and then, and a
worker wakes up only when there is work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from threading import Condition, Event, Thread

from reconciler.errors import trace_of
from reconciler.logs import Logger
from reconciler.ports import Clock

AFTER_A_BUG = timedelta(minutes=10)  # until a key whose task raised an exception is due again

_log = Logger()


class WorkQueue:
    """Keys with the time each is due, and those that are being worked on. The time is passed in.

    As the queue of a Kubernetes controller: adding a key twice works on it once, a key that is
    added while it is worked on comes again afterwards, and no key is worked on twice at a time.
    """

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


class WorkerPool:
    """Runs ``task`` for each due key: ``workers`` keys at a time, no key twice at a time."""

    def __init__(
        self,
        task: Callable[[str], datetime | None],
        clock: Clock,
        room_of: Callable[[str], Collection[tuple[str, int]]],
        stopping: Event,
    ) -> None:
        """``task`` returns when its key is due again; None: never. No worker runs yet."""
        self._task = task
        self._clock = clock
        self._queue = WorkQueue(room_of)
        self._stopping = stopping
        self._changed = Condition()
        self._workers = 0  # how many there should be
        self._running = 0  # how many there are
        self._threads: list[Thread] = []

    def resize(self, workers: int) -> None:
        """Have so many workers from now on; a surplus worker ends after its task."""
        with self._changed:
            self._workers = workers
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            while self._running < workers:
                self._running += 1
                thread = Thread(target=self._work, name="worker", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def add(self, key: str, due: datetime) -> None:
        """Schedule a key; of two times the sooner counts."""
        with self._changed:
            self._queue.add(key, due)
            self._changed.notify_all()

    def move(self, key: str, due: datetime) -> None:
        """Schedule a key for this time only."""
        with self._changed:
            self._queue.remove(key)
            self._queue.add(key, due)
            self._changed.notify_all()

    def remove(self, key: str) -> None:
        """Drop a key; a task under way is finished."""
        with self._changed:
            self._queue.remove(key)

    def due(self, key: str) -> datetime | None:
        with self._changed:
            return self._queue.due(key)

    def tick(self) -> None:
        """Wake the workers if a key is due."""
        with self._changed:
            if self._queue.is_due(self._clock.now()):
                self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait up to ``seconds`` until no task runs and no key is due; whether that was so."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._queue.running and not self._queue.is_due(self._clock.now()),
                seconds,
            )

    def stop(self, seconds: float) -> bool:
        """End all workers; whether they ended within ``seconds``."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        with self._changed:
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _work(self) -> None:
        while (key := self._next_key()) is not None:
            try:
                due = self._task(key)
            except Exception as error:  # noqa: BLE001 - a bug with one list must not end the others' work
                hint = "this is a bug in listsync; please report it with this line"
                name, trace = type(error).__name__, trace_of(error)
                _log.error("internal error", key=key, error=name, trace=trace, hint=hint)
                due = self._clock.now() + AFTER_A_BUG
            with self._changed:
                self._queue.finish(key, due)
                self._changed.notify_all()

    def _next_key(self) -> str | None:
        """The next due key, once there is one; None: this worker ends."""
        with self._changed:
            while not self._stopping.is_set() and self._running <= self._workers:
                key = self._queue.take(self._clock.now())
                if key is not None:
                    return key
                self._changed.wait()
            self._running -= 1
            return None
