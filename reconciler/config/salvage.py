"""What can still be read of an invalid file: values before the mistake, and the lists' names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

import yaml

from reconciler.config.syntax import compose
from reconciler.config.tree import Section, grow
from reconciler.config.variables import expand


def list_names(text: str) -> tuple[str, ...]:
    """The keys of ``lists``, in file order; none where the text cannot be read that far."""
    composed, _ = compose(text)
    if composed is None:
        return ()
    tree, _ = grow(composed, {})
    lists = tree.entries.get("lists") if isinstance(tree, Section) else None
    return tuple(lists.entries) if isinstance(lists, Section) else ()


def salvage_values(text: str, paths: Collection[str], env: Mapping[str, str]) -> dict[str, str]:
    """The scalars at these dotted paths, not validated, variables filled in, by path.

    A value that needs a variable which is not set is left out.
    """
    return {
        path: expansion.text
        for path, source in _scalars(text)
        if path in paths and not (expansion := expand(source, env)).problems
    }


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
