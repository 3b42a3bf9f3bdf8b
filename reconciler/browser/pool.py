"""Browser sessions: so many at once, each lent to one list at a time, replaced when lost."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Self

from reconciler.errors import BrowserError, BrowserLostError, BrowserStuckError
from reconciler.ports import Page, Session

_ANSWERS, _SHOWN = 12, 160
_RETURN_SECONDS = 3.0


class Sessions:
    """At most ``count`` sessions. Any thread may borrow one, and waits while all are lent."""

    def __init__(self, start: Callable[[], Session], count: int = 1) -> None:
        """``start``: gives a session that has not begun yet."""
        self.count = count
        self._start = start
        self._idle: list[Session] = []
        self._lent: list[Session] = []
        self.closed = False
        self._changed = Condition()

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no browser behind."""
        self.close()

    def close(self) -> None:
        """End every session, also those that are in use just now; there will be no others."""
        with self._changed:
            self.closed = True
            sessions = [*self._lent, *self._idle]
            self._idle.clear()
            self._changed.notify_all()
        closing = [Thread(target=session.close) for session in sessions]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        # Readers notice at once that their browser is gone; what they use is closed next.
        with self._changed:
            self._changed.wait_for(lambda: not self._lent, timeout=_RETURN_SECONDS)

    def borrow(self) -> Session:
        """A session that nobody else uses. Raises BrowserError once all is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or len(self._lent) < self.count)
            if self.closed:
                raise BrowserError("the browser was closed")
            session = self._idle.pop() if self._idle else self._start()
            self._lent.append(session)
            return session

    def give_back(self, session: Session, *, fit: bool) -> None:
        """Lend it to others from now on; one that is not fit is replaced."""
        if not fit:
            session.close()
        with self._changed:
            self._lent.remove(session)
            if fit and not self.closed:
                self._idle.append(session)
            self._changed.notify_all()


class Lease:
    """A ``ports.Browser`` for the reading of one list, given back when its block ends.

    A session is borrowed when the first page is opened: a list that needs no browser takes none.
    From then on everything has to be done in ``seconds``; what comes later is a BrowserError.
    """

    def __init__(self, sessions: Sessions, seconds: float) -> None:
        """Nothing is borrowed yet."""
        self._sessions = sessions
        self._seconds = seconds
        self._deadline = 0.0
        self._session: Session | None = None
        self.fit = True  # whether the session can be used further
        self.lost = False
        self.page: LentPage | None = None
        self.answers: deque[str] = deque(maxlen=_ANSWERS)  # what pages last said, shortened

    def __enter__(self) -> Self:
        """Nothing is borrowed yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give back what was borrowed."""
        if self._session:
            self._sessions.give_back(self._session, fit=self.fit)

    def open(self, url: str) -> LentPage:
        """Navigate; as ``ports.Browser``."""
        if self._session is None:
            self._session = self._sessions.borrow()
            self._deadline = time.monotonic() + self._seconds
        with self.watched():
            self.page = None
            self.page = LentPage(self._session.open(url), self)
        return self.page

    @contextmanager
    def watched(self) -> Iterator[float]:
        """Keep to the deadline, and notice where the session is of no more use.

        Gives the seconds that are left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            what = f"the list was not read within {self._seconds:.0f} s"
            raise BrowserError(what, hint="try again later")
        try:
            yield left
        except BrowserLostError:
            self.lost, self.fit = True, False
            raise
        except BrowserStuckError:
            self.fit = False
            raise
        except BaseException as error:
            self.fit = self.fit and isinstance(error, BrowserError)
            raise


class LentPage:
    """A ``ports.Page`` of a lease, which notes what is answered."""

    def __init__(self, page: Page, lease: Lease) -> None:
        """``page``: the session's own."""
        self._page = page
        self._lease = lease

    @property
    def url(self) -> str:
        """Where the browser is."""
        with self._lease.watched():
            return self._page.url

    @property
    def status(self) -> int | None:
        """The HTTP status of the navigation."""
        with self._lease.watched():
            return self._page.status

    def evaluate(self, script: str) -> object:
        """Run JavaScript and give back what it returns."""
        with self._lease.watched():
            return self._noted(script, self._page.evaluate(script))

    def wait_for(self, script: str, seconds: float) -> object:
        """Run JavaScript until it returns something truthy, or time is up."""
        with self._lease.watched() as left:
            return self._noted(script, self._page.wait_for(script, min(seconds, left)))

    def _noted(self, script: str, answer: object) -> object:
        asked = " ".join(script.split())[:_SHOWN]
        self._lease.answers.append(f"{asked} → {_shortened(answer)}")
        return answer


def _shortened(answer: object) -> str:
    if isinstance(answer, dict):
        return ", ".join(f"{name}: {_shortened(value)}" for name, value in answer.items())[:_SHOWN]
    if isinstance(answer, str):
        return f"{len(answer)} characters: {answer[:_SHOWN]!r}"
    return f"{len(answer)} entries" if isinstance(answer, list) else repr(answer)
