"""Unexpected exceptions: reported in one sentence, with a trace.

The trace is shown on request. It has no exception messages and no values, which may hold a
key.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from reconciler.errors import ConfigError, ListsyncError, internal_error, trace_of

_CONTROL_FLOW = (typer.Exit, typer.Abort, typer.TyperException)


def report_errors(command: Callable[..., int]) -> Callable[..., int]:
    """Let a command raise nothing but ListsyncError, typer's own and the system's errors.

    With ``-o json``, the error is also printed as a document.
    """

    @wraps(command)
    def run(**options: Any) -> int:  # noqa: ANN401 - any option's
        try:
            return command(**options)
        except ListsyncError as error:
            if "context" in options:
                error.color = options.get("color") or options["context"].obj.color
            _print_document(error, options)
            raise
        except Exception as error:
            if isinstance(error, _CONTROL_FLOW) or is_system_error(error):
                raise
            _keep_trace(error, options)
            reported = internal_error(error, can_trace=options.get("verbose") is False)
            _print_document(reported, options)
            raise reported from error

    return run


def is_system_error(error: Exception) -> bool:
    """Whether the operating system refused something, for example to write the output."""
    return isinstance(error, OSError) and error.errno is not None  # libraries' own have none


def print_config_error(error: ConfigError) -> None:
    """Print all problems: with their lines of the file on a terminal, else one line for each."""
    from reconciler.render.layout import PLAIN, look_of

    look = look_of(sys.stderr, error.color)
    if look == PLAIN:
        typer.echo("\n".join(error.problems), err=True)
        return
    from reconciler.render.config_errors import config_error_lines
    from reconciler.render.layout import text_of

    sys.stderr.write(text_of(config_error_lines(error, look.width), look))


def print_error(error: ListsyncError) -> None:
    """Print what is wrong and how to fix it: wrapped and in color on a terminal."""
    from reconciler.render.layout import PLAIN, Cell, Line, look_of, text_of

    located = f"{error.where}: {error.message}" if error.where else error.message
    rows = [("listsync: ", located), *([("  → ", error.hint)] if error.hint else [])]
    look = look_of(sys.stderr, error.color)
    if look == PLAIN:
        typer.echo("\n".join(f"{mark}{text}" for mark, text in rows), err=True)
        return
    lines = (Line((Cell(text),), Cell(mark, "failed")) for mark, text in rows)
    sys.stderr.write(text_of(lines, look))


def _print_document(error: ListsyncError, options: dict[str, Any]) -> None:
    if options.get("output") == "json":
        from reconciler.cli.output import print_json
        from reconciler.render.rows import error_document

        print_json(error_document(error))


def _keep_trace(error: Exception, options: dict[str, Any]) -> None:
    trace = "\n".join([*trace_of(error), type(error).__name__, ""])
    if options.get("verbose"):
        typer.echo(trace, err=True, nl=False)
    if isinstance(folder := options.get("debug_dir"), Path):
        from reconciler.sources.debug.folder import DebugFolder

        DebugFolder(folder).keep_trace(trace)
