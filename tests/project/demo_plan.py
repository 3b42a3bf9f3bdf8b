"""The plan in README.md: an excerpt of what ``listsync plan`` prints for the demo.

``python -m tests.project.demo_plan`` runs the demo's plan and writes the excerpt. Needs Chromium.
"""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from operator import itemgetter
from pathlib import Path

from examples.sandbox.demo import demo
from tests.project.places import ROOT

README = ROOT / "README.md"
LEFT_OUT = "⋮"
ROWS_PER_SYMBOL = 2
"""Rows with the same symbol in succession that the excerpt keeps."""

_BLOCK = re.compile(r"(<!-- demo plan: .*?-->\n```text\n)(.*?)(```)", re.DOTALL)


def demo_plan(folder: Path) -> str:
    """Run ``listsync plan`` with the demo's config, its state in a folder, for its output."""
    with redirect_stdout(StringIO()), demo() as world:
        return subprocess.run(
            [sys.executable, "-m", "reconciler", "plan"],
            cwd=world.folder,
            env=world.environment | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=90,
        ).stdout


def excerpt(plan: str) -> str:
    """The plan with the first rows of each symbol in each list, and a mark where rows are cut."""
    return "\n".join(_excerpt_lines(plan.rstrip().splitlines())) + "\n"


def _excerpt_lines(lines: list[str]) -> Iterator[str]:
    symbols: list[str] = []
    for line in lines:  # a line below a row belongs to it
        symbols.append(symbols[-1] if line.startswith(" " * 6) else line[:3])
    for symbol, rows in itertools.groupby(zip(symbols, lines, strict=True), itemgetter(0)):
        group = [line for _, line in rows]
        is_cut = symbol.startswith("  ") and len(group) > ROWS_PER_SYMBOL
        yield from group[:ROWS_PER_SYMBOL] if is_cut else group
        if is_cut:
            yield f"  {LEFT_OUT}"


def normalized(text: str) -> str:
    """A plan without what changes from one run to the next."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"generation [0-9a-f]{6}", "generation HASH", text)
    text = re.sub(r"^Plan [0-9a-f]{8}:", "Plan HASH:", text, flags=re.MULTILINE)
    text = re.sub(r"--expect [0-9a-f]{8}", "--expect HASH", text)
    text = re.sub(r"opens \d{4}-\d\d-\d\d \d\d:\d\d UTC", "opens TIME", text)
    return re.sub(r"requests · \d+\.\d s", "requests · TIME", text)


def shown_plan(page: str) -> str:
    """The plan in the text of the README."""
    block = _BLOCK.search(page)
    assert block is not None, f"{README.name} has no block for the demo's plan"
    return block[2]


def main() -> None:
    """Write the excerpt into the README, unless only ports, hashes and times differ."""
    with tempfile.TemporaryDirectory() as folder:
        text = excerpt(demo_plan(Path(folder)))
    page = README.read_text(encoding="utf-8")
    if normalized(text) != normalized(shown_plan(page)):
        page = _BLOCK.sub(lambda block: f"{block[1]}{text}{block[3]}", page)
        README.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
