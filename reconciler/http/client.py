"""Calls over HTTP: redirects are not followed, and passwords of the environment are not sent.

A call gives a value, a ``Response`` or a ``CallFailure``. So no exception that
leaves this module contains what ``requests`` knows of a call, such as its keys.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TypeVar

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_auth_from_url
from urllib3.exceptions import (
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from reconciler.http.foreign import line
from reconciler.http.limits import LimitError, Limits
from reconciler.http.payload import parse_json, turn_to_parse
from reconciler.http.transport import Adapter

_PIECE = 64 * 1024  # bytes
_SHORTEST_SECRET = 8  # characters; replacing a shorter text would spoil the response
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OTHER_HOST = "is for another host name"
_CERTIFICATE_PROBLEMS = {  # by OpenSSL's X509_V_ERR_ codes
    9: "is not valid yet",
    10: "has expired",
    62: _OTHER_HOST,
    64: _OTHER_HOST,  # an IP address
}


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response. ``body`` is its JSON; None where the content is not JSON."""

    url: str  # as it may be shown: without its query, which may hold a key
    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # in any case
    body: object = None
    content: bytes = field(default=b"", repr=False)  # where it is not JSON

    @property
    def ok(self) -> bool:
        """Whether there is something to read. 202 is not ok: a bot check uses it."""
        return self.status == requests.codes.ok and self.body is not None

    @property
    def location(self) -> str:
        """Where a redirect leads, which may hold a key; empty: the response has no such header."""
        return self.headers.get("Location", "")

    @property
    def is_redirect(self) -> bool:
        """Whether the response only says where to go instead."""
        return self.status in _REDIRECTS and "Location" in self.headers

    @property
    def retry_after(self) -> float | None:
        """The seconds to wait before the next call, where the response names them."""
        return retry_after(self.headers)


_R = TypeVar("_R", bound=Response)


class Cause(StrEnum):
    """What kept a response away; the values are sentences for people."""

    CERTIFICATE = "its TLS certificate is not trusted"
    TLS = "the TLS connection failed"
    PROXY = "the proxy does not let the connection through"
    CONNECT_TIMEOUT = "the connection timed out"
    LIMIT = "the response was not complete in time, or is too large"
    READ_TIMEOUT = "no response in time"
    UNKNOWN_HOST = "the host name cannot be resolved"
    NOT_CONNECTED = "nothing answers at this address"
    INVALID_URL = "this is not the URL of a server"
    UNREADABLE = "the response cannot be read"
    LOST = "the connection was lost before a response came"


_NOT_SENT = {
    Cause.CERTIFICATE,
    Cause.PROXY,
    Cause.CONNECT_TIMEOUT,
    Cause.UNKNOWN_HOST,
    Cause.NOT_CONNECTED,
    Cause.INVALID_URL,
}


@dataclass(frozen=True, slots=True)
class CallFailure:
    """No response."""

    cause: Cause
    message: str
    certificate_error: int = 0  # OpenSSL's X509_V_ERR_ code
    answered: bool = False  # a part of a response had come

    @property
    def may_have_arrived(self) -> bool:
        """Whether a call that must not be repeated has to count as sent."""
        return self.cause not in _NOT_SENT


class Session(requests.Session):
    """A session that follows no redirects and looks up no password.

    A password from ``.netrc`` would take the place of a key, and go to whoever runs the site.
    """

    def __init__(self, adapter: Adapter) -> None:
        super().__init__()
        self.headers["User-Agent"] = "listsync"
        self.headers["Accept-Encoding"] = "gzip, deflate"
        self.auth = _AddressPassword()
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere, whatever the response says."""


class _AddressPassword(AuthBase):
    """The user and password that an address itself holds, and no others."""

    def __call__(self, call: requests.PreparedRequest) -> requests.PreparedRequest:
        user, password = get_auth_from_url(call.url or "")
        return HTTPBasicAuth(user, password)(call) if user or password else call


def send(  # noqa: PLR0913 - what a call is made of
    session: Session,
    method: str,
    url: str,
    response_class: type[_R],
    *,
    limits: Limits,
    timeout: tuple[float, float],
    shown: str = "",
    secret: str = "",
    turn: ExitStack | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    body: object = None,
    auth: AuthBase | None = None,
) -> _R | CallFailure:
    """Call once, within ``limits``, whose block this thread is in.

    ``timeout``: seconds to connect, and between two pieces of the response. ``shown``: the address
    as it may be shown. ``secret``: "…" takes its place where the response repeats it; the content
    is decoded as UTF-8 then. ``turn``: keeps the turn to parse after this call.
    """
    try:
        limits.check_time()
        with session.request(
            method,
            url,
            headers=dict(headers or {}),
            params=params,
            json=body,
            auth=auth,
            timeout=timeout,
            stream=True,
        ) as response:
            content = _read_body(response, limits)
        with ExitStack() as own_turn:
            (turn or own_turn).enter_context(turn_to_parse(len(content)))
            if secret:
                text = _mask(content.decode("utf-8-sig", errors="replace"), secret)
                value, content = parse_json(text), text.encode()
            else:
                value = parse_json(content)
    except (requests.RequestException, HTTPError, LimitError, ValueError) as error:
        return _failure_of(error, timeout[1], limits.problem(error))
    for name in response.headers if secret else ():
        response.headers[name] = _mask(response.headers[name], secret)
    unparsed = content if value is None else b""
    return response_class(shown or url, response.status_code, response.headers, value, unparsed)


def _mask(text: str, secret: str) -> str:
    return text.replace(secret, "…") if len(secret) >= _SHORTEST_SECRET else text


def _read_body(response: requests.Response, limits: Limits) -> bytes:
    """The whole body of a streamed response, decompressed."""
    pieces, size = [], 0
    for piece in response.iter_content(_PIECE):
        pieces.append(piece)
        size += len(piece)
        limits.check_size(size)
    return b"".join(pieces)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After: a number of them or a date (RFC 9110, 10.2.3); None: none."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _failure_of(error: Exception, timeout: float, exceeded: str) -> CallFailure:
    """Why no response came. The text of a foreign error may hold a key, and is left out.

    ``timeout``: seconds without an answer. ``exceeded``: the limit that the call reached.
    """
    source = error.args[0] if error.args else None
    reason = getattr(source, "reason", source)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_failure(reason)
    message = ""
    if isinstance(error, requests.exceptions.ProxyError):
        cause = Cause.PROXY
    elif isinstance(error, requests.ConnectTimeout):
        cause, message = Cause.CONNECT_TIMEOUT, exceeded
    elif exceeded:
        cause, message = Cause.LIMIT, exceeded
    elif isinstance(error, requests.ReadTimeout) or isinstance(reason, ReadTimeoutError):
        cause, message = Cause.READ_TIMEOUT, f"no response within {timeout:g} s"
    elif isinstance(reason, NameResolutionError):
        cause = Cause.UNKNOWN_HOST
    elif isinstance(reason, NewConnectionError):
        cause = Cause.NOT_CONNECTED
    elif isinstance(error, (requests.exceptions.InvalidURL, LocationValueError)):
        cause = Cause.INVALID_URL
    elif isinstance(error, ValueError | requests.exceptions.ContentDecodingError):
        cause = Cause.UNREADABLE
    else:
        cause = Cause.LOST
    return CallFailure(cause, message or cause, answered=getattr(error, "request", None) is None)


def _tls_failure(reason: object) -> CallFailure:
    """A refused certificate or an endpoint that does not speak TLS.

    Only a refused certificate proves that the call itself was not sent.
    """
    source = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    if not isinstance(source, ssl.SSLCertVerificationError):
        return CallFailure(Cause.TLS, Cause.TLS)
    problem = _CERTIFICATE_PROBLEMS.get(source.verify_code, "is not trusted")
    detail = line(source.verify_message).rstrip(".")
    message = f"its TLS certificate {problem} ({detail})"
    return CallFailure(Cause.CERTIFICATE, message, source.verify_code)
