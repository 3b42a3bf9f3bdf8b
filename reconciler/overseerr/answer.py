"""What comes back from a call: an answer of the server, or a failure on the way to it.

Both are values. That keeps what ``requests`` knows of a call, the key among it, out of every
exception that leaves this package: an error is raised where no foreign one is being handled.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass

import requests
from urllib3.exceptions import (
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from reconciler.errors import ServerError, TransientError
from reconciler.http.client import retry_after
from reconciler.http.foreign import JsonObject, line, record
from reconciler.http.limits import LimitError
from reconciler.http.payload import parse_json
from reconciler.overseerr.walls import Wall, find_wall, page_title

_CSRF_COOKIE = re.compile(r"(^|,)\s*_csrf=")
_SHORTEST_SECRET = 8
_UNTRUSTED = (
    "is not trusted",
    "name its CA, or a self-signed certificate itself, as a PEM file in server.ca_file",
)
_WRONG_CA = (
    "is not trusted",
    "the file in server.ca_file does not contain the CA that signed it; name the CA's own PEM file",
)
_OTHER_HOST = (
    "is for another host name",
    "write server.url with a host name that the certificate is for, or get one for this host",
)
_CERTIFICATE_TROUBLE = {  # by OpenSSL's X509_V_ERR_ codes
    9: ("is not valid yet", "check the clocks of this machine and of the server"),
    10: ("has expired", "renew the certificate on the server, or check this machine's clock"),
    62: _OTHER_HOST,
    64: _OTHER_HOST,  # an IP address
}
_HOST_HINT = "is server.url right, and is the server running?"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer. ``body`` is its JSON; None where it is none (then see ``page_title``)."""

    status: int
    body: object = None
    page_title: str = ""
    location: str = ""
    retry_after: float | None = None  # seconds
    wall: Wall | None = None  # what answered in place of the server
    sets_csrf_cookie: bool = False

    @property
    def record(self) -> JsonObject:
        """The body where it is a JSON object, else an empty one."""
        return record(self.body)

    @property
    def message(self) -> str:
        """What an error says; its two shapes: ``message``, and the guard's ``error``."""
        return line(self.record.get("message")) or line(self.record.get("error"))

    @property
    def guarded(self) -> bool:
        """Whether the server's own guard refuses: a wrong key, an unknown user, a lacking right.

        The guard has two shapes, docs/internals/media-servers/errors.md.
        """
        return (self.status == requests.codes.unauthorized and "message" in self.record) or (
            self.status == requests.codes.forbidden
            and "error" in self.record
            and "status" in self.record
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. ``sent``: the server may have got the call; ``brief``: worth a quick retry."""

    what: str
    hint: str
    sent: bool = True
    brief: bool = False
    lasting: bool = False  # waiting will not help: the configuration is wrong

    def error(self, url: str) -> ServerError:
        """The error to raise where nothing was at stake."""
        kind = ServerError if self.lasting else TransientError
        return kind(self.what, where=url, hint=self.hint)


def answer_of(response: requests.Response, body: bytes, secret: str) -> Response:
    """A response with its ``body``; where it echoes ``secret``, that is blotted out.

    Raises LimitError for JSON that is too large to be read.
    """
    content = _blot(body.decode("utf-8-sig", errors="replace"), secret)
    value = parse_json(content)
    page = content if value is None else None
    location = _blot(response.headers.get("Location", ""), secret)
    return Response(
        status=response.status_code,
        body=value,
        page_title=page_title(page or ""),
        location=location,
        retry_after=retry_after(response.headers),
        wall=find_wall(response.status_code, response.headers, page),
        sets_csrf_cookie=bool(_CSRF_COOKIE.search(response.headers.get("Set-Cookie", ""))),
    )


def _blot(content: str, secret: str) -> str:
    # Nothing as short as this is a key, and blotting it out would spoil the answer.
    return content.replace(secret, "…") if len(secret) >= _SHORTEST_SECRET else content


def failure_of(
    error: requests.RequestException | HTTPError | LimitError,
    timeout: float,
    exceeded: str,
    *,
    has_ca_file: bool,
) -> Failure:
    """Why no answer came, told from what ``requests`` raised.

    ``timeout``: seconds without an answer. ``exceeded``: the limit that the call reached.

    It lets a host name that cannot be encoded through as an error of urllib3.
    """
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_failure(reason, _WRONG_CA if has_ca_file else _UNTRUSTED)
    if isinstance(error, requests.exceptions.ProxyError):
        hint = "see HTTPS_PROXY and NO_PROXY in the environment"
        return Failure("the proxy does not let the connection through", hint, sent=False)
    if isinstance(error, requests.ConnectTimeout):
        return Failure("no connection within the time-out", _HOST_HINT, sent=False)
    if exceeded:
        return Failure(exceeded, "check the server's log, or what is in front of the server")
    if isinstance(error, requests.ReadTimeout) or isinstance(reason, ReadTimeoutError):
        return Failure(f"no answer within {timeout:g} s", "is the server overloaded?")
    if isinstance(reason, NameResolutionError):
        return Failure("the host name is not known", _HOST_HINT, sent=False, brief=True)
    if isinstance(reason, NewConnectionError):
        return Failure("nothing answers at this address", _HOST_HINT, sent=False, brief=True)
    if isinstance(error, (requests.exceptions.InvalidURL, LocationValueError)):
        return Failure("this is not the URL of a server", _HOST_HINT, sent=False, lasting=True)
    hint = "try again; the server's log may say why"
    if isinstance(error, requests.RequestException) and _is_plain_http(error.request):
        hint = f"if this port speaks HTTPS, write server.url with https://; else {hint}"
    return Failure("the connection was lost before an answer came", hint, brief=True)


def _is_plain_http(call: requests.Request | requests.PreparedRequest | None) -> bool:
    return call is not None and (call.url or "").startswith("http:")


def _tls_failure(reason: object, untrusted: tuple[str, str]) -> Failure:
    """A refused certificate or an endpoint that does not speak TLS.

    ``untrusted``: what to say of a certificate that no trusted CA signed.
    Only a refused certificate proves that the call itself was not sent.
    """
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        what, hint = _CERTIFICATE_TROUBLE.get(cause.verify_code, untrusted)
        said = line(cause.verify_message).rstrip(".")
        return Failure(f"its TLS certificate {what} ({said})", hint, sent=False, lasting=True)
    hint = "check whether server.url says https: where the server speaks http:"
    return Failure("the TLS connection fails", hint, lasting=True)
