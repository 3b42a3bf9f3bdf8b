"""A server on 127.0.0.1 that sends the first bytes of an answer at once and the others in drips."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWERS = {  # what comes at once, and what then drips without end
    "the status line": (b"", b"H"),
    "a header": (_HEAD + b"X-Long: ", b"a"),
    "headers": (_HEAD, b"X-A: a\r\n"),
    "100 Continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the size of a chunk": (_CHUNKED, b"0"),
    "chunks": (_CHUNKED, b"1\r\n \r\n"),
    "a trailer": (_CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-A: a\r\n"),
    "the body": (_HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
    "a body without a length": (_HEAD + b"\r\n", b" "),
}


@contextmanager
def dripping(
    start: bytes, drip: bytes, *, pause: float = 0.02, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every call so; the server's address, and the first line of each call."""
    over = Event()
    calls: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
            calls.append(stream.recv(65536).partition(b"\r\n")[0])
            stream.sendall(start)
            while not over.wait(pause):
                stream.sendall(drip)

    def quietly(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client hangs up
            serve(connection)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            Thread(target=quietly, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=accept, daemon=True).start()
        try:
            scheme = "https" if tls else "http"
            yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", calls
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
