"""What a list asks of its titles: which seasons, and how they are requested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SeasonRule:
    """Which seasons of a show are wanted; only one of the three is given, without any: all.

    *All* and *last* follow a show as its seasons air; *first* and *named* are fixed.
    """

    first: int | None = None
    last: int | None = None
    named: tuple[int, ...] | None = None  # the only way to mean specials (0)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many titles may be requested in any ``window`` of time, all lists together."""

    titles: int
    window: timedelta
    unit: str  # what the window is called: "week"


ALL_SEASONS = SeasonRule()
