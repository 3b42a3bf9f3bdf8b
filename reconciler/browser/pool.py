"""A bounded pool of browser sessions: each lent to one list at a time, replaced when lost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Self

from reconciler.errors import BrowserError, BrowserLostError, BrowserStuckError
from reconciler.ports import Page, Session

_MOST_ANSWERS, _MOST_SHOWN = 12, 160  # answers of pages that are kept; characters of each
_RETURN_SECONDS = 3.0


class Sessions:
    """At most ``count`` sessions. Any thread may borrow one, and waits while all are in use."""

    def __init__(self, start: Callable[[], Session], count: int = 1) -> None:
        """``start``: makes a session, which starts its browser for the first page."""
        self.count = count
        self._start = start
        self._idle: list[Session] = []
        self._in_use: list[Session] = []
        self.closed = False
        self._changed = Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every session, also those in use; from then on none can be borrowed."""
        with self._changed:
            self.closed = True
            sessions = [*self._in_use, *self._idle]
            self._idle.clear()
            self._changed.notify_all()
        closing = [Thread(target=session.close) for session in sessions]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        # Readers notice at once that their browser is gone; what else they use is closed next.
        with self._changed:
            self._changed.wait_for(lambda: not self._in_use, timeout=_RETURN_SECONDS)

    def borrow(self) -> Session:
        """A session that nobody else uses. Raises BrowserError once the pool is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or len(self._in_use) < self.count)
            if self.closed:
                raise BrowserError("the browser was closed")
            session = self._idle.pop() if self._idle else self._start()
            self._in_use.append(session)
            return session

    def give_back(self, session: Session, *, healthy: bool) -> None:
        """Return a session to the pool; one that is not healthy is closed and replaced."""
        if not healthy:
            session.close()
        with self._changed:
            self._in_use.remove(session)
            if healthy and not self.closed:
                self._idle.append(session)
            self._changed.notify_all()


class BrowserLease:
    """A ``ports.Browser`` for the reading of one list, given back when its block ends.

    A session is borrowed when the first page is opened: a list without a browser needs no session.
    From then on the list must be read within ``seconds``; anything later is a BrowserError.
    """

    def __init__(self, sessions: Sessions, seconds: float) -> None:
        self._sessions = sessions
        self._seconds = seconds
        self._deadline = 0.0
        self._session: Session | None = None
        self.healthy = True  # whether another list may use the session
        self.lost = False
        self.page: LentPage | None = None
        self.answers: deque[str] = deque(maxlen=_MOST_ANSWERS)  # of pages, the last ones, shortened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._sessions.give_back(self._session, healthy=self.healthy)

    def open(self, url: str) -> LentPage:
        if self._session is None:
            self._session = self._sessions.borrow()
            self._deadline = time.monotonic() + self._seconds
        with self.watch():
            self.page = None
            self.page = LentPage(self._session.open(url), self)
        return self.page

    @contextmanager
    def watch(self) -> Iterator[float]:
        """Keep to the deadline, and notice when the session can no longer be used.

        Gives the seconds that are left.
        """
        seconds_left = self._deadline - time.monotonic()
        if seconds_left <= 0:
            problem = f"the list was not read within {self._seconds:.0f} s"
            raise BrowserError(problem, hint="try again later")
        try:
            yield seconds_left
        except BrowserLostError:
            self.lost, self.healthy = True, False
            raise
        except BrowserStuckError:
            self.healthy = False
            raise
        except BaseException as error:
            self.healthy = self.healthy and isinstance(error, BrowserError)
            raise


class LentPage:
    """A ``ports.Page`` of a lease, which records the answers."""

    def __init__(self, page: Page, lease: BrowserLease) -> None:
        self._page = page
        self._lease = lease

    @property
    def url(self) -> str:
        with self._lease.watch():
            return self._page.url

    @property
    def status(self) -> int | None:
        with self._lease.watch():
            return self._page.status

    def evaluate(self, script: str) -> object:
        with self._lease.watch():
            return self._record(script, self._page.evaluate(script))

    def wait_for(self, script: str, seconds: float) -> object:
        with self._lease.watch() as seconds_left:
            answer = self._page.wait_for(script, min(seconds, seconds_left))
            return self._record(script, answer)

    def _record(self, script: str, answer: object) -> object:
        shown = " ".join(script.split())[:_MOST_SHOWN]
        self._lease.answers.append(f"{shown} → {_shorten(answer)}")
        return answer


def _shorten(answer: object) -> str:
    if isinstance(answer, dict):
        pairs = (f"{name}: {_shorten(value)}" for name, value in answer.items())
        return ", ".join(pairs)[:_MOST_SHOWN]
    if isinstance(answer, str):
        return f"{len(answer)} characters: {answer[:_MOST_SHOWN]!r}"
    return f"{len(answer)} entries" if isinstance(answer, list) else repr(answer)
