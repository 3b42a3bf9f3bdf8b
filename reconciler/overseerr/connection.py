"""Calls to one media server: paced, timed, never redirected; reads are retried, writes never."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.auth import AuthBase

from reconciler.core.model import Slowdown
from reconciler.errors import AnswerLostError, ServerError, TransientError
from reconciler.http.client import CallFailure, Cause, Session, send
from reconciler.http.foreign import line
from reconciler.http.limits import Limits
from reconciler.http.transport import Adapter
from reconciler.logs import Logger
from reconciler.overseerr.answer import ServerResponse, hint_for
from reconciler.overseerr.rate_limiter import BUSY, RateLimiter, overload

_API = "/api/v1"
_PAUSES = (0.2, 0.5)  # seconds before the quick retries of a read
_CONNECT_TIMEOUT = 10.0  # seconds; a reachable server accepts sooner
LONGEST = 60.0  # seconds for one call, its retries and the whole answer included
_GATEWAY_TROUBLE = frozenset({502, 503, 504})
_BRIEF = {Cause.UNKNOWN_HOST, Cause.NOT_CONNECTED, Cause.UNREADABLE, Cause.LOST}
_LASTING = {Cause.CERTIFICATE, Cause.TLS, Cause.INVALID_URL}  # the configuration is wrong

_log = Logger()


Called: TypeAlias = "Callable[[str, str], None]"  # gets an endpoint, and the status or "none"
_Result: TypeAlias = "ServerResponse | CallFailure"


class _Credentials(AuthBase):
    """Puts the key on a call. It is kept here alone: out of headers at rest, logs and reprs."""

    def __init__(self, api_key: str) -> None:
        self.api_key = api_key

    def __call__(self, call: requests.PreparedRequest) -> requests.PreparedRequest:
        call.headers["X-Api-Key"] = self.api_key
        return call


class Connection:
    """Kept-alive connections to one server, shared by as many threads as it has of them.

    Proxies: an ``https:`` server is reached through the environment's proxy, which sees no more
    than its name; an ``http:`` server never is, because its proxy would read the key. ``.netrc``
    is not consulted, cookies are not kept: the key alone says who calls.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        url: str,
        api_key: str,
        *,
        rate: float,
        concurrency: int,
        timeout: float,
        longest: float = LONGEST,
        ca_certificates: str | None,
        called: Called,
    ) -> None:
        """Connect to nothing yet. Raises ServerError for a URL or key that cannot be sent."""
        self._longest = longest
        self._called = called
        parts = _split(url)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        if not re.fullmatch(r"[!-~]+", api_key):
            hint = "set server.api_key to the key in the server's Settings → General"
            raise ServerError("the API key is not one line of text", where=self.url, hint=hint)
        self._credentials = _Credentials(api_key)
        self._timeout = timeout
        self._limiter = RateLimiter(rate)
        self._configured_rate = rate
        self.slowdown: Slowdown | None = None
        self._has_ca_file = ca_certificates is not None
        self._session = _session(self.url, concurrency, ca_certificates)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def get(self, path: str, *, keyed: bool = True, timeout: float | None = None) -> ServerResponse:
        """Read ``path`` (below ``/api/v1``, query included), with at most two quick retries.

        ``timeout``: seconds for the whole call, where they are fewer than for other calls.

        Raises TransientError where the server cannot answer now, ServerError where it redirects.
        """
        return self._require(self._read(_API + path, keyed=keyed, timeout=timeout), path)

    def page(self, path: str) -> ServerResponse | None:
        """A page outside the API, fetched without the key; None if it cannot be fetched."""
        result = self._exchange("GET", path, keyed=False)
        return None if isinstance(result, CallFailure) else result

    def post(self, path: str, body: object = None, *, user: int | None = None) -> ServerResponse:
        """Send ``body`` once, as ``user`` or as the key's owner.

        Raises AnswerLostError where it may have arrived and no answer came, TransientError where
        it certainly did not, ServerError where the server redirects.
        """
        return self._require_sent(self._exchange("POST", _API + path, body=body, user=user), path)

    def delete(self, path: str) -> ServerResponse:
        """Have ``path`` deleted, once, as the key's owner. Raises as ``post``."""
        return self._require_sent(self._exchange("DELETE", _API + path), path)

    def _require_sent(self, result: _Result, path: str) -> ServerResponse:
        """The response to a call that must not be repeated."""
        if isinstance(result, CallFailure):
            if result.may_have_arrived:
                message, hint = f"sent, but {result.message}", self._hint(result)
                raise AnswerLostError(message, where=self.url, hint=hint)
        elif result.status >= 500:  # noqa: PLR2004 - HTTP's own ranges
            return result  # the callers decide what this means for a request
        return self._require(result, path)

    def _read(self, path: str, *, keyed: bool, timeout: float | None) -> _Result:
        with Limits(self._longest if timeout is None else min(timeout, self._longest)):
            for pause in _PAUSES:
                result = self._exchange("GET", path, keyed=keyed, timeout=timeout)
                if not self._wait_out(result, pause):
                    return result
            return self._exchange("GET", path, keyed=keyed, timeout=timeout)

    def _wait_out(self, result: _Result, pause: float) -> bool:
        """Whether a read is worth repeating; waits, or books the wait, if so."""
        if isinstance(result, CallFailure):
            is_brief = result.cause in _BRIEF
        elif result.status in BUSY and result.retry_after is not None:
            return self._limiter.pause(time.monotonic(), result.retry_after)
        else:
            is_brief = result.status in _GATEWAY_TROUBLE
        if is_brief:
            time.sleep(pause)
        return is_brief

    def _exchange(  # noqa: PLR0913 - each is a part of the call
        self,
        method: str,
        path: str,
        *,
        keyed: bool = True,
        body: object = None,
        user: int | None = None,
        timeout: float | None = None,
    ) -> _Result:
        """One call, and its response or failure."""
        patience = self._timeout if timeout is None else min(timeout, self._timeout)
        time.sleep(self._limiter.reserve(time.monotonic()))
        began = time.monotonic()
        with Limits(self._longest) as limits:
            result = send(
                self._session,
                method,
                self.url + path,
                ServerResponse,
                limits=limits,
                timeout=(min(patience, _CONNECT_TIMEOUT), patience),
                secret=self._credentials.api_key,
                headers={} if user is None else {"X-Api-User": str(user)},
                body=body,
                auth=self._credentials if keyed else None,
            )
        status: int | str
        if isinstance(result, CallFailure):
            status, label = result.message, "none"
        else:
            self._spare_server(result, began)
            status, label = result.status, str(result.status)
        self._called(f"{method} {endpoint(path)}", label)
        _log.debug(
            "server call",
            method=method,
            path=path,
            status=status,
            ms=round((time.monotonic() - began) * 1000),
        )
        return result

    def _spare_server(self, response: ServerResponse, began: float) -> None:
        """Halve the rate for the rest of the run where the server shows that it is overloaded."""
        now = time.monotonic()
        cause = overload(response.status, now - began)
        if cause and self._limiter.slow_down(began, now):
            self.slowdown = Slowdown(self._configured_rate, self._limiter.rate, cause)
            _log.info("slowing down", cause=cause, calls_per_second=self._limiter.rate)

    def _hint(self, failure: CallFailure) -> str:
        return hint_for(failure, self.url, has_ca_file=self._has_ca_file)

    def _require(self, result: _Result, path: str) -> ServerResponse:
        """The response. Raises ServerError for none, a redirect, a proxy's page, an overload."""
        if isinstance(result, CallFailure):
            kind = ServerError if result.cause in _LASTING else TransientError
            raise kind(result.message, where=self.url, hint=self._hint(result))
        if 300 <= result.status < 400:  # noqa: PLR2004 - HTTP's own ranges
            raise redirect_error(self.url, _API + path, result)
        if wall := result.wall:
            kind = TransientError if wall.passing else ServerError
            raise kind(wall.message, where=self.url, hint=wall.hint)
        if result.status in _GATEWAY_TROUBLE | BUSY:
            raise TransientError(
                f"returned HTTP {result.status}",
                where=self.url,
                hint="the server is overloaded, or its reverse proxy cannot reach it",
                retry_after=result.retry_after,
            )
        return result


def endpoint(path: str) -> str:
    """A path without its query and with ``{id}`` for numbers: one of a few."""
    return re.sub(r"/\d+(?=/|$)", "/{id}", path.partition("?")[0].removeprefix(_API))


def redirect_error(url: str, path: str, answer: ServerResponse) -> ServerError:
    """The error for a redirect: which URL to write, where the redirect tells that."""
    called = path.partition("?")[0]
    try:
        parts = urlsplit(urljoin(url + called, line(answer.location)))
    except ValueError:  # it points nowhere; say what was called instead
        parts = urlsplit(url + called)
    # It may lead to a place with a password, which is not to be shown.
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    prefix, match, suffix = parts.path.rpartition(called)
    target = origin + prefix
    if match and not suffix and parts.scheme in {"http", "https"} and target != url:
        problem, hint = f"redirects to {target}", f"set `url: {target}` under `server`"
    elif wall := answer.wall:
        problem, hint = f"{wall.message}: it redirects to {origin}{parts.path}", wall.hint
    else:
        problem = f"redirects to {origin}{parts.path}"
        hint = "set server.url to the server's own address, like http://seerr:5055"
    return ServerError(f"{problem} (HTTP {answer.status})", where=url, hint=hint)


def _session(url: str, concurrency: int, ca_certificates: str | None) -> Session:
    """A session that asks the environment once, for what may be asked (see Connection)."""
    session = Session(Adapter(connections=concurrency, block=True, ca_certificates=ca_certificates))
    settings = session.merge_environment_settings(url, {}, None, None, None)
    session.trust_env = False
    session.verify = settings["verify"]
    if url.startswith("https:"):
        session.proxies = dict(settings["proxies"])
    session.headers["Accept"] = "application/json"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session


def _split(url: str) -> SplitResult:
    """The parts of the server's URL; ServerError where it cannot be called."""
    problem, hint = "server.url is not the URL of a server", "use an address like http://seerr:5055"
    try:
        parts = urlsplit(url)
        if "@" in parts.netloc:
            problem, hint = "server.url contains a user or password", "remove them from the URL"
        elif parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # brackets or a port that make no sense; the error below says it better
        pass
    raise ServerError(problem, hint=hint)
