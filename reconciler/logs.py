"""Logs: structlog to stderr, readable on a terminal, JSON elsewhere, and never a secret in them."""

from __future__ import annotations

import io
import logging
import sys
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from structlog.typing import EventDict, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_NAMES = (
    "api_key",
    "apikey",
    "api-key",
    "client_id",
    "token",
    "secret",
    "password",
    "cookie",
)


class Unread(io.TextIOBase):
    """A place to write to that may be gone, or full: what is logged there is lost, and no more."""

    def __init__(self, place: TextIO) -> None:
        """``place``: where to write as long as that is possible."""
        self._place = place

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError, ValueError):  # ValueError: it was closed by ourselves
            return self._place.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        with suppress(OSError, ValueError):
            self._place.flush()


class Logger:
    """What a module writes its log with."""

    def debug(self, event: str, **values: object) -> None:
        """Log what only somebody who looks for a fault reads."""
        _write(logging.DEBUG, event, values)

    def info(self, event: str, **values: object) -> None:
        """Log what goes as it should."""
        _write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        """Log what somebody should know of."""
        _write(logging.WARNING, event, values)

    def error(self, event: str, **values: object) -> None:
        """Log what somebody has to do something about."""
        _write(logging.ERROR, event, values)


class _Settings(NamedTuple):
    level: int
    apply: Callable[[], None]


# structlog imports rich and asyncio, a fifth of the start of a command that mostly logs nothing:
# it is imported for the first line, and these settings, if any, are applied to it then.
_waiting: list[_Settings] = []
_applying = Lock()


def configure(*, level: int, secrets: Sequence[str]) -> None:
    """Log from ``level`` (of ``logging``) on; ``secrets`` are hidden wherever they stand."""
    _waiting[:] = [_Settings(level, partial(_configure, level, secrets, sys.stderr))]


def bound(**values: object) -> AbstractContextManager[object]:
    """While it is open, each line of this context's log says these values too."""
    import structlog  # noqa: PLC0415 - start-up time

    return structlog.contextvars.bound_contextvars(**values)


def _write(level: int, event: str, values: dict[str, object]) -> None:
    with _applying:
        for settings in tuple(_waiting):
            if level < settings.level:
                return
            settings.apply()
            if _waiting == [settings]:
                _waiting.clear()
    import structlog  # noqa: PLC0415 - start-up time

    structlog.get_logger().log(level, event, **values)


def _configure(level: int, secrets: Sequence[str], place: TextIO) -> None:
    import structlog  # noqa: PLC0415 - start-up time

    terminal = place.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # before secrets are looked for, to find them
            redactor(secrets),
            structlog.dev.ConsoleRenderer(colors=terminal)
            if terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write for each line with its end: lines of several threads never share one.
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", Unread(place))),
        cache_logger_on_first_use=False,
    )


def redactor(secrets: Sequence[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that hides values under telling names, and the secrets in any text."""
    known = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def hide(value: object) -> object:
        if isinstance(value, str):
            for secret in known:
                value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, dict):
            return {hide(k): HIDDEN if _telling(k) else hide(v) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [hide(v) for v in value]
        return value if value is None or isinstance(value, (bool, int, float)) else hide(str(value))

    def process(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        del logger, method
        return {key: HIDDEN if _telling(key) else hide(value) for key, value in event.items()}

    return process


def _telling(name: object) -> bool:
    return any(secret in str(name).casefold() for secret in _SECRET_NAMES)
