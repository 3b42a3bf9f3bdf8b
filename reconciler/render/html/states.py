"""The state of a list or a title in one word, and its links, for the pages."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from reconciler.core.model import ATTENTION, Reason, Result, id_keys
from reconciler.render import words
from reconciler.render.status import ItemStatus, State

DONE = frozenset({Result.CREATED, Result.EXISTS, Result.RETRIED})
ON_SERVER = DONE | {Reason.REQUESTED, Reason.PROCESSING}
UP_TO_DATE = (frozenset(Reason) - words.WAITING - ATTENTION - {Reason.FILTERED}) | DONE
_FAILED = frozenset({Result.FAILED, Result.REFUSED, Result.UNKNOWN, Result.UNDELIVERED})
_SITES = {
    "imdb": ("IMDb", "https://www.imdb.com/title/{id}/"),
    "trakt": ("Trakt", "https://trakt.tv/{kind}/{id}"),
    "anilist": ("AniList", "https://anilist.co/anime/{id}"),
    "mal": ("MyAnimeList", "https://myanimelist.net/anime/{id}"),
}
_TRAKT_KINDS = {"movie": "movies", "tv": "shows"}


def item_key(item: ItemStatus) -> str:
    """The title's identity in the address of its page: an id that all lists have, if it has one."""
    ids = sorted(item["ids"].items(), key=lambda pair: pair[0] != "tmdb")
    name = f"title:{title_name(item)} ({item['year']})"
    return next(id_keys(ids, item["kind"]), name)


def word_state(word: str) -> State:
    """A verdict or a result, and how much a person has to care."""
    if word in ATTENTION or word in _FAILED:
        return State(word, "bad")
    if word in words.WAITING:
        return State(word, "wait")
    return State(word, "good" if word in ON_SERVER | {Reason.AVAILABLE} else "calm")


def explain_argument(item: ItemStatus) -> str:
    """The title as ``listsync explain`` takes it."""
    return words.item_name(
        {"type": item["kind"], "title": item["title"], "year": item["year"], "ids": item["ids"]}
    )


def title_name(item: ItemStatus) -> str:
    """The title, or an id of one without."""
    return item["title"] or next((f"{k}:{v}" for k, v in item["ids"].items()), "?")


def title_links(item: ItemStatus, server_url: str) -> list[dict[str, str]]:
    """The title at the media server and at the sites that its ids are of."""
    tmdb, kind = item["ids"].get("tmdb"), item["kind"]
    links = []
    if tmdb and kind:
        links.append({"name": "Server", "url": f"{server_url}/{kind}/{tmdb}"})
        links.append({"name": "TMDB", "url": f"https://www.themoviedb.org/{kind}/{tmdb}"})
    for site, (name, pattern) in _SITES.items():
        if number := item["ids"].get(site):
            if site == "trakt" and not kind:
                continue  # its films and shows have separate ids
            url = pattern.format(id=quote(str(number), safe=""), kind=_TRAKT_KINDS.get(kind or ""))
            links.append({"name": name, "url": url})
    return links


def trend(sizes: Sequence[int]) -> dict[str, str] | None:
    """A line of 96 by 24 units through the sizes of a list."""
    if len(sizes) < 2:  # noqa: PLR2004 - a line needs two points
        return None
    low, high = min(sizes), max(sizes)
    step, height = 96 / (len(sizes) - 1), max(1, high - low)
    points = (
        f"{index * step:.1f} {22 - (size - low) / height * 20 if high > low else 12:.1f}"
        for index, size in enumerate(sizes)
    )
    label = f"{low} titles" if low == high else f"{sizes[0]} to {sizes[-1]} titles"
    return {"path": f"M{' L'.join(points)}", "label": label}
