"""What the ledger stores of a Config while a change waits, and the Config rebuilt from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter

from reconciler.config.keys import Model
from reconciler.config.lists import ListConfig, ListOptions
from reconciler.config.models import Config
from reconciler.core.items import parse_item
from reconciler.core.model import FileRights, Item, ListRef, ListRights, Rights

_M = TypeVar("_M", bound=Model)


def file_rights(config: Config) -> FileRights:
    """The rights that a file asks for, without any secret: an address may hold one."""
    return FileRights(
        config.server.url,
        frozenset(item.key for item in config.exclude),
        config.default_rights,
        {lst.name: _list_rights(lst) for lst in config.lists},
    )


def rights_of(options: ListOptions) -> Rights:
    """The rights of a list, or of ``defaults``."""
    return Rights(**{field.name: getattr(options, field.name) for field in fields(Rights)})


def restored_list(name: str, accepted: ListRights, sources: Iterable[ListRef]) -> ListConfig:
    """The list that ``file_rights`` wrote; suspended, where its settings are no longer readable.

    ``sources``: those of the file, since a source's address may hold a key and was not written.
    """
    provider, _, number = accepted.source.partition(":")
    address = next((ref.address for ref in sources if str(ref) == accepted.source), "")
    lst = ListConfig(name=name, source=ListRef(provider, number))
    try:
        lst = _restored(lst, {"source": None, **json.loads(accepted.settings)})
    except (TypeError, ValueError):
        lst = lst.model_copy(update={"suspend": True})
    source = replace(lst.source, address=address)
    return lst.model_copy(update={**asdict(accepted.rights), "name": name, "source": source})


def restored_exclusions(keys: Collection[str]) -> tuple[Item, ...]:
    """The items under ``exclude`` that ``file_rights`` wrote."""
    return tuple(parse_item(key, position) for position, key in enumerate(sorted(keys), start=1))


def _list_rights(lst: ListConfig) -> ListRights:
    settings = lst.model_dump_json(exclude={"source": {"address", "secrets"}, "was": True})
    return ListRights(str(lst.source), rights_of(lst), settings, lst.was)


def _restored(built_in: _M, content: dict[str, Any]) -> _M:
    """A model from its JSON: by its types alone, since its fields read what people write."""
    types = get_type_hints(type(built_in))
    values: dict[str, Any] = {}
    for name in content.keys() & type(built_in).model_fields.keys():
        default = getattr(built_in, name)
        if isinstance(default, Model):
            values[name] = _restored(default, content[name])
        else:
            values[name] = TypeAdapter(types[name]).validate_python(content[name])
    return built_in.model_copy(update=values)
