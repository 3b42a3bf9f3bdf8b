"""Connections that apply the limits of a call to every wait, for each part of an answer."""

from __future__ import annotations

import socket
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.exceptions import ConnectTimeoutError
from urllib3.util.retry import Retry

from reconciler.http.limits import LimitError, Limits, current_limits


class Adapter(HTTPAdapter):
    """A transport adapter within limits, which may trust more certificates than its session."""

    def __init__(
        self,
        *,
        retries: Retry | int = 0,
        connections: int = 10,
        block: bool = False,
        ca_certificates: str | None = None,
    ) -> None:
        """``block``: whether more calls at once than ``connections`` wait for one."""
        self._trusted = {"ca_cert_data": ca_certificates} if ca_certificates else {}
        super().__init__(pool_maxsize=connections, pool_block=block, max_retries=retries)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:  # noqa: ANN401 - HTTPAdapter's
        super().init_poolmanager(*sizes, **(options | self._trusted))
        _keep_limits(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401 - as above
        manager = super().proxy_manager_for(proxy, **(options | self._trusted))
        _keep_limits(manager)
        return manager


def _keep_limits(manager: PoolManager) -> None:
    """Have a manager make connections that keep limits, whatever kind of proxy it is for."""
    pools: dict[str, Any] = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _limited(pool) for scheme, pool in pools.items()}


def _limited(pool: Any) -> Any:  # noqa: ANN401 - a class that is made here has no name for types
    if issubclass(pool.ConnectionCls, _LimitedConnection):
        return pool
    connection = type("LimitedConnection", (_LimitedConnection, pool.ConnectionCls), {})
    return type("LimitedPool", (pool,), {"ConnectionCls": connection})


class _LimitedReader(RawIOBase):
    """Reads a socket, each time for no longer than is left, and no more than an answer may hold."""

    def __init__(self, raw: RawIOBase, sock: socket.socket, limits: Limits) -> None:
        self._raw = raw
        self._sock = sock
        self._limits = limits
        self._size = 0

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - what can be written into
        patience = self._sock.gettimeout()
        left = self._limits.check_time()
        self._sock.settimeout(left if patience is None else min(patience, left))
        try:
            size = self._raw.readinto(buffer)
        except TimeoutError:
            self._limits.check_time()
            raise
        finally:
            self._sock.settimeout(patience)
        self._size += size or 0
        self._limits.check_size(self._size)
        return size

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _LimitedResponse(HTTPResponse):
    """An answer, from its first byte on; also that of a proxy to CONNECT."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(sock, *args, **options)
        if limits := current_limits():
            self.fp = BufferedReader(_LimitedReader(self.fp.detach(), sock, limits))


class _LimitedConnection:
    """Mixed into urllib3's connections."""

    response_class = _LimitedResponse
    timeout: float | None

    def connect(self) -> None:
        if limits := current_limits():
            try:
                left = limits.check_time()
            except LimitError as error:
                raise ConnectTimeoutError(self, str(error)) from error
            self.timeout = left if self.timeout is None else min(self.timeout, left)
        super().connect()  # type: ignore[misc]  # the class that this is mixed into has it
