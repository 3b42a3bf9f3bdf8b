"""Calling over HTTP: nothing follows a redirect, and an answer is read within its limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from reconciler.http.limits import Limits
from reconciler.http.transport import Adapter

_PIECE = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer. ``body`` is its JSON; None where it is none."""

    url: str  # as it may be shown: without its query, which may hold a key
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names compare without case
    body: object = None
    content: bytes = field(default=b"", repr=False)  # as it came, where it is not JSON

    @property
    def ok(self) -> bool:
        """Whether this is an answer with something to read. 202 is not: a bot check uses it."""
        return self.status == requests.codes.ok and self.body is not None


class Session(requests.Session):
    """A session that knows no redirects, so that no key can go where one points."""

    def __init__(self, adapter: Adapter) -> None:
        """``adapter``: for every address."""
        super().__init__()
        self.headers["User-Agent"] = "listsync"
        self.headers["Accept-Encoding"] = "gzip, deflate"
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere, whatever the answer says."""


def read_body(response: requests.Response, limits: Limits) -> bytes:
    """The whole body of an answer that is streamed, decompressed.

    Raises LimitError, and the errors of requests and urllib3.
    """
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
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
