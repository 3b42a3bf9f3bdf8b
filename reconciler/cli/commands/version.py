"""``version``: what a bug report needs, and nothing personal."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from reconciler.cli.options import PlainForm, PlainOutput

LIBRARIES = ("pydantic", "requests", "selenium", "typer", "urllib3")
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_CONTAINER_VARIABLES = ("KUBERNETES_SERVICE_HOST", "container")


def version(output: PlainOutput = PlainForm.TEXT) -> int:
    """Show version and environment details."""
    import sqlite3
    from importlib import metadata

    from reconciler.browser.driver import BROWSERS, DRIVERS
    from reconciler.cli.output import print_result, with_version

    listsync, python = metadata.version("listsync"), platform.python_version()
    libraries = {name: metadata.version(name) for name in LIBRARIES}
    programs = {"chromium": _find_program(BROWSERS), "chromedriver": _find_program(DRIVERS)}
    is_container = any(mark.exists() for mark in _CONTAINER_MARKS) or any(
        os.environ.get(name) for name in _CONTAINER_VARIABLES
    )
    document = with_version(
        listsync=listsync,
        python=python,
        platform=platform.platform(),
        container=is_container,
        sqlite=sqlite3.sqlite_version,
        libraries=libraries,
        programs=programs,
    )
    rows = {
        "platform": f"{platform.platform()}, {'in a' if is_container else 'not in a'} container",
        "sqlite": sqlite3.sqlite_version,
        **libraries,
    }
    for name, program in programs.items():
        rows[name] = "not installed"
        if program is not None:
            rows[name] = f"{program['version'] or 'unknown version'} ({program['path']})"
    lines = [f"{name:12}  {value}\n" for name, value in rows.items()]
    head = f"listsync {listsync} (Python {python})\n"
    print_result(output, document, lambda _: head + "".join(lines))
    return 0


def _find_program(names: Sequence[str]) -> dict[str, str | None] | None:
    """The first of these programs that is installed, and its version; None if none is."""
    import subprocess

    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        return None
    try:
        output = subprocess.run(  # noqa: S603 - a program of PATH, arguments of ours
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=10.0,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.SubprocessError):
        return {"path": path, "version": None}
    numbers = [word for word in output.split() if word[0].isdigit()]
    return {"path": path, "version": numbers[0] if numbers else None}
