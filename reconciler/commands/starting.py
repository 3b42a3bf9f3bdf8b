"""``init``: a file to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import ConfigError, ListsyncError, UsageError
from reconciler.render.starter import named, starter
from reconciler.sources import recognise
from reconciler.spec import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.model import ListRef

CHART = "imdb:top"
PRINTED = Path("-")


def init(config: Path, texts: Sequence[str], server: str, *, force: bool) -> int:
    """Write a file with these lists, or with a chart; where ``config`` is ``-``, print it."""
    lists = named(_recognised(texts or (CHART,)))
    content = starter(lists, server)
    _check(content)
    if config == PRINTED:
        sys.stdout.write(content)
        return 0
    _write(config, content, force=force)
    names = ", ".join(lists)
    option = "" if config == Path("listsync.yaml") else f" -c {config}"
    sys.stdout.write(
        f"{config} written: {names}\n"
        "next:\n"
        "  export SEERR_API_KEY=…   (Settings → General → API Key, on the server)\n"
        f"  listsync validate{option}\n"
        f"  listsync doctor{option}\n"
        f"  listsync plan{option}\n"
    )
    return 0


def _recognised(texts: Sequence[str]) -> list[tuple[str, ListRef]]:
    """Every text with the list it means. Raises UsageError that names all that mean none."""
    found, wrong = [], []
    for text in texts:
        try:
            found.append((text.strip(), recognise(text)))
        except ValueError as error:
            wrong.append(f"{text}: {error}")
    if wrong:
        raise UsageError("\n".join(wrong), hint="nothing was written")
    return found


def _check(content: str) -> None:
    """Raise UsageError where the file would be refused: its server's address may be none."""
    try:
        load(
            content,
            name="",
            env={"SEERR_API_KEY": "given-later"},
            read=lambda _: "",
            recognise=recognise,
        )
    except ConfigError as error:
        problems = "\n".join(problem.partition(" ")[2] for problem in error.problems)
        raise UsageError(problems, hint="nothing was written") from error


def _write(config: Path, content: str, *, force: bool) -> None:
    try:
        with config.open("w" if force else "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError as error:
        hint = "add --force to write over it, or -c - to see the new one"
        raise UsageError("the file is there already", where=str(config), hint=hint) from error
    except OSError as error:
        what = f"the file cannot be written ({error.strerror})"
        hint = "name another place with -c"
        raise ListsyncError(what, where=str(config), hint=hint) from error
