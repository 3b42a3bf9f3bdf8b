"""The file's sections as frozen models: what ``load`` reads and what the editor schema says.

A key is added here once; loading, its errors and the schema follow.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo  # noqa: TC002 - part of a method that pydantic inspects

from reconciler.core.model import Item, ListRef, MediaKey, Role
from reconciler.spec import values
from reconciler.spec.problems import quote
from reconciler.spec.tree import Scalar

_VARIABLE = {"type": "string", "pattern": r"\$\{"}


def _schema(*forms: dict[str, object]) -> WithJsonSchema:
    """What an editor accepts for a value: these forms, or a variable."""
    return WithJsonSchema({"anyOf": [*forms, _VARIABLE]})


def _count(low: int, high: int) -> WithJsonSchema:
    number = {"type": "integer", "minimum": low, "maximum": high}
    return _schema(number, {"type": "string", "pattern": "^[0-9]{1,9}$"})


_TEXT: dict[str, object] = {"type": "string"}  # which a variable is, too
_URL: dict[str, object] = {"type": "string", "pattern": "^https?://[^@?#]+$"}
_DURATION: dict[str, object] = {"type": "string", "pattern": values.DURATION}
_RATE: dict[str, object] = {"type": "string", "pattern": values.RATE}
_ITEM: dict[str, object] = {"type": "string", "pattern": "^(imdb|tmdb|tvdb|trakt|title):"}
_TARGET: dict[str, object] = {"type": "string", "pattern": "^tmdb:(movie|tv):[1-9][0-9]*$"}
_WORD: dict[str, object] = {"enum": ["yes", "no", "on", "off", "true", "false"]}
_SESSIONS, _FEW, _MANY = 8, 32, 100_000


def _positions(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(replace(item, position=index) for index, item in enumerate(items, start=1))


Url = Annotated[str, values.written(values.url), _schema(_URL)]
Count = Annotated[int | None, values.written(values.whole(1, _MANY)), _count(1, _MANY)]
ListName = Annotated[
    str,
    BeforeValidator(values.list_name),
    WithJsonSchema({"type": "string", "pattern": values.LIST_NAME}),
]
MapKey = Annotated[str, BeforeValidator(values.map_key), WithJsonSchema(_ITEM)]
MapTarget = Annotated[MediaKey, values.written(values.media_key), _schema(_TARGET)]
Exclusion = Annotated[Item, values.written(values.item), _schema(_ITEM)]


class Model(BaseModel):
    """What all sections of the file have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def known_keys(cls) -> dict[str, FieldInfo]:
        """The section's keys as the file writes them."""
        return {str(info.validation_alias or name): info for name, info in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _null_is_default(cls, data: object) -> object:
        """``key: null`` asks for the built-in default."""
        if not isinstance(data, dict):
            return data
        known = cls.known_keys()
        return {
            key: value
            for key, value in data.items()
            if not (isinstance(value, Scalar) and value.null and key in known)
        }


class ServerSpec(Model):
    """The Overseerr, Jellyseerr or Seerr server, and how hard it may be worked."""

    url: Annotated[str, values.written(values.server_url), _schema(_URL)] = Field(
        description="The server's address, such as http://seerr:5055."
    )
    api_key: Annotated[SecretStr, values.written(values.secret), WithJsonSchema(_TEXT)] = Field(
        description="The server's API key, from its settings; best as ${SEERR_API_KEY}."
    )
    rate: Annotated[float, values.written(values.rate), _schema(_RATE)] = Field(
        default=20.0,
        description="Never more calls than this: 20/s, 600/m.",
        json_schema_extra={"default": "20/s"},
    )
    concurrency: Annotated[int, values.written(values.whole(1, _FEW)), _count(1, _FEW)] = Field(
        default=4, description="Calls in flight at once, one per title; 1 to 32."
    )


class _Sourced(Model):
    """First among a list's keys, since the interval's check looks at the source."""

    source: Annotated[ListRef, BeforeValidator(values.source), WithJsonSchema(_TEXT)] = Field(
        description="Which list: a pasted address, provider:id, a bare ls… or ur… id, or file:PATH."
    )


class ListOptions(Model):
    """What holds for every list that does not say otherwise; null: the built-in default."""

    interval: Annotated[timedelta, values.written(values.duration), _schema(_DURATION)] = Field(
        default=timedelta(hours=6),
        description="How often the list is read: 90m, 6h, 1d. At least 5m for sites.",
        json_schema_extra={"default": "6h"},
    )
    requester: Annotated[
        int | str | None,
        values.written(values.requester),
        WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "minLength": 1}),
    ] = Field(
        default=None,
        description="The server's user the requests are made as: name, e-mail or id. "
        "Without it, the API key's owner.",
    )
    is_4k: Annotated[
        bool, values.written(values.yes_or_no), _schema({"type": "boolean"}, _WORD)
    ] = Field(default=False, validation_alias="4k", description="Request in 4K.")
    seasons: Annotated[
        Literal["all"], values.written(values.seasons), _schema({"const": "all"})
    ] = Field(default="all", description="Which seasons of a show: all that have aired.")
    top: Count = Field(default=None, description="Only the first so many titles of the list.")
    max_per_run: Count = Field(
        default=50, description="The most titles requested in one run; the rest wait."
    )
    role: Annotated[
        Role, values.written(values.role), _schema({"enum": [str(role) for role in Role]})
    ] = Field(
        default=Role.REQUEST,
        description="request: its titles are wanted. exclude: nothing on it is ever requested.",
        json_schema_extra={"default": "request"},
    )


class ListSection(ListOptions, _Sourced):
    """One list: where it is, and what becomes of its titles."""

    @field_validator("interval")
    @classmethod
    def _sites_are_spared(cls, interval: timedelta, info: ValidationInfo) -> timedelta:
        source = info.data.get("source")
        scraped = isinstance(source, ListRef) and source.provider != "file"
        if scraped and interval < values.SHORTEST_FOR_SITES:
            raise ValueError("must be at least 5m for a list that is read from a site")
        return interval


class ListSpec(ListSection):
    """A list with its name and the defaults merged in."""

    name: ListName


class ImdbSpec(Model):
    """IMDb's lists, watchlists and charts."""

    base_url: Url = Field(
        default="https://www.imdb.com", description="Where IMDb is read; for proxies and tests."
    )
    api_url: Url = Field(
        default="https://api.graphql.imdb.com",
        description="Where IMDb's own interface is asked; for proxies and tests.",
    )
    via: Annotated[
        Literal["browser", "api"] | None,
        values.written(values.via),
        _schema({"enum": ["browser", "api"]}),
    ] = Field(
        default=None,
        description="The only route to take: browser or api. Without it the browser, "
        "and the interface where a bot check keeps the browser out.",
    )


class TraktSpec(Model):
    """Trakt's lists and watchlists."""

    base_url: Url = Field(
        default="https://app.trakt.tv", description="Where Trakt is read; for proxies and tests."
    )


class ProvidersSpec(Model):
    """The list sites."""

    imdb: ImdbSpec = Field(default=ImdbSpec(), description="Where IMDb is.")
    trakt: TraktSpec = Field(default=TraktSpec(), description="Where Trakt is.")


class BrowserSpec(Model):
    """The browser that reads the sites."""

    remote_url: Annotated[
        str | None, values.written(values.optional_url), _schema(_URL, {"const": ""})
    ] = Field(default=None, description="A Selenium Grid's address; empty: Chromium on this host.")
    sessions: Annotated[int, values.written(values.whole(1, _SESSIONS)), _count(1, _SESSIONS)] = (
        Field(default=1, description="Browser sessions at once; also how many lists of one site.")
    )


class _Content(Model):
    """What the file and the spec made of it have in common."""

    server: ServerSpec = Field(description="The media server.")
    ledger: Annotated[str | None, values.written(values.optional_text), WithJsonSchema(_TEXT)] = (
        Field(
            default=None,
            description="The file that remembers what was done; by default in the state folder.",
        )
    )
    exclude: Annotated[tuple[Exclusion, ...], AfterValidator(_positions)] = Field(
        default=(), description="Titles that are never requested: imdb:tt0944947, tmdb:movie:550."
    )
    map: Mapping[MapKey, MapTarget] = Field(
        default={}, description="Fixes a wrong or missing match: imdb:tt28479262: tmdb:movie:1155."
    )
    providers: ProvidersSpec = Field(
        default=ProvidersSpec(), description="Where the list sites are."
    )
    browser: BrowserSpec = Field(
        default=BrowserSpec(), description="Which browser reads the sites."
    )

    @field_validator("map", mode="before")
    @classmethod
    def _one_key_each(cls, value: object) -> object:
        """Two spellings of one item would hide one of their targets."""
        seen: dict[str, str] = {}
        for key in value if isinstance(value, dict) else ():
            try:
                canonical = values.map_key(key)
            except ValueError:
                continue  # reported with the key's own place
            if canonical in seen:
                raise ValueError(f"{quote(seen[canonical])} and {quote(key)} are the same item")
            seen[canonical] = key
        return value


class File(_Content):
    """listsync's configuration: which lists, and on which server."""

    defaults: ListOptions = Field(
        default=ListOptions(), description="Any list may override any of these."
    )
    lists: dict[ListName, ListSection] = Field(
        min_length=1, description="The lists by name; a title belongs to the first."
    )


class Spec(_Content):
    """The parsed file. ``generation`` changes exactly when the content does."""

    generation: str
    lists: tuple[ListSpec, ...]
