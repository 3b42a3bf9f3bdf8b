"""``listsync adopt`` as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.ledger import SqliteLedger

URL = "http://127.0.0.1:9"  # nobody is there, and nobody is asked


def adopt(folder: Path, text: str | None) -> subprocess.CompletedProcess[str]:
    lists = {"wishes": {"source": "file:wishes.txt"}}
    config = {"server": {"url": URL, "api_key": "k"}, "lists": lists}
    (folder / "listsync.yaml").write_text(json.dumps(config), encoding="utf-8")
    if text is not None:
        (folder / "wishes.txt").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "reconciler", "adopt", "wishes", "--ledger", "l.db"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def adopted(folder: Path) -> set[str]:
    with SqliteLedger(folder / "l.db", URL) as ledger:
        return {key for row in ledger.memory.baselines().values() for key in row.keys}


def test_what_is_on_the_list_is_taken_as_given_and_adds_up(tmp_path: Path) -> None:
    first = adopt(tmp_path, "tmdb:movie:949\ntmdb:movie:550\n")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("adopted 2 titles from wishes")
    assert adopt(tmp_path, "tmdb:movie:278\n").returncode == 0
    assert adopted(tmp_path) == {"tmdb:movie:949", "tmdb:movie:550", "tmdb:movie:278"}


@pytest.mark.parametrize("text", [None, ""], ids=["missing", "empty"])
def test_a_list_that_is_not_all_there_changes_nothing(tmp_path: Path, text: str | None) -> None:
    result = adopt(tmp_path, text)
    assert result.returncode == 1
    assert "nothing was adopted" in result.stderr
    assert adopted(tmp_path) == set()
