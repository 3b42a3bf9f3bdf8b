"""What the ledger keeps of a Config while a change waits, and the Config made from it again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter

from reconciler.config.fields import Model
from reconciler.config.lists import ListConfig
from reconciler.config.models import Config
from reconciler.config.options import ListOptions
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
    return Rights(
        options.role,
        options.requester,
        options.approval,
        options.is_4k,
        options.prune,
        options.top,
        options.episodes,
    )


def restored_list(name: str, accepted: ListRights, sources: Iterable[ListRef]) -> ListConfig:
    """The list that ``file_rights`` wrote; suspended, where its settings cannot be read any more.

    ``sources``: those of the file, since a source's address may hold a key and was not written.
    """
    provider, _, number = accepted.source.partition(":")
    rights: dict[str, object] = {"name": name, **asdict(accepted.rights)}
    address = next((ref.address for ref in sources if str(ref) == accepted.source), "")
    try:
        lst = _restored(ListConfig, {"source": None, **json.loads(accepted.settings)})
    except (TypeError, ValueError):
        lst = ListConfig.model_construct(source=ListRef(provider, number), suspend=True)
    return lst.model_copy(update={"source": replace(lst.source, address=address), **rights})


def restored_exclusions(keys: Collection[str]) -> tuple[Item, ...]:
    """The items under ``exclude`` that ``file_rights`` wrote."""
    return tuple(parse_item(key, position) for position, key in enumerate(sorted(keys), start=1))


def _list_rights(lst: ListConfig) -> ListRights:
    settings = lst.model_dump_json(exclude={"source": {"address", "secrets"}})
    return ListRights(str(lst.source), rights_of(lst), settings)


def _restored(model: type[_M], content: dict[str, Any]) -> _M:
    """A model from its JSON: by its types alone, since its fields read what people write."""
    types = get_type_hints(model)
    return model.model_construct(
        **{
            name: _restored(types[name], value)
            if isinstance(types[name], type) and issubclass(types[name], Model)
            else TypeAdapter(types[name]).validate_python(value)
            for name, value in content.items()
            if name in model.model_fields
        }
    )
