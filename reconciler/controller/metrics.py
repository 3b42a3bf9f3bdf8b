"""Metrics for Prometheus: counters, and the current state of the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from reconciler.core import conditions
from reconciler.core.model import WHOLE, Condition, Status, StatusSnapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """A ``ports.Meter`` that can be read."""

    def __init__(self) -> None:
        """Nothing has been counted."""
        self._registry = CollectorRegistry()
        self._items: dict[str, int] = {}  # by list name
        self._turn = Histogram(
            "listsync_pass_duration_seconds",
            "How long a list's turn took.",
            ["list"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._fetch = Histogram(
            "listsync_fetch_duration_seconds",
            "How long reading a list took.",
            ["list"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._turns = Counter(
            "listsync_passes",
            "Turns, by how they ended.",
            ["list", "ready"],
            registry=self._registry,
        )
        self._actions = Counter(
            "listsync_actions",
            "Actions, by what they came to.",
            ["op", "result"],
            registry=self._registry,
        )
        self._calls = Counter(
            "listsync_api_calls",
            "Calls to the media server.",
            ["endpoint", "status"],
            registry=self._registry,
        )
        build = Gauge(
            "listsync_build_info", "Which listsync this is.", ["version"], registry=self._registry
        )
        build.labels(version("listsync")).set(1)

    def resume(self, items: Mapping[str, int]) -> None:
        """Begin with how many titles each list had at its last fetch, before this process."""
        self._items.update(items)

    def record_run(self, name: str, *, ready: bool, items: int | None, seconds: float) -> None:
        """A list's turn ended."""
        self._turn.labels(name).observe(seconds)
        self._turns.labels(name, str(ready).lower()).inc()
        if items is not None:
            self._items[name] = items

    def record_fetch(self, name: str, seconds: float) -> None:
        """A list was read, or tried."""
        self._fetch.labels(name).observe(seconds)

    def count_action(self, op: str, result: str) -> None:
        """An action came to something."""
        self._actions.labels(op, result).inc()

    def count_call(self, endpoint: str, status: str) -> None:
        """The media server was called."""
        self._calls.labels(endpoint, status).inc()

    def watch(self, read_status: Callable[[], StatusSnapshot]) -> None:
        """Show how the lists are, too: asked at each reading."""
        self._registry.register(_Now(read_status, self._items))

    def text(self) -> bytes:
        """All figures in Prometheus' own text form."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is not counted but looked up."""

    def __init__(self, read_status: Callable[[], StatusSnapshot], items: Mapping[str, int]) -> None:
        self._read_status = read_status
        self._items = items

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment."""
        now = self._read_status()
        whole = now.conditions.get(WHOLE, {})
        for name, kind, help_text in (
            ("config_valid", conditions.CONFIG_VALID, "The file as it is now is followed."),
            ("server_reachable", conditions.SERVER_REACHABLE, "The media server answers."),
        ):
            yield GaugeMetricFamily(f"listsync_{name}", help_text, value=_is_true(whole.get(kind)))
        help_text = "Changes of the file that are not in effect yet, since they widen rights."
        yield GaugeMetricFamily("listsync_changes_waiting", help_text, value=len(now.waiting))
        ready = _family("ready", "The list was read and applied.")
        attempt = _family("last_attempt_timestamp_seconds", "When its last turn was.")
        success = _family("last_success_timestamp_seconds", "When all was last well with it.")
        items = _family("items", "Titles at the last fetch.")
        for name in now.names:
            if name in self._items:
                items.add_metric([name], self._items[name])
            found, schedule = now.conditions.get(name, {}), now.schedules.get(name)
            ready.add_metric([name], _is_true(found.get(conditions.READY)))
            if schedule and schedule.attempted:
                attempt.add_metric([name], schedule.attempted.timestamp())
            if schedule and schedule.succeeded:
                success.add_metric([name], schedule.succeeded.timestamp())
        yield from (ready, attempt, success, items)


def _family(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"listsync_list_{name}", help_text, labels=["list"])


def _is_true(condition: Condition | None) -> int:
    return int(condition is not None and condition.status is Status.TRUE)
