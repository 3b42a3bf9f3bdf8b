"""The fake TMDB: its titles and its search."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from examples.sandbox.catalogue import CATALOGUE, Catalogue, Kind, Title, words_of

catalogue = Catalogue(CATALOGUE)

WELL_KNOWN: dict[tuple[Kind, int], tuple[str, int]] = {
    ("movie", 278): ("tt0111161", 1994),
    ("movie", 238): ("tt0068646", 1972),
    ("movie", 438631): ("tt1160419", 2021),
    ("movie", 841): ("tt0087182", 1984),
    ("movie", 194): ("tt0211915", 2001),
    ("movie", 101): ("tt0110413", 1994),
    ("movie", 129): ("tt0245429", 2001),
    ("movie", 275): ("tt0116282", 1996),
    ("tv", 60622): ("tt2802850", 2014),
    ("tv", 1396): ("tt0903747", 2008),
    ("tv", 1399): ("tt0944947", 2011),
}


@pytest.mark.parametrize(("key", "facts"), WELL_KNOWN.items(), ids=str)
def test_a_well_known_title_has_its_true_ids(key: tuple[Kind, int], facts: tuple[str, int]) -> None:
    title = catalogue.get(*key)
    assert title is not None
    assert (title.imdb, title.year) == facts
    assert catalogue.by_imdb(facts[0]) == (title,)


def test_it_holds_over_three_thousand_titles_each_number_once_a_kind() -> None:
    assert len(CATALOGUE) > 3000
    assert len({(title.kind, title.tmdb) for title in CATALOGUE}) == len(CATALOGUE)


def test_it_is_the_same_in_every_process() -> None:
    program = (
        "import examples.sandbox.catalogue as c; print(zlib.crc32(repr(c.CATALOGUE).encode()))"
    )
    command = [sys.executable, "-c", f"import zlib; {program}"]
    root = Path(__file__).resolve().parents[2]
    printed = {
        subprocess.run(  # noqa: S603 -- the interpreter that runs this test
            command, cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Amélie", {194}),
        ("amelie", {194}),
        ("Le Fabuleux Destin", {194}),
        ("dune", {841, 438631, 693134}),
        ("part two dune", {693134}),
        ("WALL-E", {10681}),
        ("(500) Days of Summer", {19913}),
        ("lodz", {9_100_012}),
        ("creme brulee a besancon", {9_100_011}),
        ("whos there", {9_100_017}),
        ("tt0111161", set()),
        ("  ", set()),
    ],
)
def test_a_search_goes_by_words_whatever_their_case_and_accents(
    text: str, numbers: set[int]
) -> None:
    assert {title.tmdb for title in catalogue.search(text)} == numbers


def test_a_search_puts_the_exact_name_first() -> None:
    assert [title.title for title in catalogue.search("dune")][-1] == "Dune: Part Two"


def test_a_search_may_be_held_to_a_year() -> None:
    assert [title.tmdb for title in catalogue.search("dune", 2021)] == [438631]


def titles_named(name: str) -> list[Title]:
    return [title for title in CATALOGUE if title.title == name]


def test_tricky_titles_are_there() -> None:
    years = Counter(title.year for title in titles_named("Northern Line"))
    kinds = Counter((title.kind, title.year) for title in titles_named("Salt Harbour"))
    assert years == {2015: 2}
    assert kinds == {("movie", 2016): 1, ("tv", 2016): 1}
    assert [title.kind for title in catalogue.by_tmdb(9_100_009)] == ["movie", "tv"]
    assert [title.kind for title in catalogue.by_imdb("tt91000025")] == ["movie", "tv"]
    assert len(catalogue.by_tvdb(9_100_027)) == 2
    assert any(title.date is None for title in CATALOGUE)
    assert any(title.imdb is None for title in CATALOGUE)


@pytest.mark.parametrize("word", ["Ł", "æ", "Ø"])
def test_letters_without_a_decomposition_are_folded_too(word: str) -> None:
    assert words_of(word)[0].isascii()
