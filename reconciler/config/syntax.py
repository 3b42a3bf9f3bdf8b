"""Bytes to text to YAML nodes, and YAML's own mistakes in words that say what to do.

PyYAML's messages are not passed on: they speak of tokens, and some quote what they found.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from reconciler.config.problems import Place, Problem
from reconciler.errors import ConfigError

MAX_DEPTH = 20  # levels of nesting; the file's own are five

_FALLBACK = "this is not YAML; check the indentation, the quotes and the colons here"
_SENTENCES = (
    (r"'\t'", "contains a tab; indent with spaces"),
    ("could not find expected ':'", 'this line is not "key: value"; put a space after the ":"'),
    ("mapping values are not allowed", 'unexpected ":"; check the indentation, or quote the value'),
    ("expected <block end>", "the indentation does not match the lines above"),
    ("while scanning a quoted", "a quote is not closed"),
    ("expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("undefined alias", 'a "*" refers to an unknown anchor; quote a value that begins with *'),
    ("escape ", r"a \ in double quotes begins an escape; use single quotes"),
    ("cannot start any token", "a value cannot begin with this character; quote the value"),
)
_LOOKALIKES = (  # Unicode's spaces besides the plain one, and its characters without a width
    "\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff"
)
_LOOKALIKE = re.compile(f"[{_LOOKALIKES}]")
# In the indentation, after a dash, and around the colon of a key: elsewhere they are text.
_MISPLACED = re.compile(
    rf"^[ \t]*(?:(?:-[ \t]+)*-?|[\w.-]+:|[\w.-]+(?=[{_LOOKALIKES}]+:))(?P<spaces>[{_LOOKALIKES}]+)",
    re.MULTILINE,
)
_SHOWN_LINES = 5


class Mark(Protocol):
    """A place as PyYAML's two implementations give it, counted from 0."""

    line: int
    column: int


def decode(data: bytes, name: str) -> str:
    """The file's text, which is UTF-8, with or without a byte order mark.

    Raises ConfigError with the line and column of the first invalid byte; ``name`` is what errors
    call the file.
    """
    text, problem = decoded(data)
    if problem:
        raise ConfigError((problem.line(name),), where=name)
    return text


def decoded(data: bytes, file: str = "") -> tuple[str, Problem | None]:
    """The text of a file, and what is wrong with it. ``file``: as in Place."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        lines = data[: error.start].decode("utf-8").split("\n")
        place = Place(len(lines), len(lines[-1]) + 1, file=file)
        problem = Problem(place, "", "invalid UTF-8; save the file as UTF-8")
        return data.decode("utf-8", "replace"), problem


def compose(
    text: str, needs: str = "server: and lists:"
) -> tuple[yaml.Node | None, tuple[Problem, ...]]:
    """The one document of ``text`` as nodes, nothing constructed; None where it cannot be read.

    A document may be read and still have problems (tags); an empty one is one. ``needs``: the keys
    that an empty one lacks.
    """
    if problem := _misplaced_spaces(text):
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
        return None, (Problem(here, "", "an invalid character; remove it"),)
    except yaml.MarkedYAMLError as error:
        return None, (_problem(error, text),)
    except (ValueError, OverflowError):  # "\UFFFFFFFF" or %YAML 1.9999…: PyYAML converts unchecked
        return None, (Problem(scan.here, "", _FALLBACK),)
    if node is None:
        empty = f"the file is empty; it needs {needs}"
        return None, (Problem(Place(), "", empty),)
    return node, tuple(scan.problems)


class _Composer(Composer, Resolver):
    """Nodes from events that were parsed before: parsing them again would take as long."""

    def __init__(self, events: deque[yaml.Event]) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self._events = events

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        return bool(self._events) and (not kinds or isinstance(self._events[0], kinds))

    def peek_event(self) -> yaml.Event | None:
        return self._events[0] if self._events else None

    def get_event(self) -> yaml.Event | None:
        return self._events.popleft() if self._events else None


def place_of(mark: Mark | None) -> Place:
    """PyYAML counts from 0, people count from 1; None: PyYAML does not know the place."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place()


def place_of_node(node: yaml.Node, file: str) -> Place:
    """Where a node is in a file."""
    start, end = node.start_mark, node.end_mark
    return replace(place_of(start), end=end.column + 1 if end.line == start.line else 0, file=file)


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
            self._note("only one YAML document is allowed; remove the ---")
        elif self.depth > MAX_DEPTH:
            self._note("nested too deeply")
        elif getattr(event, "tag", None) is not None:
            self._note("tags (!…) are not supported; remove the tag")
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
    original = f"{error.problem} {error.context if end_of_file else ''}"
    message = next((ours for theirs, ours in _SENTENCES if theirs in original), _FALLBACK)
    return Problem(place_of(mark), "", message)


@dataclass(slots=True)
class _Scalars:
    """Where YAML's scanner finds texts and keys, as far as it gets: from and to which character."""

    texts: list[tuple[int, int]] = field(default_factory=list)  # in quotes, or in a block
    keys: list[tuple[int, int]] = field(default_factory=list)  # without quotes
    last_line: int = -1

    def is_in_text(self, index: int) -> bool:
        after = bisect_right(self.texts, (index,))
        return after > 0 and self.texts[after - 1][0] < index < self.texts[after - 1][1]


def _misplaced_spaces(text: str) -> Problem | None:
    """The problem of a file whose structure has characters that look like a space, or like nothing.

    Copying from a web page brings them along. To YAML they are letters: a key behind one is another
    key, and a line that is indented with them is not indented.
    """
    if not _LOOKALIKE.search(text):
        return None
    scalars = _scalars(text)
    misplaced = {
        (match.start("spaces"), match["spaces"])
        for match in _MISPLACED.finditer(text)
        if not scalars.is_in_text(match.start("spaces"))
    }
    for start, end in scalars.keys:
        misplaced |= {(at, text[at]) for at in (start, end - 1) if _LOOKALIKE.match(text, at)}
    line_starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    places: list[Place] = []
    characters: set[str] = set()
    for start, lookalikes in sorted(misplaced):
        line = bisect_right(line_starts, start)
        if line - 1 <= scalars.last_line:
            places.append(Place(line, start - line_starts[line - 1] + 1))
            characters |= {*lookalikes}
    if not places:
        return None
    lines = list(dict.fromkeys(place.line for place in places))
    return Problem(places[0], "", _sentence(sorted(characters), lines))


def _scalars(text: str) -> _Scalars:
    scalars = _Scalars()
    previous: yaml.Token | None = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken):
                place = token.start_mark.index, token.end_mark.index
                if not token.plain:
                    scalars.texts.append(place)
                elif isinstance(previous, yaml.KeyToken):
                    scalars.keys.append(place)
            previous = token
    except yaml.MarkedYAMLError as error:
        unclosed = (error.context or "").startswith("while scanning a quoted")
        mark = error.context_mark if unclosed else error.problem_mark
        scalars.last_line = mark.line if mark else -1
    except (yaml.YAMLError, ValueError, OverflowError):
        scalars.last_line = -1
    else:
        scalars.last_line = text.count("\n")
    return scalars


def _sentence(characters: Collection[str], lines: Sequence[int]) -> str:
    names = " and ".join(f"{_name(char)}s (U+{ord(char):04X})" for char in characters)
    spaces = any(unicodedata.category(char) == "Zs" for char in characters)
    fix = "replace them with plain spaces" if spaces else "remove them"
    numbers = ", ".join(map(str, lines[:_SHOWN_LINES]))
    more = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    where = f"in lines {numbers}{more}" if len(lines) > 1 else "in this line"
    return f"{names} where YAML needs plain spaces; {fix} {where}"


def _name(character: str) -> str:
    return unicodedata.name(character, "invisible character").lower()
