"""What is wrong in a file and where: places, problems, and how names and values are shown.

A value is shown as it is written in the file (``${NAME}``, not what the variable holds), and
only where it is short: a secret pasted into the wrong place is long, and stays unseen.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_SHOWN_VALUE = 40  # characters; keys of the three servers are longer
_SHOWN_KEY = 24  # characters; every key of the file is shorter
_KEY_HEAD = re.compile(r"[\w-]*")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file, in lines and columns that count from 1."""

    line: int = 1
    column: int = 1
    end: int = field(default=0, compare=False)  # the column behind it; 0: unknown, or another line
    file: str = ""  # what errors call the file; empty: the config file itself


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. ``path``: the keys that lead to it, ``lists.kids.interval``; may be empty."""

    place: Place
    path: str
    message: str

    def where(self, name: str) -> str:
        """``listsync.yaml:14:5``; ``name``: what errors call the config file."""
        return f"{self.place.file or name}:{self.place.line}:{self.place.column}"

    def line(self, name: str) -> str:
        """The mistake on one line, as compilers write it, with the config file called ``name``."""
        path = f" {self.path}" if self.path else ""
        return f"{self.where(name)}{path}: {self.message}"


def join(path: str, key: str) -> str:
    """The path one key further down."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in key)
    if len(shown) > _SHOWN_VALUE:
        shown = f"{shown[:_SHOWN_KEY]}…"
    return f"{path}.{shown}" if path else shown


def key_head(key: str) -> str:
    """An unknown key as it may be shown: ``api_key:SECRET`` without a space is a key to YAML."""
    match = _KEY_HEAD.match(key)
    head = match[0] if match else ""
    return head if len(head) <= _SHOWN_KEY else f"{head[:_SHOWN_KEY]}…"


def quote(text: str) -> str:
    """A value in quotes, or ``this value`` where it is long or not printable."""
    return f'"{text}"' if len(text) <= _SHOWN_VALUE and text.isprintable() else "this value"


def show_path(path: str) -> str:
    """A file's path; an address, or a long word without a ``/``, may be a key in its place."""
    if "://" in path:
        return "this value"
    return path if "/" in path else quote(path)


def closest(word: str, words: Iterable[str]) -> str | None:
    """The known word that a misspelled one probably means, if one is close."""
    return next(iter(difflib.get_close_matches(word.lower(), list(words), n=1)), None)


def suggest(word: str, words: Iterable[str]) -> str:
    """``, did you mean "interval"?``, or nothing where no known word is close."""
    close = closest(word, words)
    return f', did you mean "{close}"?' if close else ""
