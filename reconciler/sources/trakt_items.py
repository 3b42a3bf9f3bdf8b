"""The rows of Trakt's API as items.

A list's row says its type and holds a part of that name; a chart's holds the part beside figures;
a chart of what is popular gives the part alone. Seasons and episodes bring their show along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.core.completeness import UNREADABLE
from reconciler.core.model import IMDB_ID, Ids, Item, Kind
from reconciler.http.foreign import valid_text
from reconciler.sources.fields import facts

_KINDS = {"movie": Kind.MOVIE, "show": Kind.TV}
_IMDB = re.compile(IMDB_ID)
_YEARS = range(1800, 2200)


def joined(rows: Iterable[Item]) -> Iterable[Item]:
    """The items of a list: the seasons and episodes of a show are one, at the place of the first.

    It names those seasons, or none where the show stands on the list as a whole, too.
    """
    items: dict[str, Item] = {}
    for place, item in enumerate(rows):
        key = f"{place}" if item.unsupported else item.key
        items[key] = _joined(items[key], item) if key in items else item
    return items.values()


def readable(row: Mapping[str, object]) -> bool:
    """Whether a row is one that Trakt's lists and charts are known to hold."""
    return bool(_part_name(row)) or "ids" in row


def item_of(row: Mapping[str, object], kind: Kind | None = None) -> Item:
    """A row as an item. ``kind``: the only one that is on its list."""
    name = _part_name(row)
    part = _mapping(row.get(name)) if name else row
    if name in _KINDS or (not name and kind):
        return _title(part, _KINDS.get(name) or kind)
    label = valid_text(part.get("name")) or valid_text(part.get("title"))
    if name in {"season", "episode"}:
        number = part.get("number" if name == "season" else "season")
        if type(number) is int:
            return replace(_title(_mapping(row.get("show")), Kind.TV), seasons=(number,))
    elif name:
        return Item(0, label, unsupported=name)
    return Item(0, label, unsupported=UNREADABLE)


def _part_name(row: Mapping[str, object]) -> str:
    """What a row is: as it says, else by the part it holds; "" where it is that part itself."""
    if isinstance(row.get("type"), str):
        return valid_text(row["type"])
    return next((name for name in _KINDS if name in row), "")


def _title(part: Mapping[str, object], kind: Kind | None) -> Item:
    ids, year = _mapping(part.get("ids")), part.get("year")
    title_ids = Ids(
        imdb=imdb if _IMDB.fullmatch(imdb := valid_text(ids.get("imdb"))) else None,
        tmdb=_number(ids.get("tmdb")),
        tvdb=_number(ids.get("tvdb")),
        trakt=valid_text(ids.get("slug")) or None,
    )
    sure = year if isinstance(year, int) and year in _YEARS else None
    item_facts = facts(*map(part.get, ("rating", "votes", "genres", "language")))
    return Item(0, valid_text(part.get("title")), sure, kind, title_ids, facts=item_facts)


def _joined(first: Item, more: Item) -> Item:
    if first.seasons is None or more.seasons is None:
        return replace(first, seasons=None)
    return replace(first, seasons=tuple(sorted({*first.seasons, *more.seasons})))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
