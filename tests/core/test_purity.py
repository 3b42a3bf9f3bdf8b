"""Law 1: the core touches no clock, network, file, log or thread."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = sorted((ROOT / "reconciler" / "core").rglob("*.py"))
FORBIDDEN = {
    "asyncio", "io", "logging", "os", "pathlib", "random", "requests", "secrets", "selenium",
    "shutil", "socket", "sqlite3", "structlog", "subprocess", "sys", "tempfile", "threading",
    "time", "typer", "urllib", "yaml",
}  # fmt: skip
ACTS = {"eval", "exec", "input", "open", "print", "__import__"}


def imported(tree: ast.AST) -> set[str]:
    plain = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return plain | {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def loaded(tree: ast.Module) -> set[str]:
    """What is imported when the module runs, not only for its annotations."""
    guarded = [n for n in tree.body if isinstance(n, ast.If) and _is_type_checking(n.test)]
    return imported(tree) - set().union(*(imported(block) for block in guarded))


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_of_the_core_can_reach_nothing_but_values(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = imported(tree)
    calls = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    clocks = {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and n.attr in {"utcnow", "today"}
    }

    assert not {name.partition(".")[0] for name in names} & FORBIDDEN
    assert not calls & ACTS
    assert not clocks


@pytest.mark.parametrize(
    "path", [p for p in PURE if "core" in p.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_module_of_the_core_runs_on_the_core_alone(path: Path) -> None:
    rooms = {n for n in loaded(ast.parse(path.read_text(encoding="utf-8"))) if "reconciler" in n}

    assert {n for n in rooms if not n.startswith("reconciler.core")} == set()


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_in_the_core_is_a_global_that_changes(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert not [n for n in ast.walk(tree) if isinstance(n, (ast.Global, ast.Nonlocal))]
