"""Logs: structlog on stderr, readable on a terminal and JSON elsewhere, without any secret."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TextIO, cast

if TYPE_CHECKING:
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


class Logger:
    """What a module logs with. A warning is for a person to know, an error for one to fix."""

    def debug(self, event: str, **values: object) -> None:
        _write(logging.DEBUG, event, values)

    def info(self, event: str, **values: object) -> None:
        _write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        _write(logging.WARNING, event, values)

    def error(self, event: str, **values: object) -> None:
        _write(logging.ERROR, event, values)


class _Settings(NamedTuple):
    level: int
    apply: Callable[[], None]


# structlog imports rich and asyncio, a fifth of the start-up time of a command that mostly logs
# nothing: it is imported for the first line, and gets these settings, if any, then.
_waiting: list[_Settings] = []
_applying = Lock()


def configure(*, level: int, secrets: Sequence[str], is_colored: bool = False) -> None:
    """Log from ``level`` (of ``logging``) on, and hide ``secrets`` in any text.

    ``is_colored``: on a terminal; elsewhere lines are JSON.
    """
    apply = partial(_configure, level, secrets, sys.stderr, is_colored=is_colored)
    _waiting[:] = [_Settings(level, apply)]


def log_context(**values: object) -> AbstractContextManager[object]:
    """Add these values to each line that is logged in this context while the block runs."""
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


def _configure(level: int, secrets: Sequence[str], stream: TextIO, *, is_colored: bool) -> None:
    import structlog  # noqa: PLC0415 - start-up time

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # before the redactor, which then sees the text
            redactor(secrets),
            structlog.dev.ConsoleRenderer(colors=is_colored)
            if stream.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write for each line with its end: lines of several threads never mix.
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _LossyStream(stream))),
        cache_logger_on_first_use=False,
    )


class _LossyStream(io.TextIOBase):
    """A stream that may be closed or full: what cannot be written is lost, without an error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):  # ValueError: this process has closed it
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def redactor(secrets: Sequence[str]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    """A processor that hides values under the names of secrets, and the secrets in any text."""
    longest_first = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def hide(value: object) -> object:
        if isinstance(value, str):
            for secret in longest_first:
                value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, dict):
            return {hide(k): HIDDEN if _names_secret(k) else hide(v) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [hide(v) for v in value]
        return value if value is None or isinstance(value, (bool, int, float)) else hide(str(value))

    def process(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        del logger, method
        return {key: HIDDEN if _names_secret(key) else hide(value) for key, value in event.items()}

    return process


def _names_secret(name: object) -> bool:
    return any(secret in str(name).casefold() for secret in _SECRET_NAMES)
