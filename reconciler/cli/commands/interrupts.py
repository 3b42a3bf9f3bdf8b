"""SIGINT, SIGTERM and SIGHUP: at any time they end the command, but never within a request."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import NoReturn

STDERR = 2  # written to directly: a handler may interrupt somebody who is just writing there
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asked the command to end."""

    def __init__(self, signum: int) -> None:
        """``signum``: which signal."""
        super().__init__(signum)
        self.exit_code = 128 + signum


@dataclass(slots=True)
class Interrupt:
    """Whether somebody asked to stop, and the exit code that leads to."""

    stopping: Event = field(default_factory=Event)
    exit_code: int = 0


def raise_on_signals() -> None:
    """From now on a signal raises Interrupted in the main thread."""

    def interrupt(signum: int, frame: FrameType | None) -> NoReturn:
        del frame
        _tell("interrupted, ending; once more ends it at once")
        raise Interrupted(signum)

    for signum in _heard():
        signal.signal(signum, interrupt)


def _let_the_next_end_it() -> None:
    """The next signal ends the process as it always does."""
    for signum in _heard():
        signal.signal(signum, signal.SIG_DFL)


def _tell(what: str) -> None:
    """Say that the signal was heard; the next one ends the process."""
    _let_the_next_end_it()
    with suppress(OSError):
        os.write(STDERR, f"listsync: {what}\n".encode())


class Signals:
    """Signals as something to wait for; SIGHUP too, whoever started this."""

    def __init__(self, heard: int, came: list[int]) -> None:
        """``heard``: a file descriptor that can be read once one came; ``came``: which, so far."""
        self._heard = heard
        self._came = came

    def wait(self, seconds: float) -> int | None:
        """The next signal, or None after so many seconds."""
        if not self._came and select.select([self._heard], [], [], seconds)[0]:
            os.read(self._heard, 1)
        return self._came.pop(0) if self._came else None


@contextmanager
def awaited() -> Iterator[Signals]:
    """Within the block signals end nothing. After a first SIGINT or SIGTERM the next ends all."""
    came: list[int] = []
    heard, told = os.pipe()
    os.set_blocking(told, False)
    before = {signum: signal.getsignal(signum) for signum in SIGNALS}

    def note(signum: int, frame: FrameType | None) -> None:
        del frame
        came.append(signum)
        if signum != signal.SIGHUP:
            _let_the_next_end_it()

    wakeup = signal.set_wakeup_fd(told)
    for signum in SIGNALS:
        signal.signal(signum, note)
    try:
        yield Signals(heard, came)
    finally:
        signal.set_wakeup_fd(wakeup)
        for signum, handler in before.items():
            signal.signal(signum, handler)
        os.close(told)
        os.close(heard)


def _heard() -> list[signal.Signals]:
    """The signals that nobody asked to ignore: ``nohup`` does, of SIGHUP."""
    return [signum for signum in SIGNALS if signal.getsignal(signum) is not signal.SIG_IGN]


@contextmanager
def held_back() -> Iterator[Interrupt]:
    """Within the block the first signal only asks to stop; a second one ends at once."""
    interrupt = Interrupt()
    before = {signum: signal.getsignal(signum) for signum in _heard()}

    def ask(signum: int, frame: FrameType | None) -> None:
        del frame
        interrupt.exit_code = 128 + signum
        interrupt.stopping.set()
        _tell("interrupted, recording what was sent; once more ends it at once")

    for signum in before:
        signal.signal(signum, ask)
    try:
        yield interrupt
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
