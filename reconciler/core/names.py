"""Comparing names: spellings that are equal, and the readings of a list's title.

`normalise` is the name as it is written: no case, diacritics or punctuation. `fold` also joins
what people type in more than one way:

    =====================  ==============  ==============================================
    what                   becomes         for example
    =====================  ==============  ==============================================
    æ œ ø ł đ ð þ ħ        ae oe o l d …   Æon Flux, Søster; a dotless i is an i
    × between words        x               SPY×FAMILY, Spy x Family, SPYxFAMILY
    · within a word        nothing         WALL·E, WALLE
    + &                    and             Romeo + Juliet
    any apostrophe         nothing         Ocean`s, Ocean's, Ocean’s
    ³ ½ and their like     a word          Alien³, Alien 3
    dotted initials        one word        S.W.A.T., SWAT; but not I.T. alone, which is not It
    =====================  ==============  ==============================================
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.core.model.lists import Item

_APOSTROPHES = "'\u2019`\u00b4\u2018\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2032\u2035"

_TYPED = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_JOINED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"}
    | {"\u0131": "i"}
    | {"×": " x ", "+": " and ", "&": " and "}
    | dict.fromkeys("·•‧⋅・" + _APOSTROPHES, "")
)
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_LONE_X = re.compile(r"(?<=\w) x (?=\w)")
_PAIR = 2
_YEAR = re.compile(r"(?P<title>.*\S)\s*\((?P<year>[0-9]{4})\)\s*", re.DOTALL)
_COUNTRY = re.compile(r"(?P<title>.*\S)\s*\((?P<country>[A-Z]{2}|USA)\)\s*", re.DOTALL)
_ISO_3166 = {"UK": "GB", "USA": "US"}


def normalise(title: str) -> str:
    """A title as it is written: no case, diacritics or punctuation; "&" is "and".

    A title of punctuation alone is compared as it stands, so that it equals only itself.
    """
    plain = _decomposed(_set_apart(title).replace("&", " and "))
    letters = "".join(
        c if c.isalnum() else ("" if unicodedata.combining(c) or c in "'\u2019" else " ")
        for c in plain
    )
    return " ".join(letters.split()) or plain.strip()


def fold(title: str) -> str:
    """A title without what people type in more than one way; see the table above."""
    plain = _decomposed(_set_apart(title.translate(_JOINED), always=True))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).translate(_JOINED)
    words = normalise(_INITIALS.sub(_join_initials, letters)) or normalise(title)
    return _LONE_X.sub("x", words)


def spellings(title: str) -> tuple[str, ...]:
    """A title as it is written, and folded."""
    return tuple(dict.fromkeys((normalise(title), fold(title))))


def has_words(part: str, title: str) -> bool:
    """Whether a title contains a part; no title contains a part without a letter or digit."""
    words = normalise(part)
    return any(c.isalnum() for c in words) and words in normalise(title)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list may mean by a title. ``country``: ISO 3166-1, of a suffix that was dropped."""

    names: tuple[str, ...]
    year: int | None
    country: str | None = None
    as_written: bool = False


def readings(item: Item) -> Iterator[Reading]:
    """What an item's title may mean, the most literal first.

    As written; then without a year at its end that is the item's, or that the item lacks, and
    without a country; last with the item's year appended, as in some titles.
    """
    written = tuple(name for name in (item.title, item.original_title) if name)
    yield Reading(written, item.year, as_written=True)
    yield from _without_suffixes(item)
    if item.title and item.year:
        yield Reading((f"{item.title} ({item.year})",), item.year)


def search_terms(item: Item) -> tuple[str, int | None]:
    """The title and year to search for.

    The title without its suffixes: such a search also finds the titles that have them.
    """
    title, year = item.title, item.year
    for reading in _without_suffixes(item):
        title, year = reading.names[0], reading.year
    return title.translate(_TYPED), year


def _without_suffixes(item: Item) -> Iterator[Reading]:
    title, year, country = item.title, item.year, None
    for _ in range(2):  # a year and a country, in either order
        if (match := _YEAR.fullmatch(title)) and year in {None, int(match["year"])}:
            year = int(match["year"])
        elif country is None and (match := _COUNTRY.fullmatch(title)):
            country = _ISO_3166.get(match["country"], match["country"])
        else:
            return
        title = match["title"]
        yield Reading((title,), year, country)


def _decomposed(text: str) -> str:
    # Twice: decomposing "№" gives capitals, and folding case can give what decomposes further.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    return text


def _set_apart(title: str, *, always: bool = False) -> str:
    """Signs that stand for digits (³, ½) apart from the digits beside them: 9½ is not 91/2."""
    if title.isascii():
        return title
    return "".join(
        f" {sign} "
        if unicodedata.category(sign) == "No"
        and unicodedata.decomposition(sign)
        and (always or before.isnumeric() or after.isnumeric())
        else sign
        for before, sign, after in zip(f" {title}", title, f"{title[1:]} ", strict=False)
    )


def _join_initials(match: re.Match[str]) -> str:
    """Dotted initials as a word, unless two of them are all there is: "I.T." is not "It"."""
    letters = match[0].replace(".", "")
    around = match.string[: match.start()] + match.string[match.end() :]
    return f"{letters} " if len(letters) > _PAIR or normalise(around) else match[0]
