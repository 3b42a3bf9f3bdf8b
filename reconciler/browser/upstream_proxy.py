"""The proxy of the environment, for connections of the browser that have to go through one."""

from __future__ import annotations

import base64
import re
import socket
import time
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

from reconciler.browser.socks import request_connection
from reconciler.browser.time_limit import time_limit

_LONGEST_HEAD = 64 * 1024
_CONNECTED = re.compile(rb"HTTP/1\.\d 2\d\d\b")
_HTTP_PORT = 80
_PORTS = {"http": 80, "socks": 1080, "socks5": 1080, "socks5h": 1080}  # by the proxy's kind
_REFUSED = "the proxy does not let the connection through"


def upstream_proxy(host: str, port: int) -> str | None:
    """The proxy that the environment names for a place; None: connect directly.

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
    """A connection to a place through a proxy. Raises OSError with a sentence.

    ``seconds``: for all of it.
    """
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        at = (parts.hostname or "", parts.port)
    except ValueError as error:
        raise OSError("the proxy's address is not valid") from error
    if parts.scheme not in _PORTS:
        raise OSError(f"a proxy of the kind {parts.scheme}:// is not supported for the browser")
    ends = time.monotonic() + seconds
    try:
        connection = socket.create_connection((at[0], at[1] or _PORTS[parts.scheme]), seconds)
    except OSError as error:
        raise OSError(_REFUSED) from error
    try:
        with time_limit(connection, ends - time.monotonic()):
            if parts.scheme == "http":
                _request_tunnel(connection, parts, host, port)
            else:
                request_connection(connection, host, port)
    except (OSError, ValueError) as error:
        connection.close()
        raise OSError(_REFUSED) from error
    return connection


def _request_tunnel(proxy: socket.socket, parts: SplitResult, host: str, port: int) -> None:
    """Have an HTTP proxy connect to a host. Raises ValueError where it does not, or OSError."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        lines.append("Proxy-Authorization: Basic " + base64.b64encode(login).decode())
    proxy.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = b""
    while not head.endswith((b"\r\n\r\n", b"\n\n")):  # no byte further: the rest is the tunnel's
        byte = proxy.recv(1)
        if not byte or len(head) >= _LONGEST_HEAD:
            raise ValueError("the answer has no end")
        head += byte
    if not _CONNECTED.match(head):
        raise ValueError("the HTTP proxy does not connect")
