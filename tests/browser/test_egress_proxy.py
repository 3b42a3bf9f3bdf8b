"""The proxy that the local browser goes through: where it connects, and where it does not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from reconciler.browser.egress_proxy import EgressProxy
from reconciler.browser.tunnels import read_request, request_connection, send_reply

PUBLIC = "93.184.215.14"
ADDRESSES = {
    "public.example": [PUBLIC],
    "private.example": ["10.1.2.3"],
    "rebinding.example": [PUBLIC, "127.0.0.1"],
    "mapped.example": ["::ffff:10.1.2.3"],
    "own.lan": ["127.0.0.1"],
}


@pytest.fixture
def egress(monkeypatch: pytest.MonkeyPatch) -> Iterator[EgressProxy]:
    look_up = socket.getaddrinfo

    def look_up_here(host: str, port: int, *rest: object, **options: object) -> object:
        if host.endswith(".invalid"):
            raise socket.gaierror
        if host in ADDRESSES:
            return [(0, 0, 0, "", (address, port)) for address in ADDRESSES[host]]
        return look_up(host, port, *rest, **options)  # type: ignore[arg-type]

    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr("socket.getaddrinfo", look_up_here)
    proxy = EgressProxy()
    yield proxy
    proxy.close()


@contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on this machine that does this with each visitor; gives its port."""

    def listen() -> None:
        with suppress(OSError):
            while True:
                with listening.accept()[0] as visitor:
                    serve(visitor)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=listen, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def echo(visitor: socket.socket) -> None:
    while data := visitor.recv(100):
        visitor.sendall(data.upper())


@contextmanager
def connected(
    egress: EgressProxy, host: str, port: int, *, seconds: float = 5
) -> Iterator[socket.socket]:
    """What a browser's connection through the proxy is."""
    at = ("127.0.0.1", int(egress.url.rpartition(":")[2]))
    with socket.create_connection(at, seconds) as client:
        request_connection(client, host, port)
        yield client


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "::1", "::"),  # noqa: S104 - asked for
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "224.0.0.251", "ff02::1", "255.255.255.255"),
        *("private.example", "rebinding.example", "mapped.example"),
    ],
)
def test_a_place_that_is_not_public_is_refused(egress: EgressProxy, host: str) -> None:
    with pytest.raises(ValueError, match="refused the connection"), connected(egress, host, 80):
        pass
    failure = egress.failure_at(f"http://[{host}]/" if ":" in host else f"http://{host}/")
    assert failure
    assert "on this machine or on a private network" in failure.problem


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "own.lan", "OWN.lan"])
def test_the_opened_host_is_reached_at_its_port_and_at_no_other(
    egress: EgressProxy, host: str
) -> None:
    with serving(echo) as port, serving(echo) as other:
        egress.allow(f"http://{host}:{port}/list")
        with connected(egress, host.lower(), port) as client:
            client.sendall(b"hello")
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100) == b"HELLO"
            assert client.recv(100) == b""
        with (
            pytest.raises(ValueError, match="refused the connection"),
            connected(egress, host.lower(), other),
        ):
            pass


def test_a_connection_to_the_host_before_ends_when_another_is_opened(egress: EgressProxy) -> None:
    with serving(echo) as port:
        egress.allow(f"http://127.0.0.1:{port}/list")
        with connected(egress, "127.0.0.1", port) as client:
            egress.allow(f"http://127.0.0.1:{port}/list?page=2")
            client.sendall(b"hello")
            assert client.recv(100) == b"HELLO"
            egress.allow("https://public.example/")
            assert client.recv(100) == b""


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1", "the connection was refused"),
        ("gone.invalid", "the host name cannot be resolved"),
    ],
)
def test_a_connection_that_fails_says_why(egress: EgressProxy, host: str, says: str) -> None:
    with serving(echo) as port:
        pass
    url = f"http://{host}:{port}/"
    egress.allow(url)
    with pytest.raises(ValueError, match="refused the connection"), connected(egress, host, port):
        pass
    failure = egress.failure_at(url)
    assert failure
    assert failure.problem == says


def test_what_is_not_a_request_ends_the_connection_alone(
    egress: EgressProxy, capfd: pytest.CaptureFixture[str]
) -> None:
    at = ("127.0.0.1", int(egress.url.rpartition(":")[2]))
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x05\x01\x02", b"\x05\x01\x00\x05\x02\x00\x03\x00"):
        with socket.create_connection(at, 5) as client:
            client.sendall(data)
            with suppress(OSError):  # it may have ended already
                client.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                while client.recv(100):
                    pass
    with serving(echo) as port:
        egress.allow(f"http://127.0.0.1:{port}/")
        with connected(egress, "127.0.0.1", port):
            pass
    assert capfd.readouterr().err == ""


def http_proxy(requests: list[str]) -> Callable[[socket.socket], None]:
    def serve(visitor: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += visitor.recv(1000)
        requests.append(head.decode())
        visitor.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        echo(visitor)

    return serve


def socks_proxy(requests: list[str]) -> Callable[[socket.socket], None]:
    def serve(visitor: socket.socket) -> None:
        requests.append("{}:{}".format(*read_request(visitor)))
        send_reply(visitor, succeeded=True)
        echo(visitor)

    return serve


@pytest.mark.parametrize(
    ("setting", "serve", "port"),
    [
        ("https_proxy=http://127.0.0.1:{}", http_proxy, 443),
        ("http_proxy=127.0.0.1:{}", http_proxy, 80),
        ("all_proxy=socks5h://127.0.0.1:{}", socks_proxy, 443),
    ],
    ids=["https", "http", "socks"],
)
def test_a_proxy_of_the_environment_is_asked_for_public_places_alone(
    egress: EgressProxy,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    serve: Callable[[list[str]], Callable[[socket.socket], None]],
    port: int,
) -> None:
    requests: list[str] = []
    with serving(serve(requests)) as proxy:
        monkeypatch.setenv(*setting.format(proxy).split("=", 1))
        for host in ("public.example", "only-the-proxy-knows.invalid"):
            with connected(egress, host, port) as client:
                client.sendall(b"hello")
                assert client.recv(100) == b"HELLO"
            assert f"{host}:{port}" in requests[-1]
        for host in ("private.example", "localhost", "10.0.0.1"):
            with (
                pytest.raises(ValueError, match="refused the connection"),
                connected(egress, host, port),
            ):
                pass
    assert len(requests) == 2


def test_a_proxy_gets_the_user_and_password_of_its_address(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[str] = []
    with serving(http_proxy(requests)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://user:p%40ss@127.0.0.1:{proxy}")
        with connected(egress, "public.example", 443):
            pass
    assert "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in requests[0]


def test_this_machine_is_never_reached_through_a_proxy(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://192.0.2.1:9")
    with serving(echo) as port:
        egress.allow(f"http://localhost:{port}/")
        with connected(egress, "localhost", port) as client:
            client.sendall(b"hello")
            assert client.recv(100) == b"HELLO"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://proxy.example:8080", "the browser does not support https:// proxies"),
        ("http://127.0.0.1:{}", "the proxy refused the connection"),
        ("socks5://127.0.0.1:{}", "the proxy refused the connection"),
        ("http://[", "the proxy's address is invalid"),
    ],
)
def test_a_proxy_that_does_not_connect_is_named(
    egress: EgressProxy, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    with serving(lambda visitor: visitor.sendall(b"no\r\n\r\n")) as proxy:
        monkeypatch.setenv("https_proxy", address.format(proxy))
        with pytest.raises(ValueError, match="conn"), connected(egress, "public.example", 443):
            pass
    failure = egress.failure_at("https://public.example/")
    assert failure
    assert says in failure.problem


def test_the_trouble_of_other_places_is_not_taken_for_a_pages_own(egress: EgressProxy) -> None:
    def ask(host: str) -> str:
        with (
            pytest.raises(ValueError, match="refused the connection"),
            connected(egress, host, 443),
        ):
            pass
        return str(egress.failure_at("https://public.example/list"))

    egress.allow("https://public.example/list")
    assert ask("of-chromium-itself.invalid") == "None"
    assert "private.example:443" in ask("private.example")
    assert "private.example:443" in ask("of-chromium-itself.invalid")
