"""The grammar of items in ``map``, ``exclude``, text files and on the command line.

``imdb:tt0111161`` · ``tmdb:movie:278`` · ``tmdb:tv:1399`` · ``tvdb:121361`` ·
``trakt:movie:dune-2021`` · ``trakt:show:severance`` · ``title:"Dune (2021)"``
"""

from __future__ import annotations

import re

from reconciler.core.model.lists import Ids, Item, id_keys
from reconciler.core.model.terms import IMDB_ID, Kind

GRAMMAR = (
    'imdb:tt…, tmdb:movie:N, tmdb:tv:N, tvdb:N, trakt:movie:SLUG, trakt:show:SLUG or title:"T (Y)"'
)

_TITLE_YEAR = re.compile(r"^(?P<title>.*\S)\s*\((?P<year>[0-9]{4})\)$", re.DOTALL)
_IMDB = re.compile(IMDB_ID)
_TMDB = re.compile(r"(movie|tv):([1-9][0-9]{0,9})")
_TVDB = re.compile(r"[1-9][0-9]{0,9}")
_TRAKT = re.compile(r"(movie|show):([a-z0-9][a-z0-9_-]*)")


def parse_item(text: str, position: int = 1) -> Item:
    """The item that a text names. Raises ValueError, with a sentence for people."""
    scheme, colon, name = text.strip().partition(":")
    if colon and scheme == "imdb" and _IMDB.fullmatch(name):
        return Item(position, "", ids=Ids(imdb=name))
    if colon and scheme == "tmdb" and (match := _TMDB.fullmatch(name)):
        return Item(position, "", kind=Kind(match[1]), ids=Ids(tmdb=int(match[2])))
    if colon and scheme == "tvdb" and _TVDB.fullmatch(name):
        return Item(position, "", kind=Kind.TV, ids=Ids(tvdb=int(name)))
    if colon and scheme == "trakt" and (match := _TRAKT.fullmatch(name)):
        kind = Kind.MOVIE if match[1] == "movie" else Kind.TV
        title, year = _slug_words(match[2]) if kind is Kind.MOVIE else (match[2], None)
        return Item(position, title.replace("-", " "), year, kind, Ids(trakt=match[2]))
    if colon and scheme == "title" and (title := _unquote(name)):
        return parse_title(title, position)
    msg = f"not an item: {text!r}; write {GRAMMAR}"
    raise ValueError(msg)


def parse_title(text: str, position: int = 1) -> Item:
    """``Title (Year)``, or a title alone."""
    if match := _TITLE_YEAR.match(text.strip()):
        return Item(position, match["title"], int(match["year"]))
    return Item(position, text.strip())


def item_keys(item: Item) -> tuple[str, ...]:
    """Every name that the grammar has for an item, the most trusted first."""
    keys = [*id_keys(item.ids.items(), item.kind)]
    if item.title and item.year:
        keys.append(f'title:"{item.title} ({item.year})"')
    if item.title:
        keys.append(f'title:"{item.title}"')
    return tuple(keys)


def _slug_words(slug: str) -> tuple[str, int | None]:
    """A film's slug ends in its year: ``dune-2021``."""
    title, _, year = slug.rpartition("-")
    return (title, int(year)) if title and re.fullmatch(r"(19|20)[0-9]{2}", year) else (slug, None)


def _unquote(text: str) -> str:
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text.strip()
