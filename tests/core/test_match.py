"""Item and candidates → a match, or why not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.match import by_id, by_title
from reconciler.core.model import (
    Candidate,
    Item,
    Kind,
    Match,
    MatchMethod,
    MediaKey,
    Reason,
    Unmatched,
)


def film(tmdb: int, title: str, year: int | None, original: str | None = None) -> Candidate:
    return Candidate(MediaKey(Kind.MOVIE, tmdb), title, original, year)


def show(tmdb: int, title: str, year: int | None, *countries: str) -> Candidate:
    return Candidate(MediaKey(Kind.TV, tmdb), title, None, year, countries)


def answer_text(answer: Match | Unmatched) -> str:
    """``movie/949`` or ``ambiguous``."""
    return str(answer.media) if isinstance(answer, Match) else str(answer.reason)


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

    assert answer_text(by_id(item, candidates, MatchMethod.IMDB)) == answer


def test_an_id_beats_title_and_year_and_keeps_what_the_server_calls_it() -> None:
    answer = by_id(Item(1, "Die Wand", 2012), [film(7, "The Wall", 2013)], MatchMethod.IMDB)

    assert answer == Match(MediaKey(Kind.MOVIE, 7), MatchMethod.IMDB, "The Wall", 2013)


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
    assert answer_text(by_title(item, candidates)) == answer
    assert answer_text(by_title(item, candidates[::-1])) == answer, "in any order"


OFFICES = [show(1, "The Office", 2001, "GB"), show(2, "The Office", 2005, "US")]
ROBIN = film(2, "Robin (1973)", 1973)


@pytest.mark.parametrize(
    ("item", "candidates", "answer"),
    [
        pytest.param(
            Item(1, "Bowman (2009)", 2009, Kind.TV),
            [show(1, "Bowman", 2009)],
            "tv/1",
            id="its year",
        ),
        pytest.param(
            Item(1, "Ballerina (2025)", None, Kind.MOVIE),
            [film(1, "Ballerina", 2025), film(2, "Ballerina", 2023)],
            "movie/1",
            id="the year that the list lacks",
        ),
        pytest.param(
            Item(1, "Bowman (2009)", 2010, Kind.TV),
            [show(1, "Bowman", 2009), show(2, "Bowman", 2010)],
            "not-found",
            id="another year than the list's",
        ),
        pytest.param(
            Item(1, "Bowman (2009)", 2009, Kind.TV),
            [show(1, "Bowman", 2010)],
            "not-found",
            id="without the suffix no year away",
        ),
        pytest.param(
            Item(1, "Bowman (2009)", 2009, Kind.TV),
            [show(1, "Bowman", 2009), show(2, "Bowman", 2009)],
            "ambiguous",
            id="without the suffix two of the year",
        ),
        pytest.param(
            Item(1, "Robin (1973)", 1973, Kind.MOVIE),
            [film(1, "Robin", 1973), ROBIN],
            "movie/2",
            id="a film has the whole name",
        ),
        pytest.param(
            Item(1, "Robin", 1973, Kind.MOVIE), [ROBIN], "movie/2", id="the name has the year"
        ),
        pytest.param(
            Item(1, "Robin", 1973, Kind.MOVIE),
            [film(1, "Robin", 1973), ROBIN],
            "movie/1",
            id="the name with the year comes last",
        ),
        pytest.param(
            Item(1, "Robin", 1974, Kind.MOVIE), [ROBIN], "not-found", id="of another year than so"
        ),
        pytest.param(
            Item(1, "1917", 2019, Kind.MOVIE), [film(1, "1917", 2019)], "movie/1", id="1917"
        ),
        pytest.param(
            Item(1, "Blade Runner 2049", 2017, Kind.MOVIE),
            [film(1, "Blade Runner", 1982), film(2, "Blade Runner 2049", 2017)],
            "movie/2",
            id="2049 is no year",
        ),
        pytest.param(
            Item(1, "11.22.63", 2016, Kind.TV), [show(1, "11.22.63", 2016)], "tv/1", id="a day"
        ),
        pytest.param(Item(1, "The Office (US)", 2005, Kind.TV), OFFICES, "tv/2", id="a country"),
        pytest.param(
            Item(1, "The Office (UK)", 2001, Kind.TV), OFFICES, "tv/1", id="the United Kingdom"
        ),
        pytest.param(
            Item(1, "The Office (US) (2005)", None, Kind.TV), OFFICES, "tv/2", id="country and year"
        ),
        pytest.param(
            Item(1, "The Office (US)", 2001, Kind.TV), OFFICES, "not-found", id="a country's year"
        ),
        pytest.param(
            Item(1, "The Office (US)", None, Kind.TV), OFFICES, "ambiguous", id="a country, no year"
        ),
        pytest.param(
            Item(1, "The Office (US)", 2005, Kind.TV),
            [show(2, "The Office", 2005)],
            "not-found",
            id="a country that the server does not tell",
        ),
        pytest.param(
            Item(1, "The Office (US)", 2005, Kind.TV),
            [*OFFICES, show(3, "The Office (US)", 2006, "US")],
            "tv/3",
            id="a show has the whole name",
        ),
        pytest.param(
            Item(1, "SWAT", 2003, Kind.MOVIE),
            [film(1, "S.W.A.T.", 2003), show(2, "SWAT", 1975)],
            "movie/1",
            id="the other kind has the name as written",
        ),
        pytest.param(
            Item(1, "Aeon Flux", 2006, Kind.MOVIE),
            [film(1, "Æon Flux", 2005)],
            "not-found",
            id="folded, a year away",
        ),
        pytest.param(
            Item(1, "Aeon Flux", 2005, Kind.MOVIE),
            [film(1, "Æon Flux", 2005), film(2, "ÆON FLUX", 2005)],
            "ambiguous",
            id="folded, two",
        ),
        pytest.param(
            Item(1, "Aeon Flux", 2005, Kind.MOVIE),
            [film(1, "Æon Flux", 2005), film(2, "Aeon Flux", 2004)],
            "ambiguous",
            id="as written a year away, folded of the year",
        ),
        pytest.param(
            Item(1, "Aeon Flux", 2005, Kind.MOVIE),
            [film(1, "Æon Flux", 2005), film(2, "Aeon Flux", 2004), film(3, "Aeon Flux", 2006)],
            "ambiguous",
            id="two have the name as written, a year away",
        ),
        pytest.param(
            Item(1, "SWAT", 2003, Kind.MOVIE),
            [film(1, "S.W.A.T.", 2003), film(2, "S.W.A.T", 2003), film(3, "Swat", 1990)],
            "ambiguous",
            id="folded two, as written of another year",
        ),
        pytest.param(
            Item(1, "It", 2016, Kind.MOVIE),
            [film(1, "It", 2017), film(2, "I.T.", 2016)],
            "movie/1",
            id="It and I.T.",
        ),
        pytest.param(
            Item(1, "I.T.", 2016, Kind.MOVIE),
            [film(1, "It", 2016), film(2, "I.T.", 2016)],
            "movie/2",
            id="I.T. and It",
        ),
    ],
)
def test_a_name_that_needs_leniency_must_be_of_the_very_year_and_alone(
    item: Item, candidates: list[Candidate], answer: str
) -> None:
    assert answer_text(by_title(item, candidates)) == answer
    assert answer_text(by_title(item, candidates[::-1])) == answer, "in any order"


CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
here = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")


def cases(name: str) -> list[list[str]]:
    if not CASES.is_dir():
        return []
    return list(csv.reader((CASES / f"titles-{name}.csv").read_text("utf-8").splitlines()))[1:]


@here
@pytest.mark.parametrize(("listed", "offered", "year"), cases("that-are-one"))
@pytest.mark.parametrize("kind", Kind)
def test_titles_that_are_one_are_matched_in_their_year_alone(
    listed: str, offered: str, year: str, kind: Kind
) -> None:
    candidate = Candidate(MediaKey(kind, 1), offered, None, int(year))

    assert answer_text(by_title(Item(1, listed, int(year), kind), [candidate])) == f"{kind}/1"
    assert answer_text(by_title(Item(1, listed, int(year) + 2, kind), [candidate])) == "not-found"


@here
@pytest.mark.parametrize(("listed", "offered", "year"), cases("that-are-two"))
def test_titles_that_are_two_are_never_taken_for_each_other(
    listed: str, offered: str, year: str
) -> None:
    for title, other in ((listed, offered), (offered, listed)):
        for of in (int(year), int(year) + 1, None):
            assert (
                answer_text(by_title(Item(1, title, int(year)), [film(1, other, of)]))
                == "not-found"
            )


@here
@pytest.mark.parametrize(
    ("listed", "listed_year", "kind", "offered", "year"), cases("with-their-year")
)
def test_titles_with_their_year_are_matched(
    listed: str, listed_year: str, kind: str, offered: str, year: str
) -> None:
    candidate = (show if kind == "show" else film)(1, offered, int(year))
    item = Item(1, listed, int(listed_year) if listed_year else None, candidate.media.kind)

    assert answer_text(by_title(item, [candidate])) == str(candidate.media)


NAMES = [
    "It",
    "I.T.",
    "SWAT",
    "S.W.A.T.",
    "Robin",
    "Robin (1973)",
    "Robin (US)",
    "Robin (US) (1973)",
]
YEARS = st.sampled_from([1972, 1973, 1974, None])


@given(
    st.builds(Item, st.just(1), st.sampled_from(NAMES), YEARS, st.sampled_from([*Kind, None])),
    st.lists(
        st.builds(
            Candidate,
            st.builds(MediaKey, st.sampled_from(Kind), st.integers(1, 9)),
            st.sampled_from(NAMES),
            st.none(),
            YEARS,
            st.sampled_from([(), ("US",), ("GB", "US")]),
        ),
        max_size=5,
    ).flatmap(lambda these: st.tuples(st.just(these), st.permutations(these))),
)
def test_the_order_of_the_candidates_does_not_matter(
    item: Item, orders: tuple[list[Candidate], list[Candidate]]
) -> None:
    first, second = (by_title(item, candidates) for candidates in orders)

    assert answer_text(first) == answer_text(second)


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
    assert answer_text(by_title(item, candidates)) == answer
    assert answer_text(by_title(item, candidates[::-1])) == answer, "in any order"


def test_all_that_might_be_meant_is_kept_so_that_an_exclusion_excludes_it() -> None:
    many = [film(number, "Dune", 2021) for number in range(1, 20)]

    answer = by_title(Item(1, "Dune", 2021, Kind.MOVIE), many)

    assert isinstance(answer, Unmatched)
    assert answer.reason is Reason.AMBIGUOUS
    assert answer.candidates == tuple(many)
