"""Which list a pasted text means, or the sentence that says what to paste instead."""

from __future__ import annotations

import time

import pytest

from reconciler.core.model import ListRef
from reconciler.sources.registry import SOURCES, recognize_list
from tests.sources.pasted import PASTED, REFUSED

ROWS = {text: means for table in PASTED.values() for text, means in table.items()}
MEANS = {text: means for text, means in ROWS.items() if not means.startswith(REFUSED)}
MEANS |= {"  LS004610270 ": "imdb:ls004610270", "file: my list.txt": "file:my list.txt"}
NO_LISTS = {text: means.removeprefix(REFUSED) for text, means in ROWS.items() if text not in MEANS}
NO_LISTS |= {
    "trakt:anna/ö": "trakt.tv/users",
    "": "paste",
    "tops": "imdb:top",
    "ftp://www.imdb.com/list/ls004610270": "www.imdb.com",
    "https://www.imdb.com.evil.example/list/ls004610270": "known site",
    "https://[broken/list": "known site",
    "file:half \ud83d.csv": "'file:half \\ud83d.csv'",
    "https://www.imdb.com/half \ud83d": "half \\ud83d'",
}


@pytest.mark.parametrize(("text", "means"), MEANS.items(), ids=MEANS)
def test_a_pasted_text_means_one_list(text: str, means: str) -> None:
    assert str(recognize_list(text)) == means


@pytest.mark.parametrize("means", sorted(set(MEANS.values())))
def test_the_canonical_form_means_itself(means: str) -> None:
    assert str(recognize_list(means)) == means


@pytest.mark.parametrize(("text", "says"), NO_LISTS.items(), ids=map(ascii, NO_LISTS))
def test_what_is_no_list_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refusal:
        recognize_list(text)
    assert says in str(refusal.value)
    assert str(refusal.value).encode()


@pytest.mark.parametrize("part", ["(", '"', " ", "[a](", "%3a", "/"])
def test_a_text_that_is_too_long_for_an_address_is_refused_at_once(part: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="longer than 8,000 characters"):
        recognize_list(part * 500_000 + ")" * 500_000)
    assert time.process_time() - began < 1


def test_only_charts_are_marked_as_charts() -> None:
    assert recognize_list("imdb:boxoffice") == ListRef("imdb", "boxoffice", chart=True)
    assert recognize_list("imdb:india/tamil").chart
    assert not recognize_list("ls004610270").chart
    assert recognize_list("trakt:trending/movies") == recognize_list("trakt:movies/trending")
    assert recognize_list("trakt:movies/trending") == ListRef(
        "trakt", "movies/trending", chart=True
    )
    assert recognize_list("trakt:movies/boxoffice").chart
    assert not recognize_list("trakt:anna/watchlist").chart
    assert not recognize_list("trakt:lists/12345").chart


def test_all_of_trakts_charts_but_the_box_office_go_on_without_an_end() -> None:
    assert recognize_list("trakt:shows/popular").endless
    assert recognize_list("trakt:movies/watched/all").endless
    assert not recognize_list("trakt:boxoffice").endless
    assert not recognize_list("imdb:top").endless


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_named_in_the_refusal(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}:"):
        recognize_list("nothing known")
