"""What listsync is, and what its file looks like: no file and no network is needed."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from reconciler.browser.driver import BROWSERS, DRIVERS
from reconciler.cli.commands.setting import print_json
from reconciler.config import json_schema
from reconciler.render.document import FORMAT_VERSION

LIBRARIES = ("pydantic", "requests", "selenium", "typer", "urllib3")
_CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_CONTAINER_VARIABLES = ("KUBERNETES_SERVICE_HOST", "container")
_ANSWER_SECONDS = 10.0


def schema() -> int:
    """Print the JSON Schema of the file, for editors."""
    sys.stdout.write(schema_text())
    return 0


def schema_text() -> str:
    """The JSON Schema as a file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def version(*, as_json: bool) -> int:
    """Print what matters in a report of a bug: versions, and nothing about the person."""
    listsync, python = metadata.version("listsync"), platform.python_version()
    libraries = {name: metadata.version(name) for name in LIBRARIES}
    programs = {"chromium": _program(BROWSERS), "chromedriver": _program(DRIVERS)}
    machine = platform.platform()
    container = _in_container()
    if as_json:
        print_json(
            {
                "format_version": FORMAT_VERSION,
                "listsync": listsync,
                "python": python,
                "platform": machine,
                "container": container,
                "sqlite": sqlite3.sqlite_version,
                "libraries": libraries,
                "programs": programs,
            }
        )
        return 0
    told = {
        "platform": f"{machine}, {'in a' if container else 'no'} container",
        "sqlite": sqlite3.sqlite_version,
        **libraries,
        **{name: _told(program) for name, program in programs.items()},
    }
    lines = [f"listsync {listsync} (Python {python})"]
    lines += [f"{name:12}  {what}" for name, what in told.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _program(names: Sequence[str]) -> dict[str, str | None] | None:
    """The first of these programs that is installed, and the version it gives; None: none is."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a program of PATH, arguments of ours
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_ANSWER_SECONDS,
        ).stdout.decode(errors="replace")
    except (OSError, subprocess.SubprocessError):
        return {"path": path, "version": None}
    numbers = [word for word in answer.split() if word[0].isdigit()]
    return {"path": path, "version": numbers[0] if numbers else None}


def _told(program: dict[str, str | None] | None) -> str:
    if program is None:
        return "not installed"
    return f"{program['version'] or 'does not tell its version'} ({program['path']})"


def _in_container() -> bool:
    marked = any(mark.exists() for mark in _CONTAINER_MARKS)
    return marked or any(os.environ.get(name) for name in _CONTAINER_VARIABLES)
