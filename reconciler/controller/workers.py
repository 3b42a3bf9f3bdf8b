"""A pool of worker threads over a queue of due keys, and how they are stopped.

Nothing here keeps time by itself. Whoever owns the main thread calls ``tick`` now and then; a
worker wakes up only when there is something to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from threading import Condition, Event, Thread
from typing import Protocol

from reconciler.controller.queue import WorkQueue
from reconciler.errors import trace_of
from reconciler.logs import Logger
from reconciler.ports import Clock

AFTER_A_FAULT = timedelta(minutes=10)  # a mistake of the program's own is no reason to stop

_log = Logger()


class Task(Protocol):
    """What is done for a key."""

    def __call__(self, key: str, /) -> datetime | None:
        """Do it, and say when it is due again; None: never."""
        ...


class WorkerPool:
    """Has ``task`` done for each key when it is due, ``workers`` keys at a time, each key once."""

    def __init__(
        self,
        task: Task,
        clock: Clock,
        room_of: Callable[[str], Collection[tuple[str, int]]],
        stopping: Event,
    ) -> None:
        """No worker yet. ``stopping`` set: nothing further is begun."""
        self._task = task
        self._clock = clock
        self._queue = WorkQueue(room_of)
        self._stopping = stopping
        self._changed = Condition()
        self._workers = 0  # how many there should be
        self._present = 0  # how many there are
        self._threads: list[Thread] = []

    def staff(self, workers: int) -> None:
        """Have so many workers from now on; one too many ends when it is done."""
        with self._changed:
            self._workers = workers
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            while self._present < workers:
                self._present += 1
                thread = Thread(target=self._work, name="worker", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def add(self, key: str, due: datetime) -> None:
        """Have a key done when it is due; the sooner of two times holds."""
        with self._changed:
            self._queue.add(key, due)
            self._changed.notify_all()

    def move(self, key: str, due: datetime) -> None:
        """Have a key done at this time and no other."""
        with self._changed:
            self._queue.remove(key)
            self._queue.add(key, due)
            self._changed.notify_all()

    def remove(self, key: str) -> None:
        """Forget a key; what is being done is done to its end."""
        with self._changed:
            self._queue.remove(key)

    def due(self, key: str) -> datetime | None:
        """When a key that waits is due."""
        with self._changed:
            return self._queue.due(key)

    def tick(self) -> None:
        """Time has passed: wake the workers if something may be due."""
        with self._changed:
            if self._queue.is_due(self._clock.now()):
                self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether within ``seconds`` nothing is being done, nor would be now."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, seconds)

    def stop(self, seconds: float) -> bool:
        """End all workers; whether they have ended within ``seconds``."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        with self._changed:
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _is_idle(self) -> bool:
        return not self._queue.running and not self._queue.is_due(self._clock.now())

    def _work(self) -> None:
        while (key := self._next()) is not None:
            self._finish(key, self._done(key))

    def _next(self) -> str | None:
        """The next key, once there is one; None: this worker is not needed any more."""
        with self._changed:
            while not self._stopping.is_set() and self._present <= self._workers:
                key = self._queue.take(self._clock.now())
                if key is not None:
                    return key
                self._changed.wait()
            self._present -= 1
            return None

    def _done(self, key: str) -> datetime | None:
        try:
            return self._task(key)
        except Exception as error:  # noqa: BLE001 - one list's fault must not end the others' work
            hint = "this is a bug in listsync; please report it with this line"
            name, trace = type(error).__name__, trace_of(error)
            _log.error("internal error", key=key, error=name, trace=trace, hint=hint)
            return self._clock.now() + AFTER_A_FAULT

    def _finish(self, key: str, due: datetime | None) -> None:
        with self._changed:
            self._queue.done(key, due)
            self._changed.notify_all()
