"""The queries of examples/monitoring/, and what they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import promql_parser as promql
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.project.places import EXAMPLES

FOLDER = EXAMPLES / "monitoring"
RULES = yaml.safe_load((FOLDER / "listsync.rules.yaml").read_text("utf-8"))
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
OF_PROMETHEUS = {"job", "instance"}  # labels that a scrape adds


def queries() -> dict[str, promql.Expr]:
    """Each query, parsed, by its alert or panel."""
    alerts = {rule["alert"]: rule["expr"] for group in RULES["groups"] for rule in group["rules"]}
    panels = {panel["title"]: panel["targets"][0]["expr"] for panel in DASHBOARD["panels"]}
    texts = {**alerts, **panels}
    return {
        name: promql.parse(re.sub(r"\$__(range|rate_interval)", "1h", text))
        for name, text in texts.items()
    }


def nodes(query: promql.Expr) -> list[promql.Expr]:
    """A query and all parts of it."""
    parts: list[promql.Expr] = []
    promql.walk(query, parts.append)
    return parts


def matchers(query: promql.Expr) -> Iterator[tuple[str, str, str]]:
    """The metric, label and value of each matcher."""
    for node in nodes(query):
        if isinstance(node, promql.VectorSelector):
            assert node.name
            yield from ((node.name, it.name, it.value) for it in node.matchers.matchers)


def unknown_names(scrape: str) -> dict[str, list[str]]:
    """The metrics and labels that queries name and the scrape has not, by alert or panel."""
    labels_by_metric: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(scrape):
        for sample in family.samples:
            labels_by_metric.setdefault(sample.name, set(OF_PROMETHEUS)).update(sample.labels)
    unknown: dict[str, list[str]] = {}
    for name, query in queries().items():
        metrics = [n.name for n in nodes(query) if isinstance(n, promql.VectorSelector) and n.name]
        labels = [(metric, label) for metric, label, _ in matchers(query)]
        for node in nodes(query):
            if isinstance(node, promql.AggregateExpr) and node.modifier:
                inside = [n for n in nodes(node.expr) if isinstance(n, promql.VectorSelector)]
                labels += [(n.name or "", label) for n in inside for label in node.modifier.labels]
        missing = [metric for metric in metrics if metric not in labels_by_metric]
        missing += [
            f"{metric}.{label}"
            for metric, label in labels
            if label not in labels_by_metric.get(metric, {label})
        ]
        if missing:
            unknown[name] = missing
    return unknown
