"""Unexpected exceptions: reported in one sentence, with a trace.

The trace is for those who ask for it. It has no exception messages and no values, which may hold a
key.
"""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reconciler.errors import ListsyncError, internal_error, trace_of

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROL_FLOW = (typer.Exit, typer.Abort, typer.TyperException)


def guarded(command: Callable[..., int]) -> Callable[..., int]:
    """The command, raising nothing but errors that can be shown.

    Where JSON is asked for, an error is a document on stdout, too.
    """

    @wraps(command)
    def run(*arguments: object, **options: object) -> int:
        try:
            return command(*arguments, **options)
        except ListsyncError as error:
            _print_document(error, options)
            raise
        except Exception as error:
            if isinstance(error, _CONTROL_FLOW) or is_about_output(error):
                raise
            _show_trace(error, options)
            known = internal_error(error, can_trace=options.get("verbose") is False)
            _print_document(known, options)
            raise known from error

    return run


def is_about_output(error: Exception) -> bool:
    """Whether the system said no, to writing the output for example; libraries' errors are not."""
    return isinstance(error, OSError) and error.errno is not None


def _print_document(error: ListsyncError, options: dict[str, object]) -> None:
    if options.get("output") == "json":
        from reconciler.cli.commands.setting import print_json
        from reconciler.render.document import error_document

        print_json(error_document(error))


def _show_trace(error: Exception, options: dict[str, object]) -> None:
    trace = "\n".join([*trace_of(error), type(error).__name__, ""])
    if options.get("verbose"):
        typer.echo(trace, err=True, nl=False)
    if isinstance(folder := options.get("debug_dir"), Path):
        from reconciler.sources.debug.folder import DebugFolder

        DebugFolder(folder).keep_trace(trace)
