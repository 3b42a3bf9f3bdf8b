"""What ``run`` answers over HTTP: probes, status and metrics."""

from __future__ import annotations

from pathlib import Path

from reconciler.controller.endpoint import JSON, Response, ServedPages
from reconciler.controller.metrics import CONTENT_TYPE, Metrics
from reconciler.controller.service import Service
from reconciler.core.conditions import GOOD_WHEN_FALSE
from reconciler.core.model import WHOLE, Status
from reconciler.errors import ListsyncError
from reconciler.render.document import json_text
from reconciler.render.status import status_document
from reconciler.render.words import clean, without_mail_addresses


def pages_of(config_path: Path, service: Service, metrics: Metrics) -> ServedPages:
    """The pages of a service."""
    return ServedPages(
        probes={"/healthz": lambda: Response(b"ok\n"), "/readyz": lambda: _readiness(service)},
        pages={
            "/status": lambda: _status(config_path, service),
            "/metrics": lambda: Response(metrics.text(), CONTENT_TYPE),
        },
        hosts=lambda: service.config.controller.hosts,
    )


def _readiness(service: Service) -> Response:
    """Whether the config is valid, the server reachable and the ledger writable."""
    system = service.status.conditions.get(WHOLE, {})
    problems = [
        clean(f"{kind}: {condition.message or condition.reason}")
        for kind, condition in sorted(system.items())
        if condition.status is Status.FALSE and kind not in GOOD_WHEN_FALSE
    ]
    return Response(("\n".join(problems or ["ready"]) + "\n").encode(), ok=not problems)


def _status(config_path: Path, service: Service) -> Response:
    try:
        reports = service.reports()
    except ListsyncError:  # the condition LedgerUsable shows it
        reports = {}
    sources = {lst.name: str(lst.source) for lst in service.config.lists}
    document = status_document(config_path, sources, reports, service.status)
    return Response(without_mail_addresses(json_text(document)).encode(), JSON)


def items_at_last_fetch(service: Service) -> dict[str, int]:
    """How many items each list had, for the metrics of a service that has just started."""
    sources = {lst.name: str(lst.source) for lst in service.config.lists}
    return {
        name: len(report.snapshot.items)
        for name, report in service.reports().items()
        if sources.get(name) == report.source
    }
