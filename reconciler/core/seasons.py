"""Which seasons of a show are wanted, and how a set of them is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.core.model import Show


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


def span(numbers: Iterable[int]) -> str:
    """``S1-3, S5`` for 1, 2, 3 and 5."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return ", ".join(f"S{a}" if a == b else f"S{a}-{b}" for a, b in runs)
