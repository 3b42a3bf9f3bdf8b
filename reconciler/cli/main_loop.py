"""The main thread of ``run``: signals, ticks, and messages to systemd."""

from __future__ import annotations

import os
import signal

from reconciler.cli.signals import SignalQueue
from reconciler.controller.service import Service
from reconciler.controller.systemd import READY, STOPPING, Systemd, reloading, status_line
from reconciler.logs import Logger

_TICK = 0.5  # seconds between looks for `listsync reconcile`

_log = Logger()


def wait_for_end(service: Service, signals: SignalQueue) -> int:
    """Serve until a signal ends it: the signal's number."""
    systemd = Systemd(os.environ.get("NOTIFY_SOCKET", ""))
    systemd.send(READY)
    while True:
        match signals.wait(_TICK):
            case None:
                service.tick()
                if systemd.is_there:
                    systemd.show(status_line(service.status, service.now()))
            case signal.SIGHUP:
                systemd.send(reloading())
                if not service.reload():
                    _log.info("config read: nothing has changed", signal="SIGHUP")
                systemd.send(READY)
            case int(signum):
                systemd.send(STOPPING)
                return signum
