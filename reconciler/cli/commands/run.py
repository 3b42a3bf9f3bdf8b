"""``run``: the controller."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import ExitStack
from functools import partial
from typing import Annotated

import typer

from reconciler.cli.options import DEBUG_DIR, LEDGER, VERBOSE, Settings, command_with

Poll = Annotated[
    bool,
    typer.Option("--poll", help="Check the config every second; NFS does not report changes."),
]


@command_with(LEDGER, VERBOSE, DEBUG_DIR)
def run(settings: Settings, *, poll: Poll = False) -> int:
    """Run continuously: sync lists on schedule and reload the config."""
    from reconciler import wiring
    from reconciler.cli.main_loop import wait_for_end
    from reconciler.cli.pages import StatusPages, last_reports
    from reconciler.cli.signals import queue_signals
    from reconciler.controller.endpoint import Endpoint, is_public
    from reconciler.controller.metrics import Metrics
    from reconciler.ledger import LockedLedger
    from reconciler.logs import Logger

    file = wiring.config_file(settings.config_path, settings.restrictions)
    log, metrics = Logger(), Metrics()
    configure_logs = partial(
        wiring.configure_logs,
        level=logging.DEBUG if settings.verbose else logging.INFO,
        color=settings.color,
    )
    with queue_signals() as signals, LockedLedger() as locked_ledger, ExitStack() as stack:
        service = wiring.open_service(
            file,
            settings.ledger,
            locked_ledger,
            metrics,
            configure_logs=configure_logs,
            debug_dir=settings.debug_dir,
        )
        metrics.watch(lambda: service.status)
        service.load()
        metrics.show_reports(last_reports(service))
        if listen := service.config.controller.listen:
            pages = StatusPages(settings.config_path, service, metrics)
            stack.enter_context(Endpoint(listen, pages.served()))
            if is_public(listen):
                log.info("other machines can read the status", listen=listen)
        service.begin(poll=poll)
        log.info("running", generation=service.config.generation, lists=len(service.config.lists))
        signum = wait_for_end(service, signals)
        name = signal.Signals(signum).name
        log.info("shutting down; press Ctrl-C again to force", signal=name)
        if not service.stop():
            log.error("shutdown timed out; the next run checks what was sent")
            sys.stderr.flush()
            os._exit(128 + signum)
        log.info("stopped", signal=name)
    return 128 + signum
