"""Why a title is, or is not, requested, and what would change that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, TypedDict

from reconciler.core.advice import Ground, would_change
from reconciler.core.filters import facts_for
from reconciler.core.items import parse_item
from reconciler.core.model import (
    IMDB_ID,
    Action,
    DesiredList,
    Entry,
    Item,
    Kind,
    Match,
    MediaKey,
    Role,
    Show,
    Target,
    Verdict,
)
from reconciler.core.names import has_words
from reconciler.core.seasons import basis, has_aired
from reconciler.core.state import blocklisted
from reconciler.core.times import iso_time
from reconciler.core.waivers import known
from reconciler.core.wants import names_of, rule_names
from reconciler.render import words
from reconciler.render.destination import named
from reconciler.render.document import action_row, candidate_row, verdict_row
from reconciler.render.shapes import Media
from reconciler.sync.reconcile import Reconciliation

_BARE = re.compile(IMDB_ID)  # as people copy it from IMDb
_NUMBER = re.compile(r"tmdb:([1-9][0-9]{0,9})")
_ITEM = re.compile(r"(?P<file>(?<=[\[{]))?ITEM")  # in a list or mapping of the file: as YAML


class Explanation(TypedDict):
    """One title."""

    media: Media
    is_4k: bool
    lists: list[dict[str, Any]]
    resolved: dict[str, Any]
    server: dict[str, Any]
    airing: dict[str, Any]
    memory: dict[str, Any]
    verdict: dict[str, Any]
    would_change: str


class Unwanted(TypedDict):
    """A title that a list shows, and that nothing is decided of."""

    list: str
    position: int
    title: str
    year: int | None
    why: str
    would_change: str


def explain(seen: Reconciliation, query: str) -> list[Explanation]:
    """Every wanted title that ``query`` means: an item of the grammar, or part of a title."""
    fits = _fits(query)
    rows: tuple[Action | Verdict, ...] = seen.plan.actions + seen.plan.verdicts
    return [_explain(row, seen) for row in rows if fits(row.item, _wanted(row))]


def unwanted(seen: Reconciliation, query: str) -> list[Unwanted]:
    """What ``query`` means of what stands behind a list's ``top``, or on exclude lists alone."""
    fits = _fits(query)
    plan = seen.plan
    decided = {a.item.key for a in plan.actions} | {v.item.key for v in plan.verdicts}
    found: list[Unwanted] = []
    for lst in seen.lists:
        if lst.rules.role is Role.EXCLUDE:
            told = [e.item for e in lst.entries if fits(e.item, _media(e))]
            why, way = "the list excludes it", "put it on a list, and take it off this one"
        else:
            top = sum(entry.fresh for entry in lst.entries)
            shown = seen.snapshots[lst.name].items[top:] if lst.name in seen.snapshots else ()
            told = [item for item in shown if fits(item, None)]
            why, way = f"beyond the list's top: {top:,}", f"raise `top` of {lst.name}"
        found += [
            Unwanted(
                list=lst.name,
                position=item.position,
                title=item.title,
                year=item.year,
                why=why,
                would_change=way,
            )
            for item in told
            if item.key not in decided
        ]
    return found


def _wanted(row: Action | Verdict) -> MediaKey | None:
    return row.target.media if row.target else None


def _media(entry: Entry) -> MediaKey | None:
    return entry.match.media if isinstance(entry.match, Match) else None


def _fits(query: str) -> Callable[[Item, MediaKey | None], bool]:
    """Part of a title fits as words do: a query without any, such as ``?``, fits nothing.

    A TMDB number without a kind fits the film and the show, and what a list gives without a kind.
    """
    if number := _NUMBER.fullmatch(query.strip()):
        tmdb = int(number[1])
        return lambda item, media: tmdb in {item.ids.tmdb, media.tmdb if media else None}
    try:
        item = parse_item(f"imdb:{query.strip()}" if _BARE.fullmatch(query.strip()) else query)
    except ValueError:
        return lambda item, _: any(has_words(query, title) for title in _titles(item))
    names = rule_names(item)
    key = MediaKey(item.kind, item.ids.tmdb) if item.kind and item.ids.tmdb else None
    return lambda item, media: (
        bool(names & (names_of(item) | _episode(item))) or (key is not None and media == key)
    )


def _titles(item: Item) -> tuple[str, ...]:
    return (item.title, item.episode.title) if item.episode else (item.title,)


def _episode(item: Item) -> set[str]:
    return {f"imdb:{item.episode.imdb}"} if item.episode else set()


def _explain(row: Action | Verdict, seen: Reconciliation) -> Explanation:
    data = action_row(row) if isinstance(row, Action) else verdict_row(row)
    target = row.target
    return {
        "media": data["media"],
        "is_4k": data["is_4k"],
        "lists": [place for lst in seen.lists for place in _places(row, lst, seen)],
        "resolved": {
            "tmdb": target.media.tmdb if target else None,
            "by": row.matched_by,
            "candidates": [candidate_row(c) for c in getattr(row, "candidates", ())],
        },
        "server": _server(target, seen) if target else {},
        "airing": _airing(target, seen) if target else {},
        "memory": _memory(target, seen) if target else {},
        "verdict": {
            "word": row.op if isinstance(row, Action) else row.reason,
            "seasons": data["seasons"],
            "detail": row.detail,
            **(_asked(row) if isinstance(row, Action) else {}),
        },
        "would_change": _would_change(row, seen, data["media"]),
    }


def _asked(action: Action) -> dict[str, Any]:
    """Why, as whom, with what hope, and where to."""
    user = action.requester.user
    return {
        "reason": action.why,
        "requester": {"name": user.name, "id": user.id},
        "expected": action.expected,
        "delivery": named(action.delivery) if action.delivery else None,
    }


def _would_change(row: Action | Verdict, seen: Reconciliation, media: Media) -> str:
    """The advice, with the title in it as the file and the command line take it."""
    ground = Ground(seen.lists, seen.observed, seen.decision.state.memory, seen.plan.stops)
    advice = would_change(row, ground)
    return _ITEM.sub(
        lambda found: (
            words.item_key(media) if found["file"] is not None else words.item_name(media)
        ),
        advice,
    )


def _places(
    row: Action | Verdict, lst: DesiredList, seen: Reconciliation
) -> Iterator[dict[str, Any]]:
    if row.target and lst.rules.role is Role.REQUEST and lst.rules.is_4k is not row.target.is_4k:
        return  # there it is another wish
    for entry in lst.entries:
        same = (
            entry.match.media == row.target.media
            if isinstance(entry.match, Match) and row.target
            else entry.item.key == row.item.key
        )
        if same:
            yield {
                "name": lst.name,
                "role": lst.rules.role,
                "position": entry.item.position,
                "ids": dict(entry.item.ids.items()),
                "fresh": entry.fresh,
                "facts": _facts(lst, entry, seen),
                "notice": lst.notice,
                **({"episode": asdict(episode)} if (episode := entry.item.episode) else {}),
            }


def _facts(lst: DesiredList, entry: Entry, seen: Reconciliation) -> dict[str, Any]:
    """What the list's filter asks of the title, and who tells it."""
    if lst.rules.filter is None:
        return {}
    facts = facts_for(lst.rules.filter, known(entry, seen.observed))
    return {
        name: {"value": told[0], "by": told[1]} if told else None for name, told in facts.items()
    }


def _server(target: Target, seen: Reconciliation) -> dict[str, Any]:
    rows = seen.observed.media.get(target.media, ())
    return {
        "media": [row.status_4k if target.is_4k else row.status for row in rows],
        "seasons": {
            str(n): status[target.is_4k]
            for row in rows
            for n, status in sorted(row.seasons.items())
        },
        "requests": [
            {
                "id": request.id,
                "status": request.status,
                "requester": request.requester,
                "seasons": sorted(request.seasons),
            }
            for request in seen.observed.requests.get(target, ())
        ],
        "blocklisted": blocklisted(target.media, seen.observed),
    }


def _airing(target: Target, seen: Reconciliation) -> dict[str, Any]:
    """Of a show, which seasons have aired, and by which fact."""
    show = seen.observed.shows.get(target.media.tmdb)
    if target.media.kind is not Kind.TV or not isinstance(show, Show):
        return {}
    return {
        "ended": show.ended,
        "last_aired_season": show.last_aired_season,
        "seasons": [
            {
                "season": season.number,
                "aired": has_aired(season, show, seen.fetched_at.date()),
                "basis": basis(season, show),
                "air_date": season.air_date.isoformat() if season.air_date else None,
                "episodes": season.episodes,
            }
            for season in show.seasons
        ],
    }


def _memory(target: Target, seen: Reconciliation) -> dict[str, Any]:
    slots = {
        s: known for s, known in seen.decision.state.memory.slots.items() if s.target == target
    }
    attempts = seen.decision.state.memory.attempts.get(target)
    return {
        "seen": [
            {
                "season": slot.season,
                "still_there": known.present,
                "readded": known.readded,
                "refused": iso_time(known.refused) if known.refused else None,
            }
            for slot, known in sorted(slots.items(), key=lambda pair: pair[0].season or -1)
        ],
        "failures": attempts.failures if attempts else 0,
        "retries": attempts.retries if attempts else 0,
        "not_before": iso_time(attempts.not_before) if attempts and attempts.not_before else None,
    }
