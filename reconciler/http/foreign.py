"""JSON from sites and servers: the type of every value is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import TypeAlias

from reconciler.core.times import bounded

JsonObject: TypeAlias = "Mapping[str, object]"

_LARGEST = 10**15  # of a number that may become a float
_LONGEST_LINE = 200  # characters of foreign text that a person gets to see


def valid_text(value: object) -> str:
    """Foreign text as valid Unicode, "?" for an invalid character; empty for other types."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def integer(value: object) -> int | None:
    """A whole number, or None; JSON's true and false do not count."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def decimal(value: object) -> float | None:
    """A number, whole or not, or None."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    whole = integer(value)
    return None if whole is None or abs(whole) > _LARGEST else float(whole)


def text(value: object) -> str | None:
    """Text with something in it, or None; an invalid character becomes a "?"."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value.encode("utf-8", "replace").decode()


def record(value: object) -> JsonObject:
    """A JSON object; empty for any other value."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[JsonObject]:
    """The objects of a JSON array; empty for any other value."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def dig(value: object, *path: str | int) -> object:
    """The value at a path of names and positions; None where the path ends early."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = next(iter(value[step : step + 1]), None)
        else:
            return None
    return value


def day(value: object) -> date | None:
    """A date from ISO text, with or without a time; None for any other text."""
    try:
        return date.fromisoformat((text(value) or "")[:10])
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """A time from ISO text with its zone; None for any other text."""
    try:
        at = datetime.fromisoformat(text(value) or "")
    except ValueError:
        return None
    return bounded(at) if at.tzinfo else None


def year(value: object) -> int | None:
    """The year of a date, which may lack month and day; None for any other text."""
    match = re.match(r"[0-9]{4}(?![0-9])", text(value) or "")
    return (int(match[0]) or None) if match else None


def line(value: object) -> str:
    """Foreign text as one printable line of bounded length; empty for other types."""
    words = " ".join((text(value) or "").split())
    printable = "".join(sign for sign in words if sign.isprintable())
    if len(printable) > _LONGEST_LINE:
        return printable[: _LONGEST_LINE - 1] + "…"
    return printable
