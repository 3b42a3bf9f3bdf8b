"""The program: its commands, in the order of ``--help``, and the options before a command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.commands.adopt import adopt
from reconciler.cli.commands.apply import apply
from reconciler.cli.commands.doctor import doctor
from reconciler.cli.commands.explain import explain
from reconciler.cli.commands.fetch import fetch
from reconciler.cli.commands.forget import forget
from reconciler.cli.commands.history import history
from reconciler.cli.commands.init import init
from reconciler.cli.commands.login import login
from reconciler.cli.commands.plan import plan
from reconciler.cli.commands.reconcile import reconcile
from reconciler.cli.commands.run import run
from reconciler.cli.commands.schema import schema
from reconciler.cli.commands.status import status
from reconciler.cli.commands.validate import validate
from reconciler.cli.commands.version import version
from reconciler.cli.faults import report_errors
from reconciler.cli.options import Settings, option

COMMANDS = (
    init, validate, plan, apply, adopt, forget, run, reconcile,
    status, explain, fetch, history, doctor, login, schema, version,
)  # fmt: skip
ALLOW_SERVER, ALLOW_ENV = "LISTSYNC_ALLOW_SERVER", "LISTSYNC_ALLOW_ENV"

app = typer.Typer(
    name="listsync",
    help="Keep an Overseerr, Jellyseerr or Seerr server in sync with watchlists.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in COMMANDS:
    app.command()(report_errors(command))


@app.callback(invoke_without_command=True)
def _before_the_command(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config_path: Annotated[Path, option("config_path", envvar="LISTSYNC_CONFIG")] = Path(
        "listsync.yaml"
    ),
    ledger: Annotated[Path | None, option("ledger", envvar="LISTSYNC_LEDGER")] = None,
    allow_server: Annotated[list[str] | None, option("allow_server", envvar=ALLOW_SERVER)] = None,
    allow_env: Annotated[list[str] | None, option("allow_env", envvar=ALLOW_ENV)] = None,
    *,
    allow_files: Annotated[bool, option("allow_files", envvar="LISTSYNC_ALLOW_FILES")] = False,
    show_version: Annotated[bool, typer.Option("--version", hidden=True)] = False,
) -> None:
    context.obj = Settings(
        config_path,
        ledger,
        # A variable that is set but empty allows nothing, rather than everything.
        allow_server=allow_server or ([] if ALLOW_SERVER in os.environ else None),
        allow_env=allow_env or ([] if ALLOW_ENV in os.environ else None),
        allow_files=allow_files,
    )
    if show_version:  # many try this first
        raise typer.Exit(version())
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
