"""Two texts for one list mean that list, and two lists never mean the same one."""

from __future__ import annotations

import string
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sources.registry import SOURCES, recognize_list

# Names that sites use themselves are drawn often: they are what a list is mistaken for.
WORDS = (
    "lists",
    "list",
    "user",
    "users",
    "me",
    "watchlist",
    "favorites",
    "json",
    "items",
    "external",
    "top",
    "movies",
    "shows",
    "popular",
    "trending",
    "watched",
    "all",
    "discover",
    "likes",
    "films",
    "page",
    "by",
    "detail",
    "planning",
    "completed",
    "plantowatch",
    "slug",
    "extended",
    "series",
    "results",
    "rss",
    "feed",
    "share",
    "12345",
    "7",
    "2021",
)
NAME = st.one_of(
    st.sampled_from(WORDS), st.text(string.ascii_lowercase + string.digits, min_size=2, max_size=8)
)
NUMBER = st.integers(1, 10**9).map(str)
Meaning = tuple[str, ...]


def web(host: str, path: str) -> list[str]:
    """The ways in which one page's address comes out of a browser, a telephone or a mail."""
    address = f"https://{host}/{path}"
    return [
        address,
        f"http://{host}/{path}/",
        f"{host}/{path}",
        f"https://www.{host}/{path}?ref_=x&utm_source=share#top",
        f"https://m.{host}/{path}",
        f"<{address}>",
        f"  {address}\u200b",
        f"https://{host.upper()}/{path}",
        f"https://{host}/{''.join(f'%{ord(c):02X}' if c.isalpha() else c for c in path)}",
    ]


def imdb(kind: str, name: str) -> list[str]:
    number = f"{int(name):09}"
    match kind:
        case "list":
            return [*web("imdb.com", f"list/ls{number}"), f"imdb:LS{number}", f"ls{number}"]
        case "watchlist":
            return [*web("imdb.com", f"user/ur{number}/watchlist"), f"ur{number}"]
    return [*web("imdb.com", f"user/ur{number}/ratings"), f"imdb:ur{number}/ratings"]


def trakt(user: str, list_path: str, mode: str) -> list[str]:
    path = f"users/{user}/{list_path}"
    query = f"?mode={mode}" if mode else ""
    plain = web("trakt.tv", path) if not mode else [f"https://trakt.tv/{path}{query}"]
    items = "/items" if "/" in list_path else ""
    group = f"/{mode}s" if mode else ""
    api = f"https://api.trakt.tv/{path}{items}{group}"
    return [*plain, f"https://app.trakt.tv/{path}{query}", api, f"trakt:{path}{query}"]


def mdblist(user: str, slug: str) -> list[str]:
    path = f"lists/{user}/{slug}"
    api = f"https://api.mdblist.com/{path}/items?apikey=k"
    return [
        *web("mdblist.com", path),
        api,
        f"https://mdblist.com/{path}/json",
        f"mdblist:{user}/{slug}",
    ]


def letterboxd(user: str, list_path: str) -> list[str]:
    path = f"{user}/{list_path}"
    sorted_ = f"https://letterboxd.com/{path}/by/release/page/2/"
    return [*web("letterboxd.com", path), sorted_, f"letterboxd:{path}"]


def tmdb(group: str, number: str) -> list[str]:
    path = f"{group}/{number}"
    api = f"https://api.themoviedb.org/3/{path}?api_key=k"
    return [*web("themoviedb.org", f"{path}-a-name"), api, f"tmdb:{path}", f"tmdb:{group}:{number}"]


def anilist(user: str, status: str) -> list[str]:
    path = f"user/{user}/animelist"
    if not status:
        return [*web("anilist.co", path), f"anilist:{user}"]
    by_query = f"https://anilist.co/{path}?status={status}"
    return [*web("anilist.co", f"{path}/{status}"), by_query, f"anilist:{user}/{status}"]


def simkl(user: str, group: str, status: str) -> list[str]:
    path = f"{group}/{status}"
    if not user:
        return [f"simkl:{path}", f"https://api.simkl.com/sync/all-items/{path}"]
    return [*web("simkl.com", f"{user}/{path}"), f"simkl:{user}/{path}"]


def tvdb(slug: str) -> list[str]:
    api = f"https://api4.thetvdb.com/v4/lists/slug/{slug}"
    return [*web("thetvdb.com", f"lists/{slug}"), api, f"tvdb:lists/{slug}"]


def stevenlu(name: str) -> list[str]:
    old = f"https://s3.amazonaws.com/popular-movies/{name}.json"
    return [f"https://movies.stevenlu.com/{name}.json", old, f"stevenlu:{name}"]


def document(provider: str) -> Callable[[str, str, str], list[str]]:
    def texts(host: str, path: str, query: str) -> list[str]:
        rest = f"/{path}?{query}" if query else f"/{path}"
        plain = f"https://{host}.example{rest}"
        odd = f"HTTPS://{host.upper()}.Example:443{rest}#top"
        return [f"{provider}:{plain}", f"{provider}: {odd}"]

    return texts


def file(folder: str, name: str) -> list[str]:
    plain = f"file:/{folder}/{name}.csv"
    return [plain, f"file:///{folder}/{name}.csv", f"file:/{folder}/.//{name}.csv", f"  {plain} "]


PATH = st.text("ab/.-_", min_size=1, max_size=6).filter(lambda path: not path.startswith("/"))
QUERY = st.text("abk=&%26+", max_size=8)
SLUG = NAME.filter(lambda slug: not slug.isdecimal())  # a number is a list's, whoever is named
OF_A_USER = st.one_of(
    st.sampled_from(["watchlist", "favorites"]), SLUG.map(lambda slug: f"lists/{slug}")
)
SHELF = st.one_of(st.just("watchlist"), NAME.map(lambda slug: f"list/{slug}"))
STATUS = st.sampled_from(["", "planning", "watching", "completed"])
SIMKL = st.sampled_from(["plantowatch", "watching", "hold"])
LISTS: dict[str, tuple[st.SearchStrategy[Meaning], Callable[..., list[str]]]] = {
    "imdb": (st.tuples(st.sampled_from(["list", "watchlist", "ratings"]), NUMBER), imdb),
    "trakt": (st.tuples(NAME, OF_A_USER, st.sampled_from(["", "movie", "show"])), trakt),
    "mdblist": (st.tuples(NAME.filter(lambda user: user != "lists"), NAME), mdblist),
    "letterboxd": (st.tuples(NAME, SHELF), letterboxd),
    "tmdb": (st.tuples(st.sampled_from(["list", "collection"]), NUMBER), tmdb),
    "anilist": (st.tuples(NAME, STATUS), anilist),
    "simkl": (
        st.tuples(st.one_of(st.just(""), NUMBER), st.sampled_from(["movies", "shows"]), SIMKL),
        simkl,
    ),
    "tvdb": (st.tuples(NAME), tvdb),
    "stevenlu": (st.tuples(NAME), stevenlu),
    "json": (st.tuples(NAME, PATH, QUERY), document("json")),
    "rss": (st.tuples(NAME, PATH, QUERY), document("rss")),
    "file": (st.tuples(NAME, NAME), file),
}


def name_of(text: str) -> str:
    """The list a text means; the empty text where it is refused."""
    try:
        return str(recognize_list(text))
    except ValueError:
        return ""


def test_every_source_has_lists_to_try() -> None:
    assert list(LISTS) == list(SOURCES)


@pytest.mark.parametrize("source", LISTS)
@settings(max_examples=20)
@given(data=st.data())
def test_every_text_for_one_list_means_that_list(source: str, data: st.DataObject) -> None:
    meanings, texts = LISTS[source]
    meanings_of = {text: name_of(text) for text in texts(*data.draw(meanings))}
    assert len(set(meanings_of.values())) == 1, meanings_of


@pytest.mark.parametrize("source", LISTS)
@settings(max_examples=20)
@given(data=st.data())
def test_two_lists_never_mean_the_same(source: str, data: st.DataObject) -> None:
    meanings, texts = LISTS[source]
    samples = data.draw(st.lists(meanings, min_size=2, max_size=6, unique=True))
    names = [name_of(texts(*meaning)[0]) for meaning in samples]
    for first, other in combinations(filter(None, names), 2):
        assert first != other


@pytest.mark.parametrize("source", LISTS)
@settings(max_examples=20)
@given(data=st.data())
def test_what_a_text_means_means_itself(source: str, data: st.DataObject) -> None:
    meanings, texts = LISTS[source]
    name = name_of(texts(*data.draw(meanings))[0])
    assert name_of(name) == name
