"""Messages of ``run`` to systemd: its state, and a line for ``systemctl status``.

A message is one datagram to the socket in ``$NOTIFY_SOCKET``: sd_notify(3).
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import datetime

from reconciler.core import conditions
from reconciler.core.model import WHOLE, Status, StatusSnapshot
from reconciler.render.times import relative_time

READY = "READY=1"
STOPPING = "STOPPING=1"


class Systemd:
    """The service manager that started this process, if any. Raises nothing."""

    def __init__(self, address: str) -> None:
        """``address``: of the socket, ``@`` for an abstract one; empty without a manager."""
        self.is_there = bool(address)
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._status = ""

    def send(self, state: str) -> None:
        """Send assignments, one on each line; a manager that does not listen is not waited for."""
        if self.is_there:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(0)
                sender.sendto(state.encode(), self._address)

    def show(self, status: str) -> None:
        """Show this line in ``systemctl status``; an unchanged one is not sent again."""
        if status != self._status:
            self._status = status
            self.send(f"STATUS={status}")


def reloading() -> str:
    """The state while the config is read again; READY ends it."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"


def status_line(status: StatusSnapshot, now: datetime) -> str:
    """``2 of 3 lists ready, next run in 12 min``, and what is suspended or wrong besides."""
    by_list = {name: status.conditions.get(name, {}) for name in status.names}
    active = [name for name in by_list if not conditions.is_suspended(by_list[name])]
    number, suspended = len(active), len(by_list) - len(active)
    ready = sum(conditions.is_true(by_list[name], conditions.READY) for name in active)
    share = f"{ready}" if ready == number else f"{ready} of {number}"
    parts = [f"{share} list{'s' * (number != 1)} ready"] if active or not suspended else []
    if suspended:
        parts.append(f"{suspended} list{'s' * (suspended != 1)} suspended")
    if due := [status.schedules[name].due for name in active if name in status.schedules]:
        parts.append(f"next run {relative_time(min(due), now)}")
    system = status.conditions.get(WHOLE, {})
    for kind, words in (
        (conditions.CONFIG_VALID, "config invalid"),
        (conditions.SERVER_REACHABLE, "server not reachable"),
    ):
        if kind in system and system[kind].status is Status.FALSE:
            parts.append(words)
    return ", ".join(parts)
