"""The plan in the README is what the demo prints; only ports, hashes and seconds may differ."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from examples.sandbox.demo import CONFIG
from examples.sandbox.demo_history import History
from examples.sandbox.media_server import SandboxServer
from examples.sandbox.sites import SandboxSites
from tests.project.places import ROOT

pytestmark = pytest.mark.browser

LEFT_OUT = "⋮"


def settled(text: str) -> list[str]:
    """The lines of a plan without what changes from run to run."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"generation [0-9a-f]{6}", "generation HASH", text)
    text = re.sub(r"^Plan [0-9a-f]{8}:", "Plan HASH:", text, flags=re.MULTILINE)
    text = re.sub(r"opens \d{4}-\d\d-\d\d \d\d:\d\d UTC", "opens TIME", text)
    return re.sub(r"read in \d+\.\d s", "read in TIME", text).rstrip().splitlines()


def shown() -> list[str]:
    """The plan of the README."""
    found = re.search(
        r"<!-- the demo's plan.*?-->\n```text\n(.*?)```",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    assert found is not None
    return settled(found[1])


def parts(lines: list[str]) -> list[list[str]]:
    """What stands between the lines that say that something was left out."""
    pieces: list[list[str]] = [[]]
    for line in lines:
        if line.strip() == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


def demo_plan(folder: Path) -> str:
    shutil.copy(CONFIG, folder)
    with SandboxServer() as server, SandboxSites() as sites:
        History(server.url, server.api_key).write(sites.lists)
        environment = os.environ | {
            "SANDBOX_URL": server.url,
            "SANDBOX_API_KEY": server.api_key,
            "SANDBOX_IMDB_URL": sites.imdb_url,
            "SANDBOX_TRAKT_URL": sites.trakt_url,
            "PYTHONPATH": str(ROOT),
            "XDG_STATE_HOME": str(folder),  # where the ledger is
        }
        return subprocess.run(
            [sys.executable, "-m", "reconciler", "plan"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=90,
        ).stdout


def test_the_plan_of_the_readme_is_the_demos(tmp_path: Path) -> None:
    real = settled(demo_plan(tmp_path))
    pieces = parts(shown())
    assert len(pieces) > 1
    at = 0
    for number, piece in enumerate(pieces):
        places = [i for i in range(at, len(real)) if real[i : i + len(piece)] == piece]
        assert places, "not in the demo's plan:\n" + "\n".join(piece)
        assert number or places[0] == 0
        at = places[0] + len(piece)
    assert at == len(real)
