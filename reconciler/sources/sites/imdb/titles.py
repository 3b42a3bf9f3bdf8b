"""IMDb's JSON as items: the same shapes are in its pages and in the responses of its API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.core.completeness import Page
from reconciler.core.model import Facts, Ids, Item, Kind, ListRef, TitleRef
from reconciler.http.foreign import dig, integer, records, valid_text
from reconciler.sources.fields import imdb_id
from reconciler.sources.sites.imdb.address import CHARTS, is_ratings, user_of
from reconciler.sources.title_types import classify

TITLES = "TITLES"  # listType.id of a list of titles; others hold people, images or videos

# Every name that is read of a list where it usually stands: a tenth of its page.
FIELDS = """
    props pageProps mainColumnData aboveTheFoldData authorId advancedTitleSearch title list
    predefinedList listType author visibility lastModifiedDate titleListItemSearch total edges
    node pageInfo hasNextPage absolutePosition listItem id titleText originalTitleText text
    titleType releaseYear year userId series ratingsSummary aggregateRating voteCount
    titleGenres genres genre
"""


_LISTS = ("list", "predefinedList")
_DELETED = "remove deleted titles from the list"
_BOX_OFFICE = 10  # films on that chart, at least
_GENRES = ("titleGenres", "genres")


def parse(document: object, ref: ListRef) -> Page | None:
    """The items in a page's or an answer's JSON; None where no list in a known shape is in it."""
    if ref.id == "boxoffice":
        releases = (_box_office(node) for node in found_at(document, "topGrossingReleases"))
        weekend = (_weekend(node) for node in found_at(document, "boxOfficeWeekendChart"))
        return next((page for page in (*releases, *weekend) if page), None)
    if ref.chart:
        kind = CHARTS[ref.id].kind
        ranked = (_chart(node, kind) for node in found_at(document, "chartTitles"))
        trends = (_trending(node) for node in found_at(document, "topTrendingSetsPredefined"))
        return next((page for page in (*ranked, *trends) if page), None)
    if is_ratings(ref):
        searches = found_at(document, "advancedTitleSearch")
        rated = (_search_page(search, ("node", "title")) for search in searches)
        return next((page for page in rated if page), None)
    inside = content_of(document)
    for place in (inside, document):
        for search in found_at(place, "titleListItemSearch"):
            version = valid_text(dig(inside, "lastModifiedDate"))
            if page := _search_page(search, ("listItem",), version):
                return page
    return None


def is_private(document: object) -> bool:
    """Whether a list is hidden: it says so, or comes without its titles."""
    content = content_of(document)
    if not isinstance(content, dict):
        return False
    visibility = valid_text(dig(content, "visibility", "id"))
    return visibility == "PRIVATE" or (
        visibility != "PUBLIC" and next(found_at(content, "titleListItemSearch"), None) is None
    )


def is_missing(document: object) -> bool:
    """Whether a list or user does not exist: it is null then."""
    column = _column(document)
    names = [name for name in _LISTS if isinstance(column, dict) and name in column]
    return bool(names) and all(dig(column, name) is None for name in names)


def other_list(document: object) -> str:
    """What a list contains instead of titles, such as "people"; empty for every other page."""
    kind = valid_text(dig(content_of(document), "listType", "id"))
    return "" if kind in {"", TITLES} else kind.lower()


def own_name(document: object, ref: ListRef) -> str:
    """What a page or an answer says it is: a list's id, or whose it is; empty: nothing."""
    if ref.chart:
        return ""
    if is_ratings(ref):
        author = valid_text(dig(document, "props", "pageProps", "aboveTheFoldData", "authorId"))
        return f"{author}/ratings" if author else ""
    name = ("author", "userId") if user_of(ref) else ("id",)
    return valid_text(dig(content_of(document), *name))


def content_of(document: object) -> object:
    """The list of a page or an answer, where it usually stands."""
    column = _column(document)
    return next((content for name in _LISTS if (content := dig(column, name)) is not None), None)


def found_at(document: object, name: str) -> Iterator[dict[str, object]]:
    """The objects of this name, the least deep first: their path has moved before."""
    waiting = [document]
    for node in waiting:
        if isinstance(node, dict):
            if isinstance(value := node.get(name), dict):
                yield value
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def facts(rating: object, votes: object, genres: Iterable[str]) -> Facts:
    """The facts that filters use. A rating without votes, and missing genres, are unknown."""
    number = rating if isinstance(rating, float) else integer(rating)
    return Facts(number or None, integer(votes), tuple(filter(None, genres)) or None)


def _column(document: object) -> object:
    column = dig(document, "props", "pageProps", "mainColumnData")
    return dig(document, "data") if column is None else column


def _search_page(
    search: dict[str, object], title_path: tuple[str, ...], version: str = ""
) -> Page | None:
    """A page of a list, or of a search for what a user has rated, whose rows have no positions."""
    total, edges = integer(search.get("total")), search.get("edges")
    if total is None or not isinstance(edges, list):
        return None
    items = [_item(dig(edge, *title_path), dig(edge, "node", "absolutePosition")) for edge in edges]
    more = dig(search, "pageInfo", "hasNextPage") is True
    return replace(_page(items, total, version), more=more)


def _chart(titles: dict[str, object], kind: Kind) -> Page | None:
    """A ranking. Its pages declare no total here, the interface's answers do."""
    edges = titles.get("edges")
    if not isinstance(edges, list):
        return None
    items = [_item(dig(edge, "node"), dig(edge, "currentRank"), kind) for edge in edges]
    total = integer(titles.get("total"))
    if total is not None:
        total = max(total, len(edges), *(item.position for item in items if item), 0)
    return _page(items, total) if any(items) else None


def _trending(titles: dict[str, object]) -> Page | None:
    """What India watches or waits for; nothing declares how many titles that are."""
    edges = titles.get("edges")
    if not isinstance(edges, list):
        return None
    nodes = [dig(edge, "node") for edge in edges]
    items = [
        _item(dig(node, "item"), dig(node, "rank") or place, Kind.MOVIE)
        for place, node in enumerate(nodes, start=1)
    ]
    return _page(items, None) if any(items) else None


def _box_office(releases: dict[str, object]) -> Page | None:
    """Ten or so releases; one whose titles are ``[]`` is on the chart without a title."""
    edges = releases.get("edges")
    if not isinstance(edges, list):
        return None
    titles = [dig(edge, "node", "release", "titles") for edge in edges]
    nodes = [dig(released, 0) for released in titles if released != []]
    return _grossing(nodes, len(edges))


def _weekend(chart: dict[str, object]) -> Page | None:
    """The same, as the interface has it."""
    entries = chart.get("entries")
    if not isinstance(entries, list):
        return None
    return _grossing([dig(entry, "title") for entry in entries], len(entries))


def _grossing(nodes: list[object], releases: int) -> Page | None:
    """Nothing declares how many there are; of fewer than the usual ten, some may be missing."""
    items = [_item(node, rank, Kind.MOVIE) for rank, node in enumerate(nodes, start=1)]
    return _page(items, len(nodes) if releases >= _BOX_OFFICE else None) if any(items) else None


def _page(rows: list[Item | None], total: int | None, version: str = "") -> Page:
    items = tuple(item for item in rows if item)
    return Page(items, total, len(rows) - len(items), _DELETED, version)


def _item(node: object, position: object, usual: Kind | None = None) -> Item | None:
    """A title; None where it has no id. ``usual``: its kind where it does not say its type."""
    imdb = imdb_id(dig(node, "id"))
    if imdb is None:
        return None
    original = valid_text(dig(node, "originalTitleText", "text"))
    title_type = valid_text(dig(node, "titleType", "id"))
    kind, unsupported = classify(title_type) if title_type else (usual, None)
    return Item(
        integer(position) or 0,
        valid_text(dig(node, "titleText", "text")) or original or imdb,
        integer(dig(node, "releaseYear", "year")),
        kind,
        Ids(imdb=imdb),
        original or None,
        unsupported,
        _series(node) if unsupported else None,
        facts=facts(
            dig(node, "ratingsSummary", "aggregateRating"),
            dig(node, "ratingsSummary", "voteCount"),
            [valid_text(dig(row, "genre", "text")) for row in records(dig(node, *_GENRES))],
        ),
    )


def _series(node: object) -> TitleRef | None:
    """What an episode belongs to."""
    imdb = imdb_id(dig(node, "series", "series", "id"))
    title = valid_text(dig(node, "series", "series", "titleText", "text"))
    return TitleRef(imdb, title) if imdb else None
