"""The proxy of the environment, for connections of the browser that have to go through one."""

from __future__ import annotations

import base64
import socket
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

from reconciler.browser.socks import request_connection

_HTTP_PORT = 80
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
    """A connection to a place through a proxy. Raises OSError with a sentence."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        at = (parts.hostname or "", parts.port)
    except ValueError as error:
        raise OSError("the proxy's address is not valid") from error
    match parts.scheme:
        case "http":
            return _through_http((at[0], at[1] or 80), parts, (host, port), seconds)
        case "socks" | "socks5" | "socks5h":
            return _through_socks((at[0], at[1] or 1080), (host, port), seconds)
    raise OSError(f"a proxy of the kind {parts.scheme}:// is not supported for the browser")


def _through_http(
    at: tuple[str, int], parts: SplitResult, place: tuple[str, int], seconds: float
) -> socket.socket:
    headers = {}
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(login).decode()
    connection = HTTPConnection(*at, timeout=seconds)
    connection.set_tunnel(*place, headers=headers)
    try:
        connection.connect()
    except (OSError, HTTPException) as error:
        connection.close()
        raise OSError(_REFUSED) from error
    found: socket.socket = connection.sock
    return found


def _through_socks(at: tuple[str, int], place: tuple[str, int], seconds: float) -> socket.socket:
    connection = socket.create_connection(at, seconds)
    try:
        request_connection(connection, *place)
    except (OSError, ValueError) as error:
        connection.close()
        raise OSError(_REFUSED) from error
    return connection
