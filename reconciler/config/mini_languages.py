"""Values with a grammar of their own: budgets, seasons, years, and when to request again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from reconciler.config.keys import VARIABLE, Form, or_variable, pattern
from reconciler.config.problems import suggest
from reconciler.config.tree import Scalar
from reconciler.config.values import DURATION, match_text, parse_duration
from reconciler.core.model import ALL_SEASONS, Budget, Rerequest, SeasonRule, Years

_AFTER = r"^after +([0-9]{1,9}[smhdw])+$"
_BUDGET = r"^[1-9][0-9]{0,5} ?/ ?(hour|day|week|month)$"
_SEASONS = r"^(all|latest|(first|last)( [1-9][0-9]{0,2})?|[0-9]{1,3}-[0-9]{1,3})$"
_YEARS = r"^([0-9]{4}|[0-9]{4}\.\.[0-9]{4}|[0-9]{4}\.\.|\.\.[0-9]{4})$"
_HIGHEST_SEASON = 999
_WINDOWS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}  # in hours


def _budget(value: Scalar) -> Budget:
    """``100/week``: titles per hour, day, week or month (of 30 days)."""
    match_text(value, _BUDGET, "a budget", "titles per hour, day, week or month, like 100/week")
    titles, unit = (part.strip() for part in value.text.split("/"))
    return Budget(int(titles), timedelta(hours=_WINDOWS[unit]), unit)


OptionalBudget = Annotated[Budget | None, Form(_budget, or_variable(pattern(_BUDGET)))]


def _rerequest(value: Scalar) -> Rerequest | timedelta:
    """``never``, ``on-readd``, ``after 90d``."""
    rules = [str(rule) for rule in Rerequest]
    if value.text in rules:
        return Rerequest(value.text)
    word, _, duration = value.text.partition(" ")
    if word != "after":
        hint = suggest(value.source, rules) or "; use never, on-readd, or after 90d"
        raise ValueError(f"{value.quoted} is not a valid value{hint}")
    if not re.fullmatch(DURATION, duration.strip()):
        raise ValueError(
            f'{value.quoted} is not a valid value; use "after" and a duration, like after 90d'
        )
    return parse_duration(replace(value, text=duration.strip()))


RerequestRule = Annotated[
    Rerequest | timedelta,
    Form(_rerequest, or_variable({"enum": [str(rule) for rule in Rerequest]}, pattern(_AFTER))),
]


def _seasons(value: object) -> object:
    """``all``, ``first``, ``latest``, ``first 2``, ``last 3``, ``1-3`` or ``[1, 4]``."""
    if isinstance(value, tuple):
        if not value:
            raise ValueError("is empty; use all, or season numbers like [1, 4]")
        return SeasonRule(named=tuple(sorted({*map(_season, value)})))
    if not isinstance(value, Scalar | dict):
        return value
    text = " ".join(value.text.split()) if isinstance(value, Scalar) else ""
    shown = value.quoted if isinstance(value, Scalar) else "this"
    if not re.fullmatch(_SEASONS, text):
        raise ValueError(
            f"{shown} does not select seasons; use all, first, latest, first 2, last 3, 1-3 or"
            " [1, 4]"
        )
    if text == "all":
        return ALL_SEASONS
    word, _, number = text.partition(" ")
    if word == "first":
        return SeasonRule(first=int(number or 1))
    if word in {"latest", "last"}:
        return SeasonRule(last=int(number or 1))
    low, high = map(int, text.split("-"))
    if low > high:
        raise ValueError(f"{shown} runs backwards; use {high}-{low}")
    return SeasonRule(named=tuple(range(low, high + 1)))


def _season(value: object) -> int:
    if not isinstance(value, Scalar) or not re.fullmatch(r"[0-9]{1,3}", value.text):
        shown = value.quoted if isinstance(value, Scalar) else "this"
        raise ValueError(f"{shown} is not a season number; use 0 (specials) to {_HIGHEST_SEASON}")
    return int(value.text)


_NUMBER = {"type": "integer", "minimum": 0, "maximum": _HIGHEST_SEASON}
_NUMBERS = {"type": "array", "minItems": 1, "items": {"anyOf": [_NUMBER, VARIABLE]}}
Seasons = Annotated[
    SeasonRule,
    BeforeValidator(_seasons),
    WithJsonSchema(or_variable(pattern(_SEASONS), _NUMBERS)),
]


def _years(value: Scalar) -> Years:
    """``1990..2005``, ``1990..``, ``..2005`` or ``1999``."""
    text = value.text.replace(" ", "")
    years = replace(value, text=text)
    match_text(years, _YEARS, "a range of years", "1990..2005, 1990.., ..2005 or 1999")
    if ".." not in text:
        return Years(int(text), int(text))
    first, last = (int(year) if year else None for year in text.split(".."))
    if first is not None and last is not None and first > last:
        raise ValueError(f"{value.quoted} runs backwards; use {last}..{first}")
    return Years(first, last)


OptionalYears = Annotated[
    Years | None,
    Form(
        _years,
        or_variable(pattern(_YEARS), {"type": "integer", "minimum": 0, "maximum": 9999}),
    ),
]
