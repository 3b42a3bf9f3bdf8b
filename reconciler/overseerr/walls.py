"""Answers of a proxy in front of the server: login pages, Basic auth, Cloudflare.

The servers themselves answer JSON below ``/api/v1``, never redirect there, and never send a
``WWW-Authenticate`` (docs/internals/media-servers/errors.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from reconciler.http.foreign import line

_DIRECT = "or set server.url to the server's own address, like http://seerr:5055"
_EXEMPT = f"exempt /api/v1 from the login in the reverse proxy, {_DIRECT}"
_HEAD = 100_000  # characters of a page that are searched; patterns have bounds of their own
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,1000}?)</title", re.IGNORECASE | re.DOTALL)
_PASSWORD_FIELD = re.compile(
    r"""<input\b[^>]{0,500}?\btype\s{0,9}=\s{0,9}["']?password""", re.IGNORECASE
)
_LOG_IN_TITLE = re.compile(
    r"\b(log|sign)[ -]?(in|on)\b|authelia|authentik|keycloak|authentication", re.IGNORECASE
)
_LOG_IN_HOST = re.compile(
    r"(auth\w*|log-?in|sign-?in|sso|accounts?|idp?|keycloak)\.", re.IGNORECASE
)
_LOG_IN_PATH = re.compile(
    r"/(log-?in|sign-?in|o?auth2?|sso|saml2?|authorize|outpost\.goauthentik\.io)(/|$)",
    re.IGNORECASE,
)
_RETURN_ADDRESS = re.compile(r"(^|&)(rd|redirect\w*|return\w*|next|continue)=http", re.IGNORECASE)
_CLOUDFLARE_ERRORS = range(520, 531)  # Cloudflare's own: it got no answer from the server
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Wall:
    """What answered in place of the server; ``passing``: it may be gone soon."""

    message: str
    hint: str
    passing: bool = False


def page_title(content: str) -> str:
    """The title of an HTML page; empty for a page without one."""
    title = _TITLE.search(content[:_HEAD])
    return line(title[1]) if title else ""


def find_wall(status: int, headers: Mapping[str, str], content: str | None) -> Wall | None:
    """What kept a call from reaching the server; None: nothing recognizable.

    ``headers``: with names in any case. ``content``: the body where it is not JSON, else None.
    """
    title = page_title(content or "")
    label = f"HTTP {status}" + f', "{title}"' * bool(title)
    scheme = headers.get("WWW-Authenticate", "").partition(" ")[0]
    target = _target(headers.get("Location", "")) if status in _REDIRECTS else None
    if wall := _cloudflare(status, headers, content, label, target):
        return wall
    if target and _asks_for_log_in(target):
        return Wall("something in front of the server asks for a login", _EXEMPT)
    if status == 401 and scheme:  # noqa: PLR2004 - HTTP's own numbers
        requirement = "a user name and password" if scheme.casefold() == "basic" else "a login"
        return Wall(
            f"something in front of the server asks for {requirement} ({scheme} auth)", _EXEMPT
        )
    if content is None or status >= 500:  # noqa: PLR2004
        return None
    if status == 401 or _LOG_IN_TITLE.search(title) or _PASSWORD_FIELD.search(content[:_HEAD]):  # noqa: PLR2004
        return Wall(f"something in front of the server asks for a login ({label})", _EXEMPT)
    if status == 403:  # noqa: PLR2004
        hint = f"let this machine send GET, POST and DELETE requests to /api/v1, {_DIRECT}"
        return Wall(f"something in front of the server refuses access ({label})", hint)
    return None


def _cloudflare(
    status: int,
    headers: Mapping[str, str],
    content: str | None,
    label: str,
    target: SplitResult | None,
) -> Wall | None:
    scheme = headers.get("WWW-Authenticate", "").casefold()
    if (target and (target.hostname or "").endswith(".cloudflareaccess.com")) or (
        scheme.startswith("cloudflare-access")
    ):
        hint = f"add a policy that lets /api/v1 bypass Cloudflare Access, {_DIRECT}"
        return Wall("Cloudflare Access, in front of the server, asks for a login", hint)
    if headers.get("Server", "").casefold() != "cloudflare":
        return None
    if status in _CLOUDFLARE_ERRORS:
        hint = f"check that the server and its tunnel (cloudflared) are running, {_DIRECT}"
        return Wall(f"Cloudflare cannot reach the server ({label})", hint, passing=True)
    challenged = "cf-mitigated" in headers
    if challenged or (content is not None and status == 403):  # noqa: PLR2004
        verb = "checks visitors" if challenged else "refuses access"
        hint = f"exempt /api/v1 from Cloudflare's checks with a WAF skip rule, {_DIRECT}"
        return Wall(f"Cloudflare, in front of the server, {verb} ({label})", hint)
    return None


def _target(location: str) -> SplitResult | None:
    try:
        return urlsplit(location)
    except ValueError:
        return None


def _asks_for_log_in(target: SplitResult) -> bool:
    return bool(
        _LOG_IN_HOST.match(target.hostname or "")
        or _LOG_IN_PATH.search(target.path)
        or _RETURN_ADDRESS.search(target.query)
    )
