"""Where an exception was raised: places only, since its message and its values may hold a key."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import InternalError

_PACKAGE = Path(__file__).resolve().parent
_OUTERMOST, _INNERMOST = 10, 30  # calls that are named; a recursion has a thousand more


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
