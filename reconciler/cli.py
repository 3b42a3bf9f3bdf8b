"""The command line. The work is done behind ``commands``.

Results go to stdout, everything else to stderr. What a command needs is imported when it runs, so
that ``--help`` is quick.
"""

from __future__ import annotations

import io
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from reconciler.errors import ConfigError, ListsyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.commands.setting import Setting

USAGE = 64  # typer's own 2 for usage errors would read as "there are changes"


class Form(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class PlainForm(StrEnum):
    """How a result without a Markdown form is printed."""

    TEXT = "text"
    JSON = "json"


app = typer.Typer(
    name="listsync",
    help="Keeps an Overseerr, Jellyseerr or Seerr server in step with watchlists.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Config = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", metavar="FILE", readable=False, help="The file. [default: listsync.yaml]"
    ),
]
Ledger = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        readable=False,
        help="The ledger, instead of where the file says.",
    ),
]
Output = Annotated[Form, typer.Option("-o", "--output", help="How the result is printed.")]
PlainOutput = Annotated[
    PlainForm, typer.Option("-o", "--output", help="How the result is printed.")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Log each call to stderr.")]
DetailedExit = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit 2 where there are changes.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Act without asking.")]
ListName = Annotated[str, typer.Argument(metavar="LIST", help="A list's name in the file.")]
AnyList = Annotated[str | None, typer.Argument(metavar="LIST", help="A list's name.")]
Query = Annotated[
    str,
    typer.Argument(
        metavar="ITEM|TITLE",
        help="imdb:tt…, tmdb:movie:N, tmdb:tv:N, tvdb:N, trakt:movie:SLUG, or part of a title.",
    ),
]


@app.callback(invoke_without_command=True)
def _anywhere(
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option("-c", "--config", metavar="FILE", envvar="LISTSYNC_CONFIG", readable=False),
    ] = Path("listsync.yaml"),
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="FILE", envvar="LISTSYNC_LEDGER", readable=False),
    ] = None,
) -> None:
    context.obj = (config, ledger)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def validate(context: typer.Context, config: Config = None) -> int:
    """Check the file, without any network."""
    from reconciler.commands import inspection

    setting = _setting(context, config)
    return _told(setting, lambda: inspection.validate(setting))


@app.command()
def plan(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: Config = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
) -> int:
    """Show what is missing and what would be requested; change nothing."""
    from reconciler.commands import sync

    setting = _setting(context, config, ledger, output, verbose=verbose)
    return _told(setting, lambda: sync.plan(setting, detailed=detailed_exitcode))


@app.command()
def apply(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: Config = None,
    ledger: Ledger = None,
    output: Output = Form.TEXT,
    *,
    yes: Yes = False,
    detailed_exitcode: DetailedExit = False,
    verbose: Verbose = False,
) -> int:
    """Request what is missing: shows the plan and asks, or acts at once with --yes."""
    from reconciler.commands import sync

    setting = _setting(context, config, ledger, output, verbose=verbose)
    return _told(setting, lambda: sync.apply(setting, yes=yes, detailed=detailed_exitcode))


@app.command()
def status(
    context: typer.Context,
    name: AnyList = None,
    config: Config = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
) -> int:
    """Show each list's last fetch and, for one list, each item's last verdict."""
    from reconciler.commands import inspection

    setting = _setting(context, config, ledger, output)
    return _told(setting, lambda: inspection.status(setting, name))


@app.command()
def explain(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    query: Query,
    config: Config = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Say why a title is, or is not, requested, and what would change that."""
    from reconciler.commands import inspection

    setting = _setting(context, config, ledger, output, verbose=verbose)
    return _told(setting, lambda: inspection.explain(setting, query))


@app.command()
def fetch(
    context: typer.Context,
    name: ListName,
    config: Config = None,
    output: Output = Form.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Read one list and print its items; needs no media server."""
    from reconciler.commands import inspection

    setting = _setting(context, config, None, output, verbose=verbose)
    return _told(setting, lambda: inspection.fetch(setting, name))


@app.command()
def doctor(
    context: typer.Context,
    config: Config = None,
    ledger: Ledger = None,
    output: PlainOutput = PlainForm.TEXT,
    *,
    verbose: Verbose = False,
) -> int:
    """Check server, key, requesters, ledger and browser, and say what to do."""
    from reconciler.commands import inspection

    setting = _setting(context, config, ledger, output, verbose=verbose)
    return _told(setting, lambda: inspection.doctor(setting))


@app.command()
def schema() -> int:
    """Print the JSON Schema of the file, for editors."""
    from reconciler.commands import about

    return about.schema()


@app.command()
def version() -> int:
    """Print which listsync this is."""
    from reconciler.commands import about

    return about.version()


def _setting(
    context: typer.Context,
    config: Path | None,
    ledger: Path | None = None,
    output: Form | PlainForm = Form.TEXT,
    *,
    verbose: bool = False,
) -> Setting:
    """A command's options, else what stood before the command, else the environment's."""
    from reconciler.commands.setting import Setting

    anywhere_config, anywhere_ledger = context.obj
    return Setting(config or anywhere_config, ledger or anywhere_ledger, output.value, verbose)


def _told(setting: Setting, command: Callable[[], int]) -> int:
    """Run a command; where JSON is asked for, an error is a document on stdout too."""
    from reconciler.commands.setting import print_json
    from reconciler.render.document import error_document

    try:
        return command()
    except ListsyncError as error:
        if setting.output == PlainForm.JSON:
            print_json(error_document(error))
        raise


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code. Nothing it raises is left to a traceback."""
    from reconciler.commands.interrupts import Interrupted, raise_on_signals

    raise_on_signals()
    try:
        return app(list(arguments), standalone_mode=False) or 0
    except typer.TyperException as wrong:
        typer.echo(f"listsync: {wrong.format_message()}; see listsync --help", err=True)
        return USAGE
    except Interrupted as interrupted:
        return interrupted.exit_code
    except ConfigError as error:
        typer.echo("\n".join(error.problems), err=True)
        return error.exit_code
    except ListsyncError as error:
        located = f"{error.where}: {error.what}" if error.where else error.what
        typer.echo(f"listsync: {located}", err=True)
        if error.hint:
            typer.echo(f"  → {error.hint}", err=True)
        return error.exit_code


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
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except OSError as error:  # a full disk under the output, or nobody there to read it
        code = ListsyncError.exit_code
        if not isinstance(error, BrokenPipeError):
            typer.echo(f"listsync: {error.strerror or error}", err=True)
        # What is still buffered has no place to go; without this, Python complains of it as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
