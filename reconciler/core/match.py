"""Item and candidates → a match, or why not. The wrong film is worse than no film."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.model import Candidate, Item, Kind, Match, Reason, Route, Unmatched

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 5  # titles that nearly fit, kept for a person to look at


def normalise(title: str) -> str:
    """A title as it is compared: no case, diacritics or punctuation; "&" is "and".

    A title of punctuation alone is compared as it stands, so that it equals only itself.
    """
    # Twice: decomposing "№" gives capitals, and folding case can give what decomposes further.
    plain = _fold(_fold(title.replace("&", " and ")))
    letters = "".join(
        c if c.isalnum() else ("" if unicodedata.combining(c) or c in "'\u2019" else " ")
        for c in plain
    )
    return " ".join(letters.split()) or plain.strip()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold()


def by_id(item: Item, candidates: Sequence[Candidate], route: Route) -> Match | Unmatched:
    """An id names at most one film and one show; the item's kind settles which of two is meant."""
    if not candidates:
        return Unmatched(Reason.NOT_FOUND, f"TMDB knows no title with this {route} id")
    fitting = [c for c in candidates if item.kind in (None, c.media.kind)] or list(candidates)
    if len(fitting) == 1:
        return _matched(fitting[0], route)
    return _ambiguous(f"this {route} id leads to more than one title", fitting)


def by_title(item: Item, candidates: Sequence[Candidate]) -> Match | Unmatched:
    """Exactly one candidate must agree on title, kind and year.

    A year off by one counts only where no candidate has the exact year: sites disagree on
    premieres. A missing year, or an unknown kind with a film and a show of that name, decides
    nothing.
    """
    if item.may_be_show:
        return _film_else_show(item, candidates)
    names = {normalise(name) for name in (item.title, item.original_title) if name}
    named = [c for c in candidates if names & {normalise(n) for n in _names(c)}]
    if not named:
        return Unmatched(
            Reason.NOT_FOUND, "no title of this name was found", tuple(candidates[:SHOWN])
        )
    kin = [c for c in named if item.kind in (None, c.media.kind)]
    if not kin:
        wrong = "show" if item.kind is Kind.MOVIE else "film"
        return Unmatched(
            Reason.TYPE_MISMATCH, f"only a {wrong} of this name was found", tuple(named[:SHOWN])
        )
    if len({c.media.kind for c in kin}) > 1:
        return _ambiguous("there are a film and a show of this name", kin)
    return _by_year(item, kin)


def _by_year(item: Item, kin: Sequence[Candidate]) -> Match | Unmatched:
    if item.year is None:
        return _ambiguous("the list gives no year", kin)
    exact = [c for c in kin if c.year == item.year]
    if len(exact) == 1:
        return _matched(exact[0], Route.TITLE)
    if exact:
        return _ambiguous(f"{len(exact)} titles of this name and year", exact)
    if any(c.year is None for c in kin):
        return _ambiguous("a title of this name has no year yet", kin)
    near = [c for c in kin if c.year is not None and abs(c.year - item.year) == 1]
    if len(near) == 1:
        return _matched(near[0], Route.TITLE)
    if near:
        return _ambiguous(f"{len(near)} titles of this name, a year away", near)
    return Unmatched(
        Reason.NOT_FOUND, "only titles of other years have this name", tuple(kin[:SHOWN])
    )


def _film_else_show(item: Item, candidates: Sequence[Candidate]) -> Match | Unmatched:
    """A film, or where none fits the show of exactly that year; a film a year away may be either.

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
        return _ambiguous("a film of another year and a show of this year have this name", both)
    return film if film.reason is Reason.AMBIGUOUS else show


def _matched(candidate: Candidate, route: Route) -> Match:
    return Match(candidate.media, route, candidate.title, candidate.year, candidate.original_title)


def _names(candidate: Candidate) -> tuple[str, ...]:
    return tuple(n for n in (candidate.title, candidate.original_title) if n)


def _ambiguous(detail: str, candidates: Sequence[Candidate]) -> Unmatched:
    # All of them: where an exclude list is ambiguous, none may slip through.
    return Unmatched(Reason.AMBIGUOUS, detail, tuple(candidates))
