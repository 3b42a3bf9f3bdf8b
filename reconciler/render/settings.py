"""The effective settings as YAML that listsync reads, or as JSON, also with their origins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from reconciler.config import Setting
from reconciler.render.words import clean

_COMMENTS = 40  # the column of the comments, where the values are shorter


def settings_yaml(
    settings: Iterable[Setting], *, with_origin: bool, is_colored: bool = False
) -> str:
    """The settings as a config. ``with_origin``: a comment behind each value.

    Lines are neither cleaned nor wrapped, so that the text stays the YAML that it is.
    """
    dimmed = "\x1b[2m{}\x1b[0m" if is_colored else "{}"
    lines = _lines(settings, dimmed, with_origin=with_origin)
    return "".join(f"{line}\n" for line in lines)


def _lines(settings: Iterable[Setting], dimmed: str, *, with_origin: bool) -> Iterator[str]:
    above: tuple[str, ...] = ()
    for setting in settings:
        *sections, key = setting.path
        for depth, section in enumerate(sections):
            if above[: depth + 1] != setting.path[: depth + 1]:
                yield dimmed.format(f"{'  ' * depth}{_scalar(section)}:")
                above = setting.path[: depth + 1]
        above = setting.path[:-1]
        head = f"{'  ' * len(sections)}{_scalar(key)}:"
        value = _scalar(setting.value if setting.is_secret else _escaped(setting.value))
        line = f"{dimmed.format(head)} {value}"
        if with_origin:
            place = f" ({clean(setting.place)})" if setting.place else ""
            gap = " " * max(2, _COMMENTS + 1 - len(head) - len(value))
            line += gap + dimmed.format(f"# {setting.source}{place}")
        yield line


def _escaped(value: object) -> object:
    """A value without variables: a dollar sign would begin one."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(child) for key, child in value.items()}
    return [_escaped(child) for child in value] if isinstance(value, list) else value


def _scalar(value: object) -> str:
    """A value on one line of YAML."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...")


def settings_tree(settings: Iterable[Setting], *, with_origin: bool) -> dict[str, Any]:
    """The settings as nested objects. ``with_origin``: each value is an object of its own."""
    tree: dict[str, Any] = {}
    for setting in settings:
        section = tree
        for key in setting.path[:-1]:
            section = section.setdefault(key, {})
        origin = {
            "value": setting.value,
            "origin": setting.origin,
            "place": setting.place or None,
            "variables": setting.variables,
        }
        section[setting.path[-1]] = origin if with_origin else setting.value
    return tree
