"""``validate``."""

from __future__ import annotations

import sys

import typer

from reconciler.cli.options import Settings, command_with
from reconciler.errors import NotifierError


@command_with()
def validate(settings: Settings) -> int:
    """Check the config file, without using the network."""
    from reconciler import wiring
    from reconciler.cli.commands.schema import outdated_schema
    from reconciler.cli.starter import SCHEMA
    from reconciler.render.words import counted

    config = settings.read_config()
    if config.notify.urls:
        try:
            wiring.notifier().require()
        except NotifierError as error:
            typer.echo(f"listsync: {error}", err=True)
    if note := outdated_schema(settings.config_path.with_name(SCHEMA)):
        typer.echo(f"listsync: {note}", err=True)
    lists = counted(len(config.lists), "list")
    sys.stdout.write(f"{settings.config_path} ok · generation {config.generation} · {lists}\n")
    return 0
