"""Values with a grammar of their own: seasons, and other rules that are written in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from reconciler.config import values
from reconciler.config.problems import suggest
from reconciler.config.tree import Scalar
from reconciler.core.model import ALL_SEASONS, Budget, Rerequest, SeasonRule

AFTER = r"^after +([0-9]{1,9}[smhdw])+$"
BUDGET = r"^[1-9][0-9]{0,5} ?/ ?(hour|day|week|month)$"
SEASONS = r"^(all|latest|(first|last)( [1-9][0-9]{0,2})?|[0-9]{1,3}-[0-9]{1,3})$"
_HIGHEST = 999
_WINDOWS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}  # in hours


def budget(value: Scalar) -> Budget:
    """``100/week``: titles per hour, day, week or month (of 30 days)."""
    if not re.fullmatch(BUDGET, value.text):
        raise ValueError(
            f"{value.shown} is no budget; write titles per hour, day, week or month: 100/week"
        )
    titles, unit = (part.strip() for part in value.text.split("/"))
    return Budget(int(titles), timedelta(hours=_WINDOWS[unit]), unit)


def rerequest(value: Scalar) -> Rerequest | timedelta:
    """``never``, ``on-readd``, ``after 90d``."""
    known = [str(rule) for rule in Rerequest]
    if value.text in known:
        return Rerequest(value.text)
    word, _, length = value.text.partition(" ")
    if word != "after":
        hint = suggest(value.source, known) or "; write never, on-readd, or after 90d"
        raise ValueError(f"{value.shown} is no rule{hint}")
    if not re.fullmatch(values.DURATION, length.strip()):
        raise ValueError(
            f"{value.shown} is no rule; write after and a number and s, m, h, d or w: after 90d"
        )
    return values.duration(replace(value, text=length.strip()))


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
