"""The program: which commands there are, in the order of ``--help``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli import about, acting, looking, running
from reconciler.cli.faults import guarded
from reconciler.cli.options import Anywhere

COMMANDS = (
    about.init,
    looking.validate,
    acting.plan,
    acting.apply,
    acting.adopt,
    acting.forget,
    running.run,
    running.reconcile,
    looking.status,
    looking.explain,
    looking.fetch,
    looking.history,
    looking.doctor,
    acting.login,
    about.schema,
    about.version,
)

ALLOW_SERVER, ALLOW_ENV = "LISTSYNC_ALLOW_SERVER", "LISTSYNC_ALLOW_ENV"

app = typer.Typer(
    name="listsync",
    help="Keeps an Overseerr, Jellyseerr or Seerr server in step with watchlists.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in COMMANDS:
    app.command()(guarded(command))


@app.callback(invoke_without_command=True)
def _anywhere(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config: Annotated[
        Path,
        typer.Option("-c", "--config", metavar="FILE", envvar="LISTSYNC_CONFIG", readable=False),
    ] = Path("listsync.yaml"),
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", metavar="FILE", envvar="LISTSYNC_LEDGER", readable=False),
    ] = None,
    allow_server: Annotated[
        list[str] | None, typer.Option("--allow-server", metavar="URL", envvar=ALLOW_SERVER)
    ] = None,
    allow_env: Annotated[
        list[str] | None, typer.Option("--allow-env", metavar="A,B", envvar=ALLOW_ENV)
    ] = None,
    *,
    allow_files: Annotated[
        bool, typer.Option("--allow-files", envvar="LISTSYNC_ALLOW_FILES")
    ] = False,
    version: Annotated[bool, typer.Option("--version", hidden=True)] = False,
) -> None:
    servers, variables = _given(allow_server, ALLOW_SERVER), _given(allow_env, ALLOW_ENV)
    context.obj = Anywhere(config, ledger, servers, variables, allow_files)
    if version:  # many try this first
        raise typer.Exit(about.version())
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _given(values: list[str] | None, variable: str) -> list[str] | None:
    """An option's values; a variable that is set and empty allows nothing, rather than all."""
    return values or ([] if variable in os.environ else None)
