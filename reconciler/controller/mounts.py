"""Whether a file is mounted by itself, as containers do with single files."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")  # the fifth word of a line is where it is mounted


def is_mount_point(file: Path) -> bool:
    """Whether the file itself is mounted, so that a new one in its place would not be seen."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # not Linux
        return file.is_file() and os.path.ismount(file)
    places = (line.split()[4].replace(r"\040", " ") for line in mounts.splitlines())
    return file.is_file() and os.path.realpath(file) in places
