"""One name for each genre, for all spellings at sites and in configs.

The names are TMDB's where it has one. For shows TMDB joins some of its film genres: a *joint*
genre says that a show is one or the other, not which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.core.model.terms import Kind

_JOINT: Mapping[str, frozenset[str]] = {
    "Action & Adventure": frozenset({"Action", "Adventure"}),
    "Sci-Fi & Fantasy": frozenset({"Science Fiction", "Fantasy"}),
    "War & Politics": frozenset({"War"}),
}
_EVERYWHERE = frozenset(
    {"Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Mystery", "Western"}
)
_FILMS_ALONE = frozenset(
    {
        "Action",
        "Adventure",
        "Fantasy",
        "History",
        "Horror",
        "Music",
        "Romance",
        "Science Fiction",
        "TV Movie",
        "Thriller",
        "War",
    }
)
_SHOWS_ALONE = frozenset({"Kids", "News", "Reality", "Soap", "Talk", *_JOINT})
_NOT_OF_TMDB = frozenset(  # IMDb's and Trakt's own
    {
        "Adult",
        "Anime",
        "Biography",
        "Disaster",
        "Donghua",
        "Eastern",
        "Film Noir",
        "Game Show",
        "Holiday",
        "Home and Garden",
        "Musical",
        "Short",
        "Sport",
        "Superhero",
        "Suspense",
    }
)
_OTHER_SPELLINGS = {
    "children": "Kids",
    "realitytv": "Reality",
    "scifi": "Science Fiction",
    "sportingevent": "Sport",
    "sports": "Sport",
    "talkshow": "Talk",
}

NAMES: tuple[str, ...] = tuple(sorted(_EVERYWHERE | _FILMS_ALONE | _SHOWS_ALONE | _NOT_OF_TMDB))
_OF_TMDB = {
    Kind.MOVIE: _EVERYWHERE | _FILMS_ALONE,
    Kind.TV: _EVERYWHERE | _SHOWS_ALONE | frozenset().union(*_JOINT.values()),
}


def find_genre(spelling: str) -> str | None:
    """The genre with this spelling, whatever its case and punctuation; None if there is none."""
    return _BY_SPELLING.get(_letters(spelling))


def wanted_among(genres: Iterable[str], spellings: Iterable[str]) -> bool:
    """Whether a title of these genres surely is of one of the wanted: a joint one names no half."""
    return not _with_halves(genres).isdisjoint(_names(spellings))


def unwanted_among(unwanted: Iterable[str], spellings: Iterable[str]) -> frozenset[str]:
    """The genres for which a title of these is, or may be, of one of the unwanted."""
    against = _with_halves(unwanted)
    return frozenset(
        name for name in _names(spellings) if not _with_halves((name,)).isdisjoint(against)
    )


def never_used_by_tmdb(genres: Iterable[str], kind: Kind | None) -> tuple[str, ...]:
    """The genres among these that TMDB never gives to a title of this kind; None: of any kind."""
    named_by_tmdb = _OF_TMDB[kind] if kind else _EVERYWHERE
    return tuple(
        name
        for name in genres
        if name not in named_by_tmdb and not _JOINT.get(name, {name}) <= named_by_tmdb
    )


def _names(spellings: Iterable[str]) -> frozenset[str]:
    return frozenset(find_genre(spelling) or spelling for spelling in spellings)


def _with_halves(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names).union(*(_JOINT.get(name, ()) for name in names))


def _letters(spelling: str) -> str:
    folded = spelling.casefold().replace("&", "and")
    return "".join(sign for sign in folded if sign.isalnum())


_BY_SPELLING = {_letters(name): name for name in NAMES} | _OTHER_SPELLINGS
