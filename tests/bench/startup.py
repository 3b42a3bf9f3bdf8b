"""``listsync --help`` beside the import of the library that its command line is made with."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from tests.bench.promises import Reading, Sizes

HELP = (sys.executable, "-m", "reconciler", "--help")
BARE = (sys.executable, "-c", "import typer")


def measure(sizes: Sizes) -> dict[str, Reading]:
    """Medians of runs in turn; the first pair, which may have to compile, does not count."""
    pairs = [(_seconds(HELP), _seconds(BARE)) for _ in range(sizes.starts + 1)][1:]
    return {"help": Reading(median(ours for ours, _ in pairs), median(bare for _, bare in pairs))}


def _seconds(command: tuple[str, ...]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own commands
    return time.perf_counter() - began
