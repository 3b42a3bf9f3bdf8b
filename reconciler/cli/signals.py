"""SIGINT, SIGTERM and SIGHUP end a command at any time, but never within a request."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import NoReturn

STDERR = 2  # written to directly: a handler may interrupt a write to sys.stderr
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
YES = {"y", "yes"}
FORCE = "press Ctrl-C again to force"


class Interrupted(BaseException):
    """A signal asked the command to end."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.exit_code = 128 + signum


@dataclass(slots=True)
class Interrupt:
    """Whether a signal asked to stop, and the resulting exit code; 0 if none did."""

    stopping: Event = field(default_factory=Event)
    exit_code: int = 0


class SignalQueue:
    """Signals to wait for."""

    def __init__(self, reader: int, received: list[int]) -> None:
        """``reader``: a file descriptor that is readable once a signal is in ``received``."""
        self._reader = reader
        self._received = received

    def wait(self, seconds: float) -> int | None:
        """The next signal, or None after so many seconds."""
        if not self._received and select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 1)
        return self._received.pop(0) if self._received else None


def raise_on_signals() -> None:
    """From now on a signal raises Interrupted in the main thread."""

    def interrupt(signum: int, frame: FrameType | None) -> NoReturn:
        del frame
        _announce(f"interrupted, shutting down; {FORCE}")
        raise Interrupted(signum)

    for signum in _handled_signals():
        signal.signal(signum, interrupt)


@contextmanager
def queue_signals() -> Iterator[SignalQueue]:
    """Within the block signals, SIGHUP even under ``nohup``, are queued instead of ending it.

    After a first SIGINT or SIGTERM the next one ends the process.
    """
    received: list[int] = []

    def enqueue(signum: int, frame: FrameType | None) -> None:
        del frame
        received.append(signum)
        if signum != signal.SIGHUP:
            _end_at_the_next_signal()

    with _wakeup_pipe() as reader, _handling(SIGNALS, enqueue):
        yield SignalQueue(reader, received)


@contextmanager
def defer_signals() -> Iterator[Interrupt]:
    """Within the block the first signal only asks to stop; a second one ends the process."""
    interrupt = Interrupt()

    def stop(signum: int, frame: FrameType | None) -> None:
        del frame
        interrupt.exit_code = 128 + signum
        interrupt.stopping.set()
        _announce(f"interrupted, recording what was sent; {FORCE}")

    with _handling(_handled_signals(), stop):
        yield interrupt


def confirm(question: str) -> bool:
    """Ask at the terminal, where a signal can end the wait; only a yes is a yes."""
    sys.stdout.write(f"{question} [y/N]: ")
    sys.stdout.flush()
    # A signal that arrives just before a blocking read would only be noticed after the answer.
    with _wakeup_pipe() as reader:
        while sys.stdin not in select.select([sys.stdin, reader], [], [])[0]:
            os.read(reader, 1)
    return sys.stdin.readline().strip().lower() in YES


@contextmanager
def _wakeup_pipe() -> Iterator[int]:
    """A file descriptor that is readable as soon as a signal has arrived."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    previous = signal.set_wakeup_fd(writer)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(previous)
        os.close(writer)
        os.close(reader)


@contextmanager
def _handling(
    signums: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    previous = {signum: signal.getsignal(signum) for signum in signums}
    for signum in previous:
        signal.signal(signum, handler)
    try:
        yield
    finally:
        for signum, before in previous.items():
            signal.signal(signum, before)


def _handled_signals() -> list[signal.Signals]:
    """The signals that the process does not ignore: ``nohup`` ignores SIGHUP."""
    return [signum for signum in SIGNALS if signal.getsignal(signum) is not signal.SIG_IGN]


def _end_at_the_next_signal() -> None:
    for signum in _handled_signals():
        signal.signal(signum, signal.SIG_DFL)


def _announce(message: str) -> None:
    _end_at_the_next_signal()
    with suppress(OSError):
        os.write(STDERR, f"listsync: {message}\n".encode())
