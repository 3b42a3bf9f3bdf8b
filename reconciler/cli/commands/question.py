"""A question to the person at the terminal, that a signal can end at any instant."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

YES = {"y", "yes"}


def confirmed(question: str) -> bool:
    """Ask, and wait for a line; whatever is not a yes is a no, and so is the end of the input."""
    sys.stdout.write(f"{question} [y/N]: ")
    sys.stdout.flush()
    # A signal that comes just before a blocking read would only be noticed after the answer.
    with _signals_as_input() as signals:
        while sys.stdin not in select.select([sys.stdin, signals], [], [])[0]:
            os.read(signals, 1)
    return sys.stdin.readline().strip().lower() in YES


@contextmanager
def _signals_as_input() -> Iterator[int]:
    """A file descriptor that can be read as soon as a signal has come."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told)
    try:
        yield heard
    finally:
        signal.set_wakeup_fd(before)
        os.close(told)
        os.close(heard)
