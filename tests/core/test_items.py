"""The one item grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.items import GRAMMAR, item_keys, parse_item, parse_title
from reconciler.core.model import Ids, Item, Kind

ITEMS = [
    pytest.param("imdb:tt0111161", Item(1, "", ids=Ids(imdb="tt0111161")), id="imdb"),
    pytest.param("tmdb:movie:278", Item(1, "", kind=Kind.MOVIE, ids=Ids(tmdb=278)), id="tmdb film"),
    pytest.param("tmdb:tv:1399", Item(1, "", kind=Kind.TV, ids=Ids(tmdb=1399)), id="tmdb show"),
    pytest.param("tvdb:121361", Item(1, "", kind=Kind.TV, ids=Ids(tvdb=121361)), id="tvdb"),
    pytest.param(
        "trakt:movie:dune-2021",
        Item(1, "dune", 2021, Kind.MOVIE, Ids(trakt="dune-2021")),
        id="trakt film: the slug gives a year",
    ),
    pytest.param(
        "trakt:movie:blade-runner-2049-2017",
        Item(1, "blade runner 2049", 2017, Kind.MOVIE, Ids(trakt="blade-runner-2049-2017")),
        id="trakt film: only the last number is the year",
    ),
    pytest.param(
        "trakt:movie:heat", Item(1, "heat", None, Kind.MOVIE, Ids(trakt="heat")), id="no year"
    ),
    pytest.param(
        "trakt:show:the-bear",
        Item(1, "the bear", None, Kind.TV, Ids(trakt="the-bear")),
        id="trakt show",
    ),
    pytest.param('title:"Dune (2021)"', Item(1, "Dune", 2021), id="title and year"),
    pytest.param('title:"Dune"', Item(1, "Dune"), id="title alone"),
    pytest.param("title:Dune (2021)", Item(1, "Dune", 2021), id="quotes are optional"),
    pytest.param('title:"1917 (2019)"', Item(1, "1917", 2019), id="a year for a title"),
    pytest.param('title:"(2021)"', Item(1, "(2021)"), id="a year is no title"),
    pytest.param('title:"Che: Part One (2008)"', Item(1, "Che: Part One", 2008), id="colon"),
    pytest.param("  imdb:tt0111161\n", Item(1, "", ids=Ids(imdb="tt0111161")), id="spaces"),
]


@pytest.mark.parametrize(("text", "item"), ITEMS)
def test_each_form_of_the_grammar_names_an_item(text: str, item: Item) -> None:
    assert parse_item(text) == item


@pytest.mark.parametrize(("text", "item"), ITEMS)
def test_an_item_is_called_what_it_was_named_by(text: str, item: Item) -> None:
    names = item_keys(item)

    assert parse_item(names[0]) == item, text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dune",
        "imdb:",
        "imdb:0111161",
        "imdb:tt12",
        "imdb:nm0000158",
        "imdb:tt0111161x",
        "imdb tt0111161",
        "tmdb:278",
        "tmdb:film:278",
        "tmdb:movie:0",
        "tmdb:movie:-5",
        "tmdb:movie:12345678901",
        "tvdb:tt0111161",
        "tvdb:0",
        "trakt:dune-2021",
        "trakt:tv:the-bear",
        "trakt:movie:Dune 2021",
        "title:",
        'title:""',
        "letterboxd:dune",
    ],
)
def test_a_text_that_names_nothing_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(ValueError, match="not an item") as refusal:
        parse_item(text)

    assert GRAMMAR in str(refusal.value)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Dune (2021)", "Dune", 2021),
        ("Dune(2021)", "Dune", 2021),
        ("  Dune (2021)  ", "Dune", 2021),
        ("Dune", "Dune", None),
        ("Dune (part one)", "Dune (part one)", None),
        ("Dune (2021) (1984)", "Dune (2021)", 1984),
        ("Dune (21)", "Dune (21)", None),
    ],
)
def test_a_title_may_end_in_its_year(text: str, title: str, year: int | None) -> None:
    assert parse_title(text) == Item(1, title, year)


def test_the_most_trusted_name_comes_first() -> None:
    item = Item(3, "Dune", 2021, Kind.MOVIE, Ids("tt1160419", 438631, 270, "dune-2021"))

    assert item_keys(item) == (
        "imdb:tt1160419",
        "tmdb:movie:438631",
        "tvdb:270",
        "trakt:movie:dune-2021",
        'title:"Dune (2021)"',
        'title:"Dune"',
    )


def test_a_tmdb_or_trakt_id_of_unknown_kind_names_nothing() -> None:
    assert item_keys(Item(1, "", ids=Ids(tmdb=278, trakt="heat-1995"))) == ()


@given(
    ids=st.builds(
        Ids,
        imdb=st.none() | st.from_regex(r"tt[0-9]{5,9}", fullmatch=True),
        tmdb=st.none() | st.integers(1, 10**9),
        tvdb=st.none() | st.integers(1, 10**9),
        trakt=st.none() | st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    ),
    kind=st.none() | st.sampled_from(Kind),
    title=st.text("abcdé '&:", max_size=12).map(str.strip),
    year=st.none() | st.integers(1900, 2099),
)
def test_every_name_of_an_item_leads_back_to_what_it_says(
    ids: Ids, kind: Kind | None, title: str, year: int | None
) -> None:
    for key in item_keys(Item(1, title, year, kind, ids)):
        assert key in item_keys(parse_item(key))
