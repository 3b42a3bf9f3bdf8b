"""JSON lists at any address, in the form that Radarr and Sonarr import.

What its entries may look like is in ``json_items``.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult

from reconciler.core.completeness import TRY_LATER, Page
from reconciler.core.model import ListRef, Snapshot
from reconciler.http.client import Response
from reconciler.sources import json_items
from reconciler.sources.context import FetchContext
from reconciler.sources.documents import MEANINGS, document, kind_of, shown_for
from reconciler.sources.feeds import fetch_plex, is_plex
from reconciler.sources.http import SiteClient
from reconciler.sources.paging import Call, open_to_all, read, without_browser

HOSTS: frozenset[str] = frozenset()
BARE: re.Pattern[str] | None = None
FORMS = "json:https://HOST/LIST.json"
needs_browser = without_browser
objection = open_to_all

_ONE_ANSWER = "only one response is read: paste an address that returns the whole list at once"


def parse_id(text: str) -> ListRef:
    """The list that ``json:TEXT`` means. Raises ValueError with a sentence."""
    return document("json", text)


def parse_url(url: SplitResult) -> ListRef:
    """The list at an address. Raises ValueError with a sentence."""
    return document("json", url.geturl())


def fetch(ref: ListRef, context: FetchContext) -> Snapshot:
    """Read a list: one JSON document, or one of Plex's feeds."""
    if is_plex(ref):
        return fetch_plex(ref, context)

    def part(answer: Response) -> Page | None:
        body, total = answer.body, json_items.declared_total(answer.body)
        items = json_items.parse(body, kind_of(ref))
        if items is None:
            return None
        if json_items.has_further_pages(body, len(items), answer.headers):
            return Page(items, total, cut_off=_ONE_ANSWER, document=True)
        cut_off = TRY_LATER if json_items.is_half(body) else ""
        unknown = json_items.is_feed(body)
        return Page(items, total, cut_off=cut_off, end_unknown=unknown, document=True)

    web = SiteClient(show=shown_for(ref))
    return read(Call(ref.address), part, ref, context, meanings=MEANINGS, web=web)
