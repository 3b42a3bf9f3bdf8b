"""Which titles a filter accepts or drops; it accepts nothing with unknown facts."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core import genres
from reconciler.core.filters import Rejection, TitleFacts, objection
from reconciler.core.model import (
    Facts,
    Film,
    Filter,
    Ids,
    Item,
    Kind,
    Match,
    MatchMethod,
    Name,
    Years,
)
from reconciler.core.names import spellings

MOVIE, TV = Kind.MOVIE, Kind.TV
HEAT = TitleFacts(MOVIE, ("Heat",), 1995, Facts(8.3, 700_000, ("Action", "Sci-Fi"), "en"))
NOTHING = TitleFacts(None, (), None, Facts())


def by_tmdb(title: TitleFacts) -> TitleFacts:
    """The same facts, from the server instead of the list."""
    return replace(title, own=title.from_server, from_server=title.own)


@pytest.mark.parametrize(
    ("rules", "detail"),
    [
        pytest.param(Filter(), None, id="no rule"),
        pytest.param(Filter(types=(MOVIE,)), None, id="type"),
        pytest.param(Filter(types=(TV,)), "a film, not a show", id="other type"),
        pytest.param(Filter(years=Years(1995, 1995)), None, id="year"),
        pytest.param(Filter(years=Years(1996)), "year 1995, before 1996", id="too old"),
        pytest.param(Filter(years=Years(None, 1994)), "year 1995, after 1994", id="too new"),
        pytest.param(Filter(min_rating=8.3), None, id="rating"),
        pytest.param(
            Filter(min_rating=8.5), "rating 8.3 from the list, below 8.5", id="rating too low"
        ),
        pytest.param(Filter(min_votes=700_000), None, id="votes"),
        pytest.param(
            Filter(min_votes=700_001), "700,000 votes from the list, below 700,001", id="few votes"
        ),
        pytest.param(Filter(languages=("fr", "en")), None, id="language"),
        pytest.param(
            Filter(languages=("fr", "it")), "language en from the list, not fr or it", id="foreign"
        ),
        pytest.param(Filter(genres=("Drama", "Science Fiction")), None, id="genre"),
        pytest.param(
            Filter(genres=("Drama",)), "Action, Sci-Fi from the list, not Drama", id="genre not"
        ),
        pytest.param(Filter(exclude_genres=("Drama",)), None, id="no such genre"),
        pytest.param(
            Filter(exclude_genres=("Science Fiction",)),
            "Science Fiction from the list, in exclude_genres",
            id="such a genre",
        ),
        pytest.param(Filter(exclude_titles=(Name(("heat 2",)),)), None, id="another title"),
        pytest.param(Filter(exclude_titles=(Name(("heat",), 1986),)), None, id="of another year"),
        pytest.param(
            Filter(exclude_titles=(Name(("heat",), 1986), Name(("heat",), 1995))),
            "in exclude_titles",
            id="of that year",
        ),
        pytest.param(Filter(exclude_titles=(Name(("heat",)),)), "in exclude_titles", id="title"),
    ],
)
def test_a_rule_decides(rules: Filter, detail: str | None) -> None:
    by_list, by_server = objection(rules, HEAT), objection(rules, by_tmdb(HEAT))
    assert by_list == (Rejection(detail) if detail else None)
    assert by_server == (Rejection(detail.replace("the list", "TMDB")) if detail else None)


ONE_RULE_EACH = [
    (Filter(types=(MOVIE, TV)), "type unknown"),
    (Filter(years=Years(1990)), "year unknown"),
    (Filter(min_rating=0.0), "rating unknown"),
    (Filter(min_votes=0), "votes unknown"),
    (Filter(genres=("Drama",)), "genres unknown"),
    (Filter(exclude_genres=("Drama",)), "genres unknown"),
    (Filter(languages=("en",)), "language unknown"),
    (Filter(exclude_titles=(Name(("heat",)),)), "title unknown"),
]


@pytest.mark.parametrize(("rules", "detail"), ONE_RULE_EACH, ids=[t for _, t in ONE_RULE_EACH])
def test_an_unknown_fact_is_named(rules: Filter, detail: str) -> None:
    assert objection(rules, NOTHING) == Rejection(detail, sure=False)


def test_of_a_title_that_may_be_of_the_excluded_year_the_year_is_unknown() -> None:
    title = TitleFacts(MOVIE, ("Cats",), None, Facts())
    rules = Filter(exclude_titles=(Name(("cats",), 2019),))
    assert objection(rules, title) == Rejection("year unknown", sure=False)
    assert objection(rules, replace(title, names=("Dogs",))) is None


def test_what_is_known_drops_a_title_before_what_is_not() -> None:
    rules = Filter(min_rating=7.0, min_votes=1000)
    title = replace(HEAT, own=Facts(votes=12))
    assert objection(rules, title) == Rejection("12 votes from the list, below 1,000")
    both = objection(rules, replace(HEAT, own=Facts()))
    assert both == Rejection("rating unknown; votes unknown", sure=False)


def test_the_lists_own_word_counts_before_tmdbs() -> None:
    title = replace(HEAT, own=Facts(rating=6.0), from_server=Facts(rating=9.0, votes=5))
    assert objection(Filter(min_rating=7.0), title) == Rejection("rating 6 from the list, below 7")
    assert objection(Filter(min_votes=9), title) == Rejection("5 votes from TMDB, below 9")


def test_every_name_of_a_title_is_compared_without_case_accents_and_signs() -> None:
    item = Item(1, "Le fabuleux destin", original_title="AMÉLIE!")
    film = Film(194, "Amelie from Montmartre", 2001, original_title="Le destin")
    match = Match(film.media, MatchMethod.TITLE, "Amelie (FR)", 2001, "Amélie Poulain")
    names = (
        "le fabuleux destin",
        "amelie",
        "amelie from montmartre",
        "le destin",
        "amelie poulain",
    )
    for name in names:
        rules = Filter(exclude_titles=(Name((name,)),))
        assert objection(rules, TitleFacts.of(item, match, film)) == Rejection("in exclude_titles")


def test_a_title_that_is_typed_in_another_way_is_excluded_too() -> None:
    rules = Filter(exclude_titles=(Name(spellings("Romeo and Juliet"), 1996),))
    item = Item(1, "Romeo + Juliet", 1996)
    assert objection(rules, TitleFacts.of(item)) == Rejection("in exclude_titles")


def test_a_title_of_which_only_the_id_is_known_has_no_name() -> None:
    rules = Filter(exclude_titles=(Name(("cats",)),))
    bare = Item(1, "tmdb:536869", kind=MOVIE, ids=Ids(tmdb=536869))
    assert objection(rules, TitleFacts.of(bare)) == Rejection("title unknown", sure=False)
    film = Film(536869, "Cats", 2019)
    assert objection(rules, TitleFacts.of(bare, None, film)) == Rejection("in exclude_titles")


# ------------------------------------------------------------------------------------------ genres


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Sci-Fi", "Science Fiction"),
        ("science-fiction", "Science Fiction"),
        ("SCIENCE FICTION", "Science Fiction"),
        ("Talk-Show", "Talk"),
        ("Reality-TV", "Reality"),
        ("children", "Kids"),
        ("Film-Noir", "Film Noir"),
        ("super-hero", "Superhero"),
        ("Sci-Fi and Fantasy", "Sci-Fi & Fantasy"),
        ("Music", "Music"),
        ("Musical", "Musical"),
        ("Kaiju", None),
    ],
)
def test_a_genre_has_one_name_however_it_is_spelled(spelling: str, name: str | None) -> None:
    assert genres.find_genre(spelling) == name


JOINT = replace(HEAT, kind=TV, own=Facts(genres=("Sci-Fi & Fantasy",)))


@pytest.mark.parametrize(
    ("rules", "passes"),
    [
        pytest.param(Filter(genres=("Sci-Fi & Fantasy",)), True, id="the joint genre is wanted"),
        pytest.param(Filter(genres=("Science Fiction",)), False, id="half of it is wanted"),
        pytest.param(Filter(exclude_genres=("Fantasy",)), False, id="half of it is not wanted"),
        pytest.param(Filter(exclude_genres=("Sci-Fi & Fantasy",)), False, id="it is not wanted"),
        pytest.param(Filter(exclude_genres=("Drama",)), True, id="another is not wanted"),
    ],
)
def test_a_joint_genre_may_be_either_half(rules: Filter, *, passes: bool) -> None:
    assert (objection(rules, JOINT) is None) is passes


def test_one_half_of_a_wanted_joint_genre_is_wanted_and_of_an_unwanted_one_unwanted() -> None:
    title = replace(HEAT, own=Facts(genres=("Fantasy",)))
    assert objection(Filter(genres=("Sci-Fi & Fantasy",)), title) is None
    assert objection(Filter(exclude_genres=("Sci-Fi & Fantasy",)), title)


@pytest.mark.parametrize(
    ("kind", "genre", "detail"),
    [
        (TV, "Horror", "genre Horror unknown: TMDB never uses it for shows"),
        (TV, "Science Fiction", None),
        (TV, "War", None),
        (MOVIE, "Horror", None),
        (MOVIE, "Reality", "genre Reality unknown: TMDB never uses it for films"),
        (MOVIE, "Sci-Fi & Fantasy", None),
        (MOVIE, "Musical", "genre Musical unknown: TMDB never uses it for films"),
    ],
)
def test_that_a_title_lacks_a_genre_which_tmdb_never_names_is_not_known(
    kind: Kind, genre: str, detail: str | None
) -> None:
    rules = Filter(exclude_genres=(genre,))
    title = TitleFacts(kind, ("A",), 2020, Facts(), Facts(genres=("Drama",)))
    assert objection(rules, title) == (Rejection(detail, sure=False) if detail else None)
    assert objection(rules, by_tmdb(title)) is None  # a list's own word is the site's whole one


# ------------------------------------------------------------------------------------ properties

FACTS = st.builds(
    Facts,
    st.sampled_from([None, 0.0, 6.9, 7.0, 9.5]),
    st.sampled_from([None, 0, 99, 100]),
    st.sampled_from([None, (), ("Drama",), ("Horror", "Sci-Fi"), ("Sci-Fi & Fantasy",)]),
    st.sampled_from([None, "en", "fr"]),
)
TITLES = st.builds(
    TitleFacts,
    st.sampled_from([None, *Kind]),
    st.sampled_from([(), ("Heat",), ("Cats", "Felines")]),
    st.sampled_from([None, 1989, 1995, 2019]),
    FACTS,
    FACTS,
)
SOME_GENRES = [("Drama",), ("Horror",), ("Fantasy", "Drama"), ("Sci-Fi & Fantasy",), ("Musical",)]
FILTERS = st.builds(
    Filter,
    st.sampled_from([(), (MOVIE,), (TV,), (MOVIE, TV)]),
    st.sampled_from([None, Years(1990), Years(None, 1999), Years(1990, 2000)]),
    st.sampled_from([None, 0.0, 7.0]),
    st.sampled_from([None, 0, 100]),
    st.sampled_from([(), *SOME_GENRES]),
    st.sampled_from([(), *SOME_GENRES]),
    st.sampled_from([(), ("en",), ("fr", "it")]),
    st.sampled_from([(), (Name(("cats",)),), (Name(("cats",), 2019), Name(("heat",), 1995))]),
)


@given(FILTERS, TITLES)
def test_a_filter_never_lets_through_what_it_does_not_know(
    rules: Filter, title: TitleFacts
) -> None:
    if objection(rules, title) is not None:
        return
    assert not rules.types or title.kind is not None
    assert rules.years is None or title.year is not None
    assert rules.min_rating is None or title.rating is not None
    assert rules.min_votes is None or title.votes is not None
    assert not (rules.genres or rules.exclude_genres) or title.genres
    assert not rules.languages or title.language is not None
    assert not rules.exclude_titles or title.names


@given(FILTERS, TITLES)
def test_a_title_passes_when_it_passes_each_rule_by_itself(
    rules: Filter, title: TitleFacts
) -> None:
    alone = [
        objection(Filter(**{key: getattr(rules, key)}), title)
        for key in Filter.__dataclass_fields__
    ]
    rejection = objection(rules, title)
    assert (rejection is None) is all(each is None for each in alone)
    assert (rejection is not None and rejection.sure) is any(
        each is not None and each.sure for each in alone
    )


@given(FILTERS, TITLES)
def test_the_order_of_a_rules_values_says_nothing(rules: Filter, title: TitleFacts) -> None:
    rejection = objection(rules, title)
    given_rules = {key: getattr(rules, key) for key in Filter.__dataclass_fields__}
    for key in ("types", "genres", "exclude_genres", "languages", "exclude_titles"):
        for order in permutations(given_rules[key]):
            again = objection(Filter(**{**given_rules, key: order}), title)
            assert (again is None, again and again.sure) == (
                rejection is None,
                rejection and rejection.sure,
            )


@given(FILTERS, TITLES, FACTS)
def test_what_a_title_is_surely_dropped_for_no_further_fact_changes(
    rules: Filter, title: TitleFacts, more: Facts
) -> None:
    own = objection(rules, replace(title, from_server=Facts()))
    if own is not None and own.sure:
        rejection = objection(rules, replace(title, from_server=more))
        assert rejection is not None
        assert rejection.sure
