"""Which server answers at a URL, if it is one of the three at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.core.model import Flavour, Kind, ServerInfo
from reconciler.errors import CsrfProtectionError, ServerError
from reconciler.overseerr.answer import Answer
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.foreign import line
from reconciler.overseerr.tables import accepted

_SEERR = 3  # the first major version under that name
_JELLYSEERR = 2  # its last
_HAS_4K = {Kind.MOVIE: "movie4kEnabled", Kind.TV: "series4kEnabled"}


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """Who answers, and whether its owner has finished setting it up."""

    info: ServerInfo
    initialized: bool


def identify(connection: Connection) -> ServerIdentity:
    """Ask the server who it is; the key is shown to nothing that has not said so.

    Raises ServerError where something else answers, or where nothing that is sent to it would be
    accepted.
    """
    status = connection.get("/status", keyed=False)
    settings = connection.get("/settings/public", keyed=False)
    for answer, path in ((status, "/status"), (settings, "/settings/public")):
        if answer.status >= 500:  # noqa: PLR2004 - HTTP's own ranges
            accepted(answer, path, connection.url)
    version = line(status.record.get("version"))
    initialized = settings.record.get("initialized")
    if not version or not isinstance(initialized, bool):
        raise _stranger(connection)
    if status.sets_csrf_cookie or settings.sets_csrf_cookie:
        raise CsrfProtectionError(connection.url)
    flavour = _flavour(connection, version, settings)
    lacks = frozenset(kind for kind, key in _HAS_4K.items() if settings.record.get(key) is False)
    specials = (
        settings.record.get("enableSpecialEpisodes") is not False
    )  # Overseerr has no such key
    return ServerIdentity(ServerInfo(flavour, version, lacks, specials), initialized)


def _flavour(connection: Connection, version: str, settings: Answer) -> Flavour:
    """Told by the version; builds between releases by what they have and lack.

    Jellyseerr has shared Overseerr's numbers for a while, but never its lack of a
    ``mediaServerType``; Seerr alone calls its blocklist so.
    """
    found = re.match(r"v?([0-9]{1,4})\.", version)
    major = int(found[1]) if found else 0
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


def _stranger(connection: Connection) -> ServerError:
    """The error for another kind of server, with the name its pages give it."""
    pages = (connection.page(path) for path in ("/", "/login"))
    title = next((page.page_title for page in pages if page and page.page_title), "")
    looks = f' (it looks like "{title}")' if title else ""
    return ServerError(
        f"something answers, but it is not an Overseerr, Jellyseerr or Seerr{looks}",
        where=connection.url,
        hint="server.url is the address of its start page, like http://seerr:5055",
    )
