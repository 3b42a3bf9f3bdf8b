"""The metrics: titles by list and verdict, and the table that documents all of them."""

from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

from reconciler.controller.metrics import Metrics
from reconciler.core import conditions
from reconciler.core.model import (
    WHOLE,
    ListReport,
    Outcome,
    RowReport,
    Schedule,
    Snapshot,
    Status,
    StatusSnapshot,
)
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


def test_a_suspended_list_is_not_ready_and_says_so() -> None:
    metrics = Metrics()
    paused = conditions.update_list({}, [conditions.SUSPENSION], "g", NOW)
    new = conditions.update_list({}, [], "g", NOW)
    metrics.watch(lambda: StatusSnapshot(("kids", "films"), "g", {"kids": paused, "films": new}))

    lines = metrics.text().decode().splitlines()

    for name, is_suspended in (("kids", 1.0), ("films", 0.0)):
        assert f'listsync_list_suspended{{list="{name}"}} {is_suspended}' in lines
        assert f'listsync_list_ready{{list="{name}"}} 0.0' in lines


def test_a_server_that_was_not_called_yet_is_neither_there_nor_away() -> None:
    metrics, snapshot = Metrics(), [StatusSnapshot()]
    metrics.watch(lambda: snapshot[0])

    def values() -> list[str]:
        return re.findall(r"^listsync_server_reachable (.+)", metrics.text().decode(), re.MULTILINE)

    assert values() == []
    for status, value in ((Status.FALSE, "0.0"), (Status.TRUE, "1.0")):
        system = conditions.update({}, [conditions.server(status, "", "")], "g", NOW)
        snapshot[0] = StatusSnapshot(conditions={WHOLE: system})
        assert values() == [value]


def test_every_metric_is_in_the_table_of_the_documentation_with_its_labels() -> None:
    metrics = Metrics()
    schedule = Schedule("hash", NOW, attempted=NOW, succeeded=NOW)
    metrics.watch(lambda: StatusSnapshot(("kids",), "g", {}, {"kids": schedule}))
    metrics.show_reports({"kids": report("available")})
    metrics.record_run("kids", ready=True, seconds=1)
    metrics.record_fetch("kids", 1)
    metrics.count_call("GET /status", "200")
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels[name] = {label for it in family.samples for label in it.labels} - {"le"}

    rows = places.table(places.DOCS / "controller" / "status.md", "## Metrics")

    documented = {row[0].strip("`"): set(re.findall(r"\w+", row[1])) for row in rows}
    assert {k: v for k, v in labels.items() if not k.endswith("_created")} == documented
