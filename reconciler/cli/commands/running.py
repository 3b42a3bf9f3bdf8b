"""``run``, and ``reconcile``, which asks a running listsync to sync a list."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from reconciler import wiring
from reconciler.cli.commands import sync
from reconciler.cli.commands.interrupts import Signals, awaited
from reconciler.cli.commands.selection import list_named
from reconciler.cli.commands.setting import Setting, print_json
from reconciler.controller.endpoint import JSON, Endpoint, Response, Routes, is_public
from reconciler.controller.metrics import CONTENT_TYPE, Metrics
from reconciler.controller.service import Service
from reconciler.controller.statuses import due_lists
from reconciler.core.conditions import GOOD_WHEN_FALSE
from reconciler.core.model import WHOLE, Status
from reconciler.errors import ListsyncError, UsageError
from reconciler.ledger import LockedLedger
from reconciler.logs import Logger
from reconciler.render.document import FORMAT_VERSION
from reconciler.render.json_text import json_text
from reconciler.render.status import status_document
from reconciler.render.words import clean, without_mail_addresses
from reconciler.sync.clock import SystemClock

OK = 0
_TICK = 0.5  # seconds; what is asked for is seen within them

_log = Logger()


def run(setting: Setting, *, poll: bool) -> int:
    """Keep the server in step until a signal comes."""
    file = wiring.config_file(setting.config_path, setting.restrictions)
    metrics = Metrics()
    level = logging.DEBUG if setting.verbose else logging.INFO
    with awaited() as signals, LockedLedger() as held, ExitStack() as stack:
        service = wiring.open_service(
            file, setting.ledger, held, metrics, level=level, debug_dir=setting.debug_dir
        )
        metrics.watch(lambda: service.status)
        service.load()
        metrics.resume(_items_at_last_fetch(service))
        if service.config.controller.listen:
            listen = service.config.controller.listen
            stack.enter_context(Endpoint(listen, _site(setting.config_path, service, metrics)))
            if is_public(listen):
                _log.info("other machines can read the status", listen=listen)
        service.begin(poll=poll)
        _log.info("running", generation=service.config.generation, lists=len(service.config.lists))
        ended_by = _until_ended(service, signals)
        name = signal.Signals(ended_by).name
        _log.info("ending; once more ends it at once", signal=name)
        if not service.stop():
            _log.error("did not end in time; what was sent is looked at by the next run")
            sys.stderr.flush()
            os._exit(128 + ended_by)
        _log.info("ended", signal=name)
    return 128 + ended_by


def apply_due(setting: Setting, *, yes: bool, detailed: bool) -> int:
    """Do once for the lists that are due what ``run`` does for them."""
    config = setting.config()
    with wiring.open_ledger(config, setting.ledger_path(config)) as ledger:
        names = due_lists(config, ledger, SystemClock().now())
    if names:
        return sync.apply(setting, names, saved=None, expect=None, yes=yes, detailed=detailed)
    if setting.output == "json":
        print_json({"format_version": FORMAT_VERSION, "lists": []})
    return OK


def reconcile(setting: Setting, name: str) -> int:
    """Ask a running controller for a list's turn. The word stays until somebody has done it."""
    config = setting.config()
    lst = list_named(config, name)
    if lst.suspend:
        hint = "take its suspend: true out of the file: then it has its turn at once"
        raise UsageError(f"{lst.name} is suspended", where=str(setting.config_path), hint=hint)
    with wiring.open_ledger(config, setting.ledger_path(config)) as ledger:
        ledger.statuses.trigger(lst.name)
    sys.stdout.write(
        f"asked for {lst.name}: a listsync that runs hears it within a second; "
        "if none does, the next one to start\n"
    )
    return OK


def _items_at_last_fetch(service: Service) -> dict[str, int]:
    sources = {lst.name: str(lst.source) for lst in service.config.lists}
    return {
        name: len(report.snapshot.items)
        for name, report in service.reports().items()
        if sources.get(name) == report.source
    }


def _until_ended(service: Service, signals: Signals) -> int:
    """The signal that ended it."""
    while True:
        match signals.wait(_TICK):
            case None:
                service.tick()
            case signal.SIGHUP:
                if not service.reload():
                    _log.info("the file was read: nothing has changed", signal="SIGHUP")
            case int(signum):
                return signum


def _site(config_path: Path, service: Service, metrics: Metrics) -> Routes:
    return Routes(
        probes={"/healthz": lambda: Response(b"ok\n"), "/readyz": lambda: _readiness(service)},
        pages={
            "/status": lambda: _status(config_path, service),
            "/metrics": lambda: Response(metrics.text(), CONTENT_TYPE),
        },
        hosts=lambda: service.config.controller.hosts,
    )


def _readiness(service: Service) -> Response:
    """Whether the file is followed, the server reached and the ledger written."""
    whole = service.status.conditions.get(WHOLE, {})
    wrong = [
        clean(f"{kind}: {found.message or found.reason}")
        for kind, found in sorted(whole.items())
        if found.status is Status.FALSE and kind not in GOOD_WHEN_FALSE
    ]
    return Response(("\n".join(wrong or ["ready"]) + "\n").encode(), ok=not wrong)


def _status(config_path: Path, service: Service) -> Response:
    try:
        reports = service.reports()
    except ListsyncError:  # it is told under LedgerUsable
        reports = {}
    sources = {lst.name: str(lst.source) for lst in service.config.lists}
    told = status_document(config_path, sources, reports, service.status)
    return Response(without_mail_addresses(json_text(told)).encode(), JSON)
