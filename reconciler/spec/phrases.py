"""The file's small languages, a line each: seasons, and what else is written in words."""

from __future__ import annotations

import re

from reconciler.core.model import ALL_SEASONS, SeasonRule
from reconciler.spec.tree import Scalar

SEASONS = r"^(all|latest|(first|last)( [1-9][0-9]{0,2})?|[0-9]{1,3}-[0-9]{1,3})$"
_HIGHEST = 999


def seasons(value: object) -> object:
    """``all``, ``first``, ``latest``, ``first 2``, ``last 3``, ``1-3`` or ``[1, 4]``."""
    if isinstance(value, tuple):
        return SeasonRule(named=tuple(sorted({_season(one) for one in value})) or _none_named())
    if isinstance(value, dict):
        raise _no_seasons("this")
    if not isinstance(value, Scalar):
        return value
    text = " ".join(value.text.split())
    if not re.fullmatch(SEASONS, text):
        raise _no_seasons(value.shown)
    if text == "all":
        return ALL_SEASONS
    word, _, number = text.partition(" ")
    if word == "first":
        return SeasonRule(first=int(number or 1))
    if word in {"latest", "last"}:
        return SeasonRule(last=int(number or 1))
    low, high = map(int, text.split("-"))
    if low > high:
        raise ValueError(f"{value.shown} runs backwards; write {high}-{low}")
    return SeasonRule(named=tuple(range(low, high + 1)))


def _season(value: object) -> int:
    if not isinstance(value, Scalar) or not re.fullmatch(r"[0-9]{1,3}", value.text):
        shown = value.shown if isinstance(value, Scalar) else "this"
        raise ValueError(f"{shown} is no season's number; write 0 (specials) to {_HIGHEST}")
    return int(value.text)


def _none_named() -> tuple[int, ...]:
    raise ValueError("names no season; write all, or the seasons' numbers: [1, 4]")


def _no_seasons(shown: str) -> ValueError:
    return ValueError(
        f"{shown} names no seasons; write all, first, latest, first 2, last 3, 1-3 or [1, 4]"
    )
