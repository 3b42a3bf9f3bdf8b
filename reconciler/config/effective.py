"""The effective settings of a config: the keys that it sets, and those that it does not.

A secret is shown as its variable or as a mask, never as its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeAlias

from pydantic import JsonValue
from pydantic.fields import FieldInfo

from reconciler.config.keys import FromFile, Model
from reconciler.config.lists import ListConfig
from reconciler.config.models import Config
from reconciler.config.secrets import SUFFIX, secret_keys
from reconciler.config.settings import MASK, Origin, Setting, Written
from reconciler.config.tree import Listing, Node, Scalar, Section
from reconciler.core.model import ListRef

_NOT_WRITTEN = {"name", "lists", "generation"}  # what the models have beside the keys
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]*[1-9])?")
_UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))

Layers: TypeAlias = Sequence[tuple[Origin, Node | None]]


def effective_settings(config: Config) -> tuple[Setting, ...]:
    """Every setting in effect, secrets masked, in the order of the documentation.

    ``notify`` has none where nobody is notified, and ``defaults`` none: lists have them merged in.
    """
    lists = [lst.written.settings or _accepted(lst) for lst in config.lists]
    settings = [*config.written.settings, *(setting for each in lists for setting in each)]
    notify = config.notify
    has_heartbeat = bool(notify.heartbeat.get_secret_value())

    def is_silent(path: Sequence[str]) -> bool:
        is_heartbeat = has_heartbeat and path[-1].startswith("heartbeat")
        return path[0] == "notify" and not (notify.urls or is_heartbeat)

    return tuple(each for each in settings if not is_silent(each.path))


def with_settings(config: Config, root: Section, file: str, notes: tuple[str, ...]) -> Config:
    """A config with its settings. ``root``: the tree of its file, called ``file``, as written."""
    lists, defaults = root.entries.get("lists"), root.entries.get("defaults")
    entries = lists.entries if isinstance(lists, Section) else {}

    def with_own(lst: ListConfig) -> ListConfig:
        layers = [(Origin.LIST, entries.get(lst.name)), (Origin.DEFAULTS, defaults)]
        settings = tuple(_settings(lst, layers, ("lists", lst.name), file))
        return lst.model_copy(update={"written": Written(settings)})

    return config.model_copy(
        update={
            "lists": tuple(map(with_own, config.lists)),
            "written": Written(tuple(_settings(config, [(Origin.FILE, root)], (), file)), notes),
        }
    )


def _settings(model: Model, layers: Layers, path: tuple[str, ...], file: str) -> Iterator[Setting]:
    """The settings of a section. ``layers``: where its keys may stand, the first that has one wins.

    ``file``: what errors call the config file.
    """
    sections = [(origin, node) for origin, node in layers if isinstance(node, Section)]
    secrets = secret_keys(type(model))
    for name, key, info in _keys(model):
        value = getattr(model, name)
        keys = (key, key + SUFFIX) if key in secrets else (key,)
        candidates = [
            (origin, spelling, section.entries[spelling])
            for origin, section in sections
            for spelling in keys
            if spelling in section.entries
        ]
        origin, spelling, node = candidates[0] if candidates else (Origin.BUILT_IN, key, None)
        if isinstance(node, Scalar) and node.null:
            node = None
        if isinstance(value, Model):
            yield from _settings(value, [(origin, node)], (*path, key), file)
        elif node is None:
            yield Setting((*path, key), _built_in(info, value))
        else:
            is_secret = (key in secrets and spelling == key) or _is_whole_address(node, value)
            yield Setting(
                (*path, spelling),
                _readable_value(node, value, info, is_secret=is_secret),
                origin,
                f"{node.place.file or file}:{node.key.line}",
                tuple(dict.fromkeys(_variables(node))),
                is_secret,
            )


def _keys(model: Model) -> Iterator[tuple[str, str, FieldInfo]]:
    """Each key that a file may have, as Python and as the file calls it."""
    for name, info in type(model).model_fields.items():
        if not info.exclude and name not in _NOT_WRITTEN:
            yield name, str(info.validation_alias or name), info


def _accepted(lst: ListConfig) -> tuple[Setting, ...]:
    """The settings of a list that stays as an earlier process accepted it."""
    return tuple(
        Setting(("lists", lst.name, *path), value, Origin.ACCEPTED) for path, value in _values(lst)
    )


def _values(model: Model) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    for name, key, _ in _keys(model):
        value = getattr(model, name)
        if isinstance(value, Model):
            yield from (((key, *path), below) for path, below in _values(value))
        else:
            yield (key,), _as_written(value)


def _built_in(info: FieldInfo, value: object) -> JsonValue:
    """The text of the default, where a text is parsed; without one, None."""
    if isinstance(info.default, Scalar):
        return info.default.text or None
    return _as_written(value)


def _as_written(value: object) -> JsonValue:
    """A value as the file could state it."""
    if isinstance(value, timedelta):
        return _duration(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple):
        return [_as_written(element) for element in value] or None
    return {} if value == {} else str(value)


def _duration(value: timedelta) -> str:
    seconds, text = round(value.total_seconds()), ""
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _readable_value(node: Node, value: object, info: FieldInfo, *, is_secret: bool) -> JsonValue:
    """A value that the file states, without what is secret in it."""
    if isinstance(node, Listing):
        values = value if isinstance(value, tuple) and len(value) == len(node.elements) else ()
        elements = zip(node.elements, values or node.elements, strict=True)
        return [_readable_value(child, part, info, is_secret=is_secret) for child, part in elements]
    if isinstance(node, Section):
        return {
            key: _readable_value(child, child, info, is_secret=is_secret)
            for key, child in node.entries.items()
        }
    if is_secret:
        return f"${{{node.names[0]}}}" if node.is_variable else MASK if node.text else None
    if any(isinstance(mark, FromFile) for mark in info.metadata):
        return node.text
    if isinstance(value, bool | int):
        return value
    if isinstance(value, ListRef | str):
        return str(value)  # an enum's word
    is_number = node.plain and _NUMBER.fullmatch(node.text)
    return json.loads(node.text) if is_number else node.text


def _is_whole_address(node: Node, value: object) -> bool:
    """Whether a variable holds the whole address of a list, which may hold a key."""
    is_address = isinstance(value, ListRef) and bool(value.address)
    return is_address and isinstance(node, Scalar) and node.is_variable


def _variables(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield from node.names
    else:
        children = node.elements if isinstance(node, Listing) else node.entries.values()
        for child in children:
            yield from _variables(child)
