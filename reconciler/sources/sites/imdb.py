"""IMDb: lists, watchlists and charts, from the JSON that each page carries.

The JSON (``script#__NEXT_DATA__``) is part of the HTML as sent: nothing has to be scrolled or
clicked. Lists and watchlists come 250 to a page and declare their total; charts come whole.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.core.model import Ids, Item, ListRef, Outcome, Snapshot
from reconciler.sources.scrape import (
    ROUTE,
    Reach,
    Setback,
    Sheet,
    changed_layout,
    clean,
    numbered,
    read_pages,
    visit,
)
from reconciler.sources.title_types import classify

if TYPE_CHECKING:
    from urllib.parse import SplitResult

BASE_URL = "https://www.imdb.com"
HOSTS = frozenset({"imdb.com", "www.imdb.com", "m.imdb.com"})
BARE: re.Pattern[str] | None = re.compile(
    r"(ls|ur)\d+|p\.\w+|tt\d+|nm\d+|top|toptv|boxoffice|moviemeter|tvmeter|bottom", re.IGNORECASE
)
FORMS = "imdb:ls…, imdb:ur… or imdb:top"

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
_TITLE = re.compile(r"tt\d{5,}")

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

# The JSON only counts once it is whole: a page that still loads shows the beginning of it.
_PROBE = """
const script = document.getElementById('__NEXT_DATA__');
const hidden = document.querySelector('[data-testid="list-page-mc-private-list-content"]');
const missing = document.querySelector('h1[data-testid="error-page-title"]');
let data = script && script.textContent;
try { JSON.parse(data); } catch { data = null; }
return (data || hidden || missing)
  && {data, hidden: Boolean(hidden), missing: Boolean(missing)};
"""


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


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a list to its declared total, or a chart whole."""
    if not ref.chart:
        return read_pages(lambda number: _read(ref, reach, number))
    sheet = _read(ref, reach, 1)
    if isinstance(sheet, Setback):
        return sheet.snapshot()
    items = numbered(sheet.items)
    ranks = [item.position for item in sheet.items]
    if ranks == list(range(1, sheet.total + 1)) or _is_box_office(ref):
        return Snapshot(Outcome.COMPLETE, ROUTE, items, sheet.total)
    error = f"{len(items)} of {sheet.total} ranks were on the page; try again later"
    return Snapshot(Outcome.INCOMPLETE, ROUTE, items, sheet.total, error)


def parse(document: object, ref: ListRef) -> Sheet | None:
    """The items in a page's JSON; None where it holds no list in a shape that is known."""
    if _is_box_office(ref):
        return _box_office(_find(document, "topGrossingReleases"))
    if ref.chart:
        return _chart(_find(document, "chartTitles"))
    return _list_page(_find(document, "titleListItemSearch"))


def _is_box_office(ref: ListRef) -> bool:
    return ref.id == "boxoffice"


def _read(ref: ListRef, reach: Reach, number: int) -> Sheet | Setback:
    url = (reach.provider.base_url or BASE_URL) + _path(ref, number)
    seen = visit(reach, url, _PROBE)
    payload = seen.payload if isinstance(seen.payload, dict) else {}
    document = _document(payload.get("data"))
    if payload.get("hidden") or _is_private(document):
        return Setback(Outcome.PRIVATE, f"{url}: the list is private; its owner can make it public")
    if seen.setback:
        return seen.setback
    if payload.get("missing") or _is_missing(document):
        return Setback(Outcome.MISSING, f"{url}: there is no such list; check the address")
    return parse(document, ref) or changed_layout(url)


def _document(data: object) -> object:
    """The page's data; None where there is none, or none that can be read."""
    try:
        return json.loads(data) if isinstance(data, str) else None
    except (ValueError, RecursionError):  # endless numbers, endless nesting
        return None


def _path(ref: ListRef, number: int) -> str:
    query = f"?{urlencode({'page': number})}" if number > 1 else ""
    if ref.chart:
        return _CHARTS[ref.id]
    if ref.id.startswith("ur"):
        return f"/user/{ref.id}/watchlist/{query}"
    return f"/list/{ref.id}/{query}"


def _list_page(search: object) -> Sheet | None:
    total = _number(_dig(search, "total"))
    edges = _dig(search, "edges")
    if total is None or not isinstance(edges, list):
        return None
    found = [
        _item(_dig(edge, "listItem"), _dig(edge, "node", "absolutePosition")) for edge in edges
    ]
    items = tuple(item for item in found if item)
    return Sheet(items, total)


def _chart(titles: object) -> Sheet | None:
    edges = _dig(titles, "edges")
    if not isinstance(edges, list):
        return None
    found = [_item(_dig(edge, "node"), _dig(edge, "currentRank")) for edge in edges]
    items = tuple(item for item in found if item)
    last = max((item.position for item in items), default=0)
    return Sheet(items, max(last, len(edges))) if items else None


def _box_office(releases: object) -> Sheet | None:
    """Ten or so releases; one whose titles are ``[]`` is no item, but counts in the total."""
    edges = _dig(releases, "edges")
    if not isinstance(edges, list):
        return None
    found = [
        _item(_dig(edge, "node", "release", "titles", 0), rank)
        for rank, edge in enumerate(edges, start=1)
    ]
    items = tuple(item for item in found if item)
    return Sheet(items, len(edges)) if items else None


def _item(node: object, position: object) -> Item | None:
    """A title of the page; None where it has no id."""
    imdb = _dig(node, "id")
    if not isinstance(imdb, str) or not _TITLE.fullmatch(imdb):
        return None
    original = clean(_dig(node, "originalTitleText", "text"))
    kind, unsupported = classify(clean(_dig(node, "titleType", "id")))
    return Item(
        _number(position) or 0,
        clean(_dig(node, "titleText", "text")) or original or imdb,
        _number(_dig(node, "releaseYear", "year")),
        kind,
        Ids(imdb=imdb),
        original or None,
        unsupported,
    )


def _number(value: object) -> int | None:
    """A whole number, or None; JSON's true and false are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_private(document: object) -> bool:
    """A hidden list is there without its titles, or says so."""
    column = _main_column(document)
    for name in ("list", "predefinedList"):
        content = _dig(column, name)
        if _dig(content, "visibility", "id") == "PRIVATE":
            return True
        if isinstance(content, dict) and _find(document, "titleListItemSearch") is None:
            return True
    return False


def _is_missing(document: object) -> bool:
    """A list or user that does not exist is there as null."""
    column = _main_column(document)
    names = [
        name for name in ("list", "predefinedList") if isinstance(column, dict) and name in column
    ]
    return bool(names) and all(_dig(column, name) is None for name in names)


def _main_column(document: object) -> object:
    return _dig(document, "props", "pageProps", "mainColumnData")


def _find(document: object, name: str) -> object:
    """The first value of this name in the page's properties: its path has moved before."""
    waiting = [_dig(document, "props", "pageProps")]
    for node in waiting:
        if isinstance(node, dict):
            if node.get(name):
                return node[name]
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return None


def _dig(node: object, *path: str | int) -> object:
    """The value at a path; None where the path ends early."""
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            node = next(iter(node[step : step + 1]), None)
        else:
            return None
    return node
