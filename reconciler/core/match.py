"""Item and candidates → a match, or why not. The wrong film is worse than no film."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reconciler.core.model.lists import Candidate, Item, Match, Unmatched
from reconciler.core.model.terms import Kind, MatchMethod, Reason
from reconciler.core.names import Reading, fold, normalise, readings

SHOWN = 5  # titles that nearly fit, kept for a person to look at


def by_id(item: Item, candidates: Sequence[Candidate], route: MatchMethod) -> Match | Unmatched:
    """An id names at most one film and one show; the item's kind settles which of two is meant."""
    if not candidates:
        return Unmatched(Reason.NOT_FOUND, f"TMDB has no title with this {route} id")
    fitting = [c for c in candidates if item.kind in (None, c.media.kind)] or list(candidates)
    if len(fitting) == 1:
        return _matched(fitting[0], route)
    return _ambiguous(f"this {route} id leads to more than one title", fitting)


def by_number(item: Item, candidates: Sequence[Candidate]) -> Match | Unmatched:
    """A TMDB number without a kind: films and shows are numbered apart, so the title must agree."""
    if not candidates:
        return Unmatched(Reason.NOT_FOUND, f"TMDB has no title with the number {item.ids.tmdb}")
    match = by_title(item, candidates)
    if isinstance(match, Match):
        return replace(match, by=MatchMethod.TMDB)
    return _ambiguous(
        f"film or show? the list gives the TMDB number {item.ids.tmdb} without a kind", candidates
    )


def by_title(item: Item, candidates: Sequence[Candidate]) -> Match | Unmatched:
    """Exactly one candidate must agree on title, kind and year.

    A year off by one counts only where no candidate has the exact year, since sites disagree on
    premieres, and only for a title as it is written. A missing year, or an unknown kind with a film
    and a show of that name, decides nothing. The first reading whose name a candidate has decides.
    """
    if item.may_be_show:
        return _film_else_show(item, candidates)
    for reading in readings(item):
        verdicts = [
            _among(item.kind, reading.year, namesakes, lenient=lenient)
            for namesakes, lenient in _find_namesakes(reading, candidates)
        ]
        if verdicts:
            return _settled(verdicts, reading.year)
    return Unmatched(
        Reason.NOT_FOUND, "no title with this name was found", tuple(candidates[:SHOWN])
    )


def _settled(verdicts: Sequence[Match | Unmatched], year: int | None) -> Match | Unmatched:
    """The verdict that counts: the one on the name as written, or on its other spellings."""
    first, *others = verdicts
    if isinstance(first, Unmatched) and first.reason is not Reason.AMBIGUOUS:
        decided = (v for v in others if isinstance(v, Match) or v.reason is Reason.AMBIGUOUS)
        return next(decided, first)
    if isinstance(first, Match) and first.year != year:
        for other in others:
            if isinstance(other, Match):
                both = [
                    Candidate(m.media, m.title, m.original_title, m.year) for m in (first, other)
                ]
                return _ambiguous("one title matches the name, another the year", both)
    return first


def _find_namesakes(
    reading: Reading, candidates: Sequence[Candidate]
) -> Iterator[tuple[list[Candidate], bool]]:
    """The candidates that a reading names as written, with leniency, and those it names folded."""
    compatriots = [c for c in candidates if reading.country in {None, *c.countries}]
    written = _with_same_name(normalise, reading, compatriots)
    if written:
        yield written, reading.as_written
    if more := [c for c in _with_same_name(fold, reading, compatriots) if c not in written]:
        yield [*written, *more], False


def _with_same_name(
    spelled: Callable[[str], str], reading: Reading, candidates: Sequence[Candidate]
) -> list[Candidate]:
    names = set(map(spelled, reading.names))
    titles = ((c, filter(None, (c.title, c.original_title))) for c in candidates)
    return [c for c, its_titles in titles if names & set(map(spelled, its_titles))]


def _among(
    kind: Kind | None, year: int | None, namesakes: Sequence[Candidate], *, lenient: bool
) -> Match | Unmatched:
    """Which of the candidates of a name is meant. ``lenient``: a year off by one may count."""
    kin = [c for c in namesakes if kind in (None, c.media.kind)]
    if not kin:
        other_kind = "show" if kind is Kind.MOVIE else "film"
        return Unmatched(
            Reason.TYPE_MISMATCH,
            f"only a {other_kind} with this name was found",
            tuple(namesakes[:SHOWN]),
        )
    if len({c.media.kind for c in kin}) > 1:
        return _ambiguous("a film and a show have this name", kin)
    if year is None:
        return _ambiguous("the list has no year", kin)
    exact = [c for c in kin if c.year == year]
    if len(exact) == 1:
        return _matched(exact[0], MatchMethod.TITLE)
    if exact:
        return _ambiguous(f"{len(exact)} titles have this name and year", exact)
    if any(c.year is None for c in kin):
        return _ambiguous("a title with this name has no year yet", kin)
    near = [c for c in kin if lenient and c.year is not None and abs(c.year - year) == 1]
    if len(near) == 1:
        return _matched(near[0], MatchMethod.TITLE)
    if near:
        return _ambiguous(f"{len(near)} titles with this name are one year off", near)
    return Unmatched(
        Reason.NOT_FOUND, "all titles with this name are from other years", tuple(kin[:SHOWN])
    )


def _film_else_show(item: Item, candidates: Sequence[Candidate]) -> Match | Unmatched:
    """A film; otherwise a show of exactly that year. With a film one year off, both are possible.

    Letterboxd lists mini-series among films.
    """
    film = by_title(replace(item, may_be_show=False), candidates)
    show = by_title(replace(item, kind=Kind.TV, may_be_show=False), candidates)
    if not isinstance(show, Match) or show.year != item.year:
        return film
    if isinstance(film, Match):
        if film.year == item.year:
            return film
        both = [c for c in candidates if c.media in (film.media, show.media)]
        reason = f"a film from another year and a show from {show.year} have this name"
        return _ambiguous(reason, both)
    return film if film.reason is Reason.AMBIGUOUS else show


def _matched(candidate: Candidate, route: MatchMethod) -> Match:
    return Match(candidate.media, route, candidate.title, candidate.year, candidate.original_title)


def _ambiguous(detail: str, candidates: Sequence[Candidate]) -> Unmatched:
    # All of them, because an ambiguous entry of an exclude list excludes every candidate.
    return Unmatched(Reason.AMBIGUOUS, detail, tuple(candidates))
