"""The differences between Overseerr, Jellyseerr, Seerr and their versions, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Flavour = Literal["overseerr", "jellyseerr", "seerr"]

NEWEST: dict[Flavour, str] = {"overseerr": "1.34.0", "jellyseerr": "2.7.3", "seerr": "3.1.0"}
"""The version that is played when none is asked for."""

_REQUEST_FILTERS = (
    "all", "approved", "available", "pending", "processing", "unavailable", "failed",
)  # fmt: skip
_MEDIA_FILTERS = ("all", "available", "partial", "allavailable", "processing", "pending")
_MEDIA_MARKS = ("available", "partial", "processing", "pending", "unknown")


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version of one flavour. Seerr from 3.2 on follows its source code and was never run."""

    flavour: Flavour
    version: str
    completes: bool
    """Requests become COMPLETED (5) once their media is there; rows may be DELETED (7)."""
    specials_requestable: bool
    """``[0]`` is taken as a season."""
    specials_in_all: bool
    """``"all"`` means season 0 too."""
    sorts_both_ways: bool
    """``GET /request`` knows ``sortDirection``."""
    reports_services: bool
    """``GET /request`` lists unreachable Radarr/Sonarr in ``serviceErrors``."""
    counts_completed: bool
    """``GET /request/count`` counts the completed ones."""
    marks_seasons: bool
    """Marking a show as available heeds the seasons named."""
    blocklist_paths: tuple[str, ...]
    blocklist_word: str
    blocks_by_kind: bool
    """Blocklist entries are of a kind and a number; their paths want ``mediaType``, and an unknown
    one is a 404. Else of a number alone, whatever its kind, and an unknown one is a 401."""
    lists_blocked: str
    """What ``GET`` of the blocklist shows without a ``filter``."""
    keeps_blocklisted: bool
    """``DELETE /media`` leaves a blocklisted row where it is."""
    ignores_quota: bool
    """A manager may send ``ignoreQuota``: such a request counts for nobody's quota."""
    completes_at_once: bool
    """A request that is approved while its media is there becomes COMPLETED."""
    has_media_server_type: bool
    """Not Overseerr: Jellyfin fields on users and media, ``mediaServerType`` in the settings."""

    @property
    def declines_seasons(self) -> bool:
        """Whether declining a request declines its seasons; otherwise they keep their status."""
        return self.flavour == "seerr"

    @property
    def shows_decided_seasons(self) -> bool:
        """Whether the answer to a decision shows the new status of the seasons, or the old."""
        return self.flavour != "jellyseerr"

    @property
    def request_filters(self) -> tuple[str, ...]:
        """The values ``filter`` of ``GET /request`` may have."""
        return (*_REQUEST_FILTERS, "deleted", "completed") if self.completes else _REQUEST_FILTERS

    @property
    def media_filters(self) -> tuple[str, ...]:
        """The values ``filter`` of ``GET /media`` may have."""
        return (*_MEDIA_FILTERS, "deleted") if self.completes else _MEDIA_FILTERS

    @property
    def media_marks(self) -> tuple[str, ...]:
        """The last path parts of ``POST /media/{id}/…``."""
        return (*_MEDIA_MARKS, "deleted") if self.completes else _MEDIA_MARKS


def dialect_of(flavour: Flavour, version: str | None = None) -> Dialect:
    """The dialect of a version such as ``2.1.0``; by default the newest."""
    spoken = version or NEWEST[flavour]
    major, minor, *_ = (int(part) for part in (*spoken.split("."), "0")[:2])
    overseerr, seerr = flavour == "overseerr", flavour == "seerr"
    newer = (major, minor) >= (3, 2)
    completes = seerr or (not overseerr and (major, minor) >= (2, 6))
    return Dialect(
        flavour=flavour,
        version=spoken,
        completes=completes,
        specials_requestable=overseerr,
        specials_in_all=overseerr or (not seerr and (major, minor) < (2, 2)),
        sorts_both_ways=seerr or (not overseerr and (major, minor) >= (2, 2)),
        reports_services=seerr,
        counts_completed=seerr,
        marks_seasons=not overseerr,
        blocklist_paths=_blocklist_paths(flavour),
        blocklist_word="blocklisted" if seerr else "blacklisted",
        blocks_by_kind=seerr and newer,
        lists_blocked="all" if seerr and newer else "manual",
        keeps_blocklisted=seerr and (major, minor) >= (3, 1),
        ignores_quota=seerr and newer,
        completes_at_once=seerr and newer,
        has_media_server_type=not overseerr,
    )


def _blocklist_paths(flavour: Flavour) -> tuple[str, ...]:
    return {
        "overseerr": (),
        "jellyseerr": ("blacklist",),
        "seerr": ("blocklist", "blacklist"),
    }[flavour]
