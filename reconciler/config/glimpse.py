"""A few values of an invalid file: those before the mistake, not validated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

import yaml

from reconciler.config.variables import expand


def glimpse(text: str, wanted: Collection[str], env: Mapping[str, str]) -> dict[str, str]:
    """The scalars at these dotted paths, as far as the text can be read, variables filled in.

    One that needs a variable which is not set is left out.
    """
    found: dict[str, str] = {}
    for path, written in _scalars(text):
        if path in wanted:
            expansion = expand(written, env)
            if not expansion.problems:
                found[path] = expansion.text
    return found


def _scalars(text: str) -> Iterator[tuple[str, str]]:
    """Each scalar with its dotted path. PyYAML parses without recursion, however deep it is."""
    keys: list[str | None] = []  # of the open mappings; None: a key comes next
    with suppress(yaml.YAMLError, ValueError, OverflowError):
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                keys.append(None if isinstance(event, yaml.MappingStartEvent) else "-")
                continue
            if isinstance(event, yaml.CollectionEndEvent):
                keys.pop()
            elif isinstance(event, yaml.ScalarEvent):
                if keys and keys[-1] is None:
                    keys[-1] = event.value
                    continue
                yield ".".join(key or "" for key in keys), event.value
            elif not isinstance(event, yaml.AliasEvent):
                continue
            if keys and keys[-1] != "-":
                keys[-1] = None
