"""Feeds of titles: RSS, and the same feed as JSON, read part after part.

A feed shows what its site wants it to, mostly the newest, and no total.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from reconciler.core.model import IMDB_ID, Ids, Item, Kind, ListRef, Outcome, Snapshot
from reconciler.http.limits import LimitError
from reconciler.http.payload import check_xml
from reconciler.sources import fields, json_items
from reconciler.sources.documents import MEANINGS, kind_of, shown_for
from reconciler.sources.paging import Call, Meanings, Part, read
from reconciler.sources.scrape import FetchContext, FetchFailure
from reconciler.sources.title_types import classify
from reconciler.sources.truncation import CUT_OFF, is_cut_feed
from reconciler.sources.web import Answer, Web

_TITLE_ID = re.compile(rf"imdb\.com/title/({IMDB_ID})")


def read_feed(
    address: str,
    ref: ListRef,
    reach: FetchContext,
    meanings: Meanings = MEANINGS,
    web: Web | None = None,
) -> Snapshot:
    """Read the feed at an address, and the further parts that it names."""
    here = {"url": address}

    def part(answer: Answer) -> Part | FetchFailure | None:
        found = parse(answer, kind_of(ref))
        if not isinstance(found, tuple):
            return found
        items, link = found
        onward = _below(here["url"], link)
        if not items or not onward:
            return Part(items, end_unknown=True, document=True)
        here["url"] = onward
        return Part(items, end_unknown=True, document=True, following=Call(onward))

    web = web or Web(show=shown_for(ref))
    return read(Call(address), part, ref, reach, meanings=meanings, web=web)


def _below(here: str, link: str) -> str:
    """Where a feed goes on: at its own site alone, since addresses may hold keys; "": nowhere."""
    try:
        onward = urljoin(here, link) if link else ""
        return onward if urlsplit(onward)[:2] == urlsplit(here)[:2] else ""
    except ValueError:
        return ""


def parse(answer: Answer, kind: Kind | None) -> tuple[tuple[Item, ...], str] | FetchFailure | None:
    """A feed's items, and where it goes on; None: this is no feed."""
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
        what = f"{answer.url}: the feed was {CUT_OFF}; try again later"
        return FetchFailure(Outcome.UNREACHABLE, what)
    except (DefusedXmlException, ValueError, LookupError):
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
