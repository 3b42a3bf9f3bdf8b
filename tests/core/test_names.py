"""Titles as they are compared, and what a list's title may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model import Item
from reconciler.core.names import fold, has_words, normalise, readings, search_terms

TEXT = st.text() | st.text(st.sampled_from("aI.9½³×+&'`\u00b4·æßİ (1)"))


@pytest.mark.parametrize(
    ("title", "other"),
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
        pytest.param("9½ Weeks", "9 1/2 Weeks", id="fraction"),
        pytest.param("№ 1", "No 1", id="a sign that stands for capital letters"),
        pytest.param("\uff35\uff30", "up", id="full width"),
        pytest.param("Zürich", "Zu\u0308rich", id="composed and decomposed"),
        pytest.param("君の名は。", "君の名は", id="other scripts"),
    ],
)
def test_titles_that_differ_in_spelling_only_are_one_as_written(title: str, other: str) -> None:
    assert normalise(title) == normalise(other)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        pytest.param("Alien", "Aliens", id="one letter"),
        pytest.param("Dune", "Dune Part Two", id="more words"),
        pytest.param("The Bear", "Bear", id="article"),
        pytest.param("???", "!!!", id="punctuation alone"),
        pytest.param("Up", "U P", id="spaces"),
        pytest.param("君の名は", "君の", id="other scripts"),
        pytest.param("9½ Weeks", "91 2 Weeks", id="fraction"),
        pytest.param("10² Days", "102 Days", id="a power behind a digit"),
        pytest.param("It", "I.T.", id="two initials alone"),
        pytest.param("Up", "U.P.", id="two initials alone, another word"),
        pytest.param("Se7en", "Seven", id="a digit for a letter"),
        pytest.param("Mr Robot", "M R Robot", id="letters"),
    ],
)
def test_titles_that_differ_are_two_in_every_spelling(title: str, other: str) -> None:
    assert normalise(title) != normalise(other)
    assert fold(title) != fold(other)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        pytest.param("Un couteau dans le cœur", "Un couteau dans le coeur", id="oe"),
        pytest.param("ÆON FLUX", "Aeon Flux", id="ae"),
        pytest.param("Søster", "Soster", id="o with a stroke"),
        pytest.param("Żywioły Małe", "Zywioly Male", id="l with a stroke"),
        pytest.param("Đavolji", "Davolji", id="d with a stroke"),
        pytest.param("Þór", "Thor", id="thorn"),
        pytest.param("Yaln\u0131z", "Yalniz", id="dotless i"),
        pytest.param("SPY×FAMILY", "Spy x Family", id="times"),
        pytest.param("SPY×FAMILY", "SPYxFAMILY", id="times without spaces"),
        pytest.param("SPYxFAMILY", "Spy x Family", id="an x without spaces"),
        pytest.param("WALL·E", "Walle", id="middle dot"),
        pytest.param("Alien³", "Alien 3", id="superscript"),
        pytest.param("8½", "8 1/2", id="fraction"),
        pytest.param("Romeo + Juliet", "Romeo and Juliet", id="plus"),
        pytest.param("Romeo+Juliet", "Romeo & Juliet", id="plus and ampersand"),
        pytest.param("S.W.A.T.", "Swat", id="initials"),
        pytest.param("The Man from U.N.C.L.E", "The Man from UNCLE", id="the last dot is missing"),
        pytest.param("E.T. the Extra-Terrestrial", "ET the Extra-Terrestrial", id="two initials"),
        *(
            pytest.param(f"Ocean{sign}s Eleven", "Ocean's Eleven", id=f"apostrophe {ord(sign):x}")
            for sign in "'’`´‘‛ʼʹʻ′＇"  # noqa: RUF001 - the signs people type
        ),
    ],
)
def test_titles_that_people_type_in_two_ways_are_one_when_folded(title: str, other: str) -> None:
    assert fold(title) == fold(other)


@given(TEXT)
def test_what_is_normalised_stays_as_it_is(title: str) -> None:
    assert normalise(normalise(title)) == normalise(title)


@given(TEXT)
def test_what_is_folded_stays_as_it_is(title: str) -> None:
    assert fold(fold(title)) == fold(title)


@pytest.mark.parametrize(
    ("item", "meanings"),
    [
        pytest.param(Item(1, "Dune"), [("Dune", None, None)], id="a title alone"),
        pytest.param(
            Item(1, "1917", 2019), [("1917", 2019, None), ("1917 (2019)", 2019, None)], id="digits"
        ),
        pytest.param(
            Item(1, "Bowman (2009)", 2009),
            [
                ("Bowman (2009)", 2009, None),
                ("Bowman", 2009, None),
                ("Bowman (2009) (2009)", 2009, None),
            ],
            id="its own year",
        ),
        pytest.param(
            Item(1, "Ballerina (2025)"),
            [("Ballerina (2025)", None, None), ("Ballerina", 2025, None)],
            id="the year that the list lacks",
        ),
        pytest.param(
            Item(1, "Robin (1973)", 2018),
            [("Robin (1973)", 2018, None), ("Robin (1973) (2018)", 2018, None)],
            id="another year",
        ),
        pytest.param(
            Item(1, "The Office (US) (2005)"),
            [
                ("The Office (US) (2005)", None, None),
                ("The Office (US)", 2005, None),
                ("The Office", 2005, "US"),
            ],
            id="a country and a year",
        ),
        pytest.param(
            Item(1, "The Office (UK)"),
            [("The Office (UK)", None, None), ("The Office", None, "GB")],
            id="the United Kingdom",
        ),
        pytest.param(Item(1, "(2009)"), [("(2009)", None, None)], id="nothing but a year"),
    ],
)
def test_a_title_has_these_readings_the_most_literal_first(
    item: Item, meanings: list[tuple[str, int | None, str | None]]
) -> None:
    assert [
        (*reading.names, reading.year, reading.country) for reading in readings(item)
    ] == meanings


@pytest.mark.parametrize(
    ("item", "terms"),
    [
        pytest.param(Item(1, "1917", 2019), ("1917", 2019), id="digits"),
        pytest.param(Item(1, "Bowman (2009)", 2009), ("Bowman", 2009), id="its own year"),
        pytest.param(Item(1, "Ballerina (2025)"), ("Ballerina", 2025), id="the year it lacks"),
        pytest.param(Item(1, "Robin (1973)", 2018), ("Robin (1973)", 2018), id="another year"),
        pytest.param(Item(1, "The Office (US)", 2005), ("The Office", 2005), id="a country"),
        pytest.param(Item(1, "Ocean`s Eleven", 2001), ("Ocean's Eleven", 2001), id="apostrophe"),
    ],
)
def test_the_server_is_searched_for_a_title_without_its_suffixes(
    item: Item, terms: tuple[str, int | None]
) -> None:
    assert search_terms(item) == terms


@pytest.mark.parametrize(
    ("part", "title", "stands"),
    [
        ("une", "Dune", True),
        ("PART two", "Dune: Part Two", True),
        ("heat", "Dune", False),
        ("?", "???", False),
        ("", "Dune", False),
        (" ", "Dune", False),
    ],
)
def test_a_part_of_a_title_stands_in_it_by_its_words(part: str, title: str, stands: bool) -> None:  # noqa: FBT001 - a column
    assert has_words(part, title) is stands
