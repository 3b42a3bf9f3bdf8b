"""The options that commands share, and how they are interpreted."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reconciler.cli.completion import complete_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.cli.commands.setting import Setting


class Form(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class PlainForm(StrEnum):
    """How a result without a Markdown form is printed."""

    TEXT = "text"
    JSON = "json"


class Site(StrEnum):
    """Where one can sign in."""

    TRAKT = "trakt"


SiteName = Annotated[Site, typer.Argument(help="Where to sign in.")]
ConfigPath = Annotated[
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
DebugDir = Annotated[
    Path | None,
    typer.Option("--debug-dir", metavar="DIR", help="Keep pages here that were not read as lists."),
]
DetailedExit = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit 2 where there are changes.")
]
Due = Annotated[bool, typer.Option("--due", help="Only the lists whose interval is over.")]
Yes = Annotated[bool, typer.Option("--yes", help="Act without asking.")]
ListName = Annotated[
    str,
    typer.Argument(metavar="LIST", help="A list's name in the file.", autocompletion=complete_list),
]
AnyList = Annotated[
    str | None,
    typer.Argument(metavar="LIST", help="A list's name.", autocompletion=complete_list),
]
ListNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LIST]...",
        help="Only these lists. [default: all]",
        autocompletion=complete_list,
    ),
]
ListsOrPlan = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LIST]...|[PLAN.json]",
        help="Only these lists, or a saved plan.",
        autocompletion=complete_list,
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Save the plan, for `apply FILE`.")
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", readable=False, help="A saved plan, called anything."),
]
Expect = Annotated[
    str | None,
    typer.Option("--expect", metavar="ID", help="Act only if this is still the plan's id."),
]
Query = Annotated[
    str,
    typer.Argument(
        metavar="ITEM|TITLE",
        help="imdb:tt…, tmdb:movie:N, tmdb:tv:N, tvdb:N, trakt:movie:SLUG, or part of a title.",
    ),
]
Asked = Annotated[
    str | None,
    typer.Argument(
        metavar="LIST|ITEM|TITLE",
        help="A list's name, imdb:tt…, tmdb:movie:N, …, part of a title.",
        autocompletion=complete_list,
    ),
]
Last = Annotated[
    int, typer.Option("--last", metavar="N", min=1, help="How many passes and actions.")
]
AllowServer = Annotated[
    list[str] | None,
    typer.Option("--allow-server", metavar="URL", help="Refuse any other server in FILE."),
]
AllowEnv = Annotated[
    list[str] | None,
    typer.Option("--allow-env", metavar="A,B", help="Refuse any other variable in FILE."),
]
AllowFiles = Annotated[
    bool,
    typer.Option("--allow-files", help="With these, still allow files outside FILE's folder."),
]

_RESTRICTIONS = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=option)
    for name, default, option in (
        ("allow_server", None, AllowServer),
        ("allow_env", None, AllowEnv),
        ("allow_files", False, AllowFiles),
    )
]


@dataclass(frozen=True, slots=True)
class Anywhere:
    """What stands before the command, or in the environment. None: no such restriction."""

    config: Path
    ledger: Path | None
    allowed_servers: list[str] | None = None
    allowed_variables: list[str] | None = None
    allows_files: bool = False


def reads_config(command: Callable[..., int]) -> Callable[..., int]:
    """The command, with the options that restrict what the file may use."""

    @wraps(command)
    def run(
        context: typer.Context,
        *arguments: object,
        allow_server: list[str] | None,
        allow_env: list[str] | None,
        allow_files: bool,
        **options: object,
    ) -> int:
        anywhere: Anywhere = context.obj
        context.obj = replace(
            anywhere,
            allowed_servers=allow_server or anywhere.allowed_servers,
            allowed_variables=allow_env or anywhere.allowed_variables,
            allows_files=allow_files or anywhere.allows_files,
        )
        return command(context, *arguments, **options)

    own = inspect.signature(command, eval_str=True)
    parameters = [*own.parameters.values(), *_RESTRICTIONS]
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return run


def setting_of(  # noqa: PLR0913 - what commands share
    context: typer.Context,
    config: Path | None,
    ledger: Path | None = None,
    output: Form | PlainForm = Form.TEXT,
    *,
    verbose: bool = False,
    debug_dir: Path | None = None,
) -> Setting:
    """A command's options, else what stood before the command, else the environment's."""
    from reconciler.cli.commands.setting import Setting
    from reconciler.config import parse_restrictions

    anywhere: Anywhere = context.obj
    return Setting(
        config or anywhere.config,
        ledger or anywhere.ledger,
        output.value,
        verbose=verbose,
        debug_dir=debug_dir,
        restrictions=parse_restrictions(
            anywhere.allowed_servers,
            anywhere.allowed_variables,
            allows_files=anywhere.allows_files,
        ),
    )
