"""Whether Chromium can use its sandbox on this machine, found out by trying."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile

from reconciler.core.child_environment import child_environment

AS_ROOT = "listsync runs as root, and Chromium has no sandbox for root"
NOT_ALLOWED = "the system refuses user namespaces, and Chromium has no working setuid helper"

# What Chromium does for its sandbox: namespaces of users, processes and network, and a new root.
_NAMESPACES = ("--user", "--map-root-user", "--pid", "--net", "--fork", "--root=/", "true")
_EMPTY_PAGE = ("--headless=new", "--disable-gpu", "--dump-dom", "about:blank")
_SECONDS = 20


def sandbox_obstacle(chromium: str) -> str | None:
    """Why the Chromium at this path has to run without its sandbox; None: it need not.

    Namespaces are tried first, since that takes milliseconds. Where they are refused, Chromium
    itself is tried: a setuid helper, or a rule of AppArmor for its program alone, may allow what
    is refused to others. Chromium that has no sandbox ends at once.
    """
    if os.geteuid() == 0:
        return AS_ROOT
    with tempfile.TemporaryDirectory(prefix="listsync-", ignore_cleanup_errors=True) as folder:
        unshare = shutil.which("unshare")
        if unshare and _succeeds(folder, unshare, *_NAMESPACES):
            return None
        starts = _succeeds(folder, chromium, f"--user-data-dir={folder}/profile", *_EMPTY_PAGE)
    return None if starts else NOT_ALLOWED


def _succeeds(folder: str, *command: str) -> bool:
    """Whether a program ends well that keeps its temporary files in a folder."""
    try:
        done = subprocess.run(  # noqa: S603 - programs of PATH, arguments of ours
            command,
            env=child_environment(os.environ) | {"TMPDIR": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
