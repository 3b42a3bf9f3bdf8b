"""A limit for a whole exchange: a socket's own timeout begins again with every byte."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer


@contextmanager
def time_limit(connection: socket.socket, seconds: float) -> Iterator[None]:
    """End a connection if the block takes longer; what waits for it then reads its end."""
    timer = Timer(seconds, end, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end(connection: socket.socket) -> None:
    """End both directions of a connection, and whatever waits for it in another thread."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
