"""Calls and their answers; refusals are exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from .state import User


@dataclass(frozen=True, slots=True)
class Call:
    """A request over HTTP; ``query``: raw, as it was sent."""

    method: str
    path: str
    query: str
    headers: Message
    """Names in any case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. A str is sent as HTML, None without a body, everything else as JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user: User | None = None
    cookies: tuple[str, ...] = ()


class RefusedError(Exception):
    """A call that ends with an error in the server's usual format."""

    def __init__(
        self, status: int, message: str, errors: list[dict[str, str]] | None = None
    ) -> None:
        """Take the status, the ``message`` and the validator's ``errors``."""
        super().__init__(message)
        body: dict[str, Any] = {"message": message}
        self.answer = Answer(status, body | ({"errors": errors} if errors else {}))


class GuardedError(RefusedError):
    """A call that the permission guard refused, in a different format."""

    def __init__(self) -> None:
        """Without arguments: the guard never gives a reason."""
        message = "You do not have permission to access this endpoint"
        super().__init__(403, message)
        self.answer = Answer(403, {"status": 403, "error": message})


class SilenceError(Exception):
    """The connection stays open and is never answered."""


class DisconnectError(Exception):
    """The connection is closed without an answer."""
