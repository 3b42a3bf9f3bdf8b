"""``init``: a file to start from."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from reconciler.cli.commands.about import schema_text
from reconciler.config import load
from reconciler.core.model import ListRef
from reconciler.errors import ConfigError, ListsyncError, UsageError
from reconciler.render.starter import SCHEMA, named, starter, variables
from reconciler.sources import objection, recognise
from reconciler.sources.scrape import Provider

CHART = "imdb:top"
KEYS = {
    "trakt": ("client_id", "client_secret"),
    "mdblist": ("api_key",),
    "tmdb": ("api_key",),
    "simkl": ("client_id",),
    "tvdb": ("api_key",),
}
_SAID = (Provider(), Provider(key="key"), Provider(key="key", secret="secret"))  # noqa: S106 - neither is one
PRINTED = Path("-")


def init(config: Path, texts: Sequence[str], server: str, *, force: bool) -> int:
    """Write a file with these lists, or with a chart; where ``config`` is ``-``, print it."""
    lists = named(_recognised(texts or (CHART,)))
    keys = _required_keys(ref for _, ref in lists.values())
    content = starter(lists, server, keys)
    _check(content, variables(keys))
    if config == PRINTED:
        sys.stdout.write(content)
        return 0
    schema = config.with_name(SCHEMA)
    _write(config, content, force=force)
    _write(schema, schema_text(), force=True)
    names = ", ".join(lists)
    exports = "".join(f"  export {name}=…\n" for name in variables(keys))
    option = "" if config == Path("listsync.yaml") else f" -c {config}"
    sys.stdout.write(
        f"{config} written: {names}\n"
        f"{schema} written, for editors\n"
        "next:\n"
        "  export SEERR_API_KEY=…   (Settings → General → API Key, on the server)\n"
        f"{exports}"
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


def _required_keys(refs: Iterable[ListRef]) -> dict[str, tuple[str, ...]]:
    """The names of the keys that sites need, by site. Raises UsageError where no key will do."""
    required: dict[str, tuple[str, ...]] = {}
    for ref in refs:
        names = KEYS.get(ref.provider, ())
        objections = [objection(ref, {ref.provider: said}) for said in _SAID[: len(names) + 1]]
        if None not in objections:
            raise UsageError(f"{ref}: {objections[0]}", hint="nothing was written")
        needed = names[: objections.index(None)]
        if len(needed) > len(required.get(ref.provider, ())):
            required[ref.provider] = needed
    return required


def _check(content: str, keys: Sequence[str]) -> None:
    """Raise UsageError where the file would be refused: its server's address may be none."""
    try:
        load(
            content,
            name="",
            env=dict.fromkeys(("SEERR_API_KEY", *keys), "given-later"),
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
