"""A fake TMDB: about a thousand titles, and the look-ups that TMDB offers.

The catalogue never changes between two imports. Its order is its popularity: search results and
the charts of the sandbox's list sites follow it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product

from .known_facts import KNOWN_FACTS
from .known_titles import FILMS, SHOWS
from .titles import Kind, Season, Title, film, show
from .tricky_titles import TRICKY

__all__ = ["CATALOGUE", "Catalogue", "Kind", "Season", "Title", "whole_catalogue", "words_of"]

_APOSTROPHES = re.compile("['\u2019`]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def words_of(text: str) -> tuple[str, ...]:
    """Split into lower-case words without diacritics or punctuation, as TMDB compares them."""
    plain = _APOSTROPHES.sub("", text.casefold()).translate(_WITHOUT_DECOMPOSITION)
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(word for word in _NOT_A_WORD.split(plain) if word)


class Catalogue:
    """Look-ups over titles: by number, by IMDb or TVDB id, and by words of a title."""

    def __init__(self, titles: Iterable[Title]) -> None:
        """Index the titles; of two with the same kind and number, the first wins."""
        self.titles = tuple(titles)
        self._by_key: dict[tuple[Kind, int], Title] = {}
        self._by_imdb: defaultdict[str, list[Title]] = defaultdict(list)
        self._by_tvdb: defaultdict[int, list[Title]] = defaultdict(list)
        self._by_word: defaultdict[str, set[int]] = defaultdict(set)
        for position, title in enumerate(self.titles):
            self._add(position, title)

    def _add(self, position: int, title: Title) -> None:
        self._by_key.setdefault((title.kind, title.tmdb), title)
        if title.imdb is not None:
            self._by_imdb[title.imdb].append(title)
        if title.tvdb is not None:
            self._by_tvdb[title.tvdb].append(title)
        for word in {*words_of(title.title), *words_of(title.original_title)}:
            self._by_word[word].add(position)

    def get(self, kind: Kind, tmdb: int) -> Title | None:
        """The title of that kind and TMDB number."""
        return self._by_key.get((kind, tmdb))

    def by_tmdb(self, tmdb: int) -> tuple[Title, ...]:
        """The film and the show that use this number."""
        found = (self.get("movie", tmdb), self.get("tv", tmdb))
        return tuple(title for title in found if title is not None)

    def by_imdb(self, imdb: str) -> tuple[Title, ...]:
        """Everything that TMDB files under this IMDb id (``tt…``), films first."""
        return tuple(sorted(self._by_imdb.get(imdb, ()), key=_films_first))

    def by_tvdb(self, tvdb: int) -> tuple[Title, ...]:
        """The shows that TMDB files under this TVDB id."""
        return tuple(self._by_tvdb.get(tvdb, ()))

    def search(self, text: str, year: int | None = None) -> tuple[Title, ...]:
        """Titles with every word of ``text`` in the title or original title, exact names first."""
        wanted = words_of(text)
        if not wanted:
            return ()
        positions = set.intersection(*(self._by_word.get(word, set()) for word in wanted))
        found = [self.titles[position] for position in sorted(positions)]
        if year is not None:
            found = [title for title in found if title.year == year]
        return tuple(sorted(found, key=lambda title: words_of(title.title) != wanted))


def _films_first(title: Title) -> bool:
    return title.kind != "movie"


_ADJECTIVES = [
    "Amber",
    "Bitter",
    "Broken",
    "Burning",
    "Crimson",
    "Crooked",
    "Distant",
    "Electric",
    "Endless",
    "Fading",
    "Fallen",
    "Frozen",
    "Gentle",
    "Gilded",
    "Hidden",
    "Hollow",
    "Iron",
    "Last",
    "Lonely",
    "Lost",
    "Midnight",
    "Painted",
    "Paper",
    "Quiet",
    "Restless",
    "Rusty",
    "Sacred",
    "Scarlet",
    "Secret",
    "Silent",
    "Silver",
    "Sleeping",
    "Stolen",
    "Velvet",
    "Wandering",
    "Wild",
]
_NOUNS = [
    "Apple",
    "Archive",
    "Bridge",
    "Canyon",
    "Carnival",
    "Cathedral",
    "Chapel",
    "Clock",
    "Compass",
    "Desert",
    "Engine",
    "Falcon",
    "Ferry",
    "Forest",
    "Fountain",
    "Garden",
    "Harvest",
    "Highway",
    "Island",
    "Kingdom",
    "Lagoon",
    "Lantern",
    "Library",
    "Machine",
    "Meadow",
    "Mirror",
    "Mountain",
    "Ocean",
    "Orchard",
    "Parade",
    "Piano",
    "River",
    "Satellite",
    "Station",
    "Summer",
    "Tower",
    "Valley",
    "Village",
    "Violin",
    "Winter",
]
_FIRST_YEAR, _YEARS = 1931, 94
_FILM_COUNT, _SHOW_COUNT = 2_200, 900
_FIRST_NUMBER = 9_200_000


def _names() -> Iterator[str]:
    for number, (adjective, noun) in enumerate(product(_ADJECTIVES, _NOUNS)):
        yield f"The {adjective} {noun}" if number % 3 else f"{adjective} {noun}"
    for adjective, noun in product(_ADJECTIVES, _NOUNS):
        yield f"A {noun} for the {adjective}"
    for adjective, noun in product(_ADJECTIVES, _NOUNS):
        yield f"{noun} of the {adjective}"


def _date(number: int) -> str:
    year = _FIRST_YEAR + number * 37 % _YEARS
    return f"{year}-{number * 7 % 12 + 1:02}-{number * 11 % 28 + 1:02}"


def _generated() -> Iterator[Title]:
    for number, name in zip(range(_FILM_COUNT + _SHOW_COUNT), _names(), strict=False):
        tmdb = _FIRST_NUMBER + number
        imdb = f"tt{90_000_000 + tmdb}"
        if number < _FILM_COUNT:
            yield film(tmdb, imdb, name, _date(number))
            continue
        episodes = tuple(6 + (number + season) % 8 for season in range(1 + number % 6))
        yield show(tmdb, imdb, tmdb, name, _date(number), episodes, specials=number % 4)


CATALOGUE: tuple[Title, ...] = tuple(
    replace(title, facts=KNOWN_FACTS.get((title.kind, title.tmdb), title.facts))
    for title in (*FILMS, *SHOWS, *TRICKY, *_generated())
)
"""Over 3,000 titles: well-known ones under their true ids, tricky ones, then made-up ones."""


@cache
def whole_catalogue() -> Catalogue:
    """The index of ``CATALOGUE``, built once: every server of a process reads the same one."""
    return Catalogue(CATALOGUE)
