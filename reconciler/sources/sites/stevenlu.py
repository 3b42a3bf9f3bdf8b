"""StevenLu's lists of popular films: one JSON file each, without years."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.core.completeness import Page
from reconciler.core.model import Ids, Item, Kind, ListRef, Snapshot
from reconciler.http.client import Response
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext
from reconciler.sources.paging import Call, open_to_all, read, without_browser

HOSTS = frozenset(
    {
        "movies.stevenlu.com",
        "popular-movies-data.stevenlu.com",
        "popular-movies.s3.amazonaws.com",  # where they were until 2025
        "s3.amazonaws.com/popular-movies",
    }
)
BARE: re.Pattern[str] | None = re.compile("stevenlu", re.IGNORECASE)
FORMS = "stevenlu:movies"
needs_browser = without_browser
objection = open_to_all
BASE_URL = "https://movies.stevenlu.com"

ADDRESSES = AddressTable(
    "stevenlu",
    "write stevenlu:movies",
    (
        Address(r"/?(?:stevenlu|index\.html)?(?:\.json)?", "movies", chart=True),
        Address(r"/?(?P<name>[a-z0-9][a-z0-9-]*)(?:\.json)?", "{name}", chart=True),
    ),
    prefix=r"/popular-movies(?=/|\Z)",
)
parse_id, parse_url = ADDRESSES.parse_id, ADDRESSES.parse_url


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list."""

    def part(answer: Response) -> Page | None:
        items = parse(answer.body)
        return None if items is None else Page(items, document=True)

    base = context.provider.base_url or BASE_URL
    return read(Call(f"{base}/{ref.id}.json"), part, ref, context)


def parse(body: object) -> tuple[Item, ...] | None:
    """The items of a list; None if it is not one."""
    rows = fields.rows(body)
    if rows is None or (rows and not any("title" in row for row in rows)):
        return None
    return tuple(_film(place, row) for place, row in enumerate(rows, start=1))


def _film(place: int, row: Mapping[str, object]) -> Item:
    ids = Ids(imdb=fields.imdb_id(row.get("imdb_id")), tmdb=fields.number(row.get("tmdb_id")))
    return Item(place, fields.text(row.get("title")), None, Kind.MOVIE, ids)
