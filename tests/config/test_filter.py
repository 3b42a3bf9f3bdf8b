"""``filter``: what it means, and what is wrong with it, where."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.config import Config
from reconciler.core.model import Filter, Kind, Name, Years

HEAD = "server: {url: 'http://seerr:5055', api_key: '${KEY}'}\n"


def one_list(rule: str) -> str:
    return f"{HEAD}lists:\n  kids:\n    source: imdb:top\n    filter:\n      {rule}\n"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("types: [movie]", Filter(types=(Kind.MOVIE,)), id="types"),
        pytest.param("years: 1990..2005", Filter(years=Years(1990, 2005)), id="span"),
        pytest.param("years: 1990 .. 2005", Filter(years=Years(1990, 2005)), id="span with spaces"),
        pytest.param("years: 1990..", Filter(years=Years(1990)), id="from a year on"),
        pytest.param("years: ..2005", Filter(years=Years(None, 2005)), id="up to a year"),
        pytest.param("years: 1999", Filter(years=Years(1999, 1999)), id="one year"),
        pytest.param("min_rating: 7", Filter(min_rating=7.0), id="whole rating"),
        pytest.param("min_rating: '7.5'", Filter(min_rating=7.5), id="quoted rating"),
        pytest.param("min_rating: 10", Filter(min_rating=10.0), id="highest rating"),
        pytest.param("min_votes: 1000", Filter(min_votes=1000), id="votes"),
        pytest.param(
            "genres: [sci-fi, DRAMA]", Filter(genres=("Science Fiction", "Drama")), id="genres"
        ),
        pytest.param(
            "exclude_genres: [Talk-Show]", Filter(exclude_genres=("Talk",)), id="not a genre"
        ),
        pytest.param(
            "exclude_genres: [Sci-Fi & Fantasy]",
            Filter(exclude_genres=("Sci-Fi & Fantasy",)),
            id="a joint genre",
        ),
        pytest.param("languages: [EN, no]", Filter(languages=("en", "no")), id="languages"),
        pytest.param(
            "exclude_titles: [Amélie, 1917 (2019), 1984]",
            Filter(exclude_titles=(Name(("amelie",)), Name(("1917",), 2019), Name(("1984",)))),
            id="titles",
        ),
        pytest.param(
            """exclude_titles: ['title:"Cats (2019)"']""",
            Filter(exclude_titles=(Name(("cats",), 2019),)),
            id="a title as exclude has it",
        ),
        pytest.param("exclude_titles: []", None, id="no titles"),
        pytest.param("types: null", None, id="a rule of its built-in value"),
    ],
)
def test_a_rule_means(
    read_config: Callable[..., Config], rule: str, expected: Filter | None
) -> None:
    assert read_config(one_list(rule)).lists[0].filter.rules == expected


def test_a_lists_filter_replaces_the_defaults_whole_and_null_takes_it_away(
    read_config: Callable[..., Config],
) -> None:
    config = read_config(
        f"{HEAD}defaults: {{filter: {{types: [tv], min_rating: 7}}}}\n"
        "lists:\n"
        "  same: {source: imdb:top}\n"
        "  own: {source: imdb:top, filter: {years: 1990..}}\n"
        "  none: {source: imdb:top, filter: null}\n"
    )
    assert [lst.filter.rules for lst in config.lists] == [
        Filter(types=(Kind.TV,), min_rating=7.0),
        Filter(years=Years(1990)),
        None,
    ]


SPAN = "is not a range of years; use 1990..2005, 1990.., ..2005 or 1999"
RATING = "is not a rating; use a number from 0 to 10, like 7.5"


@pytest.mark.parametrize(
    ("rule", "where", "problem"),
    [
        ("types: [movei]", "15 types[0]", '"movei" is not a valid value, did you mean "movie"?'),
        ("types: movie", "14 types", "must be a list, such as [movie, tv]"),
        ("types: []", "14 types", "is empty; remove the key to allow everything"),
        ("years: 90..", "14 years", f'"90.." {SPAN}'),
        ("years: ..", "14 years", f'".." {SPAN}'),
        ("years: 2005..1990", "14 years", '"2005..1990" runs backwards; use 1990..2005'),
        ("years: [1990]", "14 years", "must be a single value, not a list or a mapping"),
        ("min_rating: 75", "19 min_rating", f'"75" {RATING}'),
        ("min_rating: 10.5", "19 min_rating", f'"10.5" {RATING}'),
        ("min_votes: -1", "18 min_votes", "must be from 0 to 100000000"),
        (
            "genres: [Drama, Horor]",
            "23 genres[1]",
            '"Horor" is not a genre, did you mean "horror"?',
        ),
        ("exclude_genres: Horror", "23 exclude_genres", "must be a list, such as [Horror]"),
        (
            "languages: [english]",
            "19 languages[0]",
            '"english" is not a language; use its two-letter code, like en, de or ja',
        ),
        (
            "exclude_titles: [Cats, '']",
            "30 exclude_titles[1]",
            "is empty; use a title, like Cats or Cats (2019)",
        ),
        (
            "exclude_titles: [Cats, 'tmdb:movie:949']",
            "30 exclude_titles[1]",
            (
                '"tmdb:movie:949" is an id; use a title, like Cats or Cats (2019),'
                " or put the id under exclude, for all lists"
            ),
        ),
        ("min_ratng: 7", "7 min_ratng", 'unknown key, did you mean "min_rating"?'),
    ],
)
def test_a_mistake_is_reported_at_its_place(
    problems_of: Callable[..., list[str]], rule: str, where: str, problem: str
) -> None:
    column, key = where.split()
    error = f"listsync.yaml:6:{column} lists.kids.filter.{key}: {problem}"
    assert problems_of(one_list(rule)) == [error]


def test_a_genre_that_resembles_none_is_answered_with_all_there_are(
    problems_of: Callable[..., list[str]],
) -> None:
    (error,) = problems_of(one_list("genres: [Xyzzy]"))
    assert '"Xyzzy" is not a genre; use one of Action, Action & Adventure' in error
    assert error.endswith("War & Politics, Western")


def test_a_filter_that_is_no_mapping_is_refused(problems_of: Callable[..., list[str]]) -> None:
    text = f"{HEAD}defaults:\n  filter: [movie]\nlists: {{top: {{source: 'imdb:top'}}}}\n"
    assert problems_of(text) == [
        "listsync.yaml:3:11 defaults.filter: must be a mapping: keys below it, indented"
    ]


def test_the_files_identity_changes_with_a_filter(read_config: Callable[..., Config]) -> None:
    seven, eight = (read_config(one_list(f"min_rating: {n}")).generation for n in (7, 8))
    assert seven != eight
