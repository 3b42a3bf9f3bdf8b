"""SOCKS 5 without a sign-in (RFC 1928): both ends of asking for one connection."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address

_VERSION, _NO_SIGN_IN, _CONNECT = 5, 0, 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_SUCCEEDED, _FAILED = 0, 1
_HOST_NAME = re.compile(rb"[\x21-\x7e]+")
_LENGTHS = {_IPV4: 4, _IPV6: 16}


def read_request(client: socket.socket) -> tuple[str, int]:
    """The host and port that a client asks for. Raises ValueError, or OSError."""
    version, count = _read(client, 2)
    if version != _VERSION or _NO_SIGN_IN not in _read(client, count):
        raise ValueError("not a client of SOCKS 5 without a sign-in")
    client.sendall(bytes((_VERSION, _NO_SIGN_IN)))
    _, command, _, kind = _read(client, 4)
    host = _read_host(client, kind)
    if command != _CONNECT:
        raise ValueError("not a request for a connection")
    return host, int.from_bytes(_read(client, 2))


def send_answer(client: socket.socket, *, succeeded: bool) -> None:
    """Tell a client whether the connection succeeded, without the address it leads to."""
    code = _SUCCEEDED if succeeded else _FAILED
    client.sendall(bytes((_VERSION, code, 0, _IPV4, 0, 0, 0, 0, 0, 0)))


def request_connection(server: socket.socket, host: str, port: int) -> None:
    """Have a server connect to a host. Raises ValueError where it does not, or OSError."""
    server.sendall(bytes((_VERSION, 1, _NO_SIGN_IN)))
    if _read(server, 2) != bytes((_VERSION, _NO_SIGN_IN)):
        raise ValueError("the SOCKS server asks for a sign-in")
    name = host.encode("ascii")
    start = bytes((_VERSION, _CONNECT, 0, _NAME, len(name)))
    server.sendall(start + name + port.to_bytes(2))
    _, code, _, kind = _read(server, 4)
    _read_host(server, kind)
    _read(server, 2)
    if code != _SUCCEEDED:
        raise ValueError("the SOCKS server does not connect")


def _read_host(connection: socket.socket, kind: int) -> str:
    if kind == _NAME:
        (length,) = _read(connection, 1)
        name = _read(connection, length)
        if not _HOST_NAME.fullmatch(name):
            raise ValueError("not a host name")
        return name.decode("ascii")
    if kind not in _LENGTHS:
        raise ValueError("not a kind of address")
    return str(ip_address(_read(connection, _LENGTHS[kind])))


def _read(connection: socket.socket, count: int) -> bytes:
    """Exactly so many bytes."""
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ValueError("the connection ended too early")
        data += part
    return data
