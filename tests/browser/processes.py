"""The browser's processes as the kernel sees them, and waiting without guessing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import NamedTuple

GUARD = b"listsync-guard"


class Process(NamedTuple):
    pid: int
    parent: int
    group: int


def running() -> list[Process]:
    """Every process that is not merely waiting to be buried."""
    processes = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            state, parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state not in "ZX":
            processes.append(Process(int(entry.name), int(parent), int(group)))
    return processes


def browser_groups(parent: int | None = None) -> set[int]:
    """The process groups of the browsers a process has started."""
    parent = parent or os.getpid()
    return {process.group for process in running() if process.parent == parent and _guards(process)}


def members(group: int) -> set[int]:
    """Who is alive in a process group."""
    return {process.pid for process in running() if process.group == group}


def becomes_true(condition: Callable[[], object], seconds: float = 10) -> bool:
    """Look again until it holds or time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        Event().wait(0.05)
    return True


def _guards(process: Process) -> bool:
    try:
        return GUARD in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
