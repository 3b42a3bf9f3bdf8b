"""The metrics: titles by list and verdict, and the table that documents all of them."""

from __future__ import annotations

import re

from reconciler.controller.metrics import Metrics
from reconciler.core.model import ListReport, Outcome, RowReport, Snapshot, StatusSnapshot
from tests.core.test_membership import key
from tests.core.values import NOW, item
from tests.project import places


def report(*words: str) -> ListReport:
    rows = tuple(RowReport(item(key(n), n), word) for n, word in enumerate(words, start=1))
    snapshot = Snapshot(Outcome.COMPLETE, "file", tuple(row.item for row in rows))
    return ListReport("file:a", NOW, snapshot, snapshot, rows)


def titles(metrics: Metrics) -> list[str]:
    lines = metrics.text().decode().splitlines()
    return [line.removeprefix("listsync_titles") for line in lines if "listsync_titles{" in line]


def test_titles_are_counted_by_list_and_verdict_as_of_the_last_run() -> None:
    metrics, names = Metrics(), ["kids", "films"]
    metrics.watch(lambda: StatusSnapshot(tuple(names)))

    metrics.show_reports({"kids": report("created", "available", "available")})
    assert titles(metrics) == [
        '{list="kids",verdict="available"} 2.0',
        '{list="kids",verdict="created"} 1.0',
    ]

    metrics.show_reports({"kids": report("available"), "films": report("not-found")})
    assert titles(metrics) == [
        '{list="kids",verdict="available"} 1.0',
        '{list="films",verdict="not-found"} 1.0',
    ]

    names.remove("kids")
    assert titles(metrics) == ['{list="films",verdict="not-found"} 1.0']


def test_every_metric_is_in_the_table_of_the_documentation() -> None:
    metrics = Metrics()
    metrics.watch(StatusSnapshot)
    names = set(re.findall(r"^# TYPE (\w+)", metrics.text().decode(), flags=re.MULTILINE))
    page = (places.DOCS / "controller" / "status.md").read_text("utf-8")

    documented = set(re.findall(r"^\| `(listsync_\w+)`", page, flags=re.MULTILINE))

    assert {name for name in names if not name.endswith("_created")} == documented
