"""Every term of the glossary is in the code, under the name that the glossary gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.project import places

[GLOSSARY] = sorted(places.DOCS.rglob("glossary.md"))


def defined_names() -> Iterator[str]:
    """Every name that the product defines: modules, classes, functions, fields, constants."""
    for path in places.sources():
        yield places.name(path).removesuffix("/__init__.py")
        yield path.parent.name if path.stem == "__init__" else path.stem
        for node in ast.walk(places.tree(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def rows() -> list[list[str]]:
    """The rows of all tables of the page: term, meaning, names in the code."""
    lines = re.findall(r"^\|.+\|$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "term" and set(row[0]) - {"-", ":"}]


def test_the_name_of_every_term_is_in_the_code() -> None:
    names = set(defined_names())
    missing = {}
    for row in rows():
        in_code = re.findall(r"`([^`]+)`", row[2])
        unknown = [name for name in in_code if not names.issuperset(re.split(r"\W", name))]
        if unknown or not in_code:
            missing[row[0]] = unknown or "no name in the code"
    assert rows()
    assert missing == {}
