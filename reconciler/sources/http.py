"""Calls to the sites' APIs: JSON over HTTP, for sources that need no browser."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import requests
from urllib3.util.retry import Retry

from reconciler.core.model import Outcome
from reconciler.http.client import CallFailure, Response, Session, send
from reconciler.http.limits import Limits
from reconciler.http.payload import CUT_OFF, is_cut_json
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
        self._session = Session(Adapter(retries=_QUICK_RETRIES))
        self._turn = ExitStack()  # held from a large answer until the next call

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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

        A redirect, too many requests and a call without a response are failures.
        """
        with Limits(self._longest, LARGEST) as limits:
            while True:
                answer = self._call(method, url, headers=headers, params=params, body=body)
                if isinstance(answer, Response) and answer.is_redirect:
                    answer = self._follow(url, answer.location)
                if isinstance(answer, FetchFailure):
                    return answer
                if answer.status != requests.codes.too_many_requests:
                    return answer
                seconds = answer.retry_after
                if seconds is None or seconds > min(self._patience, limits.seconds_left):
                    return failure_of(answer)
                self._patience -= max(seconds, 1.0)  # a "0" must not make this loop for ever
                self._turn.close()
                time.sleep(seconds)

    def _follow(self, url: str, location: str) -> Response | FetchFailure:
        """The response from where a redirect leads, called with nothing but its address."""
        shown, advice = self._show(url), "check the address"
        target = public_target(url, location) if self._follows else None
        if target:
            answer = self._call("GET", target, shown=shown)
            if isinstance(answer, FetchFailure) or not answer.is_redirect:
                return answer
            problem, advice = "redirects twice; listsync follows one redirect", "try again later"
        elif self._follows:
            problem = "redirects to an address that is not public or has no TLS"
        else:
            problem = f"redirects to {_site(location)}, which listsync does not follow"
        return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; {advice}")

    def _call(  # noqa: PLR0913 - what a call is made of
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        shown: str = "",
    ) -> Response | FetchFailure:
        """One call. ``shown``: the address as it may be shown, where that is another one."""
        self._turn.close()
        shown = shown or self._show(url)
        with Limits(self._longest, LARGEST) as limits:
            answer = send(
                self._session,
                method,
                url,
                Response,
                limits=limits,
                timeout=_TIMEOUT,
                shown=shown,
                turn=self._turn,
                headers=headers,
                params=params,
                body=body,
            )
        if isinstance(answer, CallFailure):
            problem = answer.message
        elif answer.status == requests.codes.ok and is_cut_json(answer.content):
            problem = f"the response was {CUT_OFF}"
        else:
            return answer
        return FetchFailure(Outcome.UNREACHABLE, f"{shown}: {problem}; try again later")


def shown_url(url: str) -> str:
    """An address as it may be shown: without user, query, fragment, and keys in its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an invalid address"
    path = "/".join(map(hidden, parts.path.split("/")))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))


def hidden(word: str) -> str:
    """A part of an address, veiled where it looks like a key."""
    return veiled(word) if _KEY.fullmatch(word.partition(".")[0]) else word


def veiled(key: str) -> str:
    """What replaces a key: a short hash, which distinguishes two keys and reveals neither."""
    return f"…{hashlib.sha256(key.encode()).hexdigest()[:6]}"


def _site(location: str) -> str:
    """Where a redirect leads, as it may be shown: its path may hold a key."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "an invalid address"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, "", "", "")) if host else "another of its pages"
