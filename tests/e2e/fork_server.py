"""Starts ``listsync`` as a process of its own, without waiting for its imports.

Each process of pytest has a server process that has imported the program and forks a process for
each command. Only Linux can hand such a process over to pytest; elsewhere commands start as usual.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import inspect
import io
import json
import os
import pkgutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import reconciler
from reconciler.cli import main

IS_SUPPORTED = sys.platform == "linux"
PROGRAM = "reconciler"
_MESSAGE_LIMIT = 1 << 20
_SET_CHILD_SUBREAPER = 36  # of prctl(2)


class ForkedCommand(subprocess.Popen[str]):
    """``listsync`` with ``arguments``; ``options`` are Popen's."""

    def __init__(self, arguments: Sequence[str], **options: Any) -> None:  # noqa: ANN401 - Popen's
        super().__init__([PROGRAM, *arguments], **options)

    def _execute_child(self, *values: Any) -> None:  # noqa: ANN401 - Popen's
        """Fork where Popen would execute; it has made the pipes, and then waits and reads."""
        signature = inspect.signature(subprocess.Popen._execute_child)  # type: ignore[attr-defined]  # noqa: SLF001
        values_by_name = signature.bind(self, *values).arguments
        ends = [values_by_name[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        self.pid = _server().fork(
            {name: values_by_name[name] for name in ("args", "cwd", "env", "start_new_session")},
            [standard if end == -1 else end for standard, end in enumerate(ends)],
        )
        self._child_created = True
        names = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(values_by_name[name] for name in names))  # type: ignore[attr-defined]


class _ForkServer:
    """The server process, and the socket to it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        python = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this file
                [sys.executable, "-m", "tests.e2e.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **python},
            )

    def fork(self, order: Mapping[str, Any], streams: Sequence[int]) -> int:
        """Start a command that is a child of this process, and return its process id."""
        message = json.dumps({**order, "cwd": str(order["cwd"])}).encode()
        with _adopting():
            socket.send_fds(self._socket, [message], streams)
            return int(self._socket.recv(20))

    def close(self) -> None:
        self._socket.close()
        self._process.wait(10)


@cache
def _server() -> _ForkServer:
    server = _ForkServer()
    atexit.register(server.close)
    return server


@contextmanager
def _adopting() -> Iterator[None]:
    """Within the block, processes below this one whose parent ends become its children."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _serve(channel: socket.socket) -> dict[str, Any] | None:
    """Fork for each order: the order in a process that is to carry it out, None at the end."""
    while True:
        message, streams, _, _ = socket.recv_fds(channel, _MESSAGE_LIMIT, 3)
        if not message:
            return None
        reader, writer = os.pipe()
        # A process between the two ends at once: only then has the command a new parent.
        if (between := os.fork()) == 0:
            if command := os.fork():
                os.write(writer, str(command).encode())
                os._exit(0)
            channel.close()
            for standard, stream in enumerate(streams):
                os.dup2(stream, standard)
            for descriptor in (reader, writer, *streams):
                os.close(descriptor)
            order: dict[str, Any] = json.loads(message)
            return order
        os.waitpid(between, 0)
        channel.send(os.read(reader, 20))
        for descriptor in (reader, writer, *streams):
            os.close(descriptor)


def _carry_out(order: Mapping[str, Any]) -> None:
    if order["start_new_session"]:
        os.setsid()
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    sys.argv[:] = order["args"]
    # As Python makes them with PYTHONUNBUFFERED; the server's own have looked at other files.
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - until the end
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        setattr(sys, name, io.TextIOWrapper(raw, encoding="utf-8", write_through=True))
    main()


def _import_the_program() -> None:
    for module in pkgutil.walk_packages(reconciler.__path__, f"{PROGRAM}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # the memory stays shared with the commands


if __name__ == "__main__":
    _import_the_program()
    if received := _serve(socket.socket(fileno=int(sys.argv[1]))):
        _carry_out(received)
