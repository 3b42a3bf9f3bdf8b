"""Radarr and Sonarr as the server tells of them, and how a request names them.

Shapes: docs/media-servers.md, "Radarr and Sonarr". Ids begin at 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model import Downloader, Kind, Offer, Stock
from reconciler.overseerr.foreign import integer, line, record, records

if TYPE_CHECKING:
    from reconciler.core.model import Delivery

PROGRAM = {Kind.MOVIE: "radarr", Kind.TV: "sonarr"}


def downloaders(answer: object) -> tuple[Downloader, ...]:
    """Those of ``GET /service/radarr`` or ``/service/sonarr`` that have an id and a name."""
    return tuple(
        Downloader(number, name, row.get("is4k") is True, row.get("isDefault") is True)
        for row in records(answer)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get("name")))
    )


def stock(answer: object) -> Stock:
    """What ``GET /service/radarr/{id}`` says that one of them offers."""
    told = record(answer)
    return Stock(
        _offers(told.get("profiles"), "name"),
        _offers(told.get("rootFolders"), "path"),
        _offers(told.get("tags"), "label"),
    )


def options(delivery: Delivery | None) -> dict[str, object]:
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


def _offers(rows: object, named: str) -> tuple[Offer, ...]:
    return tuple(
        Offer(number, name)
        for row in records(rows)
        if (number := integer(row.get("id"))) is not None and (name := line(row.get(named)))
    )
