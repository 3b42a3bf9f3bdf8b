"""A media server over real HTTP that behaves like a recorded Overseerr, Jellyseerr or Seerr.

It listens on 127.0.0.1, keeps everything in memory, and fails on demand (see `Faults`). It lacks
some functions of real servers: log-in by cookie, issues, discovery, changing watchlists and
settings, deleting files, override rules. It follows recordings; Jellyseerr before 2.7 and Seerr
from 3.2 on follow their source code, which was read but not run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Thread
from types import TracebackType
from typing import Self

from .catalogue import Catalogue, whole_catalogue
from .seerr import csrf
from .seerr.answers import Answer, Call, DisconnectError, RefusedError, SilenceError
from .seerr.application import Application
from .seerr.backend import Backend
from .seerr.control import PREFIX, Control
from .seerr.dialect import Flavour, dialect_of
from .seerr.faults import AnswerAfter, Faults
from .seerr.listener import Listener
from .seerr.numbers import MediaStatus, Permission, RequestStatus
from .seerr.routes import MatchMethod
from .seerr.services import Service, Services
from .seerr.state import USERS, CallRecord, State, User
from .seerr.tmdb import Tmdb

__all__ = [
    "API_KEY",
    "AnswerAfter",
    "CallRecord",
    "Faults",
    "Flavour",
    "MediaStatus",
    "Permission",
    "RequestStatus",
    "SandboxServer",
    "Service",
    "Settings",
    "State",
    "User",
]

API_KEY = "sandbox-key-0123456789abcdef"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a server. They do not change at run time, unlike faults."""

    users: tuple[User, ...] = USERS
    radarr: tuple[Service, ...] = ()
    sonarr: tuple[Service, ...] = ()
    locale: str = "en"
    """The display language: of titles, too, where a call names no language."""
    clock: Callable[[], datetime] = field(default=_now)


class SandboxServer:
    """A media server in its own thread, from ``start`` (or ``with``) until ``stop``.

    ``state`` holds its rows and the calls so far, ``faults`` what is to go wrong, ``services`` the
    Radarr and Sonarr behind it.
    """

    def __init__(
        self,
        *,
        flavour: Flavour = "seerr",
        version: str | None = None,
        port: int = 0,
        catalogue: Catalogue | None = None,
        settings: Settings | None = None,
    ) -> None:
        """Create a server. Port 0: any free one; without ``version``: the newest."""
        chosen = settings or Settings()
        self.api_key = API_KEY
        self.state = State(chosen.users, chosen.clock)
        self._over = Event()
        self.faults = Faults(self._over)
        self.services = Services(chosen.radarr, chosen.sonarr, self.faults, self.state)
        self._port = port
        self._listener: Listener | None = None
        backend = Backend(
            self.api_key,
            dialect_of(flavour, version),
            self.state,
            Tmdb(catalogue or whole_catalogue(), self.faults),
            self.services,
            self.faults,
            chosen.locale,
        )
        self._application = Application(backend)
        self._control = Control(backend)

    @property
    def routes(self) -> tuple[MatchMethod, ...]:
        """The paths of this flavour and version."""
        return self._application.routes

    @property
    def url(self) -> str:
        """The server's address without ``/api/v1``, after ``start``."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before if it was stopped; the rows are kept."""
        self._over.clear()
        self._listener = Listener(self._port, self._answer, self._is_last)
        self._port = self._listener.server_port
        Thread(
            target=self._listener.serve_forever,
            kwargs={"poll_interval": 0.02},
            name=f"media server {self._port}",
            daemon=True,
        ).start()

    def stop(self) -> None:
        """Stop listening, and reset open connections."""
        self._over.set()
        if self._listener is not None:
            self._listener.vanish()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _is_last(self, call: Call) -> bool:
        return self.faults.last_answer(call)

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith(PREFIX):
            return _refusals_answered(self._control.answer, call)
        try:
            answer = _refusals_answered(self._served, call)
        except (DisconnectError, SilenceError):
            self._log(call, 0, None)
            raise
        self._log(call, answer.status, answer.user.id if answer.user else None)
        return answer

    def _served(self, call: Call) -> Answer:
        fault = self.faults.instead_of(call)
        if fault is not None:
            return fault
        if not self.faults.csrf_protection:
            return self._committed(call)
        if call.method != "GET" and not csrf.is_token_sent(call):
            return csrf.REFUSAL
        return csrf.with_cookies(self._committed(call))

    def _committed(self, call: Call) -> Answer:
        answer = self._application.answer(call)
        self.faults.after_commit(call)
        return answer

    def _log(self, call: Call, status: int, user: int | None) -> None:
        path = f"{call.path}?{call.query}" if call.query else call.path
        self.state.log(CallRecord(call.method, path, status, user))


def _refusals_answered(serve: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return serve(call)
    except RefusedError as refused:
        return refused.answer
