"""The options of a list, which ``defaults`` can set for all lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from reconciler.config import phrases, values
from reconciler.config.fields import (
    DURATION,
    MANY,
    NAMED,
    NUMBERS,
    WORD,
    Count,
    Model,
    Named,
    count,
    schema,
)
from reconciler.config.filters import FilterConfig
from reconciler.core.model import (
    ALL_SEASONS,
    Approval,
    Episodes,
    Prune,
    Rerequest,
    Role,
    SeasonRule,
    Start,
)


class ListOptions(Model):
    """What holds for every list that does not say otherwise; null: the built-in default."""

    interval: Annotated[timedelta, values.written(values.duration), schema(DURATION)] = Field(
        default=timedelta(hours=6),
        description="How often the list is read: 90m, 6h, 1d. At least 5m for sites.",
        json_schema_extra={"default": "6h"},
    )
    retry_interval: Annotated[timedelta, values.written(values.duration), schema(DURATION)] = Field(
        default=timedelta(minutes=10),
        description="When run tries a list again that could not be read; longer each time, "
        "up to 6h. At least 5m for sites.",
        json_schema_extra={"default": "10m"},
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
    approval: Annotated[
        Approval,
        values.written(values.one_of("approval", Approval)),
        schema({"enum": [str(way) for way in Approval]}),
    ] = Field(
        default=Approval.REQUESTER,
        description="requester: the requester's own rights decide. auto: the API key's owner "
        "approves on the requester's behalf.",
        json_schema_extra={"default": "requester"},
    )
    is_4k: Annotated[bool, values.written(values.yes_or_no), schema({"type": "boolean"}, WORD)] = (
        Field(default=False, validation_alias="4k", description="Request in 4K.")
    )
    server_id: Annotated[int | str | None, values.written(values.named), NAMED] = Field(
        default=None,
        description="Which Radarr or Sonarr of the server: its name, or its id. "
        "Without it, the server's default.",
    )
    profile_id: Annotated[int | str | None, values.written(values.named), NAMED] = Field(
        default=None,
        description="The quality profile there: its name, or its id. Without it, the server's own.",
    )
    root_folder: Annotated[int | str | None, values.written(values.named), NAMED] = Field(
        default=None,
        description="The folder there: its path, or its id. Without it, the server's own.",
    )
    tags: Annotated[tuple[Named, ...] | None, values.several("[kids, 4]", or_none=True)] = Field(
        default=None,
        description="The tags there, by name or id: [kids, 4]; [] for none. "
        "Without it, the server's own.",
    )
    seasons: Annotated[
        SeasonRule,
        BeforeValidator(phrases.seasons),
        schema({"type": "string", "pattern": phrases.SEASONS}, NUMBERS),
    ] = Field(
        default=ALL_SEASONS,
        description="Which aired seasons: all, first, latest, first 2, last 3, 1-3, [1, 4].",
        json_schema_extra={"default": "all"},
    )
    episodes: Annotated[
        Episodes,
        values.written(values.one_of("rule", Episodes)),
        schema({"enum": [str(rule) for rule in Episodes]}),
    ] = Field(
        default=Episodes.SKIP,
        description="Of a single episode on a list of IMDb: skip leaves it out, series asks for "
        "the series it belongs to.",
        json_schema_extra={"default": "skip"},
    )
    filter: FilterConfig = Field(
        default=FilterConfig(),
        description="Which of its titles are wanted: keys of its own, below.",
    )
    rerequest: Annotated[
        Rerequest | timedelta,
        values.written(phrases.rerequest),
        schema(
            {"enum": [str(rule) for rule in Rerequest]},
            {"type": "string", "pattern": phrases.AFTER},
        ),
    ] = Field(
        default=Rerequest.ON_READD,
        description="Of what was declined or taken away: on-readd asks again once the title was "
        "put back on a list; after 90d then, too, and after so long; never does neither.",
        json_schema_extra={"default": "on-readd"},
    )
    retry_failed: Annotated[int, values.written(values.whole(0, MANY)), count(0, MANY)] = Field(
        default=2, description="How often a request that the downloader did not take is retried."
    )
    prune: Annotated[
        Prune,
        values.written(values.one_of("rule", Prune)),
        schema({"enum": [str(rule) for rule in Prune]}),
    ] = Field(
        default=Prune.KEEP,
        description="Of our own pending requests for what has left the lists: keep, report, or "
        "cancel-pending.",
        json_schema_extra={"default": "keep"},
    )
    prune_after: Annotated[timedelta, values.written(values.duration), schema(DURATION)] = Field(
        default=timedelta(days=7),
        description="How long a title must have been off the list for that.",
        json_schema_extra={"default": "7d"},
    )
    start: Annotated[
        Start,
        values.written(values.one_of("start", Start)),
        schema({"enum": [str(way) for way in Start]}),
    ] = Field(
        default=Start.ALL,
        description="new-only: what the list holds when first read completely stays as it is.",
        json_schema_extra={"default": "all"},
    )
    suspend: Annotated[
        bool, values.written(values.yes_or_no), schema({"type": "boolean"}, WORD)
    ] = Field(default=False, description="Ask for nothing on the list for now; forget nothing.")
    top: Count = Field(default=None, description="Only the first so many titles of the list.")
    max_per_run: Count = Field(
        default=50, description="The most titles this list requests in one run; the rest wait."
    )
    role: Annotated[
        Role,
        values.written(values.one_of("role", Role)),
        schema({"enum": [str(role) for role in Role]}),
    ] = Field(
        default=Role.REQUEST,
        description="request: its titles are wanted. exclude: nothing on it is ever requested.",
        json_schema_extra={"default": "request"},
    )
