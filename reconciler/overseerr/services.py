"""Radarr and Sonarr as the server describes them, and how a request names them.

Shapes: docs/internals/media-servers/services.md. Ids begin at 0.
"""

from __future__ import annotations

import time

from reconciler.core.model import Delivery, Downloader, Kind, Option, ServiceOptions
from reconciler.errors import ServerError
from reconciler.http.foreign import integer, line, records
from reconciler.overseerr.connection import Connection
from reconciler.overseerr.tables import require_ok

PATIENCE = 5.0  # seconds that all Radarrs and Sonarrs that do not answer may take from a run
PROGRAMS = {Kind.MOVIE: "radarr", Kind.TV: "sonarr"}


class Services:
    """What the Radarrs and Sonarrs behind the server offer.

    The server asks Radarr or Sonarr in turn. While one is down the call takes half a minute, or is
    never answered, so each may take half of the patience that is left: together they stay below
    it, and one that is down does not keep the others from being asked.
    """

    def __init__(self, connection: Connection, patience: float) -> None:
        self._connection = connection
        self._patience = patience

    def options(self, kind: Kind, number: int) -> ServiceOptions:
        path = f"/service/{PROGRAMS[kind]}/{number}"
        start = time.monotonic()
        try:
            answer = self._connection.get(path, timeout=self._patience / 2)
            body = require_ok(answer, path, self._connection.url).record
        except ServerError:
            self._patience -= min(time.monotonic() - start, self._patience / 2)
            raise
        return ServiceOptions(
            _options(body.get("profiles"), "name"),
            _options(body.get("rootFolders"), "path"),
            _options(body.get("tags"), "label"),
        )


def downloaders(answer: object) -> tuple[Downloader, ...]:
    """Those of ``GET /service/radarr`` or ``/service/sonarr`` that have an id and a name."""
    return tuple(
        Downloader(number, name, row.get("is4k") is True, row.get("isDefault") is True)
        for row in records(answer)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get("name")))
    )


def request_options(delivery: Delivery | None) -> dict[str, object]:
    """The keys of a request's body that choose the service; the server decides about missing ones.

    The service itself is always named: another default tomorrow would not have the profile.
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


def _options(rows: object, name_key: str) -> tuple[Option, ...]:
    return tuple(
        Option(number, name)
        for row in records(rows)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get(name_key)))
    )
