"""Messages to systemd, received by a datagram socket as systemd's own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.controller.systemd import READY, Systemd, reloading, status_line
from reconciler.core import conditions
from reconciler.core.model import WHOLE, Condition, Schedule, Status, StatusSnapshot
from tests.core.values import NOW


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """An address as ``$NOTIFY_SOCKET`` has it, and the socket behind it."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(path if request.param == "path" else f"\0{path}")
        receiver.settimeout(5)
        yield (path if request.param == "path" else f"@{path}"), receiver


def test_a_state_is_one_datagram(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager

    Systemd(address).send(READY)
    Systemd(address).send(reloading())

    assert receiver.recv(1000) == b"READY=1"
    assert receiver.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")


def test_a_status_is_sent_once_until_it_changes(manager: tuple[str, socket.socket]) -> None:
    address, receiver = manager
    systemd = Systemd(address)

    for status in ("1 list ready", "1 list ready", "0 of 1 lists ready"):
        systemd.show(status)
    systemd.send(READY)

    messages = [receiver.recv(1000) for _ in range(3)]
    assert messages == [b"STATUS=1 list ready", b"STATUS=0 of 1 lists ready", b"READY=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody", "vsock:2:1", "x" * 200])
def test_a_manager_that_is_not_there_is_no_error(address: str) -> None:
    Systemd(address).send(READY)


def snapshot(**readiness: bool) -> StatusSnapshot:
    """Lists that are ready or not, the first of them due in 12 minutes."""

    def condition(kind: str, status: Status) -> Condition:
        return Condition(kind, status, "", "", NOW, "g")

    return StatusSnapshot(
        tuple(readiness),
        "g",
        {
            name: {conditions.READY: condition(conditions.READY, _status(ready=ready))}
            for name, ready in readiness.items()
        },
        {
            name: Schedule("hash", NOW + timedelta(minutes=12 + number))
            for number, name in enumerate(readiness)
        },
    )


def _status(*, ready: bool) -> Status:
    return Status.TRUE if ready else Status.FALSE


@pytest.mark.parametrize(
    ("readiness", "line"),
    [
        pytest.param({"a": True}, "1 list ready, next run in 12 min", id="one"),
        pytest.param({"a": True, "b": True}, "2 lists ready, next run in 12 min", id="all"),
        pytest.param({"a": False, "b": True}, "1 of 2 lists ready, next run in 12 min", id="some"),
        pytest.param({"a": False}, "0 of 1 list ready, next run in 12 min", id="none"),
    ],
)
def test_the_status_line_counts_the_lists(readiness: dict[str, bool], line: str) -> None:
    assert status_line(snapshot(**readiness), NOW) == line


def test_a_suspended_list_is_counted_apart_and_has_no_next_run() -> None:
    status = snapshot(a=False, b=True)
    paused = conditions.update_list({}, [conditions.SUSPENSION], "g", NOW)
    by_list = {**status.conditions, "a": paused}

    line = status_line(StatusSnapshot(("a", "b"), "g", by_list, status.schedules), NOW)
    alone = status_line(StatusSnapshot(("a",), "g", by_list, status.schedules), NOW)

    assert line == "1 list ready, 1 list suspended, next run in 13 min"
    assert alone == "1 list suspended"


def test_the_status_line_names_what_is_wrong_besides() -> None:
    status = snapshot(a=True)
    system = {
        kind: Condition(kind, Status.FALSE, "", "", NOW, "g")
        for kind in (conditions.CONFIG_VALID, conditions.SERVER_REACHABLE)
    }

    line = status_line(
        StatusSnapshot(status.names, "g", {**status.conditions, WHOLE: system}, {}), NOW
    )

    assert line == "1 list ready, config invalid, server not reachable"
