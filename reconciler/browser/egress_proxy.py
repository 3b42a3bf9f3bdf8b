"""The local browser's only way to the network: a proxy that connects to public addresses alone.

docs/internals/decisions/0036 says why it is a proxy. Chromium hands it names, not addresses: what
is judged here is what is connected to.
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

from reconciler.browser.socks import read_request, send_answer
from reconciler.browser.time_limit import end, time_limit
from reconciler.browser.upstream_proxy import connect_through, upstream_proxy
from reconciler.http.public_addresses import addresses_of, is_public

# For years, Chromium itself opened at most 32 ordinary connections and 32 WebSockets through a
# proxy, so pages work within that. Each takes two descriptors here, of the usual 1024.
_MOST_CONNECTIONS = 64
_MOST_ADDRESSES = 5  # of a name: those that are tried
_HANDSHAKE_SECONDS = 10
_CONNECT_SECONDS = 20.0
_NEXT_ADDRESS_SECONDS = 3.0  # an address that does not answer, where there are others
_ACCEPT_PAUSE_SECONDS = 0.1  # after a failure: it lasts, and the connection still waits
_CHUNK = 64 * 1024
_MOST_FAILURES = 50
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Place(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int

    def __str__(self) -> str:
        """As an address shows it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Failure(NamedTuple):
    """Why there is no connection, and what to do."""

    what: str
    hint: str = "check the network, or try again later"
    is_refusal: bool = False  # the place is not public


class Tunnel(NamedTuple):
    """Both connections between a client and the place it asked for."""

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
        """Start it. Raises OSError where nothing can listen on this machine."""
        self._allowed: Place | None = None
        self._failures: deque[tuple[Place, Failure]] = deque(maxlen=_MOST_FAILURES)
        self._tunnels: set[Tunnel] = set()
        self._changing = Lock()
        self._family = socket.AF_UNSPEC  # of the address that answered last
        self._server = _Server(self._serve)
        Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens, as Chromium's options name a proxy."""
        return f"socks5://127.0.0.1:{self._server.server_address[1]}"

    def allow(self, url: str) -> None:
        """Let pages reach the host and port of an address, and no other that is not public.

        When the place changes, all connections of the page before are closed: a page could use them
        further, and they count towards the bound.
        """
        with self._changing:
            before, self._allowed = self._allowed, _place_of(url)
            self._failures.clear()
            if before != self._allowed:
                self._cut_tunnels()

    def failure_at(self, url: str) -> Failure | None:
        """Why a page could not be connected to; else the last place that was refused to it.

        Chromium asks for places of its own, too, so that other failures may not be the page's.
        """
        failures = list(reversed(self._failures))
        place = _place_of(url)
        own = (failure for at, failure in failures if at == place)
        refusals = (failure for _, failure in failures if failure.is_refusal)
        return next(own, None) or next(refusals, None)

    def close(self) -> None:
        """Stop listening, and end every connection."""
        self._server.shutdown()
        self._server.server_close()
        for client in list(self._server.clients):  # first: no tunnel begins with an ended client
            end(client)
        with self._changing:
            self._cut_tunnels()

    def _cut_tunnels(self) -> None:
        for tunnel in self._tunnels:
            end(tunnel.client)
            end(tunnel.remote)

    def _serve(self, client: socket.socket) -> None:
        """Connect a client as it asks, and pass on what is sent until both sides have ended."""
        try:
            with time_limit(client, _HANDSHAKE_SECONDS):
                place = Place(*read_request(client))
            allowed = self._allowed
            remote = self._connected(place, is_allowed=place == allowed)
        except (OSError, ValueError):
            with suppress(OSError):
                send_answer(client, succeeded=False)
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

    def _connected(self, place: Place, *, is_allowed: bool) -> socket.socket:
        """A connection to a place. Raises OSError, after keeping the reason."""
        try:
            addresses = addresses_of(*place)
            if not is_allowed and not all(map(is_public, addresses)):
                raise NotPublicError
            if proxy := upstream_proxy(*place):
                return connect_through(proxy, *place, _CONNECT_SECONDS)
            return self._first_that_answers(place, addresses)
        except OSError as error:
            self._failures.append((place, _failure(place, error)))
            raise

    def _first_that_answers(self, place: Place, addresses: list[str]) -> socket.socket:
        """A connection to one of the addresses, that of the usual family first."""
        if not addresses:
            raise OSError("the host name is not known")
        addresses = sorted(addresses, key=lambda address: _family(address) != self._family)
        del addresses[_MOST_ADDRESSES:]
        for address in addresses[:-1]:
            with suppress(OSError):
                return self._dialed(Place(address, place.port), _NEXT_ADDRESS_SECONDS)
        return self._dialed(Place(addresses[-1], place.port), _CONNECT_SECONDS)

    def _dialed(self, place: Place, seconds: float) -> socket.socket:
        connection = socket.create_connection(place, seconds)
        self._family = connection.family
        return connection


class _Server(ThreadingTCPServer):
    """A thread for each connection, on a free port of this machine; no more than a bound."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._serve = serve
        self.clients: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection. Where there are no descriptors left, none, after a pause."""
        try:
            return super().get_request()
        except OSError:
            time.sleep(_ACCEPT_PAUSE_SECONDS)
            raise

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401, ARG002 - the base's
        """Whether there is room for a connection, which is then taken."""
        if len(self.clients) >= _MOST_CONNECTIONS:
            return False
        self.clients.add(request)
        return True

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the base's
        """Give the room of a connection back, however it ended."""
        super().shutdown_request(request)
        self.clients.discard(request)

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - the base's
        self._serve(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base's
        """Print nothing: the browser notices that its connection ended."""


def _relay(tunnel: Tunnel) -> None:
    client, remote = tunnel
    with suppress(OSError):
        send_answer(client, succeeded=True)
        remote.settimeout(None)
        sending = Thread(target=_pass_on, args=(client, remote), daemon=True)
        sending.start()
        _pass_on(remote, client)
        sending.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Everything that one side sends, and its end."""
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _place_of(url: str) -> Place | None:
    """Where an address leads, as Chromium names it; None: to no server."""
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if not parts.hostname or port is None:
        return None
    with suppress(ValueError):
        return Place(str(ip_address(parts.hostname)), port)
    with suppress(UnicodeError):
        return Place(parts.hostname.encode("idna").decode("ascii"), port)
    return Place(parts.hostname, port)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _failure(place: Place, error: OSError) -> Failure:
    match error:
        case NotPublicError():
            what = f"the page leads to {place}, which is on this machine or in a private network"
            hint = "if that is your own site, write this host and port as base_url"
            return Failure(what, hint, is_refusal=True)
        case ConnectionRefusedError():
            return Failure("the connection was refused")
        case TimeoutError():
            return Failure("nothing answered")
        case OSError(errno=errno.ENETUNREACH):
            return Failure("there is no network")
        case OSError(errno=None):
            return Failure(str(error))
    return Failure(error.strerror or "the connection failed")
