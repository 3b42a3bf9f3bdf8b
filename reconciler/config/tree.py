"""The file as a tree of values with their lines and columns, made from what PyYAML composed.

A scalar keeps the text that was written (``No``, ``12:30``, ``007``), because only the field it
belongs to knows what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from reconciler.config.problems import Place, Problem, join, quote
from reconciler.config.syntax import MAX_DEPTH, place_of_node
from reconciler.config.variables import expand

_MAX_NODES = 100_000  # what aliases of aliases may grow to
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. ``key``: where its key stands; ``place``: where it stands itself."""

    path: str
    key: Place
    place: Place
    source: str  # as written, variables and all: the only form an error may show
    text: str  # with variables filled in
    plain: bool = True  # written without quotes
    null: bool = False
    broken: bool = False  # could not be filled in; that is reported already
    spans: tuple[tuple[int, int], ...] = ()  # where in the text a variable's value is
    names: tuple[str, ...] = ()  # of these variables

    @property
    def quoted(self) -> str:
        """The value in quotes for an error, as it is written in the file."""
        return quote(self.source)

    @property
    def is_variable(self) -> bool:
        """Whether the text is a variable's value and nothing else."""
        return self.spans == ((0, len(self.text)),)


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping."""

    path: str
    key: Place
    place: Place
    entries: Mapping[str, Node]

    def find(self, *keys: str) -> Node | None:
        """The value at the end of a path of keys, if there is one."""
        node: Node | None = self
        for key in keys:
            node = node.entries.get(key) if isinstance(node, Section) else None
        return node

    def problems_at(self, keys: Sequence[str], message: str) -> tuple[Problem, ...]:
        """A problem with the value at the end of a path of keys, if there is one."""
        node = self.find(*keys)
        return (Problem(node.place, node.path, message),) if node else ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    path: str
    key: Place
    place: Place
    elements: tuple[Node, ...]


Node: TypeAlias = Scalar | Section | Listing


class TooLargeError(Exception):
    """Aliases that lead into themselves, or grow beyond all measure."""


def grow(
    node: yaml.Node,
    env: Mapping[str, str],
    variables: Collection[str] | None = None,
    file: str = "",
) -> tuple[Node, tuple[Problem, ...]]:
    """The tree under ``node``, and every duplicate key, merge key and variable that failed.

    ``variables``: those that may be used; None: any. ``file``: that of the places.
    """
    grower = _Grower(env, variables, file)
    try:
        tree = grower.node(node, "", Place(), 0)
    except TooLargeError:
        start = Place(file=file)
        tree = Section("", start, start, {})
        grower.problems.append(Problem(start, "", "aliases (*…) make the file too large"))
    return tree, tuple(grower.problems)


@dataclass(slots=True)
class _Grower:
    env: Mapping[str, str]
    variables: Collection[str] | None
    file: str
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def node(self, node: yaml.Node, path: str, key: Place, depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > _MAX_NODES:
            raise TooLargeError
        here = place_of_node(node, self.file)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path, key)
        if isinstance(node, yaml.SequenceNode):
            return Listing(path, key, here, self._elements(node, path, depth))
        return Section(path, key, here, self._entries(node, path, depth))

    def _elements(self, node: yaml.SequenceNode, path: str, depth: int) -> tuple[Node, ...]:
        return tuple(
            self.node(child, f"{path}[{index}]", place_of_node(child, self.file), depth + 1)
            for index, child in enumerate(node.value)
        )

    def _entries(self, node: yaml.Node, path: str, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key_node, value in node.value:
            here = place_of_node(key_node, self.file)
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(here, path, "a key must be a single word")
                continue
            if key_node.tag == _MERGE:
                merge = "merge keys are not supported; write out the keys, or use defaults:"
                self._report(here, join(path, "<<"), merge)
                continue
            name = str(key_node.value)
            grown = self.node(value, join(path, name), here, depth + 1)
            if name in entries:
                first = entries[name].key.line
                self._report(
                    here, grown.path, f"duplicate key, first on line {first}; remove one of the two"
                )
            else:
                entries[name] = grown
        return entries

    def _scalar(self, node: yaml.ScalarNode, path: str, key: Place) -> Scalar:
        here, source = place_of_node(node, self.file), str(node.value)
        block = node.style in {"|", ">"}
        if block:
            source = source.removesuffix("\n")
        expansion = expand(source, self.env, self.variables)
        text, problems = expansion.text, expansion.problems
        if not block and node.start_mark.line != node.end_mark.line:
            problems = ("the value spans several lines; check for an unclosed quote",)
        elif not problems and not text.isprintable():
            problems = ("the value contains a line break or an invalid character",)
        for problem in problems:
            self._report(here, path, problem)
        return Scalar(
            path,
            key,
            here,
            source,
            text,
            plain=node.style is None,
            null=node.style is None and node.tag == _NULL,
            broken=bool(problems),
            spans=expansion.spans,
            names=expansion.names,
        )

    def _report(self, place: Place, path: str, message: str) -> None:
        self.problems.append(Problem(place, path, message))
