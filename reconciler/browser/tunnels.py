"""Connections through proxies: both ends of SOCKS 5, and the proxy that the environment names.

SOCKS 5 is spoken without a sign-in (RFC 1928).
"""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Timer
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

_VERSION, _NO_SIGN_IN, _CONNECT = 5, 0, 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_SUCCEEDED, _FAILED = 0, 1
_HOST_NAME = re.compile(rb"[\x21-\x7e]+")
_LENGTHS = {_IPV4: 4, _IPV6: 16}

_LONGEST_HEAD = 64 * 1024
_CONNECTED = re.compile(rb"HTTP/1\.\d 2\d\d\b")
_HTTP_PORT = 80
_PORTS = {"http": 80, "socks": 1080, "socks5": 1080, "socks5h": 1080}  # by the proxy's scheme
_REFUSED = "the proxy refused the connection"


@contextmanager
def time_limit(connection: socket.socket, seconds: float) -> Iterator[None]:
    """End a connection if the block takes longer; a thread that reads from it then gets its end.

    A socket's own timeout starts again with every byte, and limits no whole exchange.
    """
    timer = Timer(seconds, shut_down, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def shut_down(connection: socket.socket) -> None:
    """End both directions of a connection, and whatever waits for it in another thread."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def read_request(client: socket.socket) -> tuple[str, int]:
    """The host and port that a client wants to reach. Raises ValueError or OSError."""
    version, count = _read(client, 2)
    if version != _VERSION or _NO_SIGN_IN not in _read(client, count):
        raise ValueError("the client must use SOCKS 5 without authentication")
    client.sendall(bytes((_VERSION, _NO_SIGN_IN)))
    _, command, _, kind = _read(client, 4)
    host = _read_host(client, kind)
    if command != _CONNECT:
        raise ValueError("not a request for a connection")
    return host, int.from_bytes(_read(client, 2))


def send_reply(client: socket.socket, *, succeeded: bool) -> None:
    """Tell a client whether the connection succeeded, without the address that it leads to."""
    code = _SUCCEEDED if succeeded else _FAILED
    client.sendall(bytes((_VERSION, code, 0, _IPV4, 0, 0, 0, 0, 0, 0)))


def request_connection(server: socket.socket, host: str, port: int) -> None:
    """Make a SOCKS server connect to a host. Raises ValueError where it does not, or OSError."""
    server.sendall(bytes((_VERSION, 1, _NO_SIGN_IN)))
    if _read(server, 2) != bytes((_VERSION, _NO_SIGN_IN)):
        raise ValueError("the SOCKS server requires authentication")
    name = host.encode("ascii")
    start = bytes((_VERSION, _CONNECT, 0, _NAME, len(name)))
    server.sendall(start + name + port.to_bytes(2))
    _, code, _, kind = _read(server, 4)
    _read_host(server, kind)
    _read(server, 2)
    if code != _SUCCEEDED:
        raise ValueError("the SOCKS server refused the connection")


def _read_host(connection: socket.socket, kind: int) -> str:
    if kind == _NAME:
        (length,) = _read(connection, 1)
        name = _read(connection, length)
        if not _HOST_NAME.fullmatch(name):
            raise ValueError("not a host name")
        return name.decode("ascii")
    if kind not in _LENGTHS:
        raise ValueError("unknown address type")
    return str(ip_address(_read(connection, _LENGTHS[kind])))


def _read(connection: socket.socket, count: int) -> bytes:
    """Read exactly ``count`` bytes."""
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ValueError("the connection ended too early")
        data += part
    return data


def upstream_proxy(host: str, port: int) -> str | None:
    """The proxy that the environment names for a host; None: connect directly.

    A connection does not say whether it will carry HTTP or TLS: only port 80 is taken for HTTP.
    This machine itself is never reached through a proxy.
    """
    if is_this_machine(host):
        return None
    scheme = "http" if port == _HTTP_PORT else "https"
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    proxies: dict[str, str] = get_environ_proxies(url)
    return select_proxy(url, proxies)


def is_this_machine(host: str) -> bool:
    """Whether a host is ``localhost`` or a loopback address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect_through(proxy: str, host: str, port: int, seconds: float) -> socket.socket:
    """Connect to a host through a proxy, within ``seconds``. Raises OSError with a sentence."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        proxy_host, proxy_port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OSError("the proxy's address is invalid") from error
    if parts.scheme not in _PORTS:
        raise OSError(f"the browser does not support {parts.scheme}:// proxies")
    deadline = time.monotonic() + seconds
    try:
        address = (proxy_host, proxy_port or _PORTS[parts.scheme])
        connection = socket.create_connection(address, seconds)
    except OSError as error:
        raise OSError(_REFUSED) from error
    try:
        with time_limit(connection, deadline - time.monotonic()):
            if parts.scheme == "http":
                _request_tunnel(connection, parts, host, port)
            else:
                request_connection(connection, host, port)
    except (OSError, ValueError) as error:
        connection.close()
        raise OSError(_REFUSED) from error
    return connection


def _request_tunnel(proxy: socket.socket, parts: SplitResult, host: str, port: int) -> None:
    """Make an HTTP proxy connect to a host. Raises ValueError where it does not, or OSError."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        lines.append("Proxy-Authorization: Basic " + base64.b64encode(login).decode())
    proxy.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = b""
    while not head.endswith((b"\r\n\r\n", b"\n\n")):  # what follows belongs to the tunnel
        byte = proxy.recv(1)
        if not byte or len(head) >= _LONGEST_HEAD:
            raise ValueError("the response is incomplete or too long")
        head += byte
    if not _CONNECTED.match(head):
        raise ValueError("the HTTP proxy refused the connection")
