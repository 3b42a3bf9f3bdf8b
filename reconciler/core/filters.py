"""Whether a list's filter wants a title.

A title with an unknown fact never passes a filter: each rule that needs such a fact rejects it,
and says so. A known fact drops a title before an unknown one does, so that no call is wasted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from reconciler.core.genres import never_used_by_tmdb, unwanted_among, wanted_among
from reconciler.core.model.lists import UNTOLD, Facts, Item, Match, Unmatched
from reconciler.core.model.rules import Filter
from reconciler.core.model.server import Film, Show
from reconciler.core.model.terms import NOUN, Kind
from reconciler.core.names import spellings

LIST, TMDB = "the list", "TMDB"  # who tells a fact
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a filter does not let a title through. ``sure``: no other fact would change that."""

    detail: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What is known of a title, from the list that has it and from the server."""

    kind: Kind | None
    names: tuple[str, ...]
    year: int | None
    own: Facts  # the list's
    from_server: Facts = UNTOLD  # TMDB's, through the server

    @classmethod
    def of(
        cls,
        item: Item,
        match: Match | Unmatched | None = None,
        details: Film | Show | Unmatched | None = None,
    ) -> TitleFacts:
        """From an item, what it was matched with, and what the server told where it was asked."""
        matched = match if isinstance(match, Match) else None
        server_facts = details if isinstance(details, Film | Show) else None
        names = [
            name
            for title in (item, matched, server_facts)
            if title
            for name in (title.title, title.original_title)
            if name
        ]
        ids = {f"{name}:{value}" for name, value in item.ids.items()}  # as a CSV of ids calls it
        years = (item.year, matched and matched.year, server_facts and server_facts.year)
        return cls(
            matched.media.kind if matched else item.certain_kind,
            tuple(name for name in names if name not in ids),
            next((year for year in years if year), None),
            item.facts,
            server_facts.facts if server_facts else UNTOLD,
        )

    @property
    def rating(self) -> tuple[float, str] | None:
        """The rating, and who gives it: the list where it has one."""
        return _with_teller(self.own.rating, self.from_server.rating)

    @property
    def votes(self) -> tuple[int, str] | None:
        return _with_teller(self.own.votes, self.from_server.votes)

    @property
    def genres(self) -> tuple[tuple[str, ...], str] | None:
        """The genres, and their source; a title without genres counts as unknown."""
        return _with_teller(self.own.genres or None, self.from_server.genres or None)

    @property
    def language(self) -> tuple[str, str] | None:
        return _with_teller(self.own.language or None, self.from_server.language or None)


def _with_teller(own: Fact | None, from_server: Fact | None) -> tuple[Fact, str] | None:
    if own is not None:
        return own, LIST
    return None if from_server is None else (from_server, TMDB)


def objection(rules: Filter, title: TitleFacts) -> Rejection | None:
    """Why the filter drops a title; None: it lets it through."""
    raised = [rejection for rule in _RULES if (rejection := rule(rules, title))]
    sure = next((rejection for rejection in raised if rejection.sure), None)
    if sure or not raised:
        return sure
    return Rejection("; ".join(dict.fromkeys(rejection.detail for rejection in raised)), sure=False)


def facts_for(rules: Filter, title: TitleFacts) -> dict[str, tuple[object, str] | None]:
    """Of the facts that somebody tells, those the filter asks: what it is, and who tells it."""
    needs = {
        "rating": rules.min_rating is not None,
        "votes": rules.min_votes is not None,
        "genres": bool(rules.genres or rules.exclude_genres),
        "language": bool(rules.languages),
    }
    return {name: getattr(title, name) for name, is_needed in needs.items() if is_needed}


def asks_facts(rules: Filter) -> bool:
    """Whether a filter asks what only some lists tell of their titles."""
    return bool(facts_for(rules, _NOBODY))


def drops(rules: Filter, item: Item) -> bool:
    """Whether what a list tells of an item is enough to drop it, whatever it is matched with."""
    dropped = objection(rules, TitleFacts.of(item))
    return dropped is not None and dropped.sure


def _types(rules: Filter, title: TitleFacts) -> Rejection | None:
    if not rules.types or title.kind in rules.types:
        return None
    if title.kind is None:
        return _unknown("type")
    return Rejection(f"a {NOUN[title.kind]}, not a {' or '.join(NOUN[k] for k in rules.types)}")


def _titles(rules: Filter, title: TitleFacts) -> Rejection | None:
    if not rules.exclude_titles:
        return None
    if not title.names:
        return _unknown("title")
    names = {spelling for name in title.names for spelling in spellings(name)}
    years = {
        name_rule.year
        for name_rule in rules.exclude_titles
        if not names.isdisjoint(name_rule.spellings)
    }
    if None in years or (title.year is not None and title.year in years):
        return Rejection("in exclude_titles")
    return _unknown("year") if years and title.year is None else None


def _years(rules: Filter, title: TitleFacts) -> Rejection | None:
    if rules.years is None:
        return None
    if title.year is None:
        return _unknown("year")
    if rules.years.first is not None and title.year < rules.years.first:
        return Rejection(f"year {title.year}, before {rules.years.first}")
    if rules.years.last is not None and title.year > rules.years.last:
        return Rejection(f"year {title.year}, after {rules.years.last}")
    return None


def _languages(rules: Filter, title: TitleFacts) -> Rejection | None:
    if not rules.languages:
        return None
    if title.language is None:
        return _unknown("language")
    language, teller = title.language
    if language.casefold() in rules.languages:
        return None
    return Rejection(f"language {language} from {teller}, not {' or '.join(rules.languages)}")


def _genres(rules: Filter, title: TitleFacts) -> Rejection | None:
    if not rules.genres:
        return None
    if title.genres is None:
        return _unknown("genres")
    genres, teller = title.genres
    if wanted_among(rules.genres, genres):
        return None
    return Rejection(f"{', '.join(genres)} from {teller}, not {' or '.join(rules.genres)}")


def _exclude_genres(rules: Filter, title: TitleFacts) -> Rejection | None:
    if not rules.exclude_genres:
        return None
    if title.genres is None:
        return _unknown("genres")
    genres, teller = title.genres
    if unwanted := unwanted_among(rules.exclude_genres, genres):
        return Rejection(f"{', '.join(sorted(unwanted))} from {teller}, in exclude_genres")
    missing = never_used_by_tmdb(rules.exclude_genres, title.kind) if teller == TMDB else ()
    if missing:
        noun = f"{NOUN[title.kind]}s" if title.kind else "titles"
        detail = f"genre {' or '.join(missing)} unknown: TMDB never uses it for {noun}"
        return Rejection(detail, sure=False)
    return None


def _rating(rules: Filter, title: TitleFacts) -> Rejection | None:
    if rules.min_rating is None:
        return None
    if title.rating is None:
        return _unknown("rating")
    rating, teller = title.rating
    if rating >= rules.min_rating:
        return None
    return Rejection(f"rating {rating:g} from {teller}, below {rules.min_rating:g}")


def _votes(rules: Filter, title: TitleFacts) -> Rejection | None:
    if rules.min_votes is None:
        return None
    if title.votes is None:
        return _unknown("votes")
    votes, teller = title.votes
    if votes >= rules.min_votes:
        return None
    return Rejection(f"{votes:,} votes from {teller}, below {rules.min_votes:,}")


def _unknown(fact: str) -> Rejection:
    return Rejection(f"{fact} unknown", sure=False)


_NOBODY = TitleFacts(None, (), None, UNTOLD)
_RULES: tuple[Callable[[Filter, TitleFacts], Rejection | None], ...] = (
    _types,
    _titles,
    _years,
    _languages,
    _genres,
    _exclude_genres,
    _rating,
    _votes,
)
