"""TMDB: lists, collections, and what is popular, trending, top rated, upcoming or playing now.

A v3 key is sent in the query and reads lists through v3; a v4 access token is sent in a header and
reads them through v4: the same lists, in the same pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reconciler.core.completeness import TRY_LATER, Page
from reconciler.core.model import Ids, Item, Kind, ListRef, Snapshot
from reconciler.http.client import Response
from reconciler.http.foreign import record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.paging import Call, blocked, keyed, read, without_browser, without_key

HOSTS = frozenset({"themoviedb.org", "api.themoviedb.org", "tmdb.org", "api.tmdb.org"})
BARE: re.Pattern[str] | None = None
FORMS = "tmdb:list/NUMBER or tmdb:movie/popular"
needs_browser = without_browser
API_URL = "https://api.themoviedb.org"

_KEY = ("providers.tmdb.api_key", "themoviedb.org/settings/api")
_WRITE = "paste the address of a list or collection, or write tmdb:movie/popular"
_CHARTS = {
    "movie": ("popular", "top-rated", "upcoming", "now-playing"),
    "tv": ("popular", "top-rated", "on-the-air", "airing-today"),
}
_KINDS = {"movie": Kind.MOVIE, "tv": Kind.TV}
_TOKEN = 64  # an access token is longer than this, a key is half as long


_NUMBER = "(?P<number>[1-9][0-9]{0,14})"
_NAMES = ", ".join(f"{kind}/{name}" for kind, names in _CHARTS.items() for name in names)
ADDRESSES = AddressTable(
    "tmdb",
    _WRITE,
    (
        Address("/(?:u|account)(?:/.*)?", refuse="a user's own lists cannot be read:"),
        Address(
            "/(?:(?:person|search|discover|keyword|network|company)(?:/.*)?)?",
            refuse="this is not a list:",
        ),
        Address(f"/?(?P<group>list|collection)[/:]{_NUMBER}(?:[-/].*)?", "{group}/{number}"),
        Address(f"/?{_NUMBER}(?:-.*)?", refuse="a list, or a collection? write tmdb:list/{number}"),
        Address("/?(?:movie|tv)[/:][0-9].*", refuse="this is one title, not a list:"),
        Address(
            "/?trending(?:/all(?:/.*)?)?",
            refuse="films or shows? write tmdb:trending/movie or tmdb:trending/tv",
        ),
        Address("/?trending/(?P<kind>movie|tv)", "trending/{kind}/week", chart=True, endless=True),
        Address(
            "/?trending/(?P<window>(?:movie|tv)/(?:day|week))(?:/.*)?",
            "trending/{window}",
            chart=True,
            endless=True,
        ),
        Address("/?(?P<kind>movie|tv)", "{kind}/popular", chart=True, endless=True),
        Address(
            "/?(?P<chart>popular|top[-_]rated)",
            refuse="films or shows? write tmdb:movie/{chart} or tmdb:tv/{chart}",
        ),
        *(
            Address(
                "/?(?:{0}/{1}(?:/.*)?|{1})".format(kind, name.replace("-", "[-_]")),
                f"{kind}/{name}",
                chart=True,
                endless=True,
            )
            for kind, names in _CHARTS.items()
            for name in names
        ),
        Address(
            "/?(?:trending|movie|tv)/.*",
            refuse=f"TMDB's charts are {_NAMES}, trending/movie/week, trending/tv/day",
        ),
    ),
    filters="with_genres with_keywords primary_release_year vote_average.gte",
    # A language, or the version of the API, whose addresses are those of the site behind it.
    prefix=r"/(?:(?!tv\b)[a-z]{2}(?:-[a-z]{2})?|[34])(?=/|\Z)",
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url


def objection(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """Why a list cannot be read with what the file says of the site; None: it can."""
    return without_key(provider, *_KEY)


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list through the API."""
    if why := objection(ref, context.provider):
        return blocked(why)
    group, _, name = ref.id.partition("/")
    key, api = context.provider.key, context.provider.api_url or API_URL
    token = len(key) > _TOKEN
    version = 4 if token and group == "list" else 3
    first = Call(
        f"{api}/{version}/{group}/{name.replace('-', '_')}",
        {} if token else {"api_key": key},
        {"Authorization": f"Bearer {key}"} if token else {},
    )
    kind = Kind.MOVIE if group == "collection" else _KINDS.get(group)
    if group == "trending":
        kind = _KINDS[name.partition("/")[0]]
    if group != "collection":
        first = replace(first, params={**first.params, "page": 1})

    def part(answer: Response) -> Page | None:
        return parse(answer.body, first, kind)

    return read(first, part, ref, context, meanings=keyed(*_KEY))


def parse(body: object, first: Call, kind: Kind | None) -> Page | None:
    """A page; None if it is not one. ``kind``: of titles that do not say theirs."""
    page = record(body)
    places = (fields.rows(page.get(name)) for name in ("results", "items", "parts"))
    entries = next((rows for rows in places if rows is not None), None)
    if entries is None:
        return None
    number = fields.number(page.get("page")) or 1
    pages = fields.number(page.get("total_pages")) or 1
    paged = "page" in first.params
    total = fields.count(page, "total_results", "item_count") if paged else None
    following = None
    if entries and number < pages:
        following = replace(first, params={**first.params, "page": number + 1})
    return Page(
        tuple(_item(row, kind) for row in entries),
        total,
        cut_off=TRY_LATER if not entries and number < pages else "",
        end_unknown=paged and total is None and "total_pages" not in page,
        following=following,
    )


def _item(row: Mapping[str, object], kind: Kind | None) -> Item:
    word = fields.text(row.get("media_type"))
    of = _KINDS.get(word, kind)
    title = fields.text(fields.either(row, "title", "name"))
    original = fields.other(fields.either(row, "original_title", "original_name"), title)
    released = fields.year(fields.either(row, "release_date", "first_air_date"))
    item_facts = fields.facts(
        row.get("vote_average"), row.get("vote_count"), language=row.get("original_language")
    )
    if word and word not in _KINDS:
        return Item(0, title, unsupported=word)
    ids = Ids(tmdb=fields.number(row.get("id")))
    return Item(0, title, released, of, ids, original, facts=item_facts)
