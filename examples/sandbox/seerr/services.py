"""The Radarr and Sonarr servers behind a media server, as far as it uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .faults import Faults
from .numbers import RequestStatus
from .state import Request, State

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A configured Radarr or Sonarr. It can be reached unless a fault prevents that."""

    id: int
    name: str
    is4k: bool = False
    profiles: tuple[tuple[int, str], ...] = ((1, "Any"),)
    folders: tuple[tuple[int, str], ...] = ((1, "/media"),)
    tags: tuple[tuple[int, str], ...] = ()
    is_default: bool = True

    def offers(self) -> Json:
        """Its options, as it returns them to the media server."""
        return {
            "server": self.as_json(),
            "profiles": [{"id": number, "name": name} for number, name in self.profiles],
            "rootFolders": [
                {"id": number, "path": path, "freeSpace": 10**12} for number, path in self.folders
            ],
            "tags": [{"id": number, "label": label} for number, label in self.tags],
        }

    def as_json(self) -> Json:
        """Its row in the list of servers."""
        return {
            "id": self.id,
            "name": self.name,
            "is4k": self.is4k,
            "isDefault": self.is_default,
            "activeDirectory": self.folders[0][1],
            "activeProfileId": self.profiles[0][0],
            "activeTags": [],
        }


@dataclass(slots=True)
class Services:
    """All configured servers; they may change at run time."""

    radarr: tuple[Service, ...]
    sonarr: tuple[Service, ...]
    faults: Faults
    state: State

    def of(self, kind: str) -> tuple[Service, ...]:
        """The servers of one kind: ``radarr`` or ``sonarr``."""
        return self.radarr if kind == "radarr" else self.sonarr

    def has_4k(self, kind: str) -> bool:
        """Whether 4K is on for a kind: one of its servers is the default for 4K."""
        return any(server.is4k and server.is_default for server in self.of(kind))

    def is_down(self, kind: str) -> bool:
        """Whether the servers of one kind cannot be reached."""
        return self.faults.radarr_down if kind == "radarr" else self.faults.sonarr_down

    def lacks_tvdb_id(self, request: Request) -> bool:
        """Whether a show without a TVDB id would be sent to Sonarr, which fails on every server."""
        show = request.media.kind == "tv"
        return show and request.media.tvdb is None and bool(self._fitting(request))

    def send(self, request: Request) -> bool:
        """Forward an approved request; False if the media row must not change.

        Without a matching server, nothing is forwarded and no error is shown. A server that cannot
        be reached makes the request FAILED, and leaves the row of a film as it was.
        """
        kind = "radarr" if request.media.kind == "movie" else "sonarr"
        fitting = self._fitting(request)
        if not fitting:
            return True
        if self.is_down(kind):
            request.status = RequestStatus.FAILED
            return kind == "sonarr"
        request.media.service_id = fitting[0].id
        return True

    def _fitting(self, request: Request) -> list[Service]:
        """The servers that a request may be sent to, in order."""
        wanted = request.options.get("serverId")
        return [
            server
            for server in self.of("radarr" if request.media.kind == "movie" else "sonarr")
            if (
                server.is_default and server.is4k is request.is4k
                if wanted is None
                else server.id == wanted
            )
        ]

    def errors(self) -> Json:
        """The servers that can't be reached, as ``GET /request`` lists them."""
        return {
            kind: [
                {"id": server.id, "name": server.name}
                for server in self.of(kind)
                if self.is_down(kind)
            ]
            for kind in ("radarr", "sonarr")
        }
