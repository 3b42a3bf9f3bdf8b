"""Each message in docs/troubleshooting.md is one that the program prints."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.project import places

PAGE = places.DOCS / "troubleshooting.md"
MESSAGES = [
    row[0].strip("`")
    for heading in ("## Error messages", "## Outcomes of lists")
    for row in places.table(PAGE, heading)
]


@cache
def program_strings() -> frozenset[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in places.sources()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return frozenset(
        " ".join(node.value.split())
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_of_the_page_is_in_the_program(message: str) -> None:
    """An ellipsis stands for what differs from case to case."""
    fragments = [fragment.strip() for fragment in message.split("…") if fragment.strip()]
    assert fragments
    missing = [f for f in fragments if not any(f in text for text in program_strings())]
    assert missing == []
