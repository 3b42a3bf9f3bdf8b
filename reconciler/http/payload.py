"""Whether a document may be parsed: as objects it takes many times the memory that it has bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.http.limits import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ENTRIES = 500_000  # objects and arrays of JSON, or elements of XML
MOST_VALUES = 3_000_000  # of JSON
MOST_ATTRIBUTES = 1_000_000  # of XML
DEEPEST = 100  # arrays and objects in one another


def parse_json(content: str | bytes) -> object:
    """The value of a JSON document; None where it is none. Raises LimitError.

    Counted are signs, also those within texts: that is quick, and no real list comes near.
    """
    _check(_count(content, "[{"), MOST_ENTRIES, "entries")
    _check(_count(content, ","), MOST_VALUES, "values")
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    _check_depth(value)
    return value


def check_xml(content: bytes) -> None:
    """Raise LimitError where a document of XML has too many elements or attributes."""
    _check(_count(content, "<") // 2, MOST_ENTRIES, "entries")
    _check(_count(content, "="), MOST_ATTRIBUTES, "attributes")


def _count(content: str | bytes, signs: str) -> int:
    if isinstance(content, str):
        return sum(map(content.count, signs))
    return sum(content.count(sign.encode()) for sign in signs)


def _check(number: int, most: int, what: str) -> None:
    if number > most:
        raise LimitError(f"it has more than {most:,} {what}")


def _check_depth(value: object) -> None:
    """Level by level: a document may be nested deeper than functions may call one another."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in _children(parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise LimitError(f"it is nested more than {DEEPEST} levels deep")


def _children(parent: object) -> Iterable[object]:
    if isinstance(parent, dict):
        return parent.values()
    return parent if isinstance(parent, list) else ()
