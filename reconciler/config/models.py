"""The file's sections as frozen models: what ``load`` reads and what the editor schema says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from reconciler.config.keys import Choice, FromFile, Model, key
from reconciler.config.lists import ListConfig, ListOptions, ListSection
from reconciler.config.mini_languages import OptionalBudget
from reconciler.config.problems import quote
from reconciler.config.providers import ProvidersConfig
from reconciler.config.settings import Written
from reconciler.config.values import (
    CONVERT,
    Certificates,
    Duration,
    DurationOrZero,
    Exclusion,
    Few,
    HeartbeatUrl,
    HostName,
    IncludePattern,
    Listen,
    ListName,
    MapKey,
    MapTarget,
    NotificationUrl,
    OptionalSecret,
    OptionalText,
    OptionalUrl,
    Rate,
    Secret,
    ServerUrl,
    map_key,
    several,
    whole_number,
)
from reconciler.core.model import (
    DEFAULT_CONCURRENCY,
    DEFAULT_RATE,
    Digest,
    Event,
    Item,
    ListRules,
    Rights,
)

T = TypeVar("T")


def _with_positions(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(replace(item, position=index) for index, item in enumerate(items, start=1))


def _require_entry(entries: tuple[T, ...]) -> tuple[T, ...]:
    if not entries:
        raise ValueError("is empty; it needs at least one entry")
    return entries


def _without_empty(urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Without those that are empty on purpose, such as ``${NTFY_URL:-}``."""
    return tuple(url for url in urls if url.get_secret_value())


class ServerConfig(Model):
    """The Overseerr, Jellyseerr or Seerr server, and how fast it is called."""

    url: ServerUrl = key(help="The server's address, such as http://seerr:5055.")
    api_key: Secret = key(help="The server's API key, from its settings; ideally ${SEERR_API_KEY}.")
    ca_certificates: Annotated[Certificates, FromFile(f"is not text; {CONVERT}")] = key(
        None,
        alias="ca_file",
        help="A PEM file with the private CA that signed the server's certificate, relative to "
        "the config file.",
    )
    rate: Rate = key(
        f"{DEFAULT_RATE:g}/s", help="The highest rate of calls, such as 60/s or 600/m."
    )
    concurrency: Few = key(
        DEFAULT_CONCURRENCY,
        help="How many titles are looked up or requested at the same time; 1 to 32.",
    )


class BrowserConfig(Model):
    """The browser that reads the sites."""

    remote_url: OptionalUrl = key(
        None, help="The address of a Selenium Grid. If not set: Chromium on this host."
    )
    sessions: Annotated[int, whole_number(1, 8)] = key(
        1,
        help="How many browser sessions run at once, and how many lists of one site are read at "
        "once; 1 to 8.",
    )


class ControllerConfig(Model):
    """How ``listsync run`` works."""

    listen: Listen = key(
        "127.0.0.1:8099",
        help="The address of the status page, /healthz, /readyz, /status and /metrics. '' turns it "
        "off.",
    )
    token: OptionalSecret = key(
        "",
        help="The token that the status page requires, as a bearer token or a password; ideally "
        "${LISTSYNC_TOKEN}. Without it, no token is required. /healthz and /readyz never need it.",
    )
    hosts: tuple[HostName, ...] = key(
        (), help="Host names under which browsers and proxies may reach the status page."
    )
    workers: Few = key(
        2,
        help="How many lists are read at the same time; `browser.sessions` limits those from one "
        "site. 1 to 32.",
    )
    drain: Duration = key("30s", help="How long `run` may take to shut down.")
    grace: DurationOrZero = key(
        "2m",
        help="How long `listsync run` delays changes that give it more permissions; 0s: no wait.",
    )


class NotifyConfig(Model):
    """Where notifications are sent, and about which events."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["urls"]},
                {"required": ["urls_file"]},
                {"propertyNames": {"enum": ["heartbeat", "heartbeat_file"]}},
            ]
        }
    )

    urls: Annotated[
        tuple[NotificationUrl, ...], AfterValidator(_require_entry), AfterValidator(_without_empty)
    ] = key(
        (),
        schema={"default": None, "minItems": 1},
        help="The addresses to notify, in apprise's form: ntfy://ntfy.sh/TOPIC. They are secrets, "
        "ideally ${NTFY_URL}. `urls_file` has one per line.",
    )
    events: Annotated[tuple[Choice[Event], ...], AfterValidator(_require_entry)] = key(
        tuple(Event),
        schema={"default": "all", "minItems": 1},
        help="The events to notify about: applied, stalled, recovered, config-invalid, "
        "rights-waiting.",
    )
    digest: Choice[Digest] = key(
        "pass",
        help="What one `applied` message covers. pass: one run that did something. daily: all runs "
        "of a day.",
    )
    heartbeat: HeartbeatUrl = key(
        "",
        help="An address to call after every successful run, for a service that alerts you when "
        "the calls stop. It is a secret, ideally ${HEARTBEAT_URL}.",
    )

    @model_validator(mode="after")
    def _has_addresses(self) -> Self:
        if self.model_fields_set - {"heartbeat"} and "urls" not in self.model_fields_set:
            raise ValueError("has no addresses to notify; add urls or urls_file")
        return self


class _Content(Model):
    """What the file and the Config made of it have in common."""

    server: ServerConfig = key(help="The media server.")
    ledger: OptionalText = key(
        None,
        help="The file that records what was done. If not set: `listsync.db` in your account's "
        "state folder.",
    )
    exclude: Annotated[tuple[Exclusion, ...], AfterValidator(_with_positions)] = key(
        (), help="Titles that are never requested, such as imdb:tt0944947 or tmdb:movie:550."
    )
    map: Mapping[MapKey, MapTarget] = key(
        {}, help="Fixes a wrong or missing match: an item and its tmdb:movie:N or tmdb:tv:N."
    )
    budget: OptionalBudget = key(
        None,
        help="The maximum number of titles requested per period, across all lists, such as "
        "100/week.",
    )
    providers: ProvidersConfig = key(ProvidersConfig(), help="Settings for the list sites.")
    browser: BrowserConfig = key(
        BrowserConfig(), help="Settings for the browser that reads the sites."
    )
    controller: ControllerConfig = key(ControllerConfig(), help="Settings for `listsync run`.")
    notify: NotifyConfig = key(NotifyConfig(), help="Which notifications are sent, and where.")

    @field_validator("map", mode="before")
    @classmethod
    def _reject_duplicates(cls, value: object) -> object:
        """Two spellings of one item would hide one of their targets."""
        spellings: dict[str, str] = {}
        for spelling in value if isinstance(value, dict) else ():
            try:
                item = map_key(spelling)
            except ValueError:
                continue  # reported with the key's own place
            if item in spellings:
                first, second = quote(spellings[item]), quote(spelling)
                raise ValueError(f"{first} and {second} are the same item; remove one of the two")
            spellings[item] = spelling
        return value


class File(_Content):
    """listsync's configuration: which lists, and on which server."""

    include: Annotated[tuple[IncludePattern, ...], several("[lists.d/*.yaml]", or_none=True)] = key(
        (), help="Files with more lists, relative to the config file, such as [lists.d/*.yaml]."
    )
    defaults: ListOptions = key(
        ListOptions(), help="Options for all lists; a list may override them."
    )
    lists: Annotated[dict[ListName, ListSection], Field(min_length=1)] = key(
        help="The lists by name; a title belongs to the first list that wants it."
    )


class Config(_Content):
    """The parsed file. ``generation`` changes exactly when the content does."""

    generation: str
    lists: tuple[ListConfig, ...]
    default_rights: Rights = Field(default=Rights(), exclude=True)  # lists have them merged in
    is_confined: bool = Field(default=False, exclude=True)  # to the files of its folder
    written: Written = Field(default=Written(), exclude=True)

    @property
    def rules(self) -> tuple[ListRules, ...]:
        """The lists' rules, in the file's order."""
        return tuple(lst.rules for lst in self.lists)

    @property
    def sources(self) -> dict[str, str]:
        """Each list's source by the list's name, in the file's order."""
        return {lst.name: str(lst.source) for lst in self.lists}

    def list_by_name(self, name: str) -> ListConfig | None:
        return next((lst for lst in self.lists if lst.name == name), None)
