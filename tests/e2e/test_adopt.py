"""``listsync adopt`` marks the titles on a list as handled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.ledger import SqliteLedger
from tests.e2e.household import Finished, run_here

URL = "http://127.0.0.1:9"  # nobody is there, and nobody is asked


def adopt(folder: Path, text: str | None) -> Finished:
    lists = {"wishes": {"source": "file:wishes.txt"}}
    config = {"server": {"url": URL, "api_key": "k"}, "lists": lists}
    (folder / "listsync.yaml").write_text(json.dumps(config), encoding="utf-8")
    if text is not None:
        (folder / "wishes.txt").write_text(text, encoding="utf-8")
    return run_here(folder, ["adopt", "wishes", "--ledger", "l.db"])


def adopted(folder: Path) -> set[str]:
    with SqliteLedger(folder / "l.db", URL) as ledger:
        return {key for row in ledger.memory.baselines().values() for key in row.keys}


def test_what_is_on_the_list_is_taken_as_given_and_adds_up(tmp_path: Path) -> None:
    first = adopt(tmp_path, "tmdb:movie:949\ntmdb:movie:550\n")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("adopted 2 titles from wishes")
    assert adopt(tmp_path, "tmdb:movie:278\n").code == 0
    assert adopted(tmp_path) == {"tmdb:movie:949", "tmdb:movie:550", "tmdb:movie:278"}


@pytest.mark.parametrize("text", [None, ""], ids=["missing", "empty"])
def test_a_list_that_is_not_all_there_changes_nothing(tmp_path: Path, text: str | None) -> None:
    result = adopt(tmp_path, text)
    assert result.code == 1
    assert "nothing was adopted" in result.err
    assert adopted(tmp_path) == set()
