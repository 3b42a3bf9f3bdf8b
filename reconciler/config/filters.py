"""``filter``: which of a list's titles are wanted."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Annotated

from pydantic import Field

from reconciler.config import values
from reconciler.config.fields import Model, count, schema
from reconciler.config.problems import suggest
from reconciler.config.tree import Scalar
from reconciler.core import genres
from reconciler.core.items import parse_item, parse_title
from reconciler.core.model import Filter, Kind, Name, Years
from reconciler.core.names import spellings

YEARS = r"^([0-9]{4}|[0-9]{4}\.\.[0-9]{4}|[0-9]{4}\.\.|\.\.[0-9]{4})$"
RATING = r"^(10|[0-9])(\.[0-9]{1,2})?$"
LANGUAGE = "^[A-Za-z]{2}$"
_BEST = 10.0
_MANY_VOTES = 100_000_000


def span(value: Scalar) -> Years:
    """``1990..2005``, ``1990..``, ``..2005`` or ``1999``."""
    text = value.text.replace(" ", "")
    if not re.fullmatch(YEARS, text):
        raise ValueError(
            f"{value.shown} is no span of years; write 1990..2005, 1990.., ..2005 or 1999"
        )
    if ".." not in text:
        return Years(int(text), int(text))
    first, last = (int(year) if year else None for year in text.split(".."))
    if first is not None and last is not None and first > last:
        raise ValueError(f"{value.shown} runs backwards; write {last}..{first}")
    return Years(first, last)


def rating(value: Scalar) -> float:
    """From 0 to 10, as IMDb, Trakt and TMDB rate."""
    if not re.fullmatch(RATING, value.text) or float(value.text) > _BEST:
        raise ValueError(f"{value.shown} is no rating; write a number from 0 to 10, such as 7.5")
    return float(value.text)


def genre(value: Scalar) -> str:
    """A genre by its name in core.genres, however it is spelled."""
    name = genres.named(value.text)
    if name is None:
        known = {known.casefold(): known for known in genres.NAMES}
        hint = suggest(value.source, known) or f"; write one of {', '.join(genres.NAMES)}"
        raise ValueError(f"{value.shown} is no genre{hint}")
    return name


def language(value: Scalar) -> str:
    """Two letters of ISO 639-1, small."""
    if not re.fullmatch(LANGUAGE, value.text):
        raise ValueError(f"{value.shown} is no language; write its two letters: en, de, ja")
    return value.text.lower()


def title(value: Scalar) -> Name:
    """A title, with its year or without, also as ``exclude`` has it."""
    if not value.text.strip():
        raise ValueError("is empty; write a title, such as Cats or Cats (2019)")
    item = parse_title(value.text)
    with suppress(ValueError):
        item = parse_item(value.text)
    if any(item.ids.items()):
        raise ValueError(
            f"{value.shown} is an id; write a title, such as Cats or Cats (2019), or the id "
            "under exclude, for all lists"
        )
    return Name(spellings(item.title), item.year)


Type = Annotated[
    Kind,
    values.written(values.one_of("type", Kind)),
    schema({"enum": [str(kind) for kind in Kind]}),
]
Genre = Annotated[str, values.written(genre), schema({"type": "string", "minLength": 1})]
Language = Annotated[str, values.written(language), schema({"type": "string", "pattern": LANGUAGE})]
Title = Annotated[Name, values.written(title), schema({"type": "string", "minLength": 1})]


class FilterConfig(Model):
    """Which of a list's titles are wanted: those that every rule here lets through."""

    types: Annotated[tuple[Type, ...], values.several("[movie, tv]")] = Field(
        default=(), description="Only films, or only shows: [movie], [tv]."
    )
    years: Annotated[
        Years | None,
        values.written(span),
        schema(
            {"type": "string", "pattern": YEARS}, {"type": "integer", "minimum": 0, "maximum": 9999}
        ),
    ] = Field(default=None, description="When it came out: 1990..2005, 1990.., ..2005 or 1999.")
    min_rating: Annotated[
        float | None,
        values.written(rating),
        schema(
            {"type": "number", "minimum": 0, "maximum": 10}, {"type": "string", "pattern": RATING}
        ),
    ] = Field(default=None, description="The lowest rating, from 0 to 10: the list's, else TMDB's.")
    min_votes: Annotated[
        int | None, values.written(values.whole(0, _MANY_VOTES)), count(0, _MANY_VOTES)
    ] = Field(default=None, description="The fewest votes: the list's, else TMDB's.")
    genres: Annotated[tuple[Genre, ...], values.several("[Drama, Crime]")] = Field(
        default=(), description="One of these genres at least: [Drama, Science Fiction]."
    )
    exclude_genres: Annotated[tuple[Genre, ...], values.several("[Horror]", or_none=True)] = Field(
        default=(), description="None of these genres: [Horror, Reality]."
    )
    languages: Annotated[tuple[Language, ...], values.several("[en, fr]")] = Field(
        default=(), description="The original's language is one of these: [en, fr]."
    )
    exclude_titles: Annotated[tuple[Title, ...], values.several("[Cats (2019)]", or_none=True)] = (
        Field(
            default=(),
            description="Not these titles, with their year or without: [Cats (2019), Dune].",
        )
    )

    @property
    def rules(self) -> Filter | None:
        """The filter as the planner knows it; None: everything is wanted."""
        rules = Filter(**dict(self))
        return None if rules == Filter() else rules
