"""Where the project's files are, for the tests that read them as text."""

from __future__ import annotations

import ast
import gc
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "reconciler"
DOCS = ROOT / "docs"
INTERNALS = DOCS / "internals"
SERVERS = INTERNALS / "media-servers"
EXAMPLES = ROOT / "examples"
SCHEMA = ROOT / "schema" / "listsync.schema.json"
GITHUB = ROOT / ".github"

_FOLDERS = (CODE, DOCS, EXAMPLES, ROOT / "tests", GITHUB)
_TEXTS = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".csv",
    ".js",
    ".example",
    ".service",
    ".timer",
}


def texts() -> tuple[Path, ...]:
    """Every text file of the project, the dot files at its top among them."""
    inside = (path for folder in _FOLDERS for path in folder.rglob("*"))
    above = (path for path in ROOT.iterdir() if path.name != ".git")
    paths = (
        p
        for p in (*inside, *above)
        if p.suffix in _TEXTS or p.name in {"Makefile", "Dockerfile", "run"}
    )
    return tuple(
        sorted(path for path in paths if path.is_file() and "__pycache__" not in str(path))
    )


def pages() -> tuple[Path, ...]:
    """Every page of the documentation."""
    return tuple(path for path in texts() if path.suffix == ".md")


def sources() -> tuple[Path, ...]:
    """Every module of the product."""
    return tuple(sorted(CODE.rglob("*.py")))


def modules_of_tests() -> tuple[Path, ...]:
    """Every module of the tests."""
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


@cache
def tree(module: Path) -> ast.Module:
    """A module, parsed once for all tests; the garbage collector would take most of the time."""
    gc.disable()
    try:
        return ast.parse(module.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def name(path: Path) -> str:
    """A file as people name it: its way from the top of the project."""
    return path.relative_to(ROOT).as_posix()


def tables(page: Path, heading: str) -> list[list[list[str]]]:
    """The tables under a heading, each without its head: rows of cells."""
    _, heading_line, below = f"\n{page.read_text(encoding='utf-8')}".partition(f"\n{heading}\n")
    assert heading_line, f"{name(page)} has no heading {heading!r}"
    level = heading.index(" ")
    section = re.split(rf"^#{{1,{level}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    return [[_cells(line) for line in block.splitlines()[2:]] for block in blocks]


def table(page: Path, heading: str) -> list[list[str]]:
    """The first of these tables."""
    return tables(page, heading)[0]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
