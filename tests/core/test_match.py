"""Item and candidates → a match, or why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.match import by_id, by_title, normalise
from reconciler.core.model import Candidate, Item, Kind, Match, MediaKey, Reason, Route, Unmatched


def film(tmdb: int, title: str, year: int | None, original: str | None = None) -> Candidate:
    return Candidate(MediaKey(Kind.MOVIE, tmdb), title, original, year)


def show(tmdb: int, title: str, year: int | None) -> Candidate:
    return Candidate(MediaKey(Kind.TV, tmdb), title, None, year)


def found(answer: Match | Unmatched) -> str:
    """``movie/949`` or ``ambiguous``."""
    return str(answer.media) if isinstance(answer, Match) else str(answer.reason)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Amélie", "AMELIE", id="case and accents"),
        pytest.param("WALL·E", "wall-e", id="punctuation"),
        pytest.param("Ocean's Eleven", "Oceans Eleven", id="apostrophe"),
        pytest.param("Ocean’s Eleven", "Ocean's Eleven", id="curly apostrophe"),
        pytest.param("Fast & Furious", "Fast and Furious", id="ampersand"),
        pytest.param("Fast&Furious", "Fast and Furious", id="ampersand without spaces"),
        pytest.param("  Dune:   Part Two ", "Dune Part Two", id="spaces"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("Alien³", "Alien3", id="superscript"),
        pytest.param("№ 1", "No 1", id="a sign that stands for capital letters"),
        pytest.param("\uff35\uff30", "up", id="full width"),
        pytest.param("Zürich", "Zu\u0308rich", id="composed and decomposed"),
        pytest.param("君の名は。", "君の名は", id="other scripts"),
    ],
)
def test_titles_that_differ_in_spelling_only_compare_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Alien", "Aliens", id="one letter"),
        pytest.param("Dune", "Dune Part Two", id="more words"),
        pytest.param("The Bear", "Bear", id="article"),
        pytest.param("???", "!!!", id="punctuation alone"),
        pytest.param("Up", "U P", id="spaces"),
        pytest.param("君の名は", "君の", id="other scripts"),
    ],
)
def test_titles_that_differ_do_not_compare_equal(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
def test_what_is_normalised_stays_as_it_is(title: str) -> None:
    once = normalise(title)

    assert normalise(once) == once


@pytest.mark.parametrize(
    ("kind", "candidates", "answer"),
    [
        pytest.param(None, [], "not-found", id="none"),
        pytest.param(None, [film(1, "Heat", 1995)], "movie/1", id="one"),
        pytest.param(Kind.MOVIE, [film(1, "X", 1995), show(1, "Y", 1999)], "movie/1", id="a film"),
        pytest.param(Kind.TV, [film(1, "X", 1995), show(1, "Y", 1999)], "tv/1", id="a show"),
        pytest.param(None, [film(1, "X", 1995), show(1, "Y", 1999)], "ambiguous", id="either"),
        pytest.param(Kind.MOVIE, [show(1, "Heat", 1995)], "tv/1", id="the server decides the kind"),
        pytest.param(
            Kind.MOVIE, [film(1, "X", 1995), film(2, "Y", 1995)], "ambiguous", id="two films"
        ),
        pytest.param(
            Kind.MOVIE, [show(1, "X", 1995), show(2, "Y", 1995)], "ambiguous", id="two, both other"
        ),
    ],
)
def test_an_id_leads_to_one_title_or_is_ambiguous(
    kind: Kind | None, candidates: list[Candidate], answer: str
) -> None:
    item = Item(1, "Heat", 1995, kind)

    assert found(by_id(item, candidates, Route.IMDB)) == answer


def test_an_id_beats_title_and_year_and_keeps_what_the_server_calls_it() -> None:
    answer = by_id(Item(1, "Die Wand", 2012), [film(7, "The Wall", 2013)], Route.IMDB)

    assert answer == Match(MediaKey(Kind.MOVIE, 7), Route.IMDB, "The Wall", 2013)


DUNES = [film(1, "Dune", 1984), film(2, "Dune", 2021), show(3, "Dune", 2000)]


@pytest.mark.parametrize(
    ("item", "candidates", "answer"),
    [
        pytest.param(Item(1, "Dune", 2021, Kind.MOVIE), DUNES, "movie/2", id="exact"),
        pytest.param(Item(1, "dune!", 1984, Kind.MOVIE), DUNES, "movie/1", id="spelling"),
        pytest.param(Item(1, "Dune", 2000, Kind.TV), DUNES, "tv/3", id="kind"),
        pytest.param(Item(1, "Dune", 2021), DUNES, "ambiguous", id="kind unknown, film and show"),
        pytest.param(Item(1, "Dune", 2021), DUNES[:2], "movie/2", id="kind unknown, films only"),
        pytest.param(Item(1, "Dune", None, Kind.MOVIE), DUNES, "ambiguous", id="no year"),
        pytest.param(
            Item(1, "Dune", None, Kind.MOVIE), DUNES[:1], "ambiguous", id="no year, one candidate"
        ),
        pytest.param(Item(1, "Dune", 2022, Kind.MOVIE), DUNES, "movie/2", id="a year late"),
        pytest.param(Item(1, "Dune", 2020, Kind.MOVIE), DUNES, "movie/2", id="a year early"),
        pytest.param(Item(1, "Dune", 2023, Kind.MOVIE), DUNES, "not-found", id="two years late"),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune", 2021), film(2, "Dune", 2021)],
            "ambiguous",
            id="two of the year",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune", 2020), film(2, "Dune", 2022)],
            "ambiguous",
            id="two a year away",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune", 2022), film(2, "Dune", 2021)],
            "movie/2",
            id="the exact year beats the near one",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune", None)],
            "ambiguous",
            id="the candidate has no year",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune", None), film(2, "Dune", 2022)],
            "ambiguous",
            id="a near one beside one without a year",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [film(1, "Dune: Part One", 2021)],
            "not-found",
            id="a longer title is another title",
        ),
        pytest.param(Item(1, "Dune", 2021, Kind.MOVIE), [], "not-found", id="nothing"),
        pytest.param(
            Item(1, "Dune", 2021, Kind.MOVIE),
            [show(3, "Dune", 2021)],
            "type-mismatch",
            id="only a show of this name",
        ),
        pytest.param(
            Item(1, "Dune", 2021, Kind.TV),
            [film(3, "Dune", 2021)],
            "type-mismatch",
            id="only a film of this name",
        ),
        pytest.param(
            Item(1, "Das Boot", 1981, Kind.MOVIE),
            [film(1, "The Boat", 1981, "Das Boot")],
            "movie/1",
            id="the candidate's original title",
        ),
        pytest.param(
            Item(1, "The Boat", 1981, Kind.MOVIE, original_title="Das Boot"),
            [film(1, "Das Boot", 1981)],
            "movie/1",
            id="the item's original title",
        ),
    ],
)
def test_exactly_one_candidate_must_agree_on_title_kind_and_year(
    item: Item, candidates: list[Candidate], answer: str
) -> None:
    assert found(by_title(item, candidates)) == answer
    assert found(by_title(item, candidates[::-1])) == answer, "in any order"


LISTED = Item(1, "Dune", 2021, Kind.MOVIE, may_be_show=True)


@pytest.mark.parametrize(
    ("item", "candidates", "answer"),
    [
        pytest.param(LISTED, [film(1, "Dune", 2021)], "movie/1", id="a film"),
        pytest.param(LISTED, [film(1, "Dune", 2021), show(2, "Dune", 2021)], "movie/1", id="both"),
        pytest.param(LISTED, [show(2, "Dune", 2021)], "tv/2", id="a show"),
        pytest.param(LISTED, [film(1, "Dune", 1984), show(2, "Dune", 2021)], "tv/2", id="old film"),
        pytest.param(LISTED, [show(2, "Dune", 2020)], "type-mismatch", id="a show of another year"),
        pytest.param(LISTED, [show(2, "Dune", None)], "type-mismatch", id="a show without a year"),
        pytest.param(LISTED, [show(2, "Dune 2", 2021)], "not-found", id="a show of another name"),
        pytest.param(LISTED, [film(1, "Dune", 2022)], "movie/1", id="a film, a year away"),
        pytest.param(
            LISTED,
            [film(1, "Dune", 2022), show(2, "Dune", 2021)],
            "ambiguous",
            id="a film, a year away, and a show",
        ),
        pytest.param(
            LISTED,
            [film(1, "Dune", None), show(2, "Dune", 2021)],
            "ambiguous",
            id="a film without a year, and a show",
        ),
        pytest.param(
            LISTED,
            [film(1, "Dune", 2021), film(3, "Dune", 2021), show(2, "Dune", 2021)],
            "ambiguous",
            id="two films, and a show",
        ),
        pytest.param(
            LISTED, [show(2, "Dune", 2021), show(3, "Dune", 2021)], "type-mismatch", id="two shows"
        ),
        pytest.param(
            Item(1, "Dune", None, Kind.MOVIE, may_be_show=True),
            [show(2, "Dune", 2021)],
            "type-mismatch",
            id="no year",
        ),
    ],
)
def test_what_is_listed_among_films_is_a_show_of_that_year_where_no_film_fits(
    item: Item, candidates: list[Candidate], answer: str
) -> None:
    assert found(by_title(item, candidates)) == answer
    assert found(by_title(item, candidates[::-1])) == answer, "in any order"


def test_all_that_might_be_meant_is_kept_so_that_an_exclusion_excludes_it() -> None:
    many = [film(number, "Dune", 2021) for number in range(1, 20)]

    answer = by_title(Item(1, "Dune", 2021, Kind.MOVIE), many)

    assert isinstance(answer, Unmatched)
    assert answer.reason is Reason.AMBIGUOUS
    assert answer.candidates == tuple(many)
