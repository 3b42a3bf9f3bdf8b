"""The local browser's only way to the network: a proxy that connects to public addresses only.

docs/internals/decisions/0036 says why it is a proxy. Chromium passes names, not addresses, so
this proxy connects to exactly the addresses that it has checked.
"""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from ipaddress import ip_address
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from reconciler.browser.tunnels import (
    connect_through,
    read_request,
    send_reply,
    shut_down,
    time_limit,
    upstream_proxy,
)
from reconciler.http.public_addresses import addresses_of, is_public

# For years, Chromium itself opened at most 32 ordinary connections and 32 WebSockets through a
# proxy, so pages work within that. Each takes two descriptors here, of the usual 1024.
_MOST_CONNECTIONS = 64
_MOST_ADDRESSES = 5  # of a name, that are tried
_HANDSHAKE_SECONDS = 10
_CONNECT_SECONDS = 20.0
_NEXT_ADDRESS_SECONDS = 3.0  # for an address, where there are others
_ACCEPT_PAUSE_SECONDS = 0.1  # after a failure: the connection still waits
_CHUNK = 64 * 1024
_MOST_FAILURES = 50
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Place(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Failure(NamedTuple):
    """Why a connection failed, and what to do."""

    problem: str
    hint: str = "check the network, or try again later"
    is_refusal: bool = False  # the place is not public


class Tunnel(NamedTuple):
    """Both connections between a client and the place that it wants to reach."""

    client: socket.socket
    remote: socket.socket


class NotPublicError(OSError):
    """A place that pages may not reach."""


class EgressProxy:
    """Listens on this machine from its making until ``close``, for one browser.

    It connects to the place that listsync opened last, and to public addresses. A name is public
    where all its addresses are.
    """

    def __init__(self) -> None:
        """Start it. Raises OSError where it cannot listen on this machine."""
        self._allowed: Place | None = None
        self._failures: deque[tuple[Place, Failure]] = deque(maxlen=_MOST_FAILURES)
        self._tunnels: set[Tunnel] = set()
        self._changing = Lock()
        self._family = socket.AF_UNSPEC  # of the address that answered last
        self._server = _Server(self._serve)
        Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens, in the form of Chromium's options."""
        return f"socks5://127.0.0.1:{self._server.server_address[1]}"

    def allow(self, url: str) -> None:
        """Let pages reach the host and port of an address, and no other that is not public.

        When the place changes, all connections of the previous page are closed: a page could go on
        using them, and they count towards the bound.
        """
        with self._changing:
            previous, self._allowed = self._allowed, _place_of(url)
            self._failures.clear()
            if previous != self._allowed:
                self._cut_tunnels()

    def failure_at(self, url: str) -> Failure | None:
        """Why a page could not be reached; otherwise the last place that was refused to it.

        Chromium connects to places of its own, too, so that other failures may not be the page's.
        """
        failures = list(reversed(self._failures))
        place = _place_of(url)
        own = (failure for at, failure in failures if at == place)
        refusals = (failure for _, failure in failures if failure.is_refusal)
        return next(own, None) or next(refusals, None)

    def close(self) -> None:
        """Stop listening, and end all connections."""
        self._server.shutdown()
        self._server.server_close()
        for client in list(self._server.clients):  # first: no tunnel begins with an ended client
            shut_down(client)
        with self._changing:
            self._cut_tunnels()

    def _cut_tunnels(self) -> None:
        for tunnel in self._tunnels:
            shut_down(tunnel.client)
            shut_down(tunnel.remote)

    def _serve(self, client: socket.socket) -> None:
        """Connect a client to the place it names, and relay data until both sides have ended."""
        try:
            with time_limit(client, _HANDSHAKE_SECONDS):
                place = Place(*read_request(client))
            allowed = self._allowed
            remote = self._connect(place, is_allowed=place == allowed)
        except (OSError, ValueError):
            with suppress(OSError):
                send_reply(client, succeeded=False)
            return
        with closing(remote):
            tunnel = Tunnel(client, remote)
            with self._changing:
                if allowed != self._allowed:  # while it connected
                    return
                self._tunnels.add(tunnel)
            try:
                _relay(tunnel)
            finally:
                with self._changing:
                    self._tunnels.remove(tunnel)

    def _connect(self, place: Place, *, is_allowed: bool) -> socket.socket:
        """Connect to a place. Raises OSError, after recording the failure."""
        try:
            addresses = addresses_of(*place)
            if not is_allowed and not all(map(is_public, addresses)):
                raise NotPublicError
            if proxy := upstream_proxy(*place):
                return connect_through(proxy, *place, _CONNECT_SECONDS)
            return self._connect_to_any(place, addresses)
        except OSError as error:
            self._failures.append((place, _failure(place, error)))
            raise

    def _connect_to_any(self, place: Place, addresses: list[str]) -> socket.socket:
        """Connect to one of the addresses, those of the family that answered last first."""
        if not addresses:
            raise OSError("the host name cannot be resolved")

        def is_unusual(address: str) -> bool:
            return self._family != (socket.AF_INET6 if ":" in address else socket.AF_INET)

        addresses = sorted(addresses, key=is_unusual)[:_MOST_ADDRESSES]
        for address in addresses[:-1]:
            with suppress(OSError):
                return self._connect_to(Place(address, place.port), _NEXT_ADDRESS_SECONDS)
        return self._connect_to(Place(addresses[-1], place.port), _CONNECT_SECONDS)

    def _connect_to(self, place: Place, seconds: float) -> socket.socket:
        connection = socket.create_connection(place, seconds)
        self._family = connection.family
        return connection


class _Server(ThreadingTCPServer):
    """One thread per connection, up to a bound, on a free port of this machine."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._serve = serve
        self.clients: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Pause after a failure, such as that no descriptors are left."""
        try:
            return super().get_request()
        except OSError:
            time.sleep(_ACCEPT_PAUSE_SECONDS)
            raise

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401, ARG002 - the base's
        """Take a place for a connection; False where the bound is reached."""
        if len(self.clients) >= _MOST_CONNECTIONS:
            return False
        self.clients.add(request)
        return True

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the base's
        super().shutdown_request(request)
        self.clients.discard(request)

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - the base's
        self._serve(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base's
        """Print nothing: the browser notices that its connection ended."""


def _relay(tunnel: Tunnel) -> None:
    client, remote = tunnel
    with suppress(OSError):
        send_reply(client, succeeded=True)
        remote.settimeout(None)
        sending = Thread(target=_forward, args=(client, remote), daemon=True)
        sending.start()
        _forward(remote, client)
        sending.join()


def _forward(source: socket.socket, target: socket.socket) -> None:
    """Send on everything that one side sends, and its end."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _place_of(url: str) -> Place | None:
    """The host and port of an address, as Chromium names them; None if it names no server."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if not parts.hostname or port is None:
        return None
    with suppress(ValueError):
        return Place(str(ip_address(parts.hostname)), port)
    with suppress(UnicodeError):
        return Place(parts.hostname.encode("idna").decode("ascii"), port)
    return Place(parts.hostname, port)


def _failure(place: Place, error: OSError) -> Failure:
    match error:
        case NotPublicError():
            problem = f"the page leads to {place}, which is on this machine or on a private network"
            hint = "if this is your own site, set base_url to this host and port"
            return Failure(problem, hint, is_refusal=True)
        case ConnectionRefusedError():
            return Failure("the connection was refused")
        case TimeoutError():
            return Failure("the connection timed out")
        case OSError(errno=errno.ENETUNREACH):
            return Failure("the network is unreachable")
        case OSError(errno=None):
            return Failure(str(error))
    return Failure(error.strerror or "the connection failed")
