"""One tree of errors: what happened, where, what to do, and the exit code.

A message is written for the person who runs listsync. It never contains a secret: it names a key or
a file, not their content.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_PACKAGE = Path(__file__).resolve().parent
_OUTERMOST, _INNERMOST = 10, 30  # calls of a trace; a recursion has a thousand more


class ListsyncError(Exception):
    """An error for a person: what happened (``message``), where, and what to do (``hint``)."""

    exit_code = 1
    color = "auto"  # the value of --color

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """One line: ``where: message; hint``."""
        located = f"{self.where}: {self.message}" if self.where else self.message
        return f"{located}; {self.hint}" if self.hint else located


class UsageError(ListsyncError):
    """The command line is invalid."""

    exit_code = 64


class InternalError(ListsyncError):
    """A bug in listsync."""


class PlanMismatchError(ListsyncError):
    """A saved or expected plan differs from the current plan; nothing was done."""

    exit_code = 3


class Diagnostic(NamedTuple):
    """One problem of the config with its line of the file."""

    where: str  # listsync.yaml:14:5
    problem: str
    hint: str
    line: int
    source: str | None  # the line; None: it may hold a secret
    start: int  # of the place in the line, in characters from 0
    end: int


class ConfigError(ListsyncError):
    """The config is missing, unreadable or invalid; ``problems`` has a line for each problem."""

    exit_code = 78

    def __init__(
        self,
        problems: tuple[str, ...],
        *,
        where: str,
        diagnose: Callable[[], tuple[Diagnostic, ...]] = tuple,
    ) -> None:
        """``problems``: lines of the form ``file:line:column path: problem``.

        ``diagnose``: returns the same problems for a terminal, where the file could be read.
        """
        self.diagnose = diagnose
        hint = "fix the file; `listsync validate` checks it without using the network"
        super().__init__("\n".join(problems), where=where, hint=hint)
        self.problems = problems

    @property
    def brief(self) -> str:
        """The first problem, and the number of others."""
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        return self.problems[0] + more


class LedgerError(ListsyncError):
    """The ledger cannot be opened, read or written."""


class LockHeldError(ListsyncError):
    """Another process holds the lock (law 9)."""

    exit_code = 75


class BrowserError(ListsyncError):
    """Chromium or its driver is missing, does not start, or was lost."""


class BrowserLostError(BrowserError):
    """The session is gone, or its page crashed: a new session may succeed."""


class BrowserStuckError(BrowserError):
    """A page used up its time; the state of its session is unknown."""


class NotifierError(ListsyncError):
    """Notifications cannot be sent."""


class ServerError(ListsyncError):
    """The media server cannot be used: wrong URL, wrong key, wrong answer."""


class CsrfProtectionError(ServerError):
    """The media server refuses every request that is made with an API key."""

    def __init__(self, where: str) -> None:
        message = "its CSRF protection refuses every request made with an API key"
        hint = 'turn off "Enable CSRF Protection" in its Network settings (on Overseerr: General)'
        super().__init__(message, where=where, hint=hint)


class MissingRightError(ServerError):
    """The owner of the API key lacks a permission; ``message`` says which."""

    def __init__(self, message: str, *, where: str) -> None:
        hint = "grant this user the permission on the server: Users → Edit → Permissions"
        super().__init__(message, where=where, hint=hint)


class TransientError(ServerError):
    """The media server may answer later; ``retry_after``: the seconds it asked to wait, if any."""

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.retry_after = retry_after


class TmdbError(TransientError):
    """The server answered, but without TMDB's data about the title."""


class AnswerLostError(TransientError):
    """A request was sent and its answer was lost: only the server can show its outcome."""


def trace_of(error: BaseException) -> list[str]:
    """The calls that led to an exception, outermost first, as ``file:line function``."""
    calls = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        calls.append(f"{_place(Path(code.co_filename))}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    if len(calls) <= _OUTERMOST + _INNERMOST:
        return calls
    return [*calls[:_OUTERMOST], "…", *calls[-_INNERMOST:]]


def internal_error(error: BaseException, *, can_trace: bool = False) -> InternalError:
    """An unexpected error as a sentence that asks for a bug report."""
    place = (trace_of(error) or ["listsync"])[-1]
    return InternalError(
        f"internal error: {type(error).__name__} at {place}. This is a bug in listsync; please"
        " report it with this line and the output of `listsync version`"
        + (", and run the command again with -v for a trace" if can_trace else "")
    )


def _place(file: Path) -> str:
    """A file of the package by its path there, any other by its name alone."""
    return str(file.relative_to(_PACKAGE.parent)) if _PACKAGE in file.parents else file.name
