"""Which list a pasted text means, or the sentence that says what to paste instead."""

from __future__ import annotations

import pytest

from reconciler.core.model import ListRef
from reconciler.sources import SOURCES, recognise

MEANS = {
    # ids of IMDb
    "ls004610270": "imdb:ls004610270",
    "  LS004610270 ": "imdb:ls004610270",
    "ls4106677119": "imdb:ls4106677119",
    "ur12345678": "imdb:ur12345678",
    "imdb:ls004610270": "imdb:ls004610270",
    "IMDB:ur12345678": "imdb:ur12345678",
    # addresses of its lists
    "https://www.imdb.com/list/ls004610270/": "imdb:ls004610270",
    "http://imdb.com/list/ls004610270": "imdb:ls004610270",
    "m.imdb.com/list/ls004610270/?sort=created:desc&page=2": "imdb:ls004610270",
    "https://WWW.IMDB.COM/list/ls004610270/?ref_=uspf_t_3": "imdb:ls004610270",
    "https://www.imdb.com/de/list/ls004610270/": "imdb:ls004610270",
    "https://www.imdb.com/es-ES/list/ls004610270": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/edit": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/export?ref_=ttls_exp": "imdb:ls004610270",
    "https://www.imdb.com/list/ls004610270/copy/#top": "imdb:ls004610270",
    # and of its watchlists
    "https://www.imdb.com/user/ur12345678": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/watchlist/?sort=date_added%2Cdesc": "imdb:ur12345678",
    "https://m.imdb.com/fr-CA/user/ur12345678/watchlist": "imdb:ur12345678",
    # and of its charts
    "imdb:top": "imdb:top",
    "top": "imdb:top",
    "BoxOffice": "imdb:boxoffice",
    "imdb:chart/top": "imdb:top",
    "https://www.imdb.com/chart/top/?ref_=nv_mv_250": "imdb:top",
    "https://www.imdb.com/it/chart/toptv/": "imdb:toptv",
    "www.imdb.com/chart/boxoffice": "imdb:boxoffice",
    "https://www.imdb.com/chart/moviemeter/?sort=rank,asc": "imdb:moviemeter",
    "https://www.imdb.com/chart/tvmeter": "imdb:tvmeter",
    "https://www.imdb.com/chart/bottom/": "imdb:bottom",
    "https://www.imdb.com/chart/top-english-movies/": "imdb:top-english-movies",
    "https://www.imdb.com/india/top-rated-indian-movies/": "imdb:india/top-rated-indian-movies",
    "https://www.imdb.com/india/upcoming/": "imdb:india/upcoming",
    "imdb:top-rated-tamil-movies": "imdb:india/top-rated-tamil-movies",
    "imdb:india/telugu": "imdb:india/telugu",
    # what Trakt has
    "trakt:anna/family-night": "trakt:anna/family-night",
    "trakt:users/anna/lists/family-night": "trakt:anna/family-night",
    "trakt:anna/watchlist": "trakt:anna/watchlist",
    "https://trakt.tv/users/anna/lists/family-night": "trakt:anna/family-night",
    "https://app.trakt.tv/users/Anna/lists/Family-Night?mode=media&sort_by=rank": (
        "trakt:anna/family-night"
    ),
    "classic.trakt.tv/users/anna/lists/family-night?sort=rank,asc": "trakt:anna/family-night",
    "https://og.trakt.tv/users/anna/lists/family-night/comments": "trakt:anna/family-night",
    "https://www.trakt.tv/users/anna/watchlist/": "trakt:anna/watchlist",
    "https://trakt.tv/users/anna/watchlist?mode=show": "trakt:anna/watchlist?mode=show",
    "https://trakt.tv/users/anna/watchlist?display=movie&sort=added": (
        "trakt:anna/watchlist?mode=movie"
    ),
    "https://trakt.tv/users/anna/watchlist/shows": "trakt:anna/watchlist?mode=show",
    "trakt:anna/watchlist?mode=show": "trakt:anna/watchlist?mode=show",
    "https://trakt.tv/users/anna/lists/watchlist": "trakt:anna/lists/watchlist",
    "https://trakt.tv/users/a.b_c/lists/x_y": "trakt:a.b_c/x_y",
    "https://trakt.tv/users/anna/favorites": "trakt:anna/favorites",
    "https://app.trakt.tv/profile/Anna/favorites?mode=movie": "trakt:anna/favorites?mode=movie",
    "trakt:anna/favorites": "trakt:anna/favorites",
    "https://trakt.tv/users/anna/lists/favorites": "trakt:anna/lists/favorites",
    "https://trakt.tv/users/popular/lists/night": "trakt:popular/night",
    # by number
    "https://trakt.tv/users/anna/lists/12345": "trakt:lists/12345",
    "https://trakt.tv/lists/12345": "trakt:lists/12345",
    "https://app.trakt.tv/lists/12345?mode=show": "trakt:lists/12345?mode=show",
    "trakt:lists/12345": "trakt:lists/12345",
    "trakt:anna/12345": "trakt:lists/12345",
    # and its charts
    "trakt:trending/movies": "trakt:movies/trending",
    "trakt:movies/trending": "trakt:movies/trending",
    "https://trakt.tv/movies/trending": "trakt:movies/trending",
    "https://trakt.tv/shows/popular?page=2": "trakt:shows/popular",
    "https://app.trakt.tv/discover/trending?mode=movie": "trakt:movies/trending",
    "https://app.trakt.tv/discover/anticipated?mode=show&x=y": "trakt:shows/anticipated",
    "trakt:discover/popular?mode=show": "trakt:shows/popular",
    "https://classic.trakt.tv/shows/watched/weekly": "trakt:shows/watched/weekly",
    "https://trakt.tv/movies/played/all": "trakt:movies/played/all",
    "https://og.trakt.tv/movies/collected/monthly": "trakt:movies/collected/monthly",
    "trakt:favorited/yearly/movies": "trakt:movies/favorited/yearly",
    "https://trakt.tv/movies/favorited/daily": "trakt:movies/favorited/daily",
    "https://app.trakt.tv/discover/watched?mode=movie&period=daily": "trakt:movies/watched/daily",
    "https://trakt.tv/movies/boxoffice": "trakt:movies/boxoffice",
    "trakt:boxoffice": "trakt:movies/boxoffice",
    # files
    "file:never-again.csv": "file:never-again.csv",
    "file: my list.txt": "file:my list.txt",
    "file:/srv/lists/a.csv": "file:/srv/lists/a.csv",
    "file:///srv/lists/a.csv": "file:/srv/lists/a.csv",
    "file:~/a.txt": "file:~/a.txt",
}

REFUSED = {
    "https://www.imdb.com/list/watchlist": "ur…",
    "https://www.imdb.com/list/watchlist/?ref_=nv_usr_wl_all_0": "ur…",
    "https://www.imdb.com/list/ratings": "paste",
    "https://www.imdb.com/user/ur12345678/ratings": "imdb:ur12345678",
    "https://www.imdb.com/user/ur12345678/lists/": "imdb:ur12345678",
    "https://www.imdb.com/user/p.abcdef123/watchlist/?ref_=ext_shr_lnk": "ur…",
    "p.abcdef123": "ur…",
    "imdb:p.abcdef123": "ur…",
    "https://www.imdb.com/search/title/?genres=comedy": "not a list",
    "https://www.imdb.com/title/tt0111161/": "one title",
    "tt0111161": "one title",
    "https://www.imdb.com/name/nm0000209/": "person",
    "https://www.imdb.com/calendar/?type=TV": "calendar",
    "https://www.imdb.com/chart/nonsense": "toptv",
    "https://www.imdb.com/": "paste",
    "imdb:": "ls…",
    "imdb:ls12": "ls…",
    "https://app.trakt.tv/discover/trending": "films or shows",
    "https://app.trakt.tv/discover/trending?mode=media": "trakt:shows/trending",
    "trakt:trending": "trakt:movies/trending",
    "https://trakt.tv/shows/boxoffice": "trakt:movies/boxoffice",
    "https://trakt.tv/movies/trending/weekly": "write trakt:movies/trending",
    "https://trakt.tv/movies": "boxoffice",
    "https://trakt.tv/lists": "index",
    "https://trakt.tv/lists/official/mission-impossible-collection": "official",
    "https://app.trakt.tv/lists/smart/view/abc": "smart",
    "trakt:anna/collection": "collection",
    "https://trakt.tv/users/anna/collection": "collection",
    "https://trakt.tv/users/anna/lists": "index",
    "https://trakt.tv/users/anna": "paste",
    "https://trakt.tv/movies/dune-2021": "charts",
    "trakt:anna": "USER/SLUG",
    "trakt:anna/ö": "trakt.tv/users",
    "file:": "file:NAME.csv",
    "file://server/share.csv": "file:NAME.csv",
    "": "paste",
    "tops": "imdb:top",
    "never-again.csv": "file:PATH",
    "https://letterboxd.com/anna/watchlist/": "www.imdb.com",
    "ftp://www.imdb.com/list/ls004610270": "www.imdb.com",
    "https://www.imdb.com.evil.example/list/ls004610270": "known site",
    "https://[broken/list": "known site",
    "file:half \ud83d.csv": "'file:half \\ud83d.csv'",
    "https://www.imdb.com/half \ud83d": "half \\ud83d'",
}


@pytest.mark.parametrize(("text", "means"), MEANS.items(), ids=MEANS)
def test_a_pasted_text_means_one_list(text: str, means: str) -> None:
    assert str(recognise(text)) == means


@pytest.mark.parametrize("means", sorted(set(MEANS.values())))
def test_the_canonical_form_means_itself(means: str) -> None:
    assert str(recognise(means)) == means


@pytest.mark.parametrize(("text", "says"), REFUSED.items(), ids=map(ascii, REFUSED))
def test_what_is_no_list_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refusal:
        recognise(text)
    assert says in str(refusal.value)
    assert str(refusal.value).encode()


def test_only_charts_are_marked_as_charts() -> None:
    assert recognise("imdb:boxoffice") == ListRef("imdb", "boxoffice", chart=True)
    assert recognise("imdb:india/tamil").chart
    assert not recognise("ls004610270").chart
    assert recognise("trakt:trending/movies") == recognise("trakt:movies/trending")
    assert recognise("trakt:movies/trending") == ListRef("trakt", "movies/trending", chart=True)
    assert recognise("trakt:movies/boxoffice").chart
    assert not recognise("trakt:anna/watchlist").chart
    assert not recognise("trakt:lists/12345").chart


def test_all_of_trakts_charts_but_the_box_office_go_on_without_an_end() -> None:
    assert recognise("trakt:shows/popular").endless
    assert recognise("trakt:movies/watched/all").endless
    assert not recognise("trakt:boxoffice").endless
    assert not recognise("imdb:top").endless


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_named_in_the_refusal(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}:"):
        recognise("nothing known")
