"""Where a request goes behind the server, as data: by id for the server, by name for people."""

from __future__ import annotations

from typing import Any, TypedDict

from reconciler.core.model import Delivery


class Destination(TypedDict):
    """What the server is told."""

    server_id: int | None  # of Radarr or Sonarr; None, here and below: the server's own choice
    profile_id: int | None
    root_folder: str | None
    tags: list[int] | None


def destination(delivery: Delivery | None) -> Destination:
    """Where a request goes, as the server is told."""
    if delivery is None:
        return {"server_id": None, "profile_id": None, "root_folder": None, "tags": None}
    return {
        "server_id": delivery.server.id,
        "profile_id": delivery.profile.id if delivery.profile else None,
        "root_folder": delivery.folder.name if delivery.folder else None,
        "tags": None if delivery.tags is None else [tag.id for tag in delivery.tags],
    }


def named(delivery: Delivery) -> dict[str, Any]:
    """The same as people call it."""
    return {
        "server": delivery.server.name,
        "profile": delivery.profile.name if delivery.profile else None,
        "root_folder": delivery.folder.name if delivery.folder else None,
        "tags": None if delivery.tags is None else [tag.name for tag in delivery.tags],
    }
