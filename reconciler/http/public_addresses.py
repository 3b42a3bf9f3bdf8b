"""Which IP addresses are public, and which belong to this machine or its network."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")  # IPv4 as a network without it sees it: the last 32 bits
_INTERNET_IPV6 = IPv6Network("2000::/3")  # all that IANA gives to networks of the internet
_NOT_PUBLIC = (  # beyond those that Python knows in each of its versions
    IPv4Network("192.0.0.0/24"),  # protocols' own, and a cloud's metadata
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, given up
    IPv4Network("168.63.129.16/32"),  # the host below a virtual machine in Azure
    IPv6Network("2001::/23"),  # protocols' own, Teredo among them
    IPv6Network("2002::/16"),  # 6to4: IPv4 in another form
    IPv6Network("3fff::/20"),  # documentation
)
_ANY_PORT = 9


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, and not of this machine or its network."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
    return _is_of_internet(ip) and not is_own_address(str(ip))


def is_own_address(address: str) -> bool:
    """Whether an IP address belongs to this machine, even if it is the internet's.

    A datagram to such an address comes from the address itself. None is sent.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        probe = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        return error.errno != errno.EAFNOSUPPORT  # where it cannot be checked, it counts as own
    with probe, suppress(OSError):  # an error: there is no route to it
        probe.connect((address, _ANY_PORT))
        return ip_address(probe.getsockname()[0]) == ip_address(address)
    return False


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses of a host, the preferred one first; none where it cannot be looked up."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def public_target(url: str, location: str) -> str | None:
    """The address that ``url`` redirects to, where it may be followed; None: it may not.

    A name is public where all its addresses are. A name that cannot be looked up here is left to
    whoever connects to it: without a proxy, nobody can.
    """
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        host, port = (parts.hostname or "").removesuffix("."), parts.port or 443
    except ValueError:
        return None
    if parts.scheme != "https" or "@" in parts.netloc or not ("." in host or ":" in host):
        return None
    return target if all(map(is_public, addresses_of(host, port))) else None


def _is_of_internet(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and ip not in _INTERNET_IPV6:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NOT_PUBLIC)
