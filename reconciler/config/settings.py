"""What a setting is: a value as people write it, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

MASK = "********"


class Origin(StrEnum):
    """Which part of the config states a value."""

    BUILT_IN = "built-in"
    FILE = "file"  # outside of lists and defaults
    DEFAULTS = "defaults"
    LIST = "list"
    ACCEPTED = "accepted earlier"  # the file's own value waits: it gives more permissions


@dataclass(frozen=True, slots=True)
class Setting:
    """One value in effect. ``path``: ("lists", "kids", "filter", "genres")."""

    path: tuple[str, ...]
    value: JsonValue  # durations as "6h"; of a secret, "${NAME}" or the mask
    origin: Origin = Origin.BUILT_IN
    place: str = ""  # listsync.yaml:14; of a built-in value, nothing
    variables: tuple[str, ...] = ()  # environment variables in the value
    is_secret: bool = False

    @property
    def source(self) -> str:
        """Where the value comes from, in words: ``defaults, environment variable ANNA``."""
        names = ", ".join(self.variables)
        noun = "variables" if len(self.variables) > 1 else "variable"
        return f"{self.origin}, environment {noun} {names}" if names else str(self.origin)


@dataclass(frozen=True, slots=True)
class Written:
    """Settings that a model carries along: two configs are equal wherever a value was written."""

    settings: tuple[Setting, ...] = field(default=(), compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)  # on the config, each in one line
