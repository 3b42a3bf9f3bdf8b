"""What people paste for IMDb: which list it means, or why it is none; and where lists are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from reconciler.core.model import Kind, ListRef
from reconciler.sources.addresses import read_whole, redact, steps


@dataclass(frozen=True, slots=True)
class Chart:
    """One of IMDb's own rankings: where it is, what is on it, and how many titles it always has."""

    path: str
    size: int | None = None  # None: it varies, or nobody told us
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
_LOCALE = re.compile(r"[a-z]{2}(-[a-z]{2})?", re.IGNORECASE)
_LIST = re.compile(r"ls\d{6,}")
_USER = re.compile(r"ur\d+|p\.[a-z0-9]+")  # p.…: what the address bar shows to whoever signed in

_PASTE = "paste imdb.com/list/ls… or imdb.com/user/ur…"
_OWN = (
    "signed out it shows nobody's: paste the address that your profile page has, imdb.com/user/p.…"
)
# What narrows a list on its page; sort, view, page and the like do not.
_FILTERS = frozenset(
    {
        "title_type",
        "genre",
        "genres",
        "release_date",
        "user_rating",
        "num_votes",
        "runtime",
        "certificates",
        "keywords",
        "countries",
        "languages",
        "interests",
        "my_ratings",
        "my_watched",
        "watch_options",
        "online_availability",
        "production_status",
    }
)
_NO_PAGES = re.compile(r"(api|caching)\.graphql\.imdb\.com|pro\.imdb\.com")
_REFUSED = {
    "/watchlist": f"this is the address of your own watchlist, and {_OWN}/watchlist",
    "/list/watchlist": f"this is the address of your own watchlist, and {_OWN}/watchlist",
    "/list/ratings": f"this is the address of your own ratings, and {_OWN}/ratings",
    "/search": "a search is not a list: paste the address of a list, or imdb:top",
    "/filmosearch": "a search is not a list: paste the address of a list, or imdb:top",
    "/title": "this is one title, not a list: put it on a list, or into a text file (file:NAME)",
    "/name": "this is a person, not a list: paste the address of a list",
    "/calendar": "the release calendar is not a list: paste the address of a list, or imdb:top",
}


def parse_id(text: str) -> ListRef:
    """The list that ``imdb:TEXT`` or a bare id means. Raises ValueError with a sentence."""
    name = text.partition("?")[0].strip("/").lower()
    name = name.removeprefix("list/").removeprefix("user/")
    if _LIST.fullmatch(name):
        return ListRef("imdb", name)
    user, _, what = name.partition("/")
    if _USER.fullmatch(user) and what in {"", "watchlist", "ratings"}:
        return ListRef("imdb", f"{user}/ratings" if what == "ratings" else user)
    for chart in (name, name.removeprefix("chart/"), f"india/{name}"):
        if chart in CHARTS:
            return ListRef("imdb", chart, chart=True)
    if name.startswith(("tt", "nm")):
        raise ValueError(_REFUSED["/title" if name.startswith("tt") else "/name"])
    charts = ", ".join(CHARTS)
    forms = "imdb:ls…, imdb:ur…, imdb:ur…/ratings"
    raise ValueError(f"not an IMDb list: {redact(text)}; write {forms} or a chart: {charts}")


def parse_url(url: SplitResult) -> ListRef:
    """The list at an IMDb address; language, order and trailing parts do not matter.

    Raises ValueError with a sentence that says what to paste instead.
    """
    parts = [step.lower() for step in steps(url)]
    if len(parts) > 1 and _LOCALE.fullmatch(parts[0]):
        del parts[0]
    _sort_out(url, "/".join(["", *parts, ""]))
    match parts:
        case ["list", name, *_] if _LIST.fullmatch(name):
            return parse_id(name)
        case ["list", "export"] if known := parse_qs(url.query).get("list_id"):
            return parse_id(known[0])
        case ["user", user] if _USER.fullmatch(user):
            return parse_id(user)
        case ["user", user, "watchlist" | "ratings" as what, *_] if _USER.fullmatch(user):
            return parse_id(f"{user}/{what}")
        case ["user", user, "lists", *_] if _USER.fullmatch(user):
            raise ValueError("this is the index of a user's lists: open one and paste its address")
        case ["user", user, *_] if _USER.fullmatch(user):
            write = f"write imdb:{user} or imdb:{user}/ratings"
            raise ValueError(f"of a user the watchlist and the ratings are read: {write}")
        case ["chart" | "india" as group, name, *_]:
            return parse_id(f"{group}/{name}")
    raise ValueError(f"no list at imdb.com{url.path}; {_PASTE}")


def _sort_out(url: SplitResult, path: str) -> None:
    """Raises ValueError for what is no list, or a part of one."""
    if _NO_PAGES.fullmatch(url.hostname or ""):
        raise ValueError(f"no list at {url.hostname}: {_PASTE}")
    for start, sentence in _REFUSED.items():
        if path.startswith(f"{start}/"):
            raise ValueError(sentence)
    read_whole(url, _FILTERS)


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
    return user if _USER.fullmatch(user) else ""


def is_ratings(ref: ListRef) -> bool:
    """Whether a list is what a user has rated."""
    return ref.id.endswith("/ratings")


def is_same(ref: ListRef, came: str) -> bool:
    """Whether what came is the list that was asked for: a profile may be led to its user."""
    if user_of(ref).startswith("p.") and came.startswith("ur"):
        return is_ratings(ref) == came.endswith("/ratings")
    return came == ref.id


def listed_at(address: str, base_url: str) -> str:
    """The id of the list at an address that a browser ended up at; its path where none is."""
    path = urlsplit(address).path.removeprefix(urlsplit(base_url).path.rstrip("/"))
    try:
        return parse_url(urlsplit(path)).id
    except ValueError:
        return path
