"""``init``: a config file to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from reconciler.cli.commands.schema import schema_text
from reconciler.errors import ListsyncError, UsageError

Texts = Annotated[
    list[str] | None,
    typer.Argument(metavar="URL", help="URLs of lists, or ids like imdb:top."),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", metavar="FILE", help="File, or - for stdout.  [default: listsync.yaml]"
    ),
]
Server = Annotated[str, typer.Option("--server", metavar="URL", help="Address of the server.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]

_CHART = "imdb:top"
_STDOUT = Path("-")


def init(
    context: typer.Context,
    texts: Texts = None,
    config: Config = None,
    server: Server = "http://localhost:5055",
    *,
    force: Force = False,
) -> int:
    """Write a config file from the URLs of your lists."""
    from reconciler.cli import starter

    path = config or context.obj.config_path
    lists = starter.name_lists(starter.recognize_lists(texts or (_CHART,)))
    keys = starter.required_keys(ref for _, ref in lists.values())
    content = starter.starter_text(lists, server, keys)
    variables = starter.variables(keys)
    starter.check_loads(content, variables)
    if path == _STDOUT or str(path) == "<stdin>":  # -c - before the command
        sys.stdout.write(content)
        return 0
    schema = path.with_name(starter.SCHEMA)
    _write(path, content, force=force)
    _write(schema, schema_text(), force=True)
    exports = "".join(f"  export {name}=…\n" for name in variables)
    option = "" if path == Path("listsync.yaml") else f" -c {path}"
    sys.stdout.write(
        f"{path} written: {', '.join(lists)}\n"
        f"{schema} written, for editors\n"
        "next:\n"
        "  export SEERR_API_KEY=…   (Settings → General → API Key, on the server)\n"
        f"{exports}"
        f"  listsync validate{option}\n"
        f"  listsync doctor{option}\n"
        f"  listsync plan{option}\n"
    )
    return 0


def _write(path: Path, content: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        hint = "add --force to overwrite it, or -c - to print the new file instead"
        raise UsageError("the file already exists", where=str(path), hint=hint) from error
    except OSError as error:
        message = f"the file cannot be written ({error.strerror})"
        raise ListsyncError(message, where=str(path), hint="choose another path with -c") from error
