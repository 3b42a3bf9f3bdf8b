"""Why a title is or is not requested, and what would change that."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from operator import itemgetter

from reconciler.core.advice import Ground, would_change
from reconciler.core.filters import facts_for
from reconciler.core.items import parse_item
from reconciler.core.model.lists import Entry, Item, Match, MediaKey, Target
from reconciler.core.model.memory import MemoryEntry, MemoryKey
from reconciler.core.model.plan import Action, DesiredList, Verdict
from reconciler.core.model.terms import IMDB_ID, Role
from reconciler.core.names import has_words
from reconciler.core.own_requests import account_for_missing
from reconciler.core.wants import names_of, rule_names, title_facts
from reconciler.render import words
from reconciler.render.document import Explanation, ListPlace, Unwanted
from reconciler.render.explanation_rows import airing_row, decision_row, memory_row, server_state
from reconciler.render.rows import action_row, candidate_row, verdict_row
from reconciler.sync.reconcile import Reconciliation

_BARE = re.compile(IMDB_ID)  # as people copy it from IMDb
_NUMBER = re.compile(r"tmdb:([1-9][0-9]{0,9})")
_ITEM = re.compile(r"(?P<yaml>(?<=[\[{]))?ITEM")  # in a list or mapping of the config: as YAML


def explain(reconciliation: Reconciliation, query: str) -> list[Explanation]:
    """Every wanted title that ``query`` means: an item of the grammar, or part of a title."""
    fits = _matcher(query)
    plan, explainer = reconciliation.plan, Explainer(reconciliation)
    rows: tuple[Action | Verdict, ...] = plan.actions + plan.verdicts
    return [
        explainer.explain(row)
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


class Explainer:
    """Explains the decisions of a run, each in the same time however many titles there are."""

    def __init__(self, reconciliation: Reconciliation) -> None:
        self._observed = reconciliation.observed
        self._today = reconciliation.fetched_at.date()
        self._memory = reconciliation.decision.state.memory
        self._lists, stops = reconciliation.lists, reconciliation.plan.stops
        observed = account_for_missing(self._observed, self._memory)
        self._ground = Ground(self._lists, observed, self._memory, stops)
        self._slots: defaultdict[Target, list[tuple[MemoryKey, MemoryEntry]]] = defaultdict(list)
        for slot in self._memory.slots.items():
            self._slots[slot[0].target].append(slot)
        self._entries: defaultdict[object, list[tuple[int, Entry]]] = defaultdict(list)
        for index, lst in enumerate(self._lists):
            for entry in lst.entries:
                for key in {entry.item.key, _media_of(entry)}:
                    self._entries[key].append((index, entry))

    def advice(self, row: Action | Verdict) -> str:
        """What would change a decision, with the title as a person writes it."""
        media = (action_row(row) if isinstance(row, Action) else verdict_row(row))["media"]

        def item_text(match: re.Match[str]) -> str:
            return words.item_key(media) if match["yaml"] is not None else words.item_name(media)

        return _ITEM.sub(item_text, would_change(row, self._ground))

    def explain(self, row: Action | Verdict) -> Explanation:
        """Why a title is or is not requested, and what would change that."""
        data = action_row(row) if isinstance(row, Action) else verdict_row(row)
        target = row.target
        candidates = row.candidates if isinstance(row, Verdict) else ()
        explanation: Explanation = {
            "media": data["media"],
            "is_4k": data["is_4k"],
            "lists": [self._place(lst, entry) for lst, entry in self._places(row)],
            "resolved": {
                "tmdb": target.media.tmdb if target else None,
                "by": row.matched_by,
                "candidates": [candidate_row(candidate) for candidate in candidates],
            },
            "server": {},
            "airing": {},
            "memory": {},
            "verdict": decision_row(row),
            "would_change": self.advice(row),
        }
        if target:
            explanation["server"] = server_state(target, self._observed)
            explanation["airing"] = airing_row(target, self._observed, self._today)
            attempts = self._memory.attempts.get(target)
            explanation["memory"] = memory_row(self._slots[target], attempts)
        return explanation

    def _places(self, row: Action | Verdict) -> list[tuple[DesiredList, Entry]]:
        """A title's entries on all lists, in the order of the config and of each list."""
        target = row.target
        entries = self._entries[row.item.key]
        if target:
            unmatched = [place for place in entries if _media_of(place[1]) is None]
            entries = [*self._entries[target.media], *unmatched]
        places = [
            (self._lists[index], entry) for index, entry in sorted(entries, key=itemgetter(0))
        ]
        return [
            (lst, entry)
            for lst, entry in places
            if not target or lst.rules.role is Role.EXCLUDE or lst.rules.is_4k is target.is_4k
        ]

    def _place(self, lst: DesiredList, entry: Entry) -> ListPlace:
        facts = {}
        if lst.rules.filter is not None:
            facts = facts_for(lst.rules.filter, title_facts(entry, self._observed))
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
        return place
