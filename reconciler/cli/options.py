"""The options that commands share: each is declared once, and a command gets them as Settings."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reconciler.errors import ConfigError

if TYPE_CHECKING:  # slow to import, and not needed for --help
    from reconciler.config import Config, Restrictions
    from reconciler.ports import Sources
    from reconciler.sync.reconcile import Context


class PlanForm(StrEnum):
    """How a plan is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class Form(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class PlainForm(StrEnum):
    """How a result without a Markdown form is printed."""

    TEXT = "text"
    JSON = "json"


class Color(StrEnum):
    """Whether text is colored; ``auto``: on a terminal, unless the environment says otherwise."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """The shared options: after the command, otherwise before it, otherwise the environment's."""

    config_path: Path
    ledger: Path | None = None
    output: str = Form.TEXT
    color: str = Color.AUTO
    shows_all: bool = False
    verbose: bool = False
    debug_dir: Path | None = None
    allow_server: list[str] | None = None  # None, here and below: anything is allowed
    allow_env: list[str] | None = None
    allow_files: bool = False

    @property
    def restrictions(self) -> Restrictions:
        """What the config may use. Raises UsageError."""
        from reconciler.config import parse_restrictions

        return parse_restrictions(self.allow_server, self.allow_env, allows_files=self.allow_files)

    def read_config(self) -> Config:
        """The config; from now on logs hide its secrets. Prints notes. Raises ConfigError."""
        from reconciler import wiring

        config = wiring.read_config(self.config_path, self.restrictions)
        level = logging.DEBUG if self.verbose else logging.WARNING
        wiring.configure_logs(config, level, self.color)
        for note in config.written.notes:
            typer.echo(note, err=True)
        return config

    def ledger_path(self, config: Config) -> Path:
        from reconciler import wiring

        return wiring.ledger_path(config.ledger, self.config_path, self.ledger)

    def open_context(
        self, config: Config, lists: Sources | None = None
    ) -> AbstractContextManager[Context]:
        """Everything a run needs. ``lists``: where lists come from, if not from their sites."""
        from reconciler import wiring
        from reconciler.render.progress import for_terminal

        return wiring.open_context(
            config,
            self.config_path,
            self.ledger_path(config),
            for_terminal(self.color, verbose=self.verbose),
            lists=lists,
            debug_dir=self.debug_dir,
        )


def complete_list(context: typer.Context, incomplete: str) -> list[str]:
    """List names for the shell, from the config alone. Never raises."""
    from reconciler.config.file import list_names_of

    paths = (
        context.params.get("config_path"),
        context.find_root().params.get("config_path"),
        os.environ.get("LISTSYNC_CONFIG"),
        "listsync.yaml",
    )
    config = Path(next(path for path in paths if path))
    names: tuple[str, ...] = ()
    with suppress(OSError, ConfigError):
        if config.is_file():  # a pipe would block the shell
            names = list_names_of(config)
    return [name for name in names if name.startswith(incomplete)]


_SHARED: dict[str, tuple[tuple[str, ...], str | None, str]] = {  # its names, value and help
    "config_path": (("-c", "--config"), "FILE", "Config file."),
    "ledger": (("--ledger",), "FILE", "Ledger file, overriding the config."),
    "output": (("-o", "--output"), None, "Output format."),
    "verbose": (("-v", "--verbose"), None, "Log details, such as server calls, to stderr."),
    "debug_dir": (("--debug-dir",), "DIR", "Folder for pages that could not be read."),
    "shows_all": (("--all",), None, "Show each title that waits or is filtered."),
    "color": (("--color",), "WHEN", "Color text: auto, always or never."),
    "allow_server": (("--allow-server",), "URL", "Allow only this server in the config."),
    "allow_env": (("--allow-env",), "A,B", "Allow only these variables in the config."),
    "allow_files": (("--allow-files",), None, "Also allow files outside the config's folder."),
}


def option(name: str, note: str = "", **more: Any) -> Any:  # noqa: ANN401 - as typer's Option
    """A shared option, with what is special to one place, such as its ``envvar``."""
    names, metavar, text = _SHARED[name]
    if name == "config_path":
        more["callback"] = _config_path
    is_file = metavar == "FILE"  # the code that reads the file reports its errors
    return typer.Option(*names, metavar=metavar, readable=not is_file, help=text + note, **more)


def _config_path(path: Path | None) -> Path | None:
    """``-``: the config is read from stdin."""
    if path != Path("-"):
        return path
    from reconciler.config.own_files import STDIN

    return STDIN


def _shared(name: str, kind: object, default: object = None, note: str = "") -> inspect.Parameter:
    annotation = Annotated[kind, option(name, note)]  # type: ignore[valid-type]
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=annotation)


PlainOutput = Annotated[PlainForm, option("output")]
LEDGER = _shared("ledger", Path | None)
OUTPUT = _shared("output", Form, Form.TEXT)
PLAN_OUTPUT = _shared("output", PlanForm, PlanForm.TEXT)
PLAIN_OUTPUT = _shared("output", PlainForm, PlainForm.TEXT)
SHOWS_ALL = _shared("shows_all", bool, default=False)
VERBOSE = _shared("verbose", bool, default=False)
DEBUG_DIR = _shared("debug_dir", Path | None)
_CONFIG = _shared("config_path", Path | None, note="  [default: listsync.yaml]")
_COLOR = _shared("color", Color | None)
_RESTRICTIONS = (
    _shared("allow_server", list[str] | None),
    _shared("allow_env", list[str] | None),
    _shared("allow_files", bool, default=False),
)

ListName = Annotated[
    str,
    typer.Argument(
        metavar="LIST", help="Name of a list in the config.", autocompletion=complete_list
    ),
]
ListNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LIST",
        help="Only these lists.  [default: all]",
        autocompletion=complete_list,
    ),
]
DetailedExit = Annotated[
    bool, typer.Option("--detailed-exitcode", help="Exit with 2 if there are changes.")
]


def command_with(*options: inspect.Parameter) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Declare a command that reads the config and has these shared options besides its own.

    The function gets ``Settings`` in their place, as its first parameter.
    """
    shared = (_CONFIG, *options, _COLOR, *_RESTRICTIONS)
    context = inspect.Parameter(
        "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )

    def declare(function: Callable[..., int]) -> Callable[..., int]:
        @wraps(function)
        def command(context: typer.Context, **values: Any) -> int:  # noqa: ANN401 - any option's
            return function(_settings(context.obj, values, shared), **values)

        signature = inspect.signature(function, eval_str=True)
        own = list(signature.parameters.values())[1:]
        own.sort(key=lambda parameter: parameter.kind)
        command.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[context, *own, *shared]
        )
        return command

    return declare


def _settings(
    root: Settings, values: dict[str, Any], shared: tuple[inspect.Parameter, ...]
) -> Settings:
    """The options before the command, with the shared ones among ``values``, which leave it."""
    after: Mapping[str, Any] = {option.name: values.pop(option.name) for option in shared}
    return replace(root, **{name: value for name, value in after.items() if value})
