"""What an attack is: rounds of random trouble, each drawn from a seed of its own."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    Figures = dict[str, float]
    Strike = Callable[[Random], Figures]

WORST = ("slowest", "peak", "longest")  # the largest of these figures is kept; others are added up


class DamageError(AssertionError):
    """A round found what must not be."""


def check(holds: object, message: str) -> None:
    """Raise DamageError with ``message`` unless it holds."""
    if not holds:
        raise DamageError(message)


@dataclass(frozen=True, slots=True)
class Attack:
    """``set_up``: what the rounds share while they last. ``bound``: what must be true of them."""

    name: str
    bound: str
    set_up: Callable[[], AbstractContextManager[Strike]]


@dataclass
class Result:
    """What the rounds of an attack came to."""

    attack: Attack
    rounds: int = 0
    seconds: float = 0.0
    figures: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)  # by round

    def add(self, figures: Figures) -> None:
        """The figures of one more round."""
        for name, value in figures.items():
            if name.startswith(WORST):
                self.figures[name] = max(self.figures[name], value)  # type: ignore[assignment]
            else:
                self.figures[name] += value  # type: ignore[assignment]

    @property
    def summary(self) -> str:
        """All figures in one line."""
        return ", ".join(
            f"{name} {value:,.3g}" if value % 1 else f"{name} {value:,.0f}"
            for name, value in self.figures.items()
        )


def run_rounds(
    attack: Attack, seed: int, seconds: float, rounds: Iterable[int] | None = None
) -> Result:
    """Rounds until the time is over, one at least. ``rounds``: these, whatever they take."""
    result = Result(attack)
    began = time.monotonic()
    with attack.set_up() as strike:
        for number in count() if rounds is None else rounds:
            if rounds is None and number and time.monotonic() - began > seconds:
                break
            try:
                result.add(strike(Random(f"{seed} {attack.name} {number}")))  # noqa: S311 - repeatable
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the round's
                result.failures[number] = f"{type(error).__name__}: {error}"
            result.rounds += 1
    result.seconds = time.monotonic() - began
    return result
