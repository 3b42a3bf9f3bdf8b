"""Limits for the duration of a whole call and the size of its response.

The timeouts of sockets are renewed by every byte, so an answer that drips would never end. Inside
``with Limits(...):``, each read in this thread waits at most for the remaining time.
"""

from __future__ import annotations

import time
from contextvars import ContextVar, Token
from typing import NamedTuple, Self

LARGEST = 64 * 1024 * 1024  # bytes of one answer: those that arrive, and those after decompression

_current: ContextVar[Limits | None] = ContextVar("limits", default=None)


class _Deadline(NamedTuple):
    ends: float  # on the monotonic clock
    seconds: float
    subject: str  # what is not complete once it has passed


class LimitError(OSError):
    """A limit was reached. Its text says which one."""


class Limits:
    """A context manager: what a block of calls may take, and an outer block's if that ends sooner.

    ``exceeded`` says which limit was reached; it is empty while none was.
    """

    def __init__(self, seconds: float, largest: int = LARGEST, *, noun: str = "response") -> None:
        """``seconds``: for the whole block. ``largest``: bytes of each answer."""
        self.largest = largest
        self.exceeded = ""
        self.deadline = _Deadline(time.monotonic() + seconds, seconds, noun)
        self._token: Token[Limits | None] | None = None

    def __enter__(self) -> Self:
        if outer := _current.get():
            self.deadline = min(self.deadline, outer.deadline)
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token:
            _current.reset(self._token)

    @property
    def seconds_left(self) -> float:
        """The seconds until the deadline; 0 once it has passed."""
        return max(0.0, self.deadline.ends - time.monotonic())

    def check_time(self) -> float:
        """The remaining seconds. Raises LimitError if there are none."""
        if seconds_left := self.seconds_left:
            return seconds_left
        _, seconds, subject = self.deadline
        raise self.exceed(f"the {subject} was not complete after {seconds:g} s")

    def check_size(self, size: int) -> None:
        """Raise LimitError for an answer of ``size`` bytes that is too long."""
        if size > self.largest:
            raise self.exceed(f"the response is longer than {self.largest >> 20} MB")

    def problem(self, error: Exception) -> str:
        """Which limit ended a call with ``error``; empty: none did."""
        if isinstance(error, LimitError) and not self.exceeded:
            return f"the response cannot be read: {error}"
        return self.exceeded

    def exceed(self, problem: str) -> LimitError:
        """The error to raise for a limit that was reached."""
        self.exceeded = problem
        return LimitError(problem)


def current_limits() -> Limits | None:
    """The limits of the block that this thread is in."""
    return _current.get()
