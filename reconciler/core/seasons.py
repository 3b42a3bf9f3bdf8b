"""Which seasons of a show are wanted, and how a set of them is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.core.model import SeasonRule, Show


def chosen(
    rules: Iterable[SeasonRule], show: Show, today: date
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The seasons that rules want and that have aired, and those they want that have not.

    Several lists on one show want the union. Specials are wanted only where they are named.
    """
    out, coming = aired(show, today), unaired(show, today)
    wanted: set[int] = set()
    for rule in rules:
        if rule.named is not None:
            wanted.update(rule.named)
        elif rule.first is not None:
            wanted.update(sorted((*out, *coming))[: rule.first])
        else:
            wanted.update(coming)  # a show that is followed
            wanted.update(out if rule.last is None else out[-rule.last :])
    here = set(out) | _aired_specials(show, today)
    return tuple(sorted(wanted & here)), tuple(sorted(wanted - here))


def aired(show: Show, today: date) -> tuple[int, ...]:
    """The seasons from 1 on whose first episode has aired, in order. Specials are never implied."""
    return tuple(
        sorted(
            s.number
            for s in show.seasons
            if s.number >= 1 and s.air_date is not None and s.air_date <= today
        )
    )


def unaired(show: Show, today: date) -> tuple[int, ...]:
    """The seasons from 1 on that are announced and have not aired."""
    numbers = {s.number for s in show.seasons if s.number >= 1}
    return tuple(sorted(numbers - set(aired(show, today))))


def _aired_specials(show: Show, today: date) -> set[int]:
    return {0 for s in show.seasons if s.number == 0 and s.air_date and s.air_date <= today}


def span(numbers: Iterable[int]) -> str:
    """``S1-3, S5`` for 1, 2, 3 and 5."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(f"S{a}" if a == b else f"S{a}-{b}" for a, b in runs)
