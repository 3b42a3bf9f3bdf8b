"""Metrics for Prometheus: counters, and the present state of the lists."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from reconciler.core import conditions
from reconciler.core.model import WHOLE, ListReport, Op, Result, StatusSnapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """Counts what a running controller does. Any thread may use it."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._items: dict[str, int] = {}  # by list name
        self._titles: dict[str, dict[str, int]] = {}  # by list name and verdict

        def histogram(name: str, help_text: str) -> Histogram:
            return Histogram(name, help_text, ["list"], registry=registry, buckets=_SECONDS)

        def counter(name: str, help_text: str, labels: list[str]) -> Counter:
            return Counter(name, help_text, labels, registry=registry)

        self._run_seconds = histogram("listsync_pass_duration_seconds", "Duration of a list's run.")
        self._fetch_seconds = histogram("listsync_fetch_duration_seconds", "Duration of a fetch.")
        self._runs = counter("listsync_passes", "Runs, by result.", ["list", "ready"])
        self._actions = counter("listsync_actions", "Actions, by result.", ["op", "result"])
        self._calls = counter(
            "listsync_api_calls", "Calls to the media server.", ["endpoint", "status"]
        )
        for op in (Op.REQUEST, Op.EXTEND):  # from the start, so that an increase is seen at once
            self._actions.labels(op, Result.CREATED)
        build = Gauge("listsync_build_info", "Version.", ["version"], registry=registry)
        build.labels(version("listsync")).set(1)

    def record_run(self, name: str, *, ready: bool, seconds: float) -> None:
        """A list's run has ended."""
        self._run_seconds.labels(name).observe(seconds)
        self._runs.labels(name, str(ready).lower()).inc()

    def show_reports(self, reports: Mapping[str, ListReport]) -> None:
        """Show the titles of these lists as of their last run, in place of the run before."""
        for name, report in reports.items():
            self._items[name] = len(report.snapshot.items)
            self._titles[name] = dict(Counts(row.word for row in report.rows))

    def rename(self, names: Mapping[str, str]) -> None:
        """Show lists under their new names, until their next run."""
        for old, new in names.items():
            if old in self._items and new not in self._items:
                self._items[new], self._titles[new] = self._items.pop(old), self._titles.pop(old)

    def record_fetch(self, name: str, seconds: float) -> None:
        """A list was read, or reading it failed."""
        self._fetch_seconds.labels(name).observe(seconds)

    def count_action(self, op: str, result: str) -> None:
        """An action has a result."""
        self._actions.labels(op, result).inc()

    def count_call(self, endpoint: str, status: str) -> None:
        """The media server was called; ``status``: the HTTP status, or ``none`` without answer."""
        self._calls.labels(endpoint, status).inc()

    def watch(self, read_status: Callable[[], StatusSnapshot]) -> None:
        """Also show the statuses of the lists, which are read at each scrape."""
        self._registry.register(_StatusCollector(read_status, self._items, self._titles))

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _StatusCollector(Collector):
    def __init__(
        self,
        read_status: Callable[[], StatusSnapshot],
        items: Mapping[str, int],
        titles: Mapping[str, Mapping[str, int]],
    ) -> None:
        self._read_status = read_status
        self._items = items
        self._titles = titles

    def collect(self) -> Iterable[Metric]:
        now = self._read_status()
        by_type = now.conditions.get(WHOLE, {})
        for name, kind, help_text in (
            ("config_valid", conditions.CONFIG_VALID, "1 if the config is valid."),
            ("server_reachable", conditions.SERVER_REACHABLE, "1 if the media server answers."),
        ):
            family = GaugeMetricFamily(f"listsync_{name}", help_text, labels=())
            if kind in by_type:  # a server that no list has needed yet is not away
                family.add_metric((), conditions.is_true(by_type, kind))
            yield family
        help_text = "Config changes that give listsync more permissions and are not in effect yet."
        yield GaugeMetricFamily("listsync_changes_waiting", help_text, value=len(now.waiting))
        ready = _family("ready", "1 if the list is ready: read and applied.")
        suspended = _family("suspended", "1 if the config suspends the list.")
        attempt = _family("last_attempt_timestamp_seconds", "Time of the last run.")
        success = _family("last_success_timestamp_seconds", "Time of the last successful run.")
        items = _family("items", "Titles at the last fetch.")
        help_text = "Titles of the list by verdict, as of its last run."
        titles = GaugeMetricFamily("listsync_titles", help_text, labels=["list", "verdict"])
        for name in now.names:
            if (number := self._items.get(name)) is not None:
                items.add_metric([name], number)
            for verdict, number in sorted(self._titles.get(name, {}).items()):
                titles.add_metric([name, verdict], number)
            schedule = now.schedules.get(name)
            by_type = now.conditions.get(name, {})
            ready.add_metric([name], conditions.is_true(by_type, conditions.READY))
            suspended.add_metric([name], conditions.is_suspended(by_type))
            if schedule and schedule.attempted:
                attempt.add_metric([name], schedule.attempted.timestamp())
            if schedule and schedule.succeeded:
                success.add_metric([name], schedule.succeeded.timestamp())
        yield from (ready, suspended, attempt, success, items, titles)


def _family(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"listsync_list_{name}", help_text, labels=["list"])
