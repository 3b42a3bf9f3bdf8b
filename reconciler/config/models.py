"""The file's sections as frozen models: what ``load`` reads and what the editor schema says.

A key is added here once; loading, its errors and the schema follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from reconciler.config import addresses, pem, phrases, values
from reconciler.config.fields import (
    DURATION,
    FEW,
    HOST_NAME,
    ITEM,
    LISTEN,
    RATE,
    TARGET,
    TEXT,
    URL,
    FromFile,
    Model,
    count,
    schema,
)
from reconciler.config.lists import ListConfig, ListName, ListSection
from reconciler.config.options import ListOptions
from reconciler.config.problems import quote
from reconciler.config.providers import ProvidersConfig
from reconciler.core.model import (
    DEFAULT_CONCURRENCY,
    DEFAULT_RATE,
    Budget,
    Digest,
    Event,
    Item,
    ListRules,
    MediaKey,
    Rights,
)

_SESSIONS = 8

T = TypeVar("T")


def _positions(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(replace(item, position=index) for index, item in enumerate(items, start=1))


Url = Annotated[str, values.written(values.url), schema(URL)]
Key = Annotated[SecretStr, values.written(values.optional_secret), WithJsonSchema(TEXT)]
MapKey = Annotated[str, BeforeValidator(values.map_key), WithJsonSchema(ITEM)]
MapTarget = Annotated[MediaKey, values.written(values.media_key), schema(TARGET)]
Exclusion = Annotated[Item, values.written(values.item), schema(ITEM)]
NotificationUrl = Annotated[
    SecretStr, values.written(values.notification_url), WithJsonSchema(TEXT)
]
EventWord = Annotated[
    Event,
    values.written(values.one_of("event", Event)),
    schema({"enum": [str(event) for event in Event]}),
]


class ServerConfig(Model):
    """The Overseerr, Jellyseerr or Seerr server, and how hard it may be worked."""

    url: Annotated[str, values.written(values.server_url), schema(URL)] = Field(
        description="The server's address, such as http://seerr:5055."
    )
    api_key: Annotated[SecretStr, values.written(values.secret), WithJsonSchema(TEXT)] = Field(
        description="The server's API key, from its settings; best as ${SEERR_API_KEY}."
    )
    ca_certificates: Annotated[
        str | None,
        FromFile(f"is not text; {pem.CONVERT}"),
        values.written(pem.certificates),
        WithJsonSchema(TEXT),
    ] = Field(
        default=None,
        validation_alias="ca_file",
        description="A PEM file with the CA that signed the server's certificate, if it is a "
        "private one; relative to this file.",
    )
    rate: Annotated[float, values.written(values.rate), schema(RATE)] = Field(
        default=DEFAULT_RATE,
        description="At most this many calls: 60/s, 600/m.",
        json_schema_extra={"default": f"{DEFAULT_RATE:g}/s"},
    )
    concurrency: Annotated[int, values.written(values.whole(1, FEW)), count(1, FEW)] = Field(
        default=DEFAULT_CONCURRENCY, description="Calls in flight at once, one per title; 1 to 32."
    )


HostName = Annotated[str, values.written(addresses.host_name), schema(HOST_NAME)]


class BrowserConfig(Model):
    """The browser that reads the sites."""

    remote_url: Annotated[
        str | None, values.written(values.optional_url), schema(URL, {"const": ""})
    ] = Field(default=None, description="A Selenium Grid's address; empty: Chromium on this host.")
    sessions: Annotated[int, values.written(values.whole(1, _SESSIONS)), count(1, _SESSIONS)] = (
        Field(default=1, description="Browser sessions at once; also how many lists of one site.")
    )


class ControllerConfig(Model):
    """How ``listsync run`` works."""

    listen: Annotated[str, values.written(addresses.listen), schema(LISTEN, {"const": ""})] = Field(
        default="127.0.0.1:8099",
        description="Where run answers /healthz, /readyz, /status and /metrics; '': nowhere.",
    )
    hosts: tuple[Annotated[str, values.written(addresses.host_name), schema(HOST_NAME)], ...] = (
        Field(
            default=(),
            description="Host names by which a reverse proxy or a browser reaches the status.",
        )
    )
    workers: Annotated[int, values.written(values.whole(1, FEW)), count(1, FEW)] = Field(
        default=2, description="Lists read side by side, one of each site; 1 to 32."
    )
    drain: Annotated[timedelta, values.written(values.duration), schema(DURATION)] = Field(
        default=timedelta(seconds=30),
        description="How long run may take to end once it was asked to.",
        json_schema_extra={"default": "30s"},
    )
    grace: Annotated[timedelta, values.written(values.grace), schema(DURATION)] = Field(
        default=timedelta(minutes=2),
        description="How long run waits before a change of the file that widens rights takes "
        "effect; 0s: not at all.",
        json_schema_extra={"default": "2m"},
    )


def _some(entries: tuple[T, ...]) -> tuple[T, ...]:
    if not entries:
        raise ValueError("is empty; it needs at least one entry")
    return entries


def _given(urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Without those that are empty by intent, such as ``${NTFY_URL:-}``."""
    return tuple(url for url in urls if url.get_secret_value())


class NotifyConfig(Model):
    """Who is told of what listsync did."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["urls"]}, {"required": ["urls_file"]}, {"maxProperties": 0}]
        }
    )

    urls: Annotated[tuple[NotificationUrl, ...], AfterValidator(_some), AfterValidator(_given)] = (
        Field(
            default=(),
            description="Where to, in apprise's form: ntfy://ntfy.sh/TOPIC. These are secrets, "
            "best as ${NTFY_URL}. In a file, one on each line.",
            json_schema_extra={"minItems": 1, "default": None},
        )
    )
    events: Annotated[tuple[EventWord, ...], AfterValidator(_some)] = Field(
        default=tuple(Event),
        description="What is told: applied, stalled, recovered, config-invalid, rights-waiting.",
        json_schema_extra={"minItems": 1, "default": "all"},
    )
    digest: Annotated[
        Digest,
        values.written(values.one_of("digest", Digest)),
        schema({"enum": [str(span) for span in Digest]}),
    ] = Field(
        default=Digest.PASS,
        description="What applied tells of: pass, each pass that did something; daily, a day of "
        "them.",
        json_schema_extra={"default": "pass"},
    )

    @model_validator(mode="after")
    def _tells_somebody(self) -> Self:
        if self.model_fields_set and "urls" not in self.model_fields_set:
            raise ValueError("names nobody to tell; give it urls or urls_file")
        return self


class _Content(Model):
    """What the file and the spec made of it have in common."""

    server: ServerConfig = Field(description="The media server.")
    ledger: Annotated[str | None, values.written(values.optional_text), WithJsonSchema(TEXT)] = (
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
    budget: Annotated[
        Budget | None,
        values.written(phrases.budget),
        schema({"type": "string", "pattern": phrases.BUDGET}),
    ] = Field(
        default=None,
        description="The most titles requested in any such time, all lists together: 100/week.",
    )
    providers: ProvidersConfig = Field(
        default=ProvidersConfig(), description="Where the list sites are."
    )
    browser: BrowserConfig = Field(
        default=BrowserConfig(), description="Which browser reads the sites."
    )

    controller: ControllerConfig = Field(
        default=ControllerConfig(), description="How listsync run works."
    )
    notify: NotifyConfig = Field(
        default=NotifyConfig(), description="Who is told of what was done."
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


class Config(_Content):
    """The parsed file. ``generation`` changes exactly when the content does."""

    generation: str
    lists: tuple[ListConfig, ...]
    default_rights: Rights = Field(default=Rights(), exclude=True)  # lists have them merged in
    is_confined: bool = Field(default=False, exclude=True)  # to the files of its folder

    @property
    def rules(self) -> tuple[ListRules, ...]:
        """The lists' rules, in the file's order."""
        return tuple(lst.rules for lst in self.lists)

    def named(self, name: str) -> ListConfig | None:
        """The list of this name, if there is one."""
        return next((lst for lst in self.lists if lst.name == name), None)
