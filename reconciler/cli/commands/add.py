"""``add``: add a list to the config file."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.options import Settings, command_with
from reconciler.errors import ConfigError, ListsyncError, UsageError

Text = Annotated[str, typer.Argument(metavar="URL", help="URL of a list, or an id like imdb:top.")]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="Name of the list.  [default: from the URL]"),
]
_UNCHANGED = "nothing was changed"


@command_with()
def add(settings: Settings, text: Text, name: Name = None) -> int:
    """Add a list to the config file, and leave the rest as it is."""
    from reconciler import wiring
    from reconciler.cli import starter
    from reconciler.config import decode, list_names
    from reconciler.config.additions import with_list
    from reconciler.config.own_files import replace_file

    path = settings.config_path
    file = wiring.config_file(path, settings.restrictions)
    ((pasted, ref),) = starter.recognize_lists([text])
    content = file.content()
    if not path.is_file():
        raise UsageError(
            "not a file that can be changed", where=str(path), hint="use another file: -c FILE"
        )
    before = decode(content, str(path))
    names = set(list_names(before))
    with suppress(ConfigError):  # of an invalid file; it may be the missing list
        names |= {lst.name for lst in file.read(content).lists}  # in included files as well
    if name in names:
        raise UsageError(f"the list {name} already exists", where=str(path), hint=_UNCHANGED)
    name = name or starter.name_list(ref, names)
    keys = {"source": pasted.replace("$", "$$")} | ({"top": starter.CHART} if ref.chart else {})
    try:
        after = with_list(before, name, starter.option_lines(pasted, ref), keys)
    except ValueError as error:
        file.read(content)  # raises ConfigError if the file is invalid
        hint = "add the list by hand"
        raise UsageError(str(error), where=str(path), hint=hint) from error
    changed = content[: len(content) - len(before.encode())] + after.encode()  # with its BOM
    config = file.read(changed)
    if others := [lst.name for lst in config.lists if lst.source == ref and lst.name != name]:
        raise UsageError(f"{ref} is already in the file as {others[0]}", hint=_UNCHANGED)
    try:
        replace_file(path, changed)
    except OSError as error:
        message = f"the file cannot be written ({error.strerror})"
        hint = "check the owner and permissions of the file and its folder"
        raise ListsyncError(message, where=str(path), hint=hint) from error
    option = "" if path == Path("listsync.yaml") else f" -c {shlex.quote(str(path))}"
    sys.stdout.write(f"{path}: added {name}\nnext:\n  listsync plan{option} {name}\n")
    return 0
