"""One list of the file: its source and options, as values for decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from reconciler.config import values
from reconciler.config.fields import TEXT, Model
from reconciler.config.options import ListOptions
from reconciler.core.model import ListRef, ListRules, Role, ServiceSelection

ListName = Annotated[
    str,
    BeforeValidator(values.list_name),
    WithJsonSchema({"type": "string", "pattern": values.LIST_NAME}),
]


class _Sourced(Model):
    """First among a list's keys, since the interval's check looks at the source."""

    source: Annotated[ListRef, BeforeValidator(values.source), WithJsonSchema(TEXT)] = Field(
        description="Which list: a pasted address, provider:id, a bare ls… or ur… id, or file:PATH."
    )


class ListSection(ListOptions, _Sourced):
    """One list: where it is, and what becomes of its titles."""

    @field_validator("interval", "retry_interval")
    @classmethod
    def _sites_are_spared(cls, interval: timedelta, info: ValidationInfo) -> timedelta:
        source = info.data.get("source")
        scraped = isinstance(source, ListRef) and source.provider != "file"
        if scraped and interval < values.SHORTEST_FOR_SITES:
            raise ValueError("must be at least 5m for a list that is read from a site")
        return interval


class ListConfig(ListSection):
    """A list with its name and the defaults merged in."""

    name: ListName

    @property
    def rules(self) -> ListRules:
        """What decisions depend on."""
        asks = self.role is Role.REQUEST
        return ListRules(
            name=self.name,
            source=self.source,
            role=self.role,
            requester=self.requester,
            approval=self.approval,
            top=self.top,
            is_4k=self.is_4k,
            seasons=self.seasons,
            episodes=self.episodes,
            filter=self.filter.rules if asks else None,
            delivery=self._delivery() if asks else None,
            max_per_run=self.max_per_run,
            retry_failed=self.retry_failed,
            rerequest=self.rerequest,
            prune=self.prune,
            prune_after=self.prune_after,
            start=self.start,
            interval=self.interval,
            retry_interval=self.retry_interval,
            suspended=self.suspend,
        )

    def _delivery(self) -> ServiceSelection | None:
        wish = ServiceSelection(self.server_id, self.profile_id, self.root_folder, self.tags)
        return None if wish == ServiceSelection() else wish
