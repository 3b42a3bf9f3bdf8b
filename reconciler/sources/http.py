"""Calls to the sites' own interfaces: JSON over HTTP, for sources that need no browser."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.util.retry import Retry

from reconciler.core.model import Outcome
from reconciler.http.client import Response, Session, read_body, retry_after
from reconciler.http.limits import LimitError, Limits
from reconciler.http.payload import CUT_OFF, is_cut_json, parse_json, turn_to_parse
from reconciler.http.public_addresses import public_target
from reconciler.http.transport import Adapter
from reconciler.sources.failure import FetchFailure, failure_of

PATIENCE = 30.0  # seconds of Retry-After that are waited out in all, for one fetch
_TIMEOUT = (10.0, 30.0)  # seconds to connect, and between two pieces of an answer
LARGEST = 20 * 1024 * 1024  # bytes of one answer, before and after decompression
LONGEST = 180.0  # seconds for one call, with its retries, waits and the whole answer
# Twenty letters and digits or more without a word to read in them, as keys and UUIDs are.
_KEY = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])([0-9A-Fa-f-]{20,}|[0-9A-Za-z]{20,})")
_QUICK_RETRIES = Retry(
    total=2,
    backoff_factor=0.3,
    status_forcelist={502, 503, 504},
    allowed_methods=None,  # what is posted here are queries: asking twice changes nothing
    raise_on_status=False,
    respect_retry_after_header=False,
)


class _Session(Session):
    """A session that asks the environment for its proxies, and no ``.netrc`` for passwords.

    What stands there would take the place of a key, and go to whoever runs the site.
    """

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """As ever, but for passwords of the environment's."""
        self.trust_env = False
        try:
            return super().prepare_request(request)
        finally:
            self.trust_env = True


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str = field(repr=False)


class SiteClient:
    """Kept-alive connections for one fetch. A context manager; follows no redirect unasked."""

    def __init__(
        self,
        patience: float = PATIENCE,
        longest: float = LONGEST,
        *,
        follows: bool = False,
        show: Callable[[str], str] | None = None,
    ) -> None:
        """``patience``: seconds of Retry-After to wait out, all calls of this fetch together.

        ``longest``: seconds that one call may take as a whole. ``follows``: whether a call follows
        one redirect, to a public place; where it leads is a secret, and shown nowhere.
        ``show``: how errors call an address, where it is not one of a known site's.
        """
        self._show = show or shown_url
        self._follows = follows
        self._patience = patience
        self._longest = longest
        self._session = _Session(Adapter(retries=_QUICK_RETRIES))
        self._turn = ExitStack()  # held from a large answer until the next call

    def __enter__(self) -> Self:
        """Nothing is connected yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._turn.close()
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
    ) -> Response | FetchFailure:
        """One call, with at most two quick retries; a short Retry-After is waited out.

        Any answer is given back but for redirects, too many requests and no answer at all.
        """
        self._turn.close()
        with Limits(self._longest, LARGEST) as limits:
            while True:
                answer = self._once(method, url, headers=headers, params=params, body=body)
                if isinstance(answer, _Redirect):
                    answer = self._redirected(url, answer.location)
                if (
                    isinstance(answer, FetchFailure)
                    or answer.status != requests.codes.too_many_requests
                ):
                    return answer
                seconds = retry_after(answer.headers)
                if seconds is None or seconds > min(self._patience, limits.seconds_left):
                    return failure_of(answer)
                self._patience -= max(seconds, 1.0)  # "0" is no invitation to ask for ever
                time.sleep(seconds)

    def _redirected(self, url: str, location: str) -> Response | FetchFailure:
        """What stands where a redirect leads: asked for with nothing but its address."""
        shown = self._show(url)
        if not self._follows:
            problem = f"redirects to {_site(location)}, which listsync does not follow"
            return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; check the address")
        target = public_target(url, location)
        if target is None:
            problem = "redirects to a place that is not public, or without TLS"
            return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; check the address")
        answer = self._once("GET", target, shown=shown)
        if isinstance(answer, _Redirect):
            problem = "redirects twice; listsync follows one redirect"
            return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; try again later")
        return answer

    def _once(  # noqa: PLR0913 - what a call is made of
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        shown: str = "",
    ) -> Response | FetchFailure | _Redirect:
        """One call. ``shown``: the address as it may be shown, where that is another one."""
        shown = shown or self._show(url)
        with Limits(self._longest, LARGEST) as limits:
            try:
                limits.check_time()
                with self._session.request(
                    method,
                    url,
                    headers=headers,
                    params=params,
                    json=body,
                    timeout=_TIMEOUT,
                    stream=True,
                ) as response:
                    if response.is_redirect:
                        return _Redirect(response.headers.get("Location", ""))
                    content = read_body(response, limits)
                self._turn.enter_context(turn_to_parse(len(content)))
                value = parse_json(content)
            except (requests.RequestException, HTTPError, LimitError, ValueError) as error:
                problem = limits.problem(error) or _cause(error)
                return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; try again later")
        unparsed = content if value is None else b""
        answer = Response(shown, response.status_code, response.headers, value, unparsed)
        if answer.status == requests.codes.ok and answer.body is None and is_cut_json(content):
            problem = f"the answer was {CUT_OFF}; try again later"
            return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}")
        return answer


def shown_url(url: str) -> str:
    """An address as it may be shown: without user, query, fragment, and keys in its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    path = "/".join(map(hidden, parts.path.split("/")))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))


def hidden(word: str) -> str:
    """A part of an address, veiled where it looks like a key."""
    return veiled(word) if _KEY.fullmatch(word.partition(".")[0]) else word


def veiled(key: str) -> str:
    """What tells a key from others and nothing else."""
    return f"…{hashlib.sha256(key.encode()).hexdigest()[:6]}"


def _site(location: str) -> str:
    """Where a redirect leads, as it may be shown: its path may hold a key."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "an invalid address"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, "", "", "")) if host else "another page of its own"


def _cause(error: Exception) -> str:
    """Why no answer came, in words; what ``requests`` says of it may hold a key."""
    match error:
        case requests.exceptions.SSLError():
            return "no secure connection could be made"
        case requests.exceptions.ProxyError():
            return "the proxy did not let the call through"
        case requests.Timeout() | ReadTimeoutError():
            return "nothing answered in time"
        case requests.ConnectionError():
            return "the connection failed"
        case _:
            return "the answer could not be read"
