"""What the local browser's proxy may cost: connections, descriptors and time."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from threading import enumerate as running_threads

import pytest

from reconciler.browser.egress_proxy import EgressProxy
from reconciler.browser.tunnels import read_request
from tests.browser.test_egress_proxy import connected, egress, serving

__all__ = ["egress"]  # the fixture

MOST_CONNECTIONS = 64
SOON = 3  # seconds: far less than any of the real limits


def dialed(egress: EgressProxy) -> socket.socket:
    """A connection to the proxy that has asked for nothing yet."""
    return socket.create_connection(("127.0.0.1", int(egress.url.rpartition(":")[2])), SOON)


def wait_until(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + SOON
    while not (holds := condition()) and time.monotonic() < ends:
        Event().wait(0.01)
    return holds


@contextmanager
def dripping(start: bytes, byte: bytes) -> Iterator[Callable[[socket.socket], None]]:
    """Sends this start and then a byte again and again, until the other side ends."""
    over = Event()

    def serve(visitor: socket.socket) -> None:
        with suppress(OSError):
            visitor.sendall(start)
            while not over.wait(0.05):
                visitor.sendall(byte)

    yield serve
    over.set()


def is_refused(client: socket.socket) -> bool:
    """Whether the proxy ended a connection without a word."""
    try:
        return client.recv(10) == b""
    except ConnectionResetError:
        return True


def test_a_connection_beyond_the_bound_is_refused_until_another_ends(egress: EgressProxy) -> None:
    def answers() -> bool:
        with suppress(OSError), dialed(egress) as client:
            client.sendall(b"\x05\x01\x00")
            return client.recv(10) == b"\x05\x00"
        return False

    with ExitStack() as stack:
        clients = [stack.enter_context(dialed(egress)) for _ in range(MOST_CONNECTIONS)]
        clients[-1].sendall(b"\x05\x01\x00")
        assert clients[-1].recv(10) == b"\x05\x00"
        with dialed(egress) as further:
            assert is_refused(further)
        clients[0].close()
        assert wait_until(answers)


def test_a_handshake_that_drips_is_ended(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.browser.egress_proxy._HANDSHAKE_SECONDS", 0.2)
    with dripping(b"\x05\xff", b"\x01") as drip, dialed(egress) as client:
        Thread(target=drip, args=(client,), daemon=True).start()
        # Its end, or the answer that there is no connection: more than nothing, and in time.
        with suppress(ConnectionError):
            client.recv(10)


def test_without_descriptors_the_proxy_waits_and_goes_on_afterwards(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, attempts, has_descriptors = socket.socket.accept, [0], Event()

    def accept_if_possible(listening: socket.socket) -> object:
        attempts[0] += 1
        if not has_descriptors.is_set():
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(listening)

    monkeypatch.setattr("socket.socket.accept", accept_if_possible)
    with dialed(egress) as client:
        client.sendall(b"\x05\x01\x00")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(10)
        assert 1 <= attempts[0] <= 10
        has_descriptors.set()
        client.settimeout(SOON)
        assert client.recv(10) == b"\x05\x00"


@contextmanager
def holding(before: bytes = b"") -> Iterator[Callable[[socket.socket], None]]:
    """Sends this, and stays silent and open."""
    over = Event()

    def serve(visitor: socket.socket) -> None:
        visitor.sendall(before)
        over.wait()

    yield serve
    over.set()


@pytest.fixture
def connection_threads() -> Callable[[], set[Thread]]:
    """The threads of connections since the test began; other tests' servers may still have some."""
    earlier = set(running_threads())
    return lambda: {t for t in running_threads() if "process_request" in t.name} - earlier


def have_ended(threads: set[Thread]) -> bool:
    return wait_until(lambda: not any(thread.is_alive() for thread in threads))


each_end = pytest.mark.parametrize(
    "end",
    [EgressProxy.close, lambda egress: egress.allow("https://another.example/")],
    ids=["close", "another place"],
)


@pytest.mark.parametrize("sent", [b"", b"x" * 10_000_000], ids=["silent", "full"])
@each_end
def test_a_tunnel_ends_though_neither_of_its_sides_does(
    egress: EgressProxy,
    end: Callable[[EgressProxy], None],
    sent: bytes,
    connection_threads: Callable[[], set[Thread]],
) -> None:
    with holding(sent) as hold, serving(hold) as port:
        egress.allow(f"http://127.0.0.1:{port}/")
        with connected(egress, "127.0.0.1", port):
            threads = connection_threads()
            assert threads
            end(egress)
            assert have_ended(threads)


def test_close_ends_a_handshake(
    egress: EgressProxy, connection_threads: Callable[[], set[Thread]]
) -> None:
    with dialed(egress) as client:
        client.sendall(b"\x05\x01\x00")
        assert client.recv(10) == b"\x05\x00"
        threads = connection_threads()
        egress.close()
        assert have_ended(threads)


@each_end
def test_a_connection_that_is_made_too_late_ends(
    egress: EgressProxy,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[EgressProxy], None],
    connection_threads: Callable[[], set[Thread]],
) -> None:
    is_asked, is_late = Event(), Event()

    def serve(visitor: socket.socket) -> None:
        visitor.recv(1000)
        is_asked.set()
        is_late.wait()
        hold(visitor)

    with (
        holding(b"HTTP/1.1 200 OK\r\n\r\n") as hold,
        serving(serve) as port,
        dialed(egress) as client,
    ):
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        client.sendall(b"\x05\x01\x00\x05\x01\x00\x03\x0epublic.example\x01\xbb")
        assert is_asked.wait(SOON)
        threads = connection_threads()
        end(egress)
        is_late.set()
        assert have_ended(threads)


@pytest.mark.parametrize(
    ("kind", "start"),
    [("http", b"HTTP/1.1 200 OK\r\nX: "), ("socks5", b"\x05\x00\x05\x00\x00\x03\xff")],
    ids=["http", "socks"],
)
def test_a_proxy_that_drips_its_answer_is_given_up(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch, kind: str, start: bytes
) -> None:
    monkeypatch.setattr("reconciler.browser.egress_proxy._CONNECT_SECONDS", 0.2)
    with dripping(start, b"a") as drip, serving(drip) as port:
        monkeypatch.setenv("https_proxy", f"{kind}://127.0.0.1:{port}")
        with (
            pytest.raises(ValueError, match="refused the connection"),
            connected(egress, "public.example", 443, seconds=SOON),
        ):
            pass


def test_what_follows_the_answer_of_a_proxy_at_once_arrives(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(visitor: socket.socket) -> None:
        visitor.recv(1000)
        visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\nhello")

    with serving(serve) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        with connected(egress, "public.example", 443) as client:
            assert client.recv(10) == b"hello"


@pytest.mark.parametrize("host", ["a\r\nX: y", "a b", ""], ids=["a line", "a space", "nothing"])
def test_only_a_host_name_is_passed_on(host: str) -> None:
    client, server = socket.socketpair()
    with client, server:
        name = host.encode()
        client.sendall(b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(name)]) + name + b"\x01\xbb")
        with pytest.raises(ValueError, match="not a host name"):
            read_request(server)
