"""Where ``run`` listens, and the names it answers to: text in, a value or a ValueError out."""

from __future__ import annotations

import re

from reconciler.config.tree import Scalar

LISTEN = r"^([^\s/\[\]:@]*|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})$"
HOST_NAME = r"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$"
_HIGHEST_PORT = 65535


def listen(value: Scalar) -> str:
    """``HOST:PORT`` to listen on, ``[::1]:8099`` for IPv6; empty: nothing listens."""
    if not value.text:
        return ""
    found = re.fullmatch(LISTEN, value.text)
    if not found:
        raise ValueError(f"{value.shown} is not a place to listen; write HOST:PORT, or '' for none")
    if int(found["port"]) > _HIGHEST_PORT:
        raise ValueError(f"a port is at most {_HIGHEST_PORT}")
    return value.text


def host_name(value: Scalar) -> str:
    """A host's name, such as ``listsync.example.org``, without scheme and port."""
    if not re.fullmatch(HOST_NAME, value.text):
        raise ValueError(f"{value.shown} is not a host name; write it like listsync.example.org")
    return value.text.lower()
