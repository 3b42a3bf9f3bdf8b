"""A terminal with nobody at it but a test."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.household import Finished, Household


class Terminal:
    """A command's screen and keyboard."""

    def __init__(self, household: Household, process: subprocess.Popen[str], screen: int) -> None:
        self._household = household
        self._process = process
        self._screen = screen
        self.shown = ""

    def read_until(self, text: str, seconds: float = 30) -> None:
        """Wait until ``text`` is on the screen."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self._read(deadline), self.shown

    def type(self, line: str) -> None:
        """Write a line and press Return."""
        os.write(self._screen, f"{line}\n".encode())

    def type_end(self) -> None:
        """Press Ctrl-D at the beginning of a line."""
        os.write(self._screen, b"\x04")

    def interrupt(self) -> None:
        """Press Ctrl-C, as far as the command notices."""
        self._process.send_signal(signal.SIGINT)

    def end(self, seconds: float = 30) -> Finished:
        """Read on until the command is gone."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            assert time.monotonic() < deadline, self.shown
        return self._household.checked(self._process.wait(10), self.shown, "")

    def _read(self, deadline: float) -> bool:
        """Read new text from the screen; False when there will be none."""
        left = max(0.0, deadline - time.monotonic())
        if not select.select([self._screen], [], [], left)[0]:
            return True
        try:
            piece = os.read(self._screen, 65536)
        except OSError:  # how Linux says that nobody writes there any more
            return False
        self.shown += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def terminal(household: Household, *arguments: str) -> Iterator[Terminal]:
    """The command on a terminal of its own."""
    screen, line = pty.openpty()
    try:
        with household.started(
            *arguments,
            stdin=line,
            stdout=line,
            stderr=line,
            start_new_session=True,
            env={"TERM": "xterm", "COLUMNS": "100"},
        ) as process:
            os.close(line)
            yield Terminal(household, process, screen)
    finally:
        os.close(screen)
