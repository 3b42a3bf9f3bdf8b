"""Pasted IMDb addresses: the list that each means, or why it is not one; and where lists are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from reconciler.core.model import Kind, ListRef
from reconciler.sources.addresses import Address, AddressTable


@dataclass(frozen=True, slots=True)
class Chart:
    """One of IMDb's own rankings: where it is, what is on it, and how many titles it always has."""

    path: str
    size: int | None = None  # None: it varies, or is unknown
    kind: Kind = Kind.MOVIE


CHARTS = {
    "top": Chart("/chart/top/", 250),
    "toptv": Chart("/chart/toptv/", 250, Kind.TV),
    "boxoffice": Chart("/chart/boxoffice/"),
    "moviemeter": Chart("/chart/moviemeter/", 100),
    "tvmeter": Chart("/chart/tvmeter/", 100, Kind.TV),
    "bottom": Chart("/chart/bottom/", 100),
    "top-english-movies": Chart("/chart/top-english-movies/", 250),
    **{
        name: Chart(f"/{name}/")
        for name in (
            "india/top-rated-indian-movies",
            "india/top-rated-tamil-movies",
            "india/top-rated-telugu-movies",
            "india/top-rated-malayalam-movies",
            "india/upcoming",
            "india/tamil",
            "india/telugu",
        )
    },
}
# p.…: what the address bar shows to a user who is signed in.
_USER = r"(?P<user>ur[0-9]+|p\.[a-z0-9]+)"
_OWN = "only you can open it: paste the address of your profile page, imdb.com/user/p.…"
_TITLE = "this is one title, not a list: put it on a list, or into a text file (file:NAME)"
_PERSON = "this is a person, not a list: paste the address of a list"
ADDRESSES = AddressTable(
    "imdb",
    "paste imdb.com/list/ls… or imdb.com/user/ur…, or write imdb:top",
    (
        Address(
            "/(?:list/)?watchlist(?:/.*)?",
            refuse=f"this is the address of your own watchlist, and {_OWN}/watchlist",
        ),
        Address(
            "/list/ratings(?:/.*)?",
            refuse=f"this is the address of your own ratings, and {_OWN}/ratings",
        ),
        Address(
            "/(?:search|filmosearch)(?:/.*)?",
            refuse="a search is not a list: paste the address of a list, or imdb:top",
        ),
        Address("tt.*|/title(?:/.*)?", refuse=_TITLE),
        Address("nm.*|/name(?:/.*)?", refuse=_PERSON),
        Address(
            "/calendar(?:/.*)?",
            refuse="the release calendar is not a list: paste the address of a list, or imdb:top",
        ),
        Address(r"(?:/?list/(?:export\?list_id=)?)?(?P<list>ls[0-9]{6,})", "{list}"),
        Address("/list/(?P<list>ls[0-9]{6,})/.*", "{list}"),
        Address(f"(?:/?user/)?{_USER}(?:/watchlist)?", "{user}"),
        Address(f"(?:/?user/)?{_USER}/ratings", "{user}/ratings"),
        Address(f"/user/{_USER}/watchlist/.*", "{user}"),
        Address(f"/user/{_USER}/ratings/.*", "{user}/ratings"),
        Address(
            f"/user/{_USER}/lists(?:/.*)?",
            refuse="this is the index of a user's lists: open one and paste its address",
        ),
        Address(
            f"/user/{_USER}/.*",
            refuse="only a user's watchlist and ratings can be read: write imdb:{user} or"
            " imdb:{user}/ratings",
        ),
        *(
            Address(
                # india/… also without it; a page's further parts do not matter
                f"(?:/?chart/)?{name}|/chart/{name}/.*"
                if not name.startswith("india/")
                else f"(?:/?india/)?{name.removeprefix('india/')}|/{name}/.*",
                name,
                chart=True,
            )
            for name in CHARTS
        ),
        Address(
            "(?:/?(?:chart|india)/)?[a-z-]+(?:/.*)?",
            refuse=f"unknown IMDb chart; the charts are {', '.join(CHARTS)}",
        ),
    ),
    # What narrows a list on its page; sort, view, page and the like do not.
    filters="title_type genre genres release_date user_rating num_votes runtime certificates"
    " keywords countries languages interests my_ratings my_watched watch_options"
    " online_availability production_status",
    parameter="list_id",
    prefix="/[a-z]{2}(?:-[a-z]{2})?(?=/)",
)
_NO_PAGES = re.compile(r"(api|caching)\.graphql\.imdb\.com|pro\.imdb\.com")
parse_id = ADDRESSES.parse_id


def parse_url(url: SplitResult) -> ListRef:
    """The list at an IMDb address; language, order and trailing parts do not matter.

    Raises ValueError with a sentence that says what to paste instead.
    """
    if _NO_PAGES.fullmatch(url.hostname or ""):
        raise ValueError(f"no list at {url.hostname}: {ADDRESSES.advice}")
    return ADDRESSES.parse_url(url)


def path_of(ref: ListRef, number: int) -> str:
    """Where page ``number`` of a list is; charts have one page."""
    query = f"?{urlencode({'page': number})}" if number > 1 else ""
    if ref.chart:
        return CHARTS[ref.id].path
    if user := user_of(ref):
        return f"/user/{user}/{'ratings' if is_ratings(ref) else 'watchlist'}/{query}"
    return f"/list/{ref.id}/{query}"


def user_of(ref: ListRef) -> str:
    """Whose watchlist or ratings a list is, as ``ur…`` or ``p.…``; empty: it is neither."""
    user = ref.id.partition("/")[0]
    return user if re.fullmatch(_USER, user) else ""


def is_ratings(ref: ListRef) -> bool:
    """Whether a list is what a user has rated."""
    return ref.id.endswith("/ratings")


def is_same(ref: ListRef, delivered_id: str) -> bool:
    """Whether what came is the list that was asked for: a profile may be led to its user."""
    if user_of(ref).startswith("p.") and delivered_id.startswith("ur"):
        return is_ratings(ref) == delivered_id.endswith("/ratings")
    return delivered_id == ref.id


def listed_at(address: str, base_url: str) -> str:
    """The id of the list at an address that a browser ended up at; its path where none is."""
    path = urlsplit(address).path.removeprefix(urlsplit(base_url).path.rstrip("/"))
    try:
        return parse_url(urlsplit(path)).id
    except ValueError:
        return path
