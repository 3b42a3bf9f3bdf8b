"""The house's rules for code that no linter has: size, names, and what is never caught."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.project import places

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_FILE = 320
LONGEST_FUNCTION = 45  # lines, its docstring apart
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

MODULES = pytest.mark.parametrize("path", places.sources(), ids=places.name)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    told = 0
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        told = (first.end_lineno or 0) - first.lineno + 1
    return (node.end_lineno or 0) - node.lineno + 1 - told


@MODULES
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@MODULES
def test_a_function_is_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [f.name for f in functions(tree) if lines_of(f) > LONGEST_FUNCTION] == []


# A worker that ends with one list's fault would end all lists; and no person is shown a traceback.
CATCHES_ALL = {
    "reconciler/controller.py",
    "reconciler/cli/faults.py",
    "reconciler/cli/process.py",
    "reconciler/sources/__init__.py",
    "reconciler/upkeep.py",
}


@MODULES
def test_nothing_is_caught_that_is_not_known(path: Path) -> None:
    caught = [
        handler
        for handler in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(handler, ast.ExceptHandler)
    ]
    names = {
        name.id
        for handler in caught
        if handler.type
        for name in ast.walk(handler.type)
        if isinstance(name, ast.Name)
    }
    assert ("Exception" in names) is (places.name(path) in CATCHES_ALL)
    assert all(handler.type for handler in caught)


@MODULES
def test_a_module_is_called_by_what_it_is(path: Path) -> None:
    assert not NAMELESS & set(path.with_suffix("").parts)


def test_the_core_has_no_flag_for_dry_runs() -> None:
    flags = [p.name for p in places.sources() if re.search(r"dry_?run", p.read_text("utf-8"))]
    assert flags == []
