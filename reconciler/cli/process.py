"""One run of the program, from its arguments to its exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from reconciler.cli.faults import is_about_output
from reconciler.cli.program import app
from reconciler.errors import ConfigError, ListsyncError, internal_error

if TYPE_CHECKING:
    from collections.abc import Sequence

_OBJECTS = 50_000  # new objects before garbage is looked for: starting makes many, all to stay
USAGE = 64  # typer's own 2 for usage errors would read as "there are changes"


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code. Nothing it raises is left to a traceback."""
    from reconciler.cli.commands.interrupts import Interrupted, raise_on_signals

    raise_on_signals()
    try:
        return app(list(arguments), prog_name="listsync", standalone_mode=False) or 0
    except typer.TyperException as wrong:
        typer.echo(f"listsync: {wrong.format_message()}; see `listsync --help`", err=True)
        return USAGE
    except Interrupted as interrupted:
        return interrupted.exit_code
    except ListsyncError as error:
        return _shown(error)
    except Exception as error:
        if is_about_output(error):
            raise
        return _shown(internal_error(error))


def _shown(error: ListsyncError) -> int:
    """The error's exit code, once a person can read what it says."""
    if isinstance(error, ConfigError):
        typer.echo("\n".join(error.problems), err=True)
        return error.exit_code
    located = f"{error.where}: {error.message}" if error.where else error.message
    typer.echo(f"listsync: {located}", err=True)
    if error.hint:
        typer.echo(f"  → {error.hint}", err=True)
    return error.exit_code


def tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    """Say in one line that a thread of ours has failed."""
    if isinstance(ended.exc_value, Exception):
        typer.echo(f"listsync: {internal_error(ended.exc_value)}", err=True)


def _nowhere(mode: str) -> TextIO:
    """A stream for a place that was closed before we began; it lives as long as the process."""
    return Path(os.devnull).open(mode)  # type: ignore[return-value]


def main() -> None:
    """The ``listsync`` command. A place that takes no Unicode gets escapes instead of it."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _nowhere("r" if name == "stdin" else "w"))
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin":
            stream.reconfigure(errors="backslashreplace")
    threading.excepthook = tell_of_thread
    gc.set_threshold(_OBJECTS)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:  # a full disk under the output, or nobody there to read it
        code = ListsyncError.exit_code
        if not isinstance(error, BrokenPipeError):
            place = f"{error.filename}: " if error.filename else ""
            typer.echo(f"listsync: {place}{error.strerror}", err=True)
        # What is still buffered has no place to go; without this, Python complains of it as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gc.freeze()  # the interpreter need not look for garbage in what ends anyway: a tenth of `plan`
    sys.exit(code)
