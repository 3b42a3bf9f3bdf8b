"""Where a redirect may lead: to a public place on the internet, over TLS, and nowhere else."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")  # IPv4 as a network without it sees it: the last 32 bits
_NOT_PUBLIC = (
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a network's own
    IPv6Network("::/96"),  # IPv4 in an old form
)


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
    return target if all(map(is_public, _addresses(host, port))) else None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, and not of this machine or its network."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
        elif ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip.is_site_local:
            return False  # no server's: a way round this check
        elif any(ip in network for network in _NOT_PUBLIC):
            return False
    return ip.is_global and not ip.is_multicast


def _addresses(host: str, port: int) -> set[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {str(place[0]) for *_, place in found}
