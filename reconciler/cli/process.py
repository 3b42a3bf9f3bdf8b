"""One run of the program, from its arguments to its exit code."""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import typer

from reconciler.cli.faults import is_system_error, print_config_error, print_error
from reconciler.cli.program import app
from reconciler.errors import ConfigError, ListsyncError, internal_error

_NEW_OBJECTS = 50_000  # between garbage collections: starting makes many objects, and all stay
USAGE = 64  # typer's own 2 for usage errors would mean "there are changes"


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; every error is printed as a sentence."""
    from reconciler.cli.signals import Interrupted, raise_on_signals

    raise_on_signals()
    try:
        return app(list(arguments), prog_name="listsync", standalone_mode=False) or 0
    except typer.TyperException as error:
        message = error.format_message().replace("Value error, ", "").removesuffix(".")
        one_line = " ".join(message.split())  # typer puts each choice on a line of its own
        typer.echo(f"listsync: {one_line}; see `listsync --help`", err=True)
        return USAGE
    except Interrupted as interrupted:
        return interrupted.exit_code
    except ListsyncError as error:
        return _print_error(error)
    except Exception as error:
        if is_system_error(error):
            raise
        return _print_error(internal_error(error))


def _print_error(error: ListsyncError) -> int:
    """Print the error, and return its exit code."""
    if isinstance(error, ConfigError):
        print_config_error(error)
    else:
        print_error(error)
    return error.exit_code


def report_thread(failure: threading.ExceptHookArgs) -> None:
    """Print one line about a thread that failed."""
    if isinstance(failure.exc_value, Exception):
        typer.echo(f"listsync: {internal_error(failure.exc_value)}", err=True)


def _null_stream(mode: str) -> TextIO:
    """A stream in place of one that was closed before the start, for as long as the process."""
    return Path(os.devnull).open(mode)  # type: ignore[return-value]


def main() -> None:
    """The ``listsync`` command. An output that cannot encode a character gets an escape."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _null_stream("r" if name == "stdin" else "w"))
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin":
            stream.reconfigure(errors="backslashreplace")
    threading.excepthook = report_thread
    gc.set_threshold(_NEW_OBJECTS)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:  # the output's disk is full, or its reader is gone
        code = ListsyncError.exit_code
        if not isinstance(error, BrokenPipeError):
            place = f"{error.filename}: " if error.filename else ""
            typer.echo(f"listsync: {place}{error.strerror}", err=True)
        # The buffered output is lost; without this, Python would complain about that as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gc.freeze()  # no garbage collection at exit: a tenth of the time of `plan`
    sys.exit(code)
