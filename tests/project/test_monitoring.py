"""examples/monitoring/: the alerts fire when they should, and every query knows its words."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.core.model import Op, Reason, Result
from tests.e2e.monitoring import DASHBOARD, FOLDER, RULES, matchers, queries
from tests.project import places

WORDS = {"verdict": {*Reason, *Result}, "op": {*Op}, "result": {*Result}}


def test_every_query_uses_values_that_there_are() -> None:
    values = {(label, v) for q in queries().values() for _, label, v in matchers(q)}
    of_listsync = {(label, word) for label, v in values if label != "job" for word in v.split("|")}
    assert {label for label, _ in of_listsync} == WORDS.keys()
    assert {(label, word) for label, word in of_listsync if word not in WORDS[label]} == set()


def test_every_panel_has_a_place_of_its_own() -> None:
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_every_alert_is_documented() -> None:
    rows = places.table(places.DOCS / "controller" / "monitoring.md", "## Alerts")
    alerts = [rule["alert"] for group in RULES["groups"] for rule in group["rules"]]
    assert [row[0].strip("`") for row in rows] == alerts


PROMTOOL = shutil.which("promtool", path=Path(sys.executable).parent) or shutil.which("promtool")


@pytest.mark.skipif(not PROMTOOL, reason="no promtool; `make test` unpacks it on Debian and Ubuntu")
def test_promtool_sees_each_alert_fire_and_rest() -> None:
    command = [str(PROMTOOL), "test", "rules", str(FOLDER / "listsync.rules.test.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    assert done.returncode == 0, done.stdout
