"""All faults that can be set.

Faults are attributes of `Faults`, changed at any moment from Python or, as JSON of the same
names, by ``POST /sandbox/faults``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from threading import Barrier, BrokenBarrierError, Event, Lock
from typing import Any, Literal

from .answers import Answer, Call, DisconnectError, GuardedError, SilenceError

_RENDEZVOUS_PATIENCE = 5.0


@dataclass(slots=True)
class AnswerAfter:
    """After this number of further calls (of that method), every call gets this status."""

    calls: int
    status: int = 503
    retry_after: int | None = None
    method: str | None = None


@dataclass(slots=True)
class FaultSettings:
    """The settings of the faults; the defaults are those of a healthy server."""

    latency: float = 0.0
    """Seconds that every call takes longer."""
    tmdb_down: bool = False
    """TMDB answers the server with ``tmdb_status``."""
    tmdb_status: int = 503
    tvdb_down: bool = False
    """TheTVDB does not answer the server."""
    radarr_down: bool = False
    """The configured Radarr servers can't be reached."""
    sonarr_down: bool = False
    """The configured Sonarr servers can't be reached."""
    answer_after: AnswerAfter | None = None
    drop_before_commit: int = 0
    """This many requests, or deletions of one, lose their connection before anything is stored."""
    drop_after_commit: int = 0
    """This many requests, or deletions of one, are stored, then lose their connection."""
    hang_after_commit: int = 0
    """This many requests, or deletions of one, are stored and never answered."""
    drop_between_saves: int = 0
    """This many requests lose their connection after the media row is saved: it is an orphan."""
    roll_back: int = 0
    """This many requests are answered 201, but are not stored; the media row stays."""
    detach: int = 0
    """This many approved films lose their media after the 201, as on Jellyseerr with PostgreSQL."""
    tells_failures: bool = False
    """An answer says FAILED already where Radarr or Sonarr can't be reached; else APPROVED."""
    postgresql: bool = False
    """The database is PostgreSQL, whose errors have other texts."""
    stop_after_posts: int = 0
    """Once so many more ``POST /request`` are answered, the server is gone; 0: it stays."""
    redirect_to: str | None = None
    """Every path answers 301 to the same path below this URL."""
    not_a_media_server: Literal["radarr"] | None = None
    """Another kind of server listens here."""
    wrong_key: bool = False
    """No API key is the right one."""
    csrf_protection: bool = False
    """Somebody has turned CSRF protection on."""
    rendezvous: int = 0
    """So many ``POST /request`` wait for each other between check and insert, once: a race."""


class Faults(FaultSettings):
    """The faults of a running server, and what they do to a call."""

    def __init__(self, stop: Event) -> None:
        """Start without faults; ``stop`` is set when the server has to stop."""
        super().__init__()
        self._stop = stop
        self._lock = Lock()
        self._barrier: Barrier | None = None

    def reset(self) -> None:
        """Clear all faults."""
        self.set(asdict(FaultSettings()))

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Change these faults, and keep the others.

        Raises:
            ValueError: there is no fault of that name.

        """
        known = {item.name for item in fields(FaultSettings)}
        if unknown := sorted(set(wanted) - known):
            raise ValueError(f"no such fault: {', '.join(unknown)}")
        for name, value in wanted.items():
            made = AnswerAfter(**value) if isinstance(value, dict) else value
            setattr(self, name, made)

    def as_json(self) -> dict[str, Any]:
        """The setting of every fault."""
        return {item.name: _plain(getattr(self, item.name)) for item in fields(FaultSettings)}

    def instead_of(self, call: Call) -> Answer | None:
        """The answer that replaces the server's own because of a fault, if any.

        Raises:
            DisconnectError: the connection is to be dropped.
            GuardedError: the key is refused.

        """
        if self.latency:
            self._stop.wait(self.latency)
        if self.redirect_to:
            return Answer(301, "", {"Location": self.redirect_to.rstrip("/") + call.path})
        if self.not_a_media_server:
            return _radarr(call)
        if answer := self._overdue(call):
            return answer
        if self.wrong_key and "X-Api-Key" in call.headers:
            raise GuardedError
        if _is_at_stake(call) and self.take("drop_before_commit"):
            raise DisconnectError
        return None

    def after_commit(self, call: Call) -> None:
        """Drop the answer to a request that was stored.

        Raises:
            DisconnectError: the connection is to be dropped.
            SilenceError: the answer never comes.

        """
        if not _is_at_stake(call):
            return
        if self.take("drop_after_commit"):
            raise DisconnectError
        if self.take("hang_after_commit"):
            raise SilenceError

    def last_answer(self, call: Call) -> bool:
        """Whether the server has to stop after the answer to this call."""
        if not is_request(call) or not self.take("stop_after_posts"):
            return False
        return self.stop_after_posts == 0

    def meet(self) -> None:
        """Wait between check and insert for the other calls of a `rendezvous`."""
        with self._lock:
            if not self.rendezvous:
                return
            if self._barrier is None or self._barrier.parties != self.rendezvous:
                self._barrier = Barrier(self.rendezvous)
            barrier = self._barrier
        try:
            barrier.wait(_RENDEZVOUS_PATIENCE)
        except BrokenBarrierError:
            return
        finally:
            with self._lock:
                self.rendezvous, self._barrier = 0, None

    def take(self, name: str) -> bool:
        """Whether a fault with a limited number of uses applies now; counts the use."""
        with self._lock:
            left: int = getattr(self, name)
            if left > 0:
                setattr(self, name, left - 1)
            return left > 0

    def _overdue(self, call: Call) -> Answer | None:
        rule = self.answer_after
        if rule is None or rule.method not in {None, call.method}:
            return None
        with self._lock:
            rule.calls -= 1
            if rule.calls >= 0:
                return None
        after = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
        return Answer(rule.status, {"message": "fault: answer_after"}, after)


def is_request(call: Call) -> bool:
    """Tell whether a call makes a request for a title."""
    return call.method == "POST" and call.path == "/api/v1/request"


def _is_at_stake(call: Call) -> bool:
    """A request, or the deletion of one."""
    return is_request(call) or (call.method == "DELETE" and "/request/" in call.path)


def _radarr(call: Call) -> Answer:
    if call.path.startswith("/api/"):
        return Answer(401, {"error": "Unauthorized"})
    return Answer(200, "<!doctype html><title>Radarr</title>")


def _plain(value: object) -> object:
    return asdict(value) if isinstance(value, AnswerAfter) else value
