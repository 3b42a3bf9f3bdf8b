"""One tree of errors: what happened, where, what to do, and the exit code it leads to.

A message is written for the person who runs listsync. It never holds a secret: who raises
an error names a key or a file, not what is in it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_OUTERMOST, _INNERMOST = 10, 30  # calls that are named; a recursion has a thousand more


class ListsyncError(Exception):
    """Something a person should read: ``what`` happened, ``where``, and what to do (``hint``)."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        """Keep the three parts apart, so that each output can lay them out its own way."""
        super().__init__(what)
        self.message = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """One line: ``where: what; hint``."""
        located = f"{self.where}: {self.message}" if self.where else self.message
        return f"{located}; {self.hint}" if self.hint else located


class UsageError(ListsyncError):
    """The command line asks for something that cannot be."""

    exit_code = 64


class InternalError(ListsyncError):
    """A bug in listsync."""


class PlanMismatchError(ListsyncError):
    """A saved or expected plan is not what would be done now; nothing was done."""

    exit_code = 3


class ConfigError(ListsyncError):
    """The file is missing, unreadable or wrong; ``problems`` has one line for each mistake."""

    exit_code = 78

    def __init__(self, problems: tuple[str, ...], *, where: str) -> None:
        """``problems``: lines of the form ``file:line:column path: what is wrong``."""
        hint = "fix the file; `listsync validate` checks it without any network"
        super().__init__("\n".join(problems), where=where, hint=hint)
        self.problems = problems

    @property
    def brief(self) -> str:
        """The first problem, and how many more there are."""
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        return self.problems[0] + more


class LedgerError(ListsyncError):
    """The ledger cannot be opened, read or written."""


class LockHeldError(ListsyncError):
    """Another process acts on the server right now (law 9)."""

    exit_code = 75


class BrowserError(ListsyncError):
    """Chromium or its driver is missing, does not start, or was lost."""


class BrowserLostError(BrowserError):
    """The session is gone, or its page crashed: the same may go well in a fresh one."""


class BrowserStuckError(BrowserError):
    """A page took all its time; what its session still does nobody knows."""


class NotifierError(ListsyncError):
    """Nobody can be notified from here."""


class ServerError(ListsyncError):
    """The media server cannot be used: wrong URL, wrong key, wrong answer."""


class CsrfProtectionError(ServerError):
    """The media server refuses whatever is sent to it with an API key."""

    def __init__(self, where: str) -> None:
        """``where``: the server's URL."""
        what = "its CSRF protection refuses every request made with an API key"
        hint = 'turn off "Enable CSRF Protection" in its settings (Network; on Overseerr General)'
        super().__init__(what, where=where, hint=hint)


class MissingRightError(ServerError):
    """The owner of the API key may not do something that has to be done."""

    def __init__(self, what: str, *, where: str) -> None:
        """``what``: who lacks which right; ``where``: the server's URL."""
        hint = "give this user the right on the server: Users → Edit → Permissions"
        super().__init__(what, where=where, hint=hint)


class TransientError(ServerError):
    """The media server may answer later; ``retry_after`` in seconds where it said when."""

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", retry_after: float | None = None
    ) -> None:
        """As ``ListsyncError``, with the seconds the server asked to be left alone."""
        super().__init__(what, where=where, hint=hint)
        self.retry_after = retry_after


class TmdbError(TransientError):
    """The server answered, but not with what TMDB knows of the title: nothing is known of it."""


class AnswerLostError(TransientError):
    """A request was sent and no answer came: only a look at the server can say what it did."""


def trace_of(error: BaseException) -> list[str]:
    """The calls that led to an exception, the outermost first, as ``file:line function``."""
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
    """The error as a sentence that asks for a report."""
    place = (trace_of(error) or ["listsync"])[-1]
    return InternalError(
        f"internal error: {type(error).__name__} at {place}. This is a bug in listsync; please"
        " report it with this line and the output of `listsync version`"
        + (", and run the command again with -v for a trace" if can_trace else "")
    )


def _place(file: Path) -> str:
    """A file of the package by its path in it, another one by its name alone."""
    return str(file.relative_to(_PACKAGE.parent)) if _PACKAGE in file.parents else file.name
