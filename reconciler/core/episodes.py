"""Episodes on a list: left out, or replaced by their series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.core.model import Episodes, Ids, Item, Kind, TitleRef

EPISODES = {"tvEpisode", "episode"}  # what sources call them


def as_wanted(items: Iterable[Item], episodes: Episodes) -> tuple[Item, ...]:
    """The items as a list wants them: with ``series``, an episode stands for its series.

    One whose list does not say of which series it is stays unsupported.
    """
    if episodes is Episodes.SKIP:
        return tuple(items)
    return tuple(_series(item) if item.unsupported in EPISODES else item for item in items)


def _series(item: Item) -> Item:
    if item.series is None:
        return replace(item, unsupported=f"{item.unsupported}, and its list names no series")
    return Item(
        item.position,
        item.series.title,
        kind=Kind.TV,
        ids=Ids(imdb=item.series.imdb),
        episode=TitleRef(item.ids.imdb or "", item.title),
    )
