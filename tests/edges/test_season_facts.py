"""Shows that once went wrong, as the server gives them: the seasons that have aired."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from reconciler.core.seasons import aired, unaired
from reconciler.overseerr import translate

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="no cases beside this repository")
@pytest.mark.parametrize(
    ("file", "out", "coming"),
    [
        pytest.param("show-with-thetvdb-metadata.json", (1, 2, 3), (), id="no air dates"),
        pytest.param("show-with-empty-seasons.json", (1,), (2, 3), id="seasons without episodes"),
    ],
)
def test_the_seasons_that_have_aired(
    file: str, out: tuple[int, ...], coming: tuple[int, ...]
) -> None:
    row = json.loads((CASES / file).read_text(encoding="utf-8"))
    show = translate.show(row, row["id"])
    today = date(2026, 11, 29)
    assert (aired(show, today), unaired(show, today)) == (out, coming)
