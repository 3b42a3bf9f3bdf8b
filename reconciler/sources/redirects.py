"""Where a redirect may lead: to a public place on the internet, over TLS, and nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from reconciler.http.public_addresses import addresses_of, is_public


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
