"""``import``: the settings, lists and history of another program."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.options import PlainForm, PlainOutput, option

Program = StrEnum("Program", {"LISTSYNC": "listsync"})
ProgramName = Annotated[Program, typer.Argument(metavar="listsync", help="Program to import from.")]
Place = Annotated[
    Path, typer.Argument(metavar="PATH", help="ListSync's folder, its .env or its database.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", metavar="FILE", help="File, or - for stdout.  [default: listsync.yaml]"
    ),
]
Ledger = Annotated[Path | None, option("ledger")]
Server = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="Address of the server.")
]
Lists = Annotated[
    list[str] | None,
    typer.Option("--list", metavar="URL", help="One more list for the file; may be repeated."),
]

_STDOUT = Path("-")


def import_(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    program: ProgramName,
    path: Place,
    *,
    config: Config = None,
    ledger: Ledger = None,
    server: Server = None,
    lists: Lists = None,
    output: PlainOutput = PlainForm.TEXT,
) -> int:
    """Import settings, lists and history from the original ListSync."""
    from reconciler.cli.moving import conversion, installation, original
    from reconciler.cli.output import print_lines, with_version

    del program  # there is one
    settings = context.obj
    installed = original.read_original(path)
    converted = conversion.convert(installed, server, lists or ())
    config_path = config or settings.config_path
    if config_path == _STDOUT:
        sys.stdout.write(converted.text)
        return 0
    document = installation.install(
        converted, installed.handled, config_path, ledger or settings.ledger
    )
    settings = replace(settings, output=output)
    lines = installation.report_lines(document, ledger)
    print_lines(settings, with_version(**document), lambda _: lines)
    return 0
