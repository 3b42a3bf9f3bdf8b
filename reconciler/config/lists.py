"""The lists of the file: their filters and options, and the rules that decisions use."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from reconciler.config.keys import Choice, Form, Model, key, or_variable, pattern
from reconciler.config.mini_languages import OptionalYears, RerequestRule, Seasons
from reconciler.config.problems import suggest
from reconciler.config.settings import Written
from reconciler.config.tree import Scalar
from reconciler.config.values import (
    Count,
    Duration,
    ListName,
    OptionalListName,
    OptionalRequester,
    OptionalServiceName,
    ServiceName,
    Source,
    YesNo,
    match_text,
    several,
    whole_number,
)
from reconciler.core import genres
from reconciler.core.items import parse_item, parse_title
from reconciler.core.model import (
    Approval,
    Episodes,
    Filter,
    Kind,
    ListRef,
    ListRules,
    Name,
    Prune,
    Role,
    ServiceSelection,
    Start,
)
from reconciler.core.names import spellings

SHORTEST_FOR_SITES = timedelta(minutes=5)
_RATING = r"^(10(\.0{1,2})?|[0-9](\.[0-9]{1,2})?)$"
_LANGUAGE = "^[A-Za-z]{2}$"
_ANY_WORD = or_variable({"type": "string", "minLength": 1})


def _rating(value: Scalar) -> float:
    return float(match_text(value, _RATING, "a rating", "a number from 0 to 10, like 7.5")[0])


def _genre(value: Scalar) -> str:
    """A genre by its name in core.genres, however it is spelled."""
    name = genres.find_genre(value.text)
    if name is None:
        folded = [genre.casefold() for genre in genres.NAMES]
        hint = suggest(value.source, folded) or f"; use one of {', '.join(genres.NAMES)}"
        raise ValueError(f"{value.quoted} is not a genre{hint}")
    return name


def _language(value: Scalar) -> str:
    """Two letters of ISO 639-1, small."""
    match_text(value, _LANGUAGE, "a language", "its two-letter code, like en, de or ja")
    return value.text.lower()


def _title(value: Scalar) -> Name:
    """A title with or without its year, also in the form that ``exclude`` uses."""
    if not value.text.strip():
        raise ValueError("is empty; use a title, like Cats or Cats (2019)")
    item = parse_title(value.text)
    with suppress(ValueError):
        item = parse_item(value.text)
    if any(item.ids.items()):
        raise ValueError(
            f"{value.quoted} is an id; use a title, like Cats or Cats (2019), or put the id under "
            "exclude, for all lists"
        )
    return Name(spellings(item.title), item.year)


Rating = Annotated[
    float | None,
    Form(_rating, or_variable({"type": "number", "minimum": 0, "maximum": 10}, pattern(_RATING))),
]
Genre = Annotated[str, Form(_genre, _ANY_WORD)]
Language = Annotated[str, Form(_language, or_variable(pattern(_LANGUAGE)))]
Title = Annotated[Name, Form(_title, _ANY_WORD)]


class FilterConfig(Model):
    """Which of a list's titles are wanted: those that pass every rule."""

    types: Annotated[tuple[Choice[Kind], ...], several("[movie, tv]")] = key(
        (), help="Only films, or only shows: [movie], [tv]."
    )
    years: OptionalYears = key(
        None, help="The year of release: 1990..2005, 1990.., ..2005 or 1999."
    )
    min_rating: Rating = key(
        None,
        help="The lowest rating, from 0 to 10: the list's own if it has one, otherwise TMDB's.",
    )
    min_votes: Annotated[int | None, whole_number(0, 100_000_000)] = key(
        None, help="The lowest number of votes: the list's own if it has one, otherwise TMDB's."
    )
    genres: Annotated[tuple[Genre, ...], several("[Drama, Crime]")] = key(
        (), help="At least one of these genres: [Drama, Science Fiction]."
    )
    exclude_genres: Annotated[tuple[Genre, ...], several("[Horror]", or_none=True)] = key(
        (), help="None of these genres: [Horror, Reality]."
    )
    languages: Annotated[tuple[Language, ...], several("[en, fr]")] = key(
        (), help="One of these original languages: [en, fr]."
    )
    exclude_titles: Annotated[tuple[Title, ...], several("[Cats (2019)]", or_none=True)] = key(
        (), help="None of these titles, with or without a year: [Cats (2019), Dune]."
    )

    @property
    def rules(self) -> Filter | None:
        """The filter for the planner; None if everything is wanted."""
        rules = Filter(**dict(self))
        return None if rules == Filter() else rules


class ListOptions(Model):
    """Options for every list that does not set them itself; null: the built-in default."""

    interval: Duration = key(
        "6h", help="How often the list is read: 90m, 6h, 1d. At least 5m, except for file:PATH."
    )
    retry_interval: Duration = key(
        "10m",
        help="How soon `run` retries a list that could not be read; the delay grows each time, "
        "up to 6h. At least 5m, except for file:PATH.",
    )
    requester: OptionalRequester = key(
        None,
        help="The user on the server who makes the requests: name, email or id. "
        "If not set: the API key's owner.",
    )
    approval: Choice[Approval] = key(
        "requester",
        help="requester: the requester's own permissions decide. auto: the API key's owner makes "
        "the requests on the requester's behalf, so they are approved automatically.",
    )
    is_4k: YesNo = key(default=False, alias="4k", help="Request in 4K.")
    server_id: OptionalServiceName = key(
        None,
        help="The Radarr or Sonarr to use, by its name or id on the server. "
        "If not set: the server's default.",
    )
    profile_id: OptionalServiceName = key(
        None, help="The quality profile: its name or id. If not set: the server's default."
    )
    root_folder: OptionalServiceName = key(
        None, help="The root folder: its path or id. If not set: the server's default."
    )
    tags: Annotated[tuple[ServiceName, ...] | None, several("[kids, 4]", or_none=True)] = key(
        None,
        help="The tags, by name or id: [kids, 4]; [] for none. If not set: the server's default.",
    )
    seasons: Seasons = key(
        "all", help="Which aired seasons: all, first, latest, first 2, last 3, 1-3, [1, 4]."
    )
    episodes: Choice[Episodes] = key(
        "skip",
        help="For a single episode on an IMDb list. skip: ignore it. series: request its series.",
    )
    filter: FilterConfig = key(
        FilterConfig(), help="Which of the list's titles are wanted; see the keys below."
    )
    rerequest: RerequestRule = key(
        "on-readd",
        help="When a declined or deleted title is requested again. on-readd: once it is put back "
        "on a list. after 90d: also after that time. never: not again.",
    )
    retry_failed: Annotated[int, whole_number(0, 100_000)] = key(
        2, help="How many times a request that Radarr or Sonarr rejected is retried."
    )
    prune: Choice[Prune] = key(
        "keep",
        help="What happens to listsync's pending requests for titles that have left the lists: "
        "keep, report or cancel-pending.",
    )
    prune_after: Duration = key(
        "7d", help="How long a title must be off the list before it is pruned."
    )
    start: Choice[Start] = key(
        "all",
        help="new-only: do not request the titles of the first complete fetch.",
    )
    suspend: YesNo = key(
        default=False, help="Pause the list: request nothing for now, and keep its history."
    )
    top: Count = key(
        None,
        help="Use only the first N titles of the list. If not set: all, or 100 of an endless "
        "chart.",
    )
    max_per_run: Count = key(
        50, help="How many of the list's titles one run may request; the others wait."
    )
    role: Choice[Role] = key(
        "request",
        help="request: the list's titles are wanted. exclude: none of its titles is ever "
        "requested.",
    )


class _Sourced(Model):
    """First among a list's keys, since the interval's check looks at the source."""

    source: Source = key(
        help="The list's address, provider:id, a bare ls… or ur… id, or file:PATH."
    )
    was: OptionalListName = key(
        None, help="The list's previous name, so that a renamed list keeps its history."
    )


class ListSection(ListOptions, _Sourced):
    """One list: its source, and what happens to its titles."""

    @field_validator("interval", "retry_interval")
    @classmethod
    def _spare_sites(cls, interval: timedelta, info: ValidationInfo) -> timedelta:
        source = info.data.get("source")
        is_site = isinstance(source, ListRef) and source.provider != "file"
        if is_site and interval < SHORTEST_FOR_SITES:
            raise ValueError("must be at least 5m for a list that is read from a site")
        return interval


class ListConfig(ListSection):
    """A list with its name and the defaults merged in."""

    name: ListName
    written: Written = Field(default=Written(), exclude=True)

    @property
    def rules(self) -> ListRules:
        """What decisions depend on. An exclude list has no filter and selects no service."""
        names = {field.name for field in fields(ListRules)}
        same = {name: value for name, value in self if name in names - {"filter"}}
        rules = ListRules(**same, suspended=self.suspend)
        if self.role is not Role.REQUEST:
            return rules
        selection = ServiceSelection(self.server_id, self.profile_id, self.root_folder, self.tags)
        delivery = None if selection == ServiceSelection() else selection
        return replace(rules, filter=self.filter.rules, delivery=delivery)
