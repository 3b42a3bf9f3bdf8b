"""Letterboxd: the user's data export (ZIP or CSV); the site only if the config permits it.

Letterboxd's terms (6.11, December 2025) forbid reading its pages by machine without permission.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult

from reconciler.core.completeness import Page
from reconciler.core.model import Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.foreign import record
from reconciler.sources import fields
from reconciler.sources.addresses import Address, AddressTable
from reconciler.sources.context import FetchContext, Provider
from reconciler.sources.exports.archives import read_text
from reconciler.sources.exports.reading import ROUTE, snapshot_of_lines, zip_member
from reconciler.sources.exports.table import Unreadable, find_header, read_table, split_lines
from reconciler.sources.failure import FetchFailure, changed_layout
from reconciler.sources.pages import read_pages, visit

HOSTS = frozenset({"letterboxd.com", "boxd.it", "api.letterboxd.com"})
BARE: re.Pattern[str] | None = None
FORMS = "letterboxd:EXPORT.zip"
BASE_URL = "https://letterboxd.com"

_EXPORT = "export your data at letterboxd.com/settings/data and write letterboxd:EXPORT.zip"
_FILE = re.compile(r"(?P<file>.+?\.(?:zip|csv))(?:/(?P<inside>.+))?", re.IGNORECASE)
_WATCHLIST = "watchlist"
_TITLE = re.compile(r"(?P<title>.*\S)\s*\((?P<year>\d{4})\)", re.DOTALL)
_TOTAL = re.compile(r"A list of ([\d,]+) films?\b")
_PROBE = """
const posters = document.querySelectorAll(':is(li.posteritem, li.griditem) [data-item-name]');
const counted = document.querySelector('[data-num-entries]');
const told = document.querySelector('meta[name="description"]');
if (!posters.length && !counted) return null;
const total = counted ? counted.dataset.numEntries : (told ? told.content : '');
return {names: [...posters].map(poster => poster.dataset.itemName), total: total};
"""


_LIST = r"/?(?P<path>[\w-]+/(?:watchlist|list/[\w-]+))"
_VIEW = "(?:/(?:detail|edit|export))?"
ADDRESSES = AddressTable(
    "letterboxd",
    _EXPORT,
    (
        Address("/film(?:/.*)?", refuse="this is one film, not a list:"),
        Address(
            "/(?P<user>[^/]+)/rss",
            refuse="this is a feed of what {user} has seen:"
            " write rss:https://letterboxd.com/{user}/rss/",
        ),
        Address("/api(?:/.*)?", refuse="access to Letterboxd's API is limited:"),
        Address(
            "/[^/]+/lists(?:/.*)?",
            refuse=f"this is an index of lists: open one and paste its address, or {_EXPORT}",
        ),
        # Whichever page of it is pasted, in whatever order.
        Address(f"{_LIST}{_VIEW}(?:/by/[^/]+)?(?:/page/[^/]+)?(?:/by/[^/]+)?", "{path}"),
        Address(
            f"{_LIST}{_VIEW}/share(?:/.*)?",
            refuse=f"a list shared by link is read from its export: {_EXPORT}/lists/NAME",
        ),
        Address(
            f"{_LIST}/.*",
            refuse="this address shows only part of the list: paste letterboxd.com/{path}/, and"
            " narrow the list with filter in the config",
        ),
        Address(
            "/?[^/]+/likes/(?:films|lists)(?:/.*)?",
            refuse=f"likes are read from the export: {_EXPORT}/likes/films",
        ),
        Address(
            "/?[^/]+/films(?:/.*)?",
            refuse=f"watched films are read from the export: {_EXPORT}/watched",
        ),
    ),
    filters="genre decade year rating language country service",
)


def parse_id(text: str) -> ListRef:
    """An export, or a list on the site. Raises ValueError with a sentence."""
    if (export := _FILE.fullmatch(text)) and "\0" not in text:
        return _export(export["file"], export["inside"] or "")
    return ADDRESSES.parse_id(text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence."""
    if url.hostname == "boxd.it":
        problem = "a short address does not say whose list it is"
        raise ValueError(f"{problem}: open it and paste the full address, or {_EXPORT}")
    return ADDRESSES.parse_url(url)


def _export(file: str, inside: str) -> ListRef:
    """A file and what is read of it, written in one way alone."""
    file = str(PurePosixPath(file))
    inside = str(PurePosixPath(inside.strip("/") or _WATCHLIST))
    if inside.lower().endswith(".csv"):
        inside = inside[: -len(".csv")]
    if file.lower().endswith(".zip"):
        name = file if inside == _WATCHLIST else f"{file}/{inside}"
        return ListRef("letterboxd", name, is_local=True)
    if inside != _WATCHLIST:
        raise ValueError(f"a CSV file holds one list: write letterboxd:{file}")
    return ListRef("letterboxd", file, is_local=True)


def objection(ref: ListRef, provider: Provider) -> str | None:
    """Why a list cannot be read with what the file says of the site; None: it can."""
    if _FILE.fullmatch(ref.id) or provider.via == "browser":
        return None
    return (
        "Letterboxd's terms forbid automated reading of its pages without permission:"
        f" {_EXPORT}, or set providers.letterboxd.via to browser"
    )


def needs_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """An export is read as it is."""
    return not _FILE.fullmatch(ref.id)


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read an export, or a list on the site."""
    if _FILE.fullmatch(ref.id):
        return _of_export(ref, context)
    if why := objection(ref, context.provider):
        return FetchFailure(Outcome.BLOCKED, why).snapshot()
    start = f"{context.provider.base_url or BASE_URL}/{ref.id}/"

    def page(number: int) -> Page | FetchFailure:
        url = start if number == 1 else f"{start}page/{number}/"
        page_visit = visit(context, url, _PROBE)
        return page_visit.failure or parse(page_visit.payload) or changed_layout(url)

    return read_pages(page)


def parse(payload: object) -> Page | None:
    """A page's films and the list's total; None: it is not known how to read it."""
    page = record(payload)
    names = page.get("names")
    total_text = fields.text(page.get("total"))
    match = _TOTAL.search(total_text)
    total = (match[1] if match else total_text).replace(",", "")
    if not isinstance(names, list) or not re.fullmatch(r"[0-9]{1,10}", total):
        return None  # without a total, the end of the list is unknown
    return Page(tuple(map(_film, names)), int(total))


def _film(name: object) -> Item:
    text = fields.text(name)
    match = _TITLE.fullmatch(text)
    title, year = (match["title"], int(match["year"])) if match else (text, None)
    return Item(0, title, year, Kind.MOVIE, may_be_show=True)


def _of_export(ref: ListRef, context: FetchContext) -> Snapshot:
    member = f"{zip_member(ref.id)[1] or _WATCHLIST}.csv"
    content = read_text(ref, context, member)
    if isinstance(content, FetchFailure):
        return content.snapshot(ROUTE)
    file, text = content
    lines = split_lines(text)
    if isinstance(lines, Unreadable):
        problem = f"{ref}: {lines.describe(quoting=file.is_ours)}"
        return FetchFailure(Outcome.UNREACHABLE, problem).snapshot(ROUTE)
    header = find_header(lines, least=1)
    if header is None:
        problem = f"{ref}: no films found: the columns are not those of a Letterboxd export"
        return FetchFailure(Outcome.UNREACHABLE, f"{problem}; {_EXPORT}").snapshot(ROUTE)
    return snapshot_of_lines(file, read_table(lines, header))
