"""Pydantic's errors as problems of the file, without the values that Pydantic quotes."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.config.keys import Model
from reconciler.config.problems import Problem, closest, join, key_head, suggest
from reconciler.config.secrets import SUFFIX, secret_keys
from reconciler.config.tree import Listing, Node, Scalar, Section

_MAPPING = "must be a mapping: keys below it, indented"
_SENTENCES = {
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "tuple_type": "must be a list: one line for each entry, beginning with -",
    "too_short": "is empty; it needs at least one entry",
}
_UNEXPECTED = "is not valid here"
_KEY = "[key]"  # how pydantic's location says that the key is wrong, not its value

M = TypeVar("M", bound=Model)


def validate(
    model: type[M], root: Section, context: object
) -> tuple[M | None, tuple[Problem, ...]]:
    """The tree as a model, or every reason why it is invalid."""
    try:
        value = model.model_validate(_plain(root), context=context, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        misspelt = _misspelt_keys(details, model)
        details = [d for d in details if d["type"] != "missing" or d["loc"] not in misspelt]
        problems = (_problem(detail, model, root) for detail in details)
        return None, tuple(filter(None, problems))
    return value, ()


def _plain(node: Node) -> object:
    """The tree as pydantic walks it; scalars stay themselves, for the fields to read."""
    if isinstance(node, Section):
        return {key: _plain(child) for key, child in node.entries.items()}
    if isinstance(node, Listing):
        return tuple(_plain(child) for child in node.elements)
    return node


def _problem(detail: ErrorDetails, model: type[Model], root: Section) -> Problem | None:
    """None where the problem was reported before, as with a variable that is not set."""
    *way, key = detail["loc"] or ("",)
    about_key = key == _KEY
    if about_key:
        *way, key = way
    parent = _descend(root, way)
    node = _descend(parent, [key])
    kind = detail["type"]
    if kind == "missing":
        info = _model_at(model, way).known_keys()[str(key)]
        place = parent.key if node is parent else node.place  # left out, or null
        explanation = str(info.description).removesuffix(".")
        message = f"is missing; add it: {explanation[:1].lower()}{explanation[1:]}"
        return Problem(place, join(parent.path, str(key)), message)
    if kind == "extra_forbidden":
        return _unknown(str(key), parent, node, _model_at(model, way))
    if isinstance(node, Scalar) and node.broken and not about_key:
        return None
    context = detail.get("ctx", {})
    message = str(context["error"]) if kind == "value_error" else _SENTENCES.get(kind, _UNEXPECTED)
    return Problem(node.key if about_key else node.place, node.path, message)


def _misspelt_keys(
    details: Sequence[ErrorDetails], model: type[Model]
) -> set[tuple[int | str, ...]]:
    """The keys that unknown keys probably mean: these are not reported as missing as well."""
    misspelt = set()
    for detail in details:
        if detail["type"] == "extra_forbidden":
            *way, key = detail["loc"]
            suggestion = closest(key_head(str(key)), _keys(_model_at(model, way))) or ""
            misspelt.add((*way, suggestion.removesuffix(SUFFIX)))
    return misspelt


def _keys(model: type[Model]) -> list[str]:
    """The keys of a section, as they may be written."""
    return [*model.known_keys(), *(secret + SUFFIX for secret in secret_keys(model))]


def _unknown(key: str, parent: Node, node: Node, model: type[Model]) -> Problem:
    keys = _keys(model)
    head = key_head(key)
    if key.startswith(f"{head}:"):
        hint = '; put a space after the ":"'
    else:
        hint = suggest(key, keys) or f"; known keys: {', '.join(keys)}"
    return Problem(node.key, join(parent.path, head), f"unknown key{hint}")


def _descend(node: Node, way: Sequence[int | str]) -> Node:
    """The node at the end of the way, or the last one there is."""
    for step in way:
        if isinstance(node, Section) and step in node.entries:
            node = node.entries[str(step)]
        elif isinstance(node, Listing) and isinstance(step, int) and step < len(node.elements):
            node = node.elements[step]
    return node


def _model_at(model: type[Model], way: Sequence[int | str]) -> type[Model]:
    """The model that reads the section at the end of the way."""
    current: type[Model] = model
    inside: object = model
    for step in way:
        info = current.known_keys().get(str(step)) if inside is current else None
        inside = info.annotation if info else get_args(inside)[1]
        if inspect.isclass(inside) and issubclass(inside, Model):
            current = inside
    return current
