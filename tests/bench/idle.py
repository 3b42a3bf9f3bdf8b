"""``listsync run`` with nothing to do: its memory, processor time and child processes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from threading import Event

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import SandboxServer
from tests.bench.promises import Reading, Sizes
from tests.e2e.household import Household, until
from tests.e2e.running import lists, running, write

LISTS = 20
MEGABYTE = 1024 * 1024
TICK = os.sysconf("SC_CLK_TCK")


def measure(sizes: Sizes) -> dict[str, Reading]:
    """Twenty lists from files, all read once, and the pages; then it is watched for a while."""
    with tempfile.TemporaryDirectory() as folder, SandboxServer() as server:
        household = Household(Path(folder), server)
        write(household, lists(household, **{f"list-{n}": (FILMS[n],) for n in range(LISTS)}))
        with running(household) as run:
            until(lambda: sum(line["event"] == "run ended" for line in run.log()) == LISTS, 120)
            for path in ("/", "/lists/list-0", "/runs", "/config"):
                run.get(path)  # what the pages load stays loaded
            before = _processor_seconds(run.process.pid)
            Event().wait(sizes.idle)
            used = _processor_seconds(run.process.pid) - before
            return {
                "idle memory": Reading(_resident(run.process.pid) / MEGABYTE),
                "idle processor": Reading(100 * used / sizes.idle),
                "idle processes": Reading(_children(run.process.pid)),
            }


def _processor_seconds(pid: int) -> float:
    """User and system time; the name before them may hold spaces."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _children(pid: int) -> int:
    """How many processes it has started that are still there: a browser would be one."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return sum(len(task.read_text().split()) for task in tasks)
