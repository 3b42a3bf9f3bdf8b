"""Radarr and Sonarr as the server tells of them, and how a request names them.

Shapes: docs/internals/media-servers/services.md. Ids begin at 0.
"""

from __future__ import annotations

import time

from reconciler.core.model import Delivery, Downloader, Kind, Option, ServiceOptions
from reconciler.errors import ServerError
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.foreign import integer, line, record, records
from reconciler.overseerr.tables import accepted

PATIENCE = 5.0  # seconds that all Radarrs and Sonarrs that do not answer may take from a run
PROGRAM = {Kind.MOVIE: "radarr", Kind.TV: "sonarr"}


class Services:
    """What there is behind the server, asked of the server.

    The server asks Radarr or Sonarr in turn. While one is away the call takes half a minute, or
    is never answered, so each may take half of the patience that is left: all together stay
    below it, and one that is away does not keep the others from being asked.
    """

    def __init__(self, connection: Connection, patience: float) -> None:
        """``patience``: seconds for those that do not answer, in all."""
        self._connection = connection
        self._patience = patience

    def all(self, kind: Kind) -> tuple[Downloader, ...]:
        """Each Radarr (of films) or Sonarr (of shows), without what it offers."""
        path = f"/service/{PROGRAM[kind]}"
        return downloaders(accepted(self._connection.get(path), path, self._connection.url).body)

    def stock(self, kind: Kind, number: int) -> ServiceOptions:
        """What one of them offers."""
        path = f"/service/{PROGRAM[kind]}/{number}"
        began = time.monotonic()
        try:
            answer = self._connection.get(path, timeout=self._patience / 2)
            return stock(accepted(answer, path, self._connection.url).record)
        except ServerError:
            waited = min(time.monotonic() - began, self._patience / 2)
            self._patience -= waited
            raise


def downloaders(answer: object) -> tuple[Downloader, ...]:
    """Those of ``GET /service/radarr`` or ``/service/sonarr`` that have an id and a name."""
    return tuple(
        Downloader(number, name, row.get("is4k") is True, row.get("isDefault") is True)
        for row in records(answer)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get("name")))
    )


def stock(answer: object) -> ServiceOptions:
    """What ``GET /service/radarr/{id}`` says that one of them offers."""
    body = record(answer)
    return ServiceOptions(
        _offers(body.get("profiles"), "name"),
        _offers(body.get("rootFolders"), "path"),
        _offers(body.get("tags"), "label"),
    )


def request_options(delivery: Delivery | None) -> dict[str, object]:
    """The members of a request's body; what is not named is left to the server.

    The downloader itself is always named: another default tomorrow would not know the profile.
    """
    if delivery is None:
        return {}
    body: dict[str, object] = {"serverId": delivery.server.id}
    if delivery.profile:
        body["profileId"] = delivery.profile.id
    if delivery.folder:
        body["rootFolder"] = delivery.folder.name
    if delivery.tags is not None:
        body["tags"] = [tag.id for tag in delivery.tags]
    return body


def _offers(rows: object, named: str) -> tuple[Option, ...]:
    return tuple(
        Option(number, name)
        for row in records(rows)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get(named)))
    )
