"""Why a title is or is not requested, and what would change that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict

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
from reconciler.core.wants import names_of, rule_names, title_facts
from reconciler.render import words
from reconciler.render.document import (
    Airing,
    Decided,
    Explanation,
    ListPlace,
    MemoryRow,
    ServerState,
    Unwanted,
)
from reconciler.render.rows import action_row, candidate_row, delivery_names, user_row, verdict_row
from reconciler.sync.reconcile import Reconciliation

_BARE = re.compile(IMDB_ID)  # as people copy it from IMDb
_NUMBER = re.compile(r"tmdb:([1-9][0-9]{0,9})")
_ITEM = re.compile(r"(?P<yaml>(?<=[\[{]))?ITEM")  # in a list or mapping of the config: as YAML


def explain(reconciliation: Reconciliation, query: str) -> list[Explanation]:
    """Every wanted title that ``query`` means: an item of the grammar, or part of a title."""
    fits = _matcher(query)
    plan = reconciliation.plan
    rows: tuple[Action | Verdict, ...] = plan.actions + plan.verdicts
    return [
        _explain(row, reconciliation)
        for row in rows
        if fits(row.item, row.target.media if row.target else None)
    ]


def unwanted(reconciliation: Reconciliation, query: str) -> list[Unwanted]:
    """What ``query`` means of titles beyond a list's ``top``, or on exclude lists alone."""
    fits = _matcher(query)
    plan, snapshots = reconciliation.plan, reconciliation.snapshots
    decided = {a.item.key for a in plan.actions} | {v.item.key for v in plan.verdicts}
    rows: list[Unwanted] = []
    for lst in reconciliation.lists:
        if lst.rules.role is Role.EXCLUDE:
            items = [entry.item for entry in lst.entries if fits(entry.item, _media_of(entry))]
            why, advice = "the list excludes it", "put it on a list, and remove it from this one"
        else:
            top = sum(entry.fresh for entry in lst.entries)
            shown = snapshots[lst.name].items[top:] if lst.name in snapshots else ()
            items = [item for item in shown if fits(item, None)]
            why, advice = f"beyond the list's top: {top:,}", f"raise `top` of {lst.name}"
        rows += [
            {
                "list": lst.name,
                "position": item.position,
                "title": item.title,
                "year": item.year,
                "why": why,
                "would_change": advice,
            }
            for item in items
            if item.key not in decided
        ]
    return rows


def _media_of(entry: Entry) -> MediaKey | None:
    return entry.match.media if isinstance(entry.match, Match) else None


def _matcher(query: str) -> Callable[[Item, MediaKey | None], bool]:
    """Part of a title matches as words do: a query without any, such as ``?``, matches nothing.

    A TMDB number without a kind matches the film, the show and an item without a kind.
    """
    if number := _NUMBER.fullmatch(query.strip()):
        tmdb = int(number[1])
        return lambda item, media: tmdb in {item.ids.tmdb, media.tmdb if media else None}
    try:
        item = parse_item(f"imdb:{query.strip()}" if _BARE.fullmatch(query.strip()) else query)
    except ValueError:
        return lambda item, _: any(
            has_words(query, title)
            for title in (item.title, *((item.episode.title,) if item.episode else ()))
        )
    names = rule_names(item)
    key = MediaKey(item.kind, item.ids.tmdb) if item.kind and item.ids.tmdb else None
    return lambda item, media: (
        bool(names & names_of(item))
        or (item.episode is not None and f"imdb:{item.episode.imdb}" in names)
        or (key is not None and media == key)
    )


def advice_for(row: Action | Verdict, reconciliation: Reconciliation) -> str:
    """What would change a decision, with the title as a person writes it."""
    memory, stops = reconciliation.decision.state.memory, reconciliation.plan.stops
    ground = Ground(reconciliation.lists, reconciliation.observed, memory, stops)
    media = (action_row(row) if isinstance(row, Action) else verdict_row(row))["media"]

    def item_text(match: re.Match[str]) -> str:
        return words.item_key(media) if match["yaml"] is not None else words.item_name(media)

    return _ITEM.sub(item_text, would_change(row, ground))


def _explain(row: Action | Verdict, reconciliation: Reconciliation) -> Explanation:
    data = action_row(row) if isinstance(row, Action) else verdict_row(row)
    target = row.target
    candidates = row.candidates if isinstance(row, Verdict) else ()
    return {
        "media": data["media"],
        "is_4k": data["is_4k"],
        "lists": [
            place for lst in reconciliation.lists for place in _places(row, lst, reconciliation)
        ],
        "resolved": {
            "tmdb": target.media.tmdb if target else None,
            "by": row.matched_by,
            "candidates": [candidate_row(candidate) for candidate in candidates],
        },
        "server": _server(target, reconciliation) if target else {},
        "airing": _airing(target, reconciliation) if target else {},
        "memory": _memory(target, reconciliation) if target else {},
        "verdict": _decided(row),
        "would_change": advice_for(row, reconciliation),
    }


def _decided(row: Action | Verdict) -> Decided:
    decided: Decided = {
        "word": row.op if isinstance(row, Action) else row.reason,
        "seasons": list(row.seasons) if row.seasons is not None else None,
        "detail": row.detail,
    }
    if isinstance(row, Action):
        decided["reason"] = row.why
        decided["requester"] = user_row(row.requester.user)
        decided["expected"] = row.expected
        decided["delivery"] = delivery_names(row.delivery) if row.delivery else None
    return decided


def _places(
    row: Action | Verdict, lst: DesiredList, reconciliation: Reconciliation
) -> Iterator[ListPlace]:
    if row.target and lst.rules.role is Role.REQUEST and lst.rules.is_4k is not row.target.is_4k:
        return  # that list asks for another quality
    for entry in lst.entries:
        is_same = (
            entry.match.media == row.target.media
            if isinstance(entry.match, Match) and row.target
            else entry.item.key == row.item.key
        )
        if not is_same:
            continue
        facts = {}
        if lst.rules.filter is not None:
            facts = facts_for(lst.rules.filter, title_facts(entry, reconciliation.observed))
        place: ListPlace = {
            "name": lst.name,
            "role": lst.rules.role,
            "position": entry.item.position,
            "ids": dict(entry.item.ids.items()),
            "fresh": entry.fresh,
            "facts": {
                name: {"value": fact[0], "by": fact[1]} if fact else None
                for name, fact in facts.items()
            },
            "notice": lst.notice,
        }
        if entry.item.episode:
            place["episode"] = asdict(entry.item.episode)
        yield place


def _server(target: Target, reconciliation: Reconciliation) -> ServerState:
    observed = reconciliation.observed
    rows = observed.media.get(target.media, ())
    return {
        "media": [row.status_4k if target.is_4k else row.status for row in rows],
        "seasons": {
            str(number): status[target.is_4k]
            for row in rows
            for number, status in sorted(row.seasons.items())
        },
        "requests": [
            {
                "id": request.id,
                "status": request.status,
                "requester": request.requester,
                "seasons": sorted(request.seasons),
            }
            for request in observed.requests.get(target, ())
        ],
        "blocklisted": blocklisted(target.media, observed),
    }


def _airing(target: Target, reconciliation: Reconciliation) -> Airing:
    show = reconciliation.observed.shows.get(target.media.tmdb)
    if target.media.kind is not Kind.TV or not isinstance(show, Show):
        return {}
    return {
        "ended": show.ended,
        "last_aired_season": show.last_aired_season,
        "seasons": [
            {
                "season": season.number,
                "aired": has_aired(season, show, reconciliation.fetched_at.date()),
                "basis": basis(season, show),
                "air_date": season.air_date.isoformat() if season.air_date else None,
                "episodes": season.episodes,
            }
            for season in show.seasons
        ],
    }


def _memory(target: Target, reconciliation: Reconciliation) -> MemoryRow:
    memory = reconciliation.decision.state.memory
    entries = [(key, entry) for key, entry in memory.slots.items() if key.target == target]
    attempts = memory.attempts.get(target)
    not_before = attempts.not_before if attempts else None
    return {
        "seen": [
            {
                "season": key.season,
                "still_there": entry.present,
                "readded": entry.readded,
                "refused": iso_time(entry.refused) if entry.refused else None,
            }
            for key, entry in sorted(entries, key=lambda pair: pair[0].season or -1)
        ],
        "failures": attempts.failures if attempts else 0,
        "retries": attempts.retries if attempts else 0,
        "not_before": iso_time(not_before) if not_before else None,
    }
