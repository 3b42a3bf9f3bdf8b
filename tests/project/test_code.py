"""The house's rules for code that no linter has: size, names, and what is never caught."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.project import places

LONGEST_FILE = 400
LONGEST_FUNCTION = 60  # lines, its docstring apart
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module of the product, parsed."""
    return {places.name(p): ast.parse(p.read_text(encoding="utf-8")) for p in places.sources()}


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


def test_files_are_short() -> None:
    lengths = {
        places.name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in places.sources()
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short(trees: dict[str, ast.Module]) -> None:
    lengths = {
        f"{name}: {function.name}": lines_of(function)
        for name, tree in trees.items()
        for function in functions(tree)
    }
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


# A worker that ends with one list's fault would end all lists; and no person is shown a traceback.
CATCHES_ALL = {
    "reconciler/controller/workers.py",
    "reconciler/cli/faults.py",
    "reconciler/cli/process.py",
    "reconciler/sources/__init__.py",
    "reconciler/controller/list_reconciler.py",
}


def handlers(tree: ast.AST) -> Iterator[ast.ExceptHandler]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))


def caught(handler: ast.ExceptHandler) -> set[str]:
    """The names of what a handler catches; a bare one catches everything."""
    if handler.type is None:
        return {"everything"}
    return {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}


def test_nothing_is_caught_that_is_not_known(trees: dict[str, ast.Module]) -> None:
    names = {name: set().union(*map(caught, handlers(tree))) for name, tree in trees.items()}
    assert {name for name, every in names.items() if "Exception" in every} == CATCHES_ALL
    assert [name for name, every in names.items() if "everything" in every] == []


def test_modules_are_called_by_what_they_are() -> None:
    parts = {places.name(p): set(p.with_suffix("").parts) for p in places.sources()}
    assert [name for name, every in parts.items() if NAMELESS & every] == []


def test_the_core_has_no_flag_for_dry_runs() -> None:
    flags = [p.name for p in places.sources() if re.search(r"dry_?run", p.read_text("utf-8"))]
    assert flags == []
