"""What people paste for IMDb: which list it means, or why it is none; and where lists are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.core.model import ListRef

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_INDIA = (
    "top-rated-indian-movies",
    "top-rated-tamil-movies",
    "top-rated-telugu-movies",
    "top-rated-malayalam-movies",
    "upcoming",
    "tamil",
    "telugu",
)
_CHARTS = {
    **{
        name: f"/chart/{name}/"
        for name in (
            "top",
            "toptv",
            "boxoffice",
            "moviemeter",
            "tvmeter",
            "bottom",
            "top-english-movies",
        )
    },
    **{f"india/{name}": f"/india/{name}/" for name in _INDIA},
}
_LOCALE = re.compile(r"[a-z]{2}(-[a-z]{2})?", re.IGNORECASE)
_LIST = re.compile(r"ls\d{6,}")
_USER = re.compile(r"ur\d+")
_PROFILE = re.compile(r"p\.\w+")

_OWN = "signed out it shows nobody's list: paste the address with ur… in it, imdb.com/user/ur…"
_REFUSED = {
    "/list/watchlist": f"this is the address of your own watchlist, and {_OWN}/watchlist",
    "/list/ratings": "ratings are not read: paste the address of a list or watchlist",
    "/search": "a search is not a list: paste the address of a list, or imdb:top",
    "/filmosearch": "a search is not a list: paste the address of a list, or imdb:top",
    "/title": "this is one title, not a list: put it on a list, or into a text file (file:NAME)",
    "/name": "this is a person, not a list: paste the address of a list",
    "/calendar": "the release calendar is not a list: paste the address of a list, or imdb:top",
}
_PROFILE_REFUSED = (
    "addresses with p.… are not supported yet: paste the one with ur… in it, imdb.com/user/ur…"
)


def parse_id(text: str) -> ListRef:
    """The list that ``imdb:TEXT`` or a bare id means. Raises ValueError with a sentence."""
    name = text.strip("/").lower()
    if _LIST.fullmatch(name) or _USER.fullmatch(name):
        return ListRef("imdb", name)
    for chart in (name, name.removeprefix("chart/"), f"india/{name}"):
        if chart in _CHARTS:
            return ListRef("imdb", chart, chart=True)
    if _PROFILE.fullmatch(name):
        raise ValueError(_PROFILE_REFUSED)
    if name.startswith(("tt", "nm")):
        raise ValueError(_REFUSED["/title" if name.startswith("tt") else "/name"])
    charts = ", ".join(_CHARTS)
    raise ValueError(f"not an IMDb list: {text!r}; write imdb:ls…, imdb:ur… or a chart: {charts}")


def parse_url(url: SplitResult) -> ListRef:
    """The list at an IMDb address; language, query and trailing parts do not matter.

    Raises ValueError with a sentence that says what to paste instead.
    """
    parts = [part for part in url.path.split("/") if part]
    if len(parts) > 1 and _LOCALE.fullmatch(parts[0]):
        del parts[0]
    match [part.lower() for part in parts]:
        case ["list", name, *_] if _LIST.fullmatch(name):
            return parse_id(name)
        case ["user", user] | ["user", user, "watchlist", *_] if _USER.fullmatch(user):
            return parse_id(user)
        case ["user", user, *_] if _PROFILE.fullmatch(user):
            raise ValueError(_PROFILE_REFUSED)
        case ["user", user, *_] if _USER.fullmatch(user):
            raise ValueError(f"only a user's watchlist is read: write imdb:{user}")
        case ["chart" | "india" as group, name, *_]:
            return parse_id(f"{group}/{name}")
        case lowered:
            path = "/" + "/".join(lowered)
    for start, sentence in _REFUSED.items():
        if f"{path}/".startswith(f"{start}/"):
            raise ValueError(sentence)
    raise ValueError(f"no list at imdb.com{url.path}; paste imdb.com/list/ls… or imdb.com/user/ur…")


def path_of(ref: ListRef, number: int) -> str:
    """Where page ``number`` of a list is; charts have one page."""
    query = f"?{urlencode({'page': number})}" if number > 1 else ""
    if ref.chart:
        return _CHARTS[ref.id]
    if ref.id.startswith("ur"):
        return f"/user/{ref.id}/watchlist/{query}"
    return f"/list/{ref.id}/{query}"
