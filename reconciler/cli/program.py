"""The program: its commands, in the order of ``--help``, and the options before a command."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from reconciler.cli.commands.add import add
from reconciler.cli.commands.adopt import adopt
from reconciler.cli.commands.apply import apply
from reconciler.cli.commands.config import config
from reconciler.cli.commands.doctor import doctor
from reconciler.cli.commands.explain import explain
from reconciler.cli.commands.fetch import fetch
from reconciler.cli.commands.forget import forget
from reconciler.cli.commands.history import history
from reconciler.cli.commands.import_ import import_
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
from reconciler.cli.options import Color, Settings, option

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

# By the heading of ``--help``: each command, with an example of its arguments.
COMMANDS: Mapping[str, Mapping[Callable[..., int], str]] = {
    "Get started": {
        init: "https://www.imdb.com/chart/top/",
        add: "https://trakt.tv/users/anna/lists/family-night",
        import_: "listsync ~/list-sync --server http://localhost:5055",
        validate: "-c listsync.yaml",
        doctor: "-o json",
    },
    "Plan and apply": {
        plan: "family-night --out plan.json",
        apply: "plan.json --yes",
    },
    "Run": {
        run: "--ledger /var/lib/listsync/listsync.db",
        reconcile: "family-night",
    },
    "Inspect": {
        status: "family-night",
        explain: "tmdb:movie:438631",
        history: "Dune",
        fetch: "family-night -o json",
        config: "show family-night --origin",
    },
    "Maintain": {
        adopt: "family-night",
        forget: "tmdb:movie:438631",
        login: "trakt",
        schema: "> listsync.schema.json",
        version: "-o json",
    },
}
ALLOW_SERVER, ALLOW_ENV = "LISTSYNC_ALLOW_SERVER", "LISTSYNC_ALLOW_ENV"


class GroupedCommands(TyperGroup):
    """The commands under their headings, as plain text: importing rich would delay ``--help``."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        del ctx  # as its base has it
        for heading, examples in COMMANDS.items():
            group = [self.commands[_name(command)] for command in examples]
            with formatter.section(heading):
                rows = [(str(each.name), each.get_short_help_str(limit=200)) for each in group]
                formatter.write_dl(rows)
                formatter.write_paragraph()
                formatter.write_text(str(group[0].epilog))


class PlainCommand(TyperCommand):
    """A command whose help shows arguments by name alone: ``LIST``, not ``{LIST}`` or ``<str>``."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        for kind, heading in (("argument", "Arguments"), ("option", "Options")):
            parameters = [each for each in self.get_params(ctx) if each.param_type_name == kind]
            rows = [row for each in parameters if (row := each.get_help_record(ctx))]
            if kind == "argument":
                rows = [(name.partition(" <")[0], text) for name, text in rows]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


def _name(command: Callable[..., int]) -> str:
    return command.__name__.rstrip("_")


app = typer.Typer(
    name="listsync",
    cls=GroupedCommands,
    help="Keep an Overseerr, Jellyseerr or Seerr server in sync with watchlists.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for examples in COMMANDS.values():
    for command, example in examples.items():
        epilog = f"Example: listsync {_name(command)} {example}"
        app.command(_name(command), cls=PlainCommand, epilog=epilog)(report_errors(command))


@app.callback(invoke_without_command=True)
def _before_the_command(  # noqa: PLR0913 - a command's parameters are its options
    context: typer.Context,
    config_path: Annotated[
        Path, option("config_path", " Use - for stdin.", envvar="LISTSYNC_CONFIG")
    ] = Path("listsync.yaml"),
    ledger: Annotated[Path | None, option("ledger", envvar="LISTSYNC_LEDGER")] = None,
    allow_server: Annotated[list[str] | None, option("allow_server", envvar=ALLOW_SERVER)] = None,
    allow_env: Annotated[list[str] | None, option("allow_env", envvar=ALLOW_ENV)] = None,
    *,
    allow_files: Annotated[bool, option("allow_files", envvar="LISTSYNC_ALLOW_FILES")] = False,
    color: Annotated[Color, option("color")] = Color.AUTO,
    show_version: Annotated[bool, typer.Option("--version", hidden=True)] = False,
) -> None:
    context.obj = Settings(
        config_path,
        ledger,
        color=color,
        # A variable that is set but empty allows nothing, rather than everything.
        allow_server=allow_server or ([] if ALLOW_SERVER in os.environ else None),
        allow_env=allow_env or ([] if ALLOW_ENV in os.environ else None),
        allow_files=allow_files,
    )
    if show_version:  # many try this first
        raise typer.Exit(version())
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
