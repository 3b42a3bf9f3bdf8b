"""Limits for parsing documents, because parsing takes many times their size in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from reconciler.core.model import LONGEST_FILE
from reconciler.http.limits import LimitError, current_limits

MOST_ENTRIES = 500_000  # objects and arrays of JSON, or elements of XML
MOST_VALUES = 3_000_000  # of JSON
MOST_ATTRIBUTES = 1_000_000  # of XML
DEEPEST = 100  # arrays and objects in one another
CUT_OFF = "cut off in the middle"
LARGE = 1 << 20  # bytes of a document that is parsed while no other large one is

# What may be left of a word, a number or an escape where JSON ends within it.
_PARTIAL_TOKEN = re.compile(r"[\\\w.+-]{0,7}", re.ASCII)
_turn = RLock()


@contextmanager
def turn_to_parse(size: int) -> Iterator[None]:
    """Large documents are parsed and turned into titles one at a time. ``size``: bytes of this one.

    Nothing is waited for while the turn lasts, neither a site nor a person. Raises LimitError.
    """
    if size <= LARGE:
        yield
        return
    limits = current_limits()
    while not _turn.acquire(timeout=limits.check_time() if limits else -1):
        pass
    try:
        yield
    finally:
        _turn.release()


def parse_json(content: str | bytes) -> object:
    """The value of a JSON document; None where it is not JSON. Raises LimitError.

    Counted are signs, also those within texts: that is quick, and no real list comes near.
    """
    _check(_count(content, "[{"), MOST_ENTRIES, "entries")
    _check(_count(content, ","), MOST_VALUES, "values")
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError):
        return None
    _check_shape(value)
    return value


def is_cut_json(content: bytes) -> bool:
    """Whether this began as a list or an object of JSON and ends before its end."""
    text = content.decode("utf-8", "ignore").strip("\ufeff \t\r\n")
    if not text.startswith(("[", "{")):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        unclosed = error.msg.startswith("Unterminated string")
        return unclosed or _PARTIAL_TOKEN.fullmatch(text, error.pos) is not None
    except (ValueError, RecursionError):
        return False
    return False


def check_xml(content: bytes) -> None:
    """Raise LimitError where a document of XML has too many elements or attributes."""
    _check(_count(content, "<") // 2, MOST_ENTRIES, "entries")
    _check(_count(content, "="), MOST_ATTRIBUTES, "attributes")


def _count(content: str | bytes, signs: str) -> int:
    if isinstance(content, str):
        return sum(map(content.count, signs))
    return sum(content.count(sign.encode()) for sign in signs)


def _check(number: int, most: int, noun: str) -> None:
    if number > most:
        raise LimitError(f"it has more than {most:,} {noun}")


def _check_shape(value: object) -> None:
    """Level by level: a document may be nested deeper than functions may call one another."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        longest = max((len(parent) for parent in level if isinstance(parent, list)), default=0)
        _check(longest, LONGEST_FILE, "entries in one list")
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise LimitError(f"it is nested more than {DEEPEST} levels deep")
