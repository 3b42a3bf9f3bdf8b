"""Which seasons of a show have aired, which are wanted, and how a set of them is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from reconciler.core.model.rules import SeasonRule
from reconciler.core.model.server import Season, Show


class Basis(StrEnum):
    """The fact that decides whether a season has aired."""

    NO_EPISODES = "no-episodes"
    AIR_DATE = "air-date"
    ENDED = "ended"
    LAST_EPISODE = "last-episode"
    NOTHING = "nothing"


def basis(season: Season, show: Show) -> Basis:
    """Choose the fact that decides whether a season has aired. The first one that is known does.

    ==================================================  ============  =========================
    what the server says                                basis         aired
    ==================================================  ============  =========================
    the season has 0 episodes                           no-episodes   no
    the season has an air date                          air-date      from that day on
    the show has ended, and the season has episodes     ended         yes
    an episode of season N was the last one to air      last-episode  up to season N, no further
    none of these                                       nothing       no
    ==================================================  ============  =========================

    Seerr gives no season an air date where TheTVDB is its metadata provider for series.
    """
    if season.episodes == 0:
        return Basis.NO_EPISODES
    if season.air_date is not None:
        return Basis.AIR_DATE
    if show.ended and season.episodes is not None:
        return Basis.ENDED
    return Basis.NOTHING if show.last_aired_season is None else Basis.LAST_EPISODE


def has_aired(season: Season, show: Show, today: date) -> bool:
    """Whether the first episode of a season has aired, by its ``basis``."""
    match basis(season, show):
        case Basis.AIR_DATE:
            return season.air_date is not None and season.air_date <= today
        case Basis.ENDED:
            return True
        case Basis.LAST_EPISODE:
            return show.last_aired_season is not None and season.number <= show.last_aired_season
        case _:
            return False


def choose_seasons(
    rules: Iterable[SeasonRule], show: Show, today: date
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The seasons that rules want and that have aired, and those they want that have not.

    Several lists on one show want the union. Specials are wanted only where they are named.
    """
    out, coming = aired(show, today), unaired(show, today)
    numbers: set[int] = set()
    for rule in rules:
        if rule.named is not None:
            numbers.update(rule.named)
        elif rule.first is not None:
            numbers.update(sorted((*out, *coming))[: rule.first])
        else:
            numbers.update(coming)  # a show that is followed
            numbers.update(out if rule.last is None else out[-rule.last :])
    here = {season.number for season in show.seasons if has_aired(season, show, today)}
    return tuple(sorted(numbers & here)), tuple(sorted(numbers - here))


def aired(show: Show, today: date) -> tuple[int, ...]:
    """The seasons from 1 on that have aired, in order. Specials are never implied."""
    return tuple(
        sorted(s.number for s in show.seasons if s.number >= 1 and has_aired(s, show, today))
    )


def unaired(show: Show, today: date) -> tuple[int, ...]:
    """The seasons from 1 on that are announced and have not aired."""
    numbers = {s.number for s in show.seasons if s.number >= 1}
    return tuple(sorted(numbers - set(aired(show, today))))


def span(numbers: Iterable[int]) -> str:
    """``S1-3, S5`` for 1, 2, 3 and 5."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(f"S{a}" if a == b else f"S{a}-{b}" for a, b in runs)
