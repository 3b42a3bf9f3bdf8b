"""The program: which commands there are, in the order of ``--help``."""

from __future__ import annotations

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

app = typer.Typer(
    name="listsync",
    help="Keeps an Overseerr, Jellyseerr or Seerr server in step with watchlists.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for command in COMMANDS:
    app.command()(guarded(command))


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
    *,
    version: Annotated[bool, typer.Option("--version", hidden=True)] = False,
) -> None:
    context.obj = Anywhere(config, ledger)
    if version:  # many try this first
        raise typer.Exit(about.version())
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
