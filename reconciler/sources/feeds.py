"""Feeds of titles: RSS, and the same feed as JSON, read part after part.

A feed shows what its site wants it to, mostly the newest, and no total.

Plex has two addresses for each of its watchlist feeds. Since July 2026 ``rss.plex.tv`` may refuse a
feed that ``discover.provider.plex.tv`` still gives, by a redirect to an address that lets whoever
has it read the feed. The target of that redirect is never shown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from reconciler.core.completeness import Page
from reconciler.core.model import IMDB_ID, Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.client import Response
from reconciler.http.limits import LimitError
from reconciler.http.payload import CUT_OFF, check_xml
from reconciler.sources import fields, json_items
from reconciler.sources.context import FetchContext
from reconciler.sources.documents import MEANINGS, kind_of, shown_for
from reconciler.sources.failure import FetchFailure
from reconciler.sources.http import SiteClient
from reconciler.sources.paging import Call, Meanings, read
from reconciler.sources.title_types import classify

_TITLE_ID = re.compile(rf"imdb\.com/title/({IMDB_ID})")


# What may stand before a feed's root element, and how the beginning of one may look.
_BEFORE_ROOT = re.compile(r"(<\?[^>]{0,1000}\?>|<!--[^>]{0,1000}-->)\s*")
_STARTS = ("<rss", "<?xml", "<!--")
_PROLOG = 10_000  # bytes that are looked at

_RSS, _DISCOVER = "rss.plex.tv", "discover.provider.plex.tv"
PLEX_HOSTS = frozenset({_RSS, _DISCOVER})

_ADVICE = (
    "open the address in a browser; if Plex refuses it there as well, copy it again from Plex"
    " (Watchlist → RSS), or keep the titles on a list on another site"
)
_REFUSES = (Outcome.BLOCKED, "Plex refuses this feed")
_PLEX_MEANINGS: Meanings = {
    401: _REFUSES,
    403: _REFUSES,
    404: (Outcome.MISSING, "the Plex feed does not exist"),
}
_REFUSALS = {Outcome.BLOCKED, Outcome.MISSING}

# Expat's errors at the end of a text: no element, or an open tag, character or CDATA section.
_XML_ENDS = {3, 5, 6, 20}


def read_feed(
    address: str,
    ref: ListRef,
    context: FetchContext,
    meanings: Meanings = MEANINGS,
    web: SiteClient | None = None,
) -> Snapshot:
    """Read the feed at an address, and the further parts that it names."""
    here = {"url": address}

    def part(answer: Response) -> Page | FetchFailure | None:
        content = parse(answer, kind_of(ref))
        if not isinstance(content, tuple):
            return content
        items, link = content
        onward = _below(here["url"], link)
        if not items or not onward:
            return Page(items, end_unknown=True, document=True)
        here["url"] = onward
        return Page(items, end_unknown=True, document=True, following=Call(onward))

    web = web or SiteClient(show=shown_for(ref))
    return read(Call(address), part, ref, context, meanings=meanings, web=web)


def _below(here: str, link: str) -> str:
    """The next page of a feed, on the same site only, since addresses may hold keys; "": none."""
    try:
        onward = urljoin(here, link) if link else ""
        return onward if urlsplit(onward)[:2] == urlsplit(here)[:2] else ""
    except ValueError:
        return ""


def parse(
    answer: Response, kind: Kind | None
) -> tuple[tuple[Item, ...], str] | FetchFailure | None:
    """A feed's items and its next page; None: not a feed."""
    if answer.body is not None:
        items = json_items.parse(answer.body, kind)
        return None if items is None else (items, json_items.next_link(answer.body))
    try:
        check_xml(answer.content)
        root = fromstring(answer.content)
    except LimitError as error:
        return FetchFailure(Outcome.UNREACHABLE, f"{answer.url}: the feed cannot be read: {error}")
    except ParseError as error:
        if not is_cut_feed(answer.content, error):
            return None
        problem = f"{answer.url}: the feed was {CUT_OFF}; try again later"
        return FetchFailure(Outcome.UNREACHABLE, problem)
    except (DefusedXmlException, ValueError, LookupError):
        return None
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        return None
    links = (link for link in channel.iter() if link.tag.endswith("}link"))
    onward = next((link.get("href", "") for link in links if link.get("rel") == "next"), "")
    return tuple(_item(entry, kind) for entry in channel.iter("item")), onward


def _item(entry: Element, kind: Kind | None) -> Item:
    texts = {child.tag.rpartition("}")[2]: fields.text(child.text) for child in reversed(entry)}
    title, released = fields.title_and_year(texts.get("title", ""))
    title = texts.get("filmTitle") or title
    of, unsupported = classify(texts.get("category", ""))
    ids = _ids([fields.text(guid.text) for guid in entry.iter("guid")], texts)
    if "filmTitle" in texts:
        of = Kind.MOVIE
    return Item(
        0,
        title,
        fields.year(texts.get("filmYear")) or released,
        of or kind,
        ids,
        unsupported=unsupported,
        may_be_show="filmTitle" in texts and not any(ids.items()),
    )


def _ids(guids: list[str], texts: dict[str, str]) -> Ids:
    guid_ids = fields.ids_of_guids(guids)
    page = _TITLE_ID.search(" ".join([*guids, texts.get("link", "")]))
    return Ids(
        imdb=fields.imdb_id(guid_ids.get("imdb")) or (page[1] if page else None),
        tmdb=fields.number(guid_ids.get("tmdb") or texts.get("movieId")),
        tvdb=fields.number(guid_ids.get("tvdb")),
    )


def is_cut_feed(content: bytes, error: ParseError) -> bool:
    """Whether this began as a feed and ends before its end. ``error``: the parser's."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = content[:_PROLOG].decode(encoding, "ignore").lstrip()
    while prolog := _BEFORE_ROOT.match(text):
        text = text[prolog.end() :]
    is_prolog = text.startswith(("<?", "<!--")) or any(start.startswith(text) for start in _STARTS)
    return error.code in _XML_ENDS and (is_prolog or re.match(r"<rss[\s>]", text) is not None)


def is_plex(ref: ListRef) -> bool:
    """Whether a list is one of Plex's feeds, however it is written."""
    return urlsplit(ref.address).hostname in PLEX_HOSTS


def plex_address(url: SplitResult) -> str | None:
    """The address of a feed as Plex shows it, without options; None: not a feed."""
    key = _key(url)
    return f"https://{_RSS}/{key.lower()}" if key else None


def fetch_plex(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a feed where its address is, and where that is refused at Plex's other one."""
    url = urlsplit(ref.address)
    here = urlunsplit(url._replace(scheme="https"))
    there = f"https://{_DISCOVER}/rss/{_key(url)}"
    if url.hostname == _DISCOVER:
        there = f"https://{_RSS}/{_key(url)}"
    first = _read_plex(here, ref, context)
    if first.outcome not in _REFUSALS:
        return first
    second = _read_plex(there, ref, context)
    if second.error is None:
        return second
    error = f"{first.error}; {second.error}"
    if second.outcome not in _REFUSALS:
        return replace(second, error=error)
    outcome = first.outcome if first.outcome is second.outcome else Outcome.BLOCKED
    return replace(second, outcome=outcome, error=f"{error}; {_ADVICE}")


def _read_plex(address: str, ref: ListRef, context: FetchContext) -> Snapshot:
    return read_feed(
        address, ref, context, _PLEX_MEANINGS, SiteClient(follows=True, show=shown_for(ref))
    )


def _key(url: SplitResult) -> str:
    """What tells a feed from others, and lets whoever has it read the feed."""
    parts = [part for part in url.path.split("/") if part]
    return "/".join(parts[1:] if url.hostname == _DISCOVER and parts[:1] == ["rss"] else parts)
