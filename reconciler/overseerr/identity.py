"""Which of the three servers answers at a URL, if any."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.core.model import Flavour, Kind, ServerInfo
from reconciler.errors import CsrfProtectionError, ServerError
from reconciler.http.foreign import line
from reconciler.overseerr.answer import ServerResponse
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.tables import require_ok

_SEERR = 3  # the first major version under that name
_JELLYSEERR = 2  # its last
_HAS_4K = {Kind.MOVIE: "movie4kEnabled", Kind.TV: "series4kEnabled"}


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The server, and whether its owner has finished the setup."""

    info: ServerInfo
    initialized: bool


def identify(connection: Connection) -> ServerIdentity:
    """Ask the server what it is; only a server that has answered gets to see the key.

    Raises ServerError for anything else at this URL, and for a server that would refuse every
    request.
    """
    status = connection.get("/status", keyed=False)
    settings = connection.get("/settings/public", keyed=False)
    for answer, path in ((status, "/status"), (settings, "/settings/public")):
        if answer.status >= 500:  # noqa: PLR2004 - HTTP's own ranges
            require_ok(answer, path, connection.url)
    version = line(status.record.get("version"))
    initialized = settings.record.get("initialized")
    if not version or not isinstance(initialized, bool):
        raise _not_a_media_server(connection)
    if status.sets_csrf_cookie or settings.sets_csrf_cookie:
        raise CsrfProtectionError(connection.url)
    flavour = _flavour(connection, version, settings)
    without_4k = frozenset(
        kind for kind, key in _HAS_4K.items() if settings.record.get(key) is False
    )
    has_specials = settings.record.get("enableSpecialEpisodes") is not False  # Overseerr: no key
    return ServerIdentity(ServerInfo(flavour, version, without_4k, has_specials), initialized)


def _flavour(connection: Connection, version: str, settings: ServerResponse) -> Flavour:
    """By the version; for a build between releases, by its settings and paths.

    Jellyseerr has shared Overseerr's numbers for a while, but always had a ``mediaServerType``;
    only Seerr has ``/blocklist``.
    """
    numbered = re.match(r"v?([0-9]{1,4})\.", version)
    major = int(numbered[1]) if numbered else 0
    if major >= _SEERR:
        return Flavour.SEERR
    if major == _JELLYSEERR:
        return Flavour.JELLYSEERR
    if "mediaServerType" not in settings.record:
        return Flavour.OVERSEERR
    if major:
        return Flavour.JELLYSEERR
    probe = connection.get("/blocklist?take=1")
    return Flavour.JELLYSEERR if probe.status == 404 else Flavour.SEERR  # noqa: PLR2004


def _not_a_media_server(connection: Connection) -> ServerError:
    pages = (connection.page(path) for path in ("/", "/login"))
    title = next((page.page_title for page in pages if page and page.page_title), "")
    looks = f' (its page title is "{title}")' if title else ""
    return ServerError(
        f"this is not an Overseerr, Jellyseerr or Seerr server{looks}",
        where=connection.url,
        hint="set server.url to the address of the server's start page, like http://seerr:5055",
    )
