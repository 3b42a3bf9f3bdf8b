"""RSS feeds of titles: Plex's watchlists, and others that name their titles in the same way.

A feed shows what its site wants it to, mostly the newest, and no total.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from reconciler.core.model import Ids, Item, Kind, ListRef
from reconciler.sources import fields
from reconciler.sources.addresses import is_at
from reconciler.sources.documents import MEANINGS, document, kind_of
from reconciler.sources.paging import Call, Part, open_to_all, read, without_browser
from reconciler.sources.title_types import classify

if TYPE_CHECKING:
    from urllib.parse import SplitResult
    from xml.etree.ElementTree import Element

    from reconciler.core.model import Snapshot
    from reconciler.sources.scrape import Reach
    from reconciler.sources.web import Answer

HOSTS = frozenset({"rss.plex.tv", "plex.tv", "watch.plex.tv", "app.plex.tv"})
BARE: re.Pattern[str] | None = None
FORMS = "rss:https://HOST/FEED"
needs_browser = without_browser
objection = open_to_all

_PLEX = "rss.plex.tv"  # its feeds have no parts and no options
_WRITE = "paste the address that Plex shows under Watchlist, RSS"
_TITLE_ID = re.compile(r"imdb\.com/title/(tt\d{5,})")


def parse_id(text: str) -> ListRef:
    """The list that ``rss:TEXT`` means. Raises ValueError with a sentence."""
    return document("rss", text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence."""
    if is_at(url, HOSTS):
        key = "/".join(part for part in url.path.split("/") if part)
        if url.hostname != _PLEX:
            raise ValueError(f"Plex shows this to nobody but you: {_WRITE}")
        if not key:
            raise ValueError(f"this is no feed: {_WRITE}")
        return document("rss", f"https://{_PLEX}/{key.lower()}")
    return document("rss", url.geturl())


def fetch(ref: ListRef, reach: Reach) -> Snapshot:
    """Read a feed, and the further parts that it names."""
    here = {"url": ref.address}

    def part(answer: Answer) -> Part | None:
        found = parse(answer.content, kind_of(ref))
        if found is None:
            return None
        items, link = found
        onward = _below(here["url"], link)
        if not items or not onward:
            return Part(items, end_unknown=True)
        here["url"] = onward
        return Part(items, end_unknown=True, following=Call(onward))

    return read(Call(ref.address), part, ref, reach, meanings=MEANINGS)


def _below(here: str, link: str) -> str:
    """Where a feed goes on: at its own site alone, since addresses may hold keys; "": nowhere."""
    try:
        onward = urljoin(here, link) if link else ""
        return onward if urlsplit(onward)[:2] == urlsplit(here)[:2] else ""
    except ValueError:
        return ""


def parse(content: bytes, kind: Kind | None = None) -> tuple[tuple[Item, ...], str] | None:
    """A feed's items, and where it goes on; None: this is no feed."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        return None
    links = (link for link in channel.iter() if link.tag.endswith("}link"))
    onward = next((link.get("href", "") for link in links if link.get("rel") == "next"), "")
    return tuple(_item(entry, kind) for entry in channel.iter("item")), onward


def _item(entry: Element, kind: Kind | None) -> Item:
    said = {child.tag.rpartition("}")[2]: fields.text(child.text) for child in reversed(entry)}
    title, released = fields.title_and_year(said.get("title", ""))
    title = said.get("filmTitle") or title
    of, unsupported = classify(said.get("category", ""))
    ids = _ids([fields.text(guid.text) for guid in entry.iter("guid")], said)
    if "filmTitle" in said:
        of = Kind.MOVIE
    return Item(
        0,
        title,
        fields.year(said.get("filmYear")) or released,
        of or kind,
        ids,
        unsupported=unsupported,
        may_be_show="filmTitle" in said and not any(ids.items()),
    )


def _ids(guids: list[str], said: dict[str, str]) -> Ids:
    known = fields.ids_of_guids(guids)
    page = _TITLE_ID.search(" ".join([*guids, said.get("link", "")]))
    return Ids(
        imdb=fields.imdb_id(known.get("imdb")) or (page[1] if page else None),
        tmdb=fields.number(known.get("tmdb") or said.get("movieId")),
        tvdb=fields.number(known.get("tvdb")),
    )
