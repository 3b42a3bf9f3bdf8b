"""A list added to the text of a config file, while every other character stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import yaml

from reconciler.config.file import list_names
from reconciler.config.syntax import compose

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_COMMENT_LINE = re.compile(r"(?P<indent> *)#[^\n]*(?:\n|\Z)")


def with_list(text: str, name: str, options: Sequence[str], keys: Mapping[str, object]) -> str:
    """The text of a file with one more list, the last of its lists.

    ``options``: the lines of the list in block style, without indentation; ``keys``: the same for
    a file in flow style. Raises ValueError if the place for a new list is unclear.
    """
    root, _ = compose(text)
    changed = text
    if isinstance(root, yaml.MappingNode):
        changed = _Text(text, options).with_list(root, name, {name: keys})
    if list_names(changed) != (
        *list_names(text),
        name,
    ):  # for example an alias: its mapping is elsewhere
        raise ValueError("listsync cannot tell where to add a list in this file")
    return changed


class _Text:
    """A file's text, and what is added to it."""

    def __init__(self, text: str, options: Sequence[str]) -> None:
        self._text = text
        self._options = options
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def with_list(self, root: yaml.MappingNode, name: str, entry: Mapping[str, object]) -> str:
        entries = [(key, value) for key, value in root.value if key.value == "lists"]
        if not entries and root.flow_style:
            return self._in_flow(root, {"lists": entry})
        if not entries:
            column = root.start_mark.column
            return self._block(len(self._text), name, column + 2, heading=f"{' ' * column}lists:")
        key, value = entries[0]
        if isinstance(value, yaml.MappingNode) and value.flow_style:
            return self._in_flow(value, entry)
        if isinstance(value, yaml.MappingNode):
            return self._after(value, name)
        start, end = value.start_mark.index, value.end_mark.index
        if isinstance(value, yaml.ScalarNode) and start == end and not root.flow_style:
            return self._block(self._line_end(end), name, key.start_mark.column + 2)
        if isinstance(value, yaml.ScalarNode) and self._text[start:end] in {"", "~", "null"}:
            gap = "" if self._text[start - 1].isspace() else " "
            return f"{self._text[:start]}{gap}{_flow(entry, braces=True)}{self._text[end:]}"
        raise ValueError("lists is not a mapping")

    def _in_flow(self, mapping: yaml.MappingNode, entry: Mapping[str, object]) -> str:
        """With an entry at the end of a mapping in braces, quoted as in JSON."""
        at, comma = mapping.start_mark.index + 1, ""
        if mapping.value:
            at, comma = mapping.value[-1][1].end_mark.index, ", "
        return f"{self._text[:at]}{comma}{_flow(entry, braces=False)}{self._text[at:]}"

    def _after(self, lists: yaml.MappingNode, name: str) -> str:
        """With a list after the last one and its comments, indented and spaced as it is."""
        last_key, last = lists.value[-1]
        column, step = last_key.start_mark.column, 2
        if isinstance(last, yaml.MappingNode) and last.value and not last.flow_style:
            step = max(last.value[0][0].start_mark.column - column, 1)
        at = self._line_end(_content_end(last))
        while (comment := _COMMENT_LINE.match(self._text, at)) and len(comment["indent"]) >= column:
            at = comment.end()
        is_spaced = len(lists.value) == 1
        if not is_spaced:
            before = _content_end(lists.value[-2][1])
            is_spaced = bool(_BLANK_LINE.search(self._text, before, last_key.start_mark.index))
        return self._block(at, name, column, step, heading="" if is_spaced else None)

    def _block(
        self, at: int, name: str, column: int, step: int = 2, heading: str | None = None
    ) -> str:
        """With the list in lines of its own from ``at`` on. ``heading``: a line before it."""
        before, after = self._text[:at], self._text[at:]
        lines = [] if heading is None else [heading]
        lines.append(f"{' ' * column}{name if _PLAIN.fullmatch(name) else json.dumps(name)}:")
        lines += [f"{' ' * (column + step)}{option}" for option in self._options]
        opening = "" if before.endswith(("\n", "\r")) or not before else self._newline
        block = self._newline.join(lines)
        closing = self._newline if not opening or after else ""
        return f"{before}{opening}{block}{closing}{after}"

    def _line_end(self, at: int) -> int:
        """Where the line ends that has the character before ``at``."""
        if at and self._text[at - 1] == "\n":
            return at
        newline = self._text.find("\n", at)
        return len(self._text) if newline < 0 else newline + 1


def _content_end(node: yaml.Node) -> int:
    """Where the last value below a node ends: a block ends only where the next one begins."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _content_end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _content_end(node.value[-1])
    return int(node.end_mark.index)


def _flow(entry: Mapping[str, object], *, braces: bool) -> str:
    text = json.dumps(entry, ensure_ascii=False)
    return text if braces else text[1:-1]
