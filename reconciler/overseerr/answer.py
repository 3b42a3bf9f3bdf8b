"""The meaning of a media server's response, and hints if there was none."""

from __future__ import annotations

import re
from dataclasses import dataclass

import requests

from reconciler.http.client import CallFailure, Cause, Response
from reconciler.http.foreign import JsonObject, line, record
from reconciler.overseerr.walls import Wall, find_wall, page_title

_CSRF_COOKIE = re.compile(r"(^|,)\s*_csrf=")
_UNTRUSTED = (
    "set server.ca_file to a PEM file of its CA, or of the certificate if it is self-signed"
)
_WRONG_CA = (
    "the file in server.ca_file does not contain the CA that signed it; use the CA's own PEM file"
)
_OTHER_HOST = "set server.url to a host in the certificate, or get a certificate for this host"
_CERTIFICATE_HINTS = {  # by OpenSSL's X509_V_ERR_ codes
    9: "check the clocks of this machine and of the server",
    10: "renew the certificate on the server, or check this machine's clock",
    62: _OTHER_HOST,
    64: _OTHER_HOST,  # an IP address
}
_HOST_HINT = "check that server.url is right and that the server is running"
_TRY_AGAIN = "try again; the server's log may say why"
_HINTS = {
    Cause.TLS: "if the server speaks plain HTTP, use http:// in server.url",
    Cause.PROXY: "check HTTPS_PROXY and NO_PROXY in the environment",
    Cause.CONNECT_TIMEOUT: _HOST_HINT,
    Cause.LIMIT: "check the server's log, or what is in front of the server",
    Cause.READ_TIMEOUT: "check whether the server is overloaded",
    Cause.UNKNOWN_HOST: _HOST_HINT,
    Cause.NOT_CONNECTED: _HOST_HINT,
    Cause.INVALID_URL: _HOST_HINT,
    Cause.UNREADABLE: _TRY_AGAIN,
    Cause.LOST: _TRY_AGAIN,
}


@dataclass(frozen=True, slots=True)
class ServerResponse(Response):
    """A response from the server's address: of the server, or of what is in front of it."""

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

    @property
    def page(self) -> str | None:
        """The content where it is not JSON."""
        return self.content.decode() if self.body is None else None

    @property
    def page_title(self) -> str:
        """The title of an HTML page; empty for a page without one."""
        return page_title(self.page or "")

    @property
    def wall(self) -> Wall | None:
        """What answered in place of the server."""
        return find_wall(self.status, self.headers, self.page)

    @property
    def sets_csrf_cookie(self) -> bool:
        """Whether the server protects itself with CSRF tokens."""
        return bool(_CSRF_COOKIE.search(self.headers.get("Set-Cookie", "")))


def hint_for(failure: CallFailure, url: str, *, has_ca_file: bool) -> str:
    """What to do about a call to the server at ``url`` that got no response."""
    if failure.cause is Cause.CERTIFICATE:
        untrusted = _WRONG_CA if has_ca_file else _UNTRUSTED
        return _CERTIFICATE_HINTS.get(failure.certificate_error, untrusted)
    hint = _HINTS[failure.cause]
    if hint == _TRY_AGAIN and url.startswith("http:") and not failure.answered:
        return f"if this port speaks HTTPS, use https:// in server.url; otherwise {hint}"
    return hint
