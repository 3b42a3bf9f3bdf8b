"""Where a request goes behind the server, and how: what a list names, and what there is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """Something that Radarr or Sonarr has: a profile, a folder (its path is its name), a tag."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What one Radarr or Sonarr offers."""

    profiles: tuple[Option, ...] = ()
    folders: tuple[Option, ...] = ()
    tags: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Downloader:
    """A Radarr (films) or Sonarr (shows) that the server sends requests to."""

    id: int
    name: str
    is_4k: bool = False
    is_default: bool = False
    stock: ServiceOptions | None = None  # None: nobody asked for it, or it is unknown
    trouble: str = ""  # why it cannot be had now; what it offered within the last day may be known


@dataclass(frozen=True, slots=True)
class ServiceSelection:
    """What a list names, by id (a number) or name; None: the server's own."""

    server: int | str | None = None
    profile: int | str | None = None
    folder: int | str | None = None
    tags: tuple[int | str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and how requests for one kind of title go; None: the downloader's own."""

    server: Option
    profile: Option | None = None
    folder: Option | None = None
    tags: tuple[Option, ...] | None = None
