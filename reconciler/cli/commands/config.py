"""``config``: the effective settings."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from reconciler.cli.options import Settings, command_with, complete_list, option

Action = StrEnum("Action", {"SHOW": "show"})
ShownForm = StrEnum("ShownForm", {"YAML": "yaml", "JSON": "json"})
ActionName = Annotated[Action, typer.Argument(metavar="show", help="Print the effective config.")]
AnyList = Annotated[
    str | None,
    typer.Argument(metavar="LIST", help="Only this list.", autocompletion=complete_list),
]
Origin = Annotated[bool, typer.Option("--origin", help="Show where each value comes from.")]
Output = Annotated[ShownForm, option("output")]


@command_with()
def config(
    settings: Settings,
    action: ActionName,
    name: AnyList = None,
    output: Output = ShownForm.YAML,
    *,
    origin: Origin = False,
) -> int:
    """Show the config in effect, and where each value comes from."""
    from reconciler.cli.output import print_json, with_version
    from reconciler.cli.selection import find_list
    from reconciler.config import effective_settings
    from reconciler.render.layout import look_of
    from reconciler.render.settings import settings_tree, settings_yaml

    del action  # there is one
    read = settings.read_config()
    shown = effective_settings(read)
    if name is not None:
        path = ("lists", find_list(read, name).name)
        shown = tuple(setting for setting in shown if setting.path[:2] == path)
    if output is ShownForm.JSON:
        place = {"path": str(settings.config_path), "generation": read.generation}
        print_json(with_version(config=place, settings=settings_tree(shown, with_origin=origin)))
    else:
        is_colored = look_of(sys.stdout, settings.color).is_colored
        sys.stdout.write(settings_yaml(shown, with_origin=origin, is_colored=is_colored))
    return 0
