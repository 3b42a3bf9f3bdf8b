"""IMDb in the browser: the JSON of each page, otherwise JSON-LD, otherwise the visible rows.

The JSON (``script#__NEXT_DATA__``) is part of the HTML as sent: nothing has to be scrolled or
clicked. Lists and watchlists come 250 to a page and declare their total; charts come whole.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from reconciler import ports
from reconciler.core.completeness import Page, snapshot_of
from reconciler.core.model import ListRef, Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.http.foreign import dig
from reconciler.sources.context import FetchContext
from reconciler.sources.failure import FetchFailure, browser_failure, changed_layout
from reconciler.sources.pages import ROUTE, read_pages, visit
from reconciler.sources.sites.imdb import markup, titles
from reconciler.sources.sites.imdb.address import CHARTS, is_same, listed_at, path_of

BASE_URL = "https://www.imdb.com"
PAGE_SIZE = 250

# The JSON only counts once it is whole: a page that still loads shows the beginning of it. What
# stands in the page instead counts once the document ends without it. Of a list in its usual place
# only what is read travels; of anything else the whole.
_PROBE = f"""
const script = document.getElementById('__NEXT_DATA__');
const hidden = document.querySelector('[data-testid="list-page-mc-private-list-content"]');
const missing = document.querySelector('h1[data-testid="error-page-title"]');
const total = document.querySelector('{markup.TOTAL}');
const other = document.readyState !== 'loading' && (document.querySelector('{markup.ROWS}')
  || [...document.querySelectorAll('script[type="application/ld+json"]')].some(
    (linked) => linked.textContent.includes('"ItemList"')));
let data = script && script.textContent;
try {{
  const props = JSON.parse(data)?.props?.pageProps;
  const column = props?.mainColumnData;
  const search = (column?.list ?? column?.predefinedList)?.titleListItemSearch
    ?? column?.advancedTitleSearch;
  const author = props.aboveTheFoldData?.authorId;
  const usual = {{props: {{pageProps: {{
    mainColumnData: column, aboveTheFoldData: {{authorId: author}}}}}}}};
  if (Array.isArray(search?.edges) && Number.isInteger(search.total)) {{
    data = JSON.stringify(usual, {json.dumps(titles.FIELDS.split())});
  }}
}} catch {{ data = null; }}
return (data || hidden || missing || other)
  && {{data, hidden: Boolean(hidden), missing: Boolean(missing), total: total?.textContent}};
"""


class BrowserRoute:
    """One reading of one list. ``blocked``: a page was kept from the browser by a bot check."""

    def __init__(self, ref: ListRef, context: FetchContext) -> None:
        self._ref = ref
        self._reach = context
        self._base_url = context.provider.base_url or BASE_URL
        self.blocked = False
        self._unranked = False  # what was read of a chart shows no rank at all

    def fetch(self) -> Snapshot:
        """Read a list to its declared total, or a chart whole."""
        if not self._ref.chart:
            return read_pages(self._read)
        page = self._read(1)
        if isinstance(page, FetchFailure):
            return page.snapshot()
        if self._unranked:
            return snapshot_of(replace(page, end_unknown=True), ROUTE)
        return charted(page, self._ref, ROUTE)

    def _read(self, number: int) -> Page | FetchFailure:
        page = self._look(number)
        self.blocked |= isinstance(page, FetchFailure) and page.outcome is Outcome.BLOCKED
        return page

    def _look(self, number: int) -> Page | FetchFailure:
        url = self._base_url + path_of(self._ref, number)
        page_visit = visit(self._reach, url, _PROBE)
        document = markup.json_or_none(dig(page_visit.payload, "data"))
        if other := titles.other_list(document):
            return not_titles(url, other)
        if dig(page_visit.payload, "hidden") or titles.is_private(document):
            return private(url)
        if page_visit.failure and page_visit.failure.outcome is not Outcome.CHANGED_LAYOUT:
            return page_visit.failure
        if dig(page_visit.payload, "missing") or titles.is_missing(document):
            return missing(url)
        page: Page | FetchFailure | None = titles.parse(document, self._ref)
        if isinstance(page, Page):
            page = self._counted(page, markup.total_of(page_visit.payload))
        elif page_visit.page:
            page = self._page_rows(page_visit.page, url, number)
        delivered_id = titles.own_name(document, self._ref) or listed_at(
            page_visit.landed, self._base_url
        )
        if isinstance(page, Page) and not is_same(self._ref, delivered_id):
            return another_list(url, delivered_id)
        return page or changed_layout(url)

    def _counted(self, page: Page, shown_total: int | None) -> Page:
        """A ranking's JSON lacks the total that its page shows; the box office shows no total."""
        if not self._ref.chart or self._ref.id == "boxoffice" or shown_total is None:
            return page
        return replace(page, total=max(page.entries, shown_total))

    def _page_rows(self, page: ports.Page, url: str, number: int) -> Page | FetchFailure:
        """What the page holds besides its JSON: that is absent, or another's."""
        offset = (number - 1) * PAGE_SIZE
        try:
            payload = page.evaluate(markup.PROBE)
            if self._ref.chart and (linked := self._linked(payload, page.url)):
                return linked
            if not dig(payload, "rows", 0):
                return _no_list(url, page.url, payload)
            wanted_rows = min(PAGE_SIZE, (markup.total_of(payload) or PAGE_SIZE + offset) - offset)
            page.wait_for(markup.shown_rows(wanted_rows), self._reach.patience.content)
            payload = page.evaluate(markup.PROBE)
        except BrowserError as error:
            return browser_failure(error)
        return markup.parse_rows(payload, self._ref, offset) or changed_layout(url)

    def _linked(self, payload: object, landed: str) -> Page | None:
        """A chart's linked data, unless its order is another than that of the ranks.

        It follows the order that a page was asked for, and tells no rank itself.
        """
        page = markup.parse_linked_data(payload)
        if page is None:
            return None
        agrees = markup.is_ranked(payload, page)
        self._unranked = agrees is None
        sorted_otherwise = agrees is None and "sort" in parse_qs(urlsplit(landed).query)
        return None if agrees is False or sorted_otherwise else page


def charted(page: Page, ref: ListRef, route: str) -> Snapshot:
    """A chart that came whole, in the order of its ranks; titles without a rank come last.

    A page and an answer follow the order that was asked for. A chart has at least the size that it
    always has: a smaller total counts what was delivered.
    """
    by_rank = sorted(page.items, key=lambda item: item.position or math.inf)
    page = replace(page, items=tuple(by_rank))
    size = max(page.total or 0, CHARTS[ref.id].size or 0) or page.total
    if size is None or (page.total is None and page.entries > size):
        return snapshot_of(replace(page, total=None, end_unknown=True), route)
    return snapshot_of(replace(page, total=size, end_unknown=False, ranked=True), route)


def private(where: str) -> FetchFailure:
    """The failure for a private list."""
    return FetchFailure(
        Outcome.PRIVATE, f"{where}: the list is private; its owner can make it public"
    )


def missing(where: str) -> FetchFailure:
    """The failure for a list or user that does not exist."""
    return FetchFailure(Outcome.MISSING, f"{where}: the list does not exist; check the address")


def another_list(where: str, delivered_id: str) -> FetchFailure:
    """The failure for a page or response about another list."""
    problem = f"IMDb returned {delivered_id} instead of this list"
    return FetchFailure(Outcome.CHANGED_LAYOUT, f"{where}: {problem}; check the address")


def not_titles(where: str, kind: str) -> FetchFailure:
    """The failure for a list of people, images or videos."""
    problem = f"this is a list of {kind}, not of titles"
    return FetchFailure(
        Outcome.CHANGED_LAYOUT, f"{where}: {problem}; paste the address of a list of titles"
    )


def _no_list(url: str, landed: str, payload: object) -> FetchFailure:
    """The failure for a page that is not a list, with what it says it is."""
    requested_path = urlsplit(url).path.strip("/")
    for address in (dig(payload, "address"), landed):
        path = urlsplit(address).path.strip("/") if isinstance(address, str) else ""
        if path and path not in requested_path and requested_path not in path:
            problem = f"the site answered with the page /{path}, which is not a list"
            return FetchFailure(Outcome.CHANGED_LAYOUT, f"{url}: {problem}; check the address")
    if dig(payload, "stray"):
        problem = "the page shows titles but is not a list (it may be a search)"
        return FetchFailure(Outcome.CHANGED_LAYOUT, f"{url}: {problem}; check the address")
    return changed_layout(url)
