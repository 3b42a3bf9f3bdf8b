"""Bytes to text to YAML nodes, and YAML's own mistakes in words that say what to do.

PyYAML's messages are not passed on: they speak of tokens, and some quote what they found.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from reconciler.config.problems import Place, Problem
from reconciler.config.whitespace import misplaced_spaces
from reconciler.errors import ConfigError

MAX_DEPTH = 20  # levels of nesting; the file's own are five


_FALLBACK = "this is not YAML; check the indentation, the quotes and the colons here"
_SENTENCES = (
    (r"'\t'", "a tab; YAML is indented with spaces"),
    ("could not find expected ':'", 'this line is no "key: value"; a space belongs after the ":"'),
    ("mapping values are not allowed", 'a ":" too many; check the indentation, or quote the value'),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("while scanning a quoted", "a quote is not closed"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("undefined alias", 'a "*" refers to no anchor; quote a value that begins with *'),
    ("escape ", r"a \ in double quotes begins an escape; use single quotes"),
    ("cannot start any token", "no value begins with this character; quote the value"),
)


class Mark(Protocol):
    """A place as PyYAML's two implementations give it, counted from 0."""

    line: int
    column: int


def decode(data: bytes, name: str) -> str:
    """The file's text, which is UTF-8, with or without a byte order mark.

    Raises ConfigError that names the line and column of the first byte which is not; ``name`` is
    what errors call the file.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = data[: error.start].decode("utf-8").split("\n")
        place = Place(len(lines), len(lines[-1]) + 1)
        problem = Problem(place, "", "a byte that is not UTF-8; save the file as UTF-8")
        raise ConfigError((problem.line(name),), where=name) from None


def compose(text: str) -> tuple[yaml.Node | None, tuple[Problem, ...]]:
    """The one document of ``text`` as nodes, nothing constructed; None where it cannot be read.

    A document may be read and still have problems (tags); an empty one is one.
    """
    if problem := misplaced_spaces(text):
        return None, (problem,)
    scan = _Scan()
    try:
        events = deque[yaml.Event]()
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if not scan.passes(event):
                return None, tuple(scan.problems)
            events.append(event)
        node = _Composer(events).get_single_node()
    except yaml.reader.ReaderError as error:
        lines = text[: error.position].split("\n")
        here = Place(len(lines), len(lines[-1]) + 1)
        return None, (Problem(here, "", "a character that is no text; remove it"),)
    except yaml.MarkedYAMLError as error:
        return None, (_problem(error, text),)
    except (ValueError, OverflowError):  # "\UFFFFFFFF" or %YAML 1.9999…: PyYAML converts unchecked
        return None, (Problem(scan.here, "", _FALLBACK),)
    if node is None:
        empty = "the file is empty; it needs server: and lists:"
        return None, (Problem(Place(), "", empty),)
    return node, tuple(scan.problems)


class _Composer(Composer, Resolver):
    """Nodes from events that were parsed before: parsing them again would take as long."""

    def __init__(self, events: deque[yaml.Event]) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self._events = events

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        """Whether the next event is of one of these kinds."""
        return bool(self._events) and (not kinds or isinstance(self._events[0], kinds))

    def peek_event(self) -> yaml.Event | None:
        """The next event, which stays the next."""
        return self._events[0] if self._events else None

    def get_event(self) -> yaml.Event | None:
        """The next event."""
        return self._events.popleft() if self._events else None


def place_of(mark: Mark | None) -> Place:
    """PyYAML counts from 0, people count from 1; None: PyYAML does not know the place."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place()


@dataclass(slots=True)
class _Scan:
    """What is legal YAML but not ours. The depth is looked at before PyYAML recurses into it."""

    problems: list[Problem] = field(default_factory=list)
    here: Place = field(default_factory=Place)
    depth: int = 0
    documents: int = 0

    def passes(self, event: yaml.Event) -> bool:
        """Note what is wrong with an event; False where reading has to end."""
        self.here = place_of(event.start_mark)
        self.documents += isinstance(event, yaml.DocumentStartEvent)
        self.depth += isinstance(event, yaml.CollectionStartEvent)
        self.depth -= isinstance(event, yaml.CollectionEndEvent)
        if self.documents > 1:
            self._note("a second document begins; remove the ---")
        elif self.depth > MAX_DEPTH:
            self._note("this is nested too deeply")
        elif getattr(event, "tag", None) is not None:
            self._note("a tag (!…) means nothing here; remove it")
        return self.documents <= 1 and self.depth <= MAX_DEPTH

    def _note(self, message: str) -> None:
        self.problems.append(Problem(self.here, "", message))


def _problem(error: yaml.MarkedYAMLError, text: str) -> Problem:
    unclosed = (error.context or "").startswith("while scanning a quoted")
    end_of_file = "unexpected end of stream" in (error.problem or "")
    mark = error.context_mark if unclosed and end_of_file else error.problem_mark
    if mark is None:
        return Problem(Place(), "", _FALLBACK)
    variable = re.match(r"\$\{[^{}\s]*\}", text[max(mark.index - 1, 0) :])
    if variable:
        message = f'inside {{…}} and […] a variable needs quotes; quote it: "{variable[0]}"'
        return Problem(Place(mark.line + 1, mark.column), "", message)
    said = f"{error.problem} {error.context if end_of_file else ''}"
    message = next((ours for theirs, ours in _SENTENCES if theirs in said), _FALLBACK)
    return Problem(place_of(mark), "", message)
