"""Command line of init, schema and version: the commands that need no config file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.options import PlainForm, PlainOutput

Pasted = Annotated[
    list[str] | None,
    typer.Argument(metavar="[URL]...", help="Lists: pasted addresses, or imdb:top and the like."),
]
Written = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", metavar="FILE", help="Where to write; - prints. [default: listsync.yaml]"
    ),
]
Server = Annotated[str, typer.Option("--server", metavar="URL", help="The server's address.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


def init(
    context: typer.Context,
    urls: Pasted = None,
    config: Written = None,
    server: Server = "http://localhost:5055",
    *,
    force: Force = False,
) -> int:
    """Write a file to start from, with the lists that are pasted."""
    from reconciler.cli.commands import starting

    return starting.init(config or context.obj.config, urls or (), server, force=force)


def schema() -> int:
    """Print the JSON Schema of the file, for editors."""
    from reconciler.cli.commands import about

    return about.schema()


def version(output: PlainOutput = PlainForm.TEXT) -> int:
    """Show version and environment details."""
    from reconciler.cli.commands import about

    return about.version(as_json=output is PlainForm.JSON)
