"""Whether a list's filter wants a title.

A title with an unknown fact never passes a filter: each rule that needs such a fact rejects it,
and says so. A known fact drops a title before an unknown one does, so that no call is wasted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reconciler.core.genres import never_used_by_tmdb, unwanted_among, wanted_among
from reconciler.core.model.lists import UNTOLD, Facts, Item, Match, Unmatched
from reconciler.core.model.rules import Filter, Name, Years
from reconciler.core.model.server import Film, Show
from reconciler.core.model.terms import NOUN, Kind
from reconciler.core.names import spellings

LIST, TMDB = "the list", "TMDB"  # the sources of a fact
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a filter does not let a title through. ``sure``: no other fact would change that."""

    detail: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """The facts about a title from its list and from the server."""

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
        """From an item, its match, and the server's details if they were read."""
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
    raised = [*_by_title(rules, title), *_by_facts(rules, title)]
    sure = next((rejection for rejection in raised if rejection.sure), None)
    if sure or not raised:
        return sure
    return Rejection("; ".join(dict.fromkeys(rejection.detail for rejection in raised)), sure=False)


def facts_for(rules: Filter, title: TitleFacts) -> dict[str, tuple[object, str] | None]:
    """The known facts that the filter needs, each with its value and its source."""
    needs = {
        "rating": rules.min_rating is not None,
        "votes": rules.min_votes is not None,
        "genres": bool(rules.genres or rules.exclude_genres),
        "language": bool(rules.languages),
    }
    return {name: getattr(title, name) for name, is_needed in needs.items() if is_needed}


def asks_facts(rules: Filter) -> bool:
    """Whether a filter needs facts that only some lists have."""
    return bool(facts_for(rules, _NOBODY))


def drops(rules: Filter, item: Item) -> bool:
    """Whether the list's own facts are enough to drop an item, whatever its match."""
    dropped = objection(rules, TitleFacts.of(item))
    return dropped is not None and dropped.sure


def _by_title(rules: Filter, title: TitleFacts) -> Iterator[Rejection]:
    """What speaks against a title in what it is, what it is called and when it came out."""
    if rules.types and title.kind is None:
        yield _unknown("type")
    elif title.kind and rules.types and title.kind not in rules.types:
        types = " or ".join(NOUN[kind] for kind in rules.types)
        yield Rejection(f"a {NOUN[title.kind]}, not a {types}")
    if rules.exclude_titles:
        yield from _excluded_titles(rules.exclude_titles, title)
    years = rules.years or Years()
    if rules.years and title.year is None:
        yield _unknown("year")
    elif title.year and years.first is not None and title.year < years.first:
        yield Rejection(f"year {title.year}, before {years.first}")
    elif title.year and years.last is not None and title.year > years.last:
        yield Rejection(f"year {title.year}, after {years.last}")


def _excluded_titles(excluded: Iterable[Name], title: TitleFacts) -> Iterator[Rejection]:
    names = {spelling for name in title.names for spelling in spellings(name)}
    years = {name.year for name in excluded if not names.isdisjoint(name.spellings)}
    if not names:
        yield _unknown("title")
    elif None in years or title.year in years:
        yield Rejection("in exclude_titles")
    elif years and title.year is None:
        yield _unknown("year")


def _by_facts(rules: Filter, title: TitleFacts) -> Iterator[Rejection]:
    """What speaks against a title in the facts that its list or TMDB tells."""
    language, language_teller = title.language or (None, "")
    genres, genre_teller = title.genres or (None, "")
    rating, rating_teller = title.rating or (None, "")
    votes, votes_teller = title.votes or (None, "")
    if rules.languages and language is None:
        yield _unknown("language")
    elif language and rules.languages and language.casefold() not in rules.languages:
        languages = " or ".join(rules.languages)
        yield Rejection(f"language {language} from {language_teller}, not {languages}")
    if (rules.genres or rules.exclude_genres) and genres is None:
        yield _unknown("genres")
    elif genres and rules.genres and not wanted_among(rules.genres, genres):
        wanted_genres = " or ".join(rules.genres)
        yield Rejection(f"{', '.join(genres)} from {genre_teller}, not {wanted_genres}")
    if genres and rules.exclude_genres:
        yield from _excluded_genres(rules.exclude_genres, genres, genre_teller, title.kind)
    if rules.min_rating is not None and rating is None:
        yield _unknown("rating")
    elif rating is not None and rules.min_rating is not None and rating < rules.min_rating:
        yield Rejection(f"rating {rating:g} from {rating_teller}, below {rules.min_rating:g}")
    if rules.min_votes is not None and votes is None:
        yield _unknown("votes")
    elif votes is not None and rules.min_votes is not None and votes < rules.min_votes:
        yield Rejection(f"{votes:,} votes from {votes_teller}, below {rules.min_votes:,}")


def _excluded_genres(
    excluded: Sequence[str], genres: Sequence[str], teller: str, kind: Kind | None
) -> Iterator[Rejection]:
    missing = never_used_by_tmdb(excluded, kind) if teller == TMDB else ()
    if unwanted := unwanted_among(excluded, genres):
        yield Rejection(f"{', '.join(sorted(unwanted))} from {teller}, in exclude_genres")
    elif missing:
        noun = f"{NOUN[kind]}s" if kind else "titles"
        detail = f"genre {' or '.join(missing)} unknown: TMDB never uses it for {noun}"
        yield Rejection(detail, sure=False)


def _unknown(fact: str) -> Rejection:
    return Rejection(f"{fact} unknown", sure=False)


_NOBODY = TitleFacts(None, (), None, UNTOLD)
