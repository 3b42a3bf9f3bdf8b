"""Trakt's web app in the browser: scrolling through a list to its end, and its cards as items.

The page as sent holds no items: the app asks for about a hundred at a time when its end comes into
view, and mounts a card only while it is near the visible part. So the page is scrolled from top to
bottom and every card is kept when it is seen. The app shows no total: what was read to the bottom
is ``unverified``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from reconciler.core.completeness import ListReading, numbered, snapshot_of
from reconciler.core.completeness import Page as ListPage
from reconciler.core.model import YEAR, Ids, Item, Kind, Outcome, Snapshot
from reconciler.errors import BrowserError
from reconciler.http.foreign import record, records, valid_text
from reconciler.ports import Page
from reconciler.sources.context import FetchContext, Patience
from reconciler.sources.failure import FetchFailure, browser_failure, changed_layout
from reconciler.sources.pages import ROUTE, visit
from reconciler.sources.sites.trakt.address import KINDS, MODES
from reconciler.sources.title_types import classify

BASE_URL = "https://app.trakt.tv"

_YEAR_SUFFIX = re.compile(rf"(?P<rest>.+)-(?P<year>{YEAR})")
_YEAR_TEXT = re.compile(rf"\b{YEAR}\b")

_PRIVATE = (Outcome.PRIVATE, "the list is private; its owner can make it public")
_MISSING = (Outcome.MISSING, "the list does not exist; check the address")
_TROUBLE = (Outcome.UNREACHABLE, "Trakt's app could not load the list; try again later")
_TOO_OFTEN = (Outcome.RATE_LIMITED, "Trakt got too many requests; the list is read again later")
_EMPTY = (Outcome.EMPTY, "there is nothing on the list")

# What the app says where there are no cards; the browser asks for English.
_SAYS = {
    r"\bprivate\b": _PRIVATE,
    r"\bnot found\b|\b404\b": _MISSING,
    r"\bwent wrong\b|\btry again\b": _TROUBLE,
    r"\bnothing here\b|\bno items\b|\bis empty\b": _EMPTY,
}
# How Trakt answers the app's own questions: 401 for a private user, 403 for a private list.
_ANSWERS = {401: _PRIVATE, 403: _PRIVATE, 404: _MISSING, 429: _TOO_OFTEN}

_STATE = """
const links = document.querySelectorAll(
  '.trakt-grid-list-container .trakt-list-items .trakt-card a.trakt-link[href]');
const cards = [...links].map((link) => {
  const card = link.closest('.trakt-card');
  const text = (name) => ((card.querySelector(name) || {}).textContent || '').trim();
  return {path: link.pathname,
          title: text('.trakt-card-title'), note: text('.trakt-card-subtitle')};
});
const asked = performance.getEntriesByType('resource').filter((entry) =>
  ['fetch', 'xmlhttprequest'].includes(entry.initiatorType) && entry.name.includes(%(path)s));
const main = document.querySelector('main') || document.body;
const height = document.documentElement.scrollHeight;
const state = {
  cards,
  emptied: Boolean(document.querySelector('.grid-list-empty-state')),
  says: cards.length || !main ? '' : main.innerText.slice(0, 400),
  failed: asked.map((entry) => entry.responseStatus).filter((status) => status >= 400),
  open: (window.listsyncOpen || {count: 0}).count,
  bottom: scrollY + innerHeight >= height - 2,
  mark: [height, cards.length, (cards.at(-1) || {}).path].join(' '),
};
"""
_READY = """
const something = cards.length || state.emptied || state.failed.length;
return (something || new RegExp(%(says)s, 'i').test(state.says)) && state;
"""
# A page whose next hundred never comes looks like one that is at its end; only the question the
# app still waits on tells them apart.
_COUNT_OPEN = """
performance.setResourceTimingBufferSize(10000);
const open = window.listsyncOpen = {count: 0};
const ask = window.fetch;
window.fetch = (...args) => {
  const answer = ask(...args);
  const done = () => { open.count -= 1; };
  open.count += 1;
  answer.then((whole) => whole.clone().arrayBuffer()).then(done, done);
  return answer;
};
"""
# Less than a window at a time, so that no row is jumped over, and two frames to mount the cards.
_NEXT = """
return (async () => {
  scrollBy(0, innerHeight * 0.6);
  const frame = () => new Promise((shown) => requestAnimationFrame(shown));
  await frame();
  await frame();
  %(state)s
  return state;
})();
"""
_MOST_CARDS = 20_000


def read(path: str, kind: Kind | None, context: FetchContext) -> Snapshot:
    """Scroll through the list at ``path`` and keep every card; with ``kind``, only those."""
    query = f"?{urlencode({'mode': MODES[kind]})}" if kind else ""
    url = f"{context.provider.base_url or BASE_URL}{path}{query}"
    page_visit = visit(context, url, probe(path))
    if page_visit.failure or page_visit.page is None:
        return (page_visit.failure or changed_layout(url)).snapshot()
    state = record(page_visit.payload)
    if not state.get("cards"):
        failure = without_cards(state, url)
        empty = failure.outcome is Outcome.EMPTY
        return snapshot_of(ListPage(), ROUTE) if empty else failure.snapshot()
    cards, trouble = scroll(page_visit.page, path, context.patience)
    reading = ListReading(ROUTE)
    unreadable = sum(_item(card) is None for card in cards)
    reading.add(ListPage(parse(cards, kind), unreadable=unreadable, end_unknown=True))
    return reading.fail(trouble.snapshot()) if trouble else reading.snapshot()


def parse(cards: Iterable[Mapping[str, object]], kind: Kind | None = None) -> tuple[Item, ...]:
    """The items of a page's cards, in their order; with ``kind``, only those."""
    items = map(_item, cards)
    return numbered(item for item in items if item and kind in (None, item.kind))


def _item(card: Mapping[str, object]) -> Item | None:
    """A card's title. Its address is its only id; None where it leads elsewhere."""
    title, note, path = (valid_text(card.get(name)) for name in ("title", "note", "path"))
    match path.strip("/").split("/"):
        case ["movies" | "shows" as group, slug]:
            year = _year(slug, title) or _year_in(note)
            name = title or slug.replace("-", " ")
            return Item(0, name, year, KINDS[group], Ids(trakt=slug))
        case ["shows", slug, "seasons", *rest]:
            label = classify("episode" if "episodes" in rest else "season")[1]
            return Item(0, " ".join([title or slug, *rest]), unsupported=label)
        case ["people", slug]:
            return Item(0, title or slug, unsupported=classify("person")[1])
    return None


def _year(slug: str, title: str) -> int | None:
    """The year a slug ends with, unless it is the title that does: "blade-runner-2049"."""
    match = _YEAR_SUFFIX.fullmatch(slug)
    if not match:
        return None
    ends_so = title.rstrip().endswith(match["year"])
    if ends_so and not match["rest"].endswith(match["year"]):
        return None
    return int(match["year"])


def _year_in(note: str) -> int | None:
    match = _YEAR_TEXT.search(note)
    return int(match[0]) if match else None


def probe(path: str) -> str:
    """A script that gives the page's state once there is something to go by."""
    return _state(path) + _READY % {"says": json.dumps("|".join(_SAYS))}


def without_cards(state: Mapping[str, object], url: str) -> FetchFailure:
    """The outcome of a page without cards, by its text."""
    failed = state.get("failed")
    for status in failed if isinstance(failed, list) else []:
        outcome, sentence = _ANSWERS.get(status, _TROUBLE)
        return FetchFailure(outcome, f"{url}: {sentence} (HTTP {status})")
    for pattern, (outcome, sentence) in _SAYS.items():
        if re.search(pattern, str(state.get("says")), re.IGNORECASE):
            return FetchFailure(outcome, f"{url}: {sentence}")
    if state.get("emptied"):
        return FetchFailure(_EMPTY[0], f"{url}: {_EMPTY[1]}")
    return changed_layout(url)


def scroll(
    page: Page, path: str, patience: Patience
) -> tuple[list[Mapping[str, object]], FetchFailure | None]:
    """Every card of the list at ``path``, and the failure that ended the reading, if any."""
    cards: dict[object, Mapping[str, object]] = {}
    try:
        page.evaluate(_COUNT_OPEN)
        state = _now(page, path)
        while len(cards) < _MOST_CARDS:
            fresh = {card.get("path"): card for card in records(state.get("cards"))}
            at_end = state.get("bottom") and fresh.keys() <= cards.keys()
            cards |= fresh
            if at_end and not _grows(page, path, state, patience):
                return list(cards.values()), _missing_rest(page, path)
            state = record(page.evaluate(_NEXT % {"state": _state(path)}))
    except BrowserError as error:
        return list(cards.values()), browser_failure(error)
    return list(cards.values()), FetchFailure(
        Outcome.INCOMPLETE, "the page has more titles than listsync reads"
    )


def _grows(page: Page, path: str, state: Mapping[str, object], patience: Patience) -> bool:
    """Whether more cards appear; waits longer while a request of the app is open."""
    changed = _state(path) + f"return state.mark !== {json.dumps(state.get('mark'))};"
    if page.wait_for(changed, patience.settle):
        return True
    return bool(_now(page, path).get("open")) and bool(page.wait_for(changed, patience.content))


def _missing_rest(page: Page, path: str) -> FetchFailure | None:
    state = _now(page, path)
    if state.get("open"):
        return FetchFailure(
            Outcome.INCOMPLETE, "the rest of the page did not load; try again later"
        )
    failed = state.get("failed")
    for status in failed if isinstance(failed, list) else []:
        if status == 429 or status >= 500:  # noqa: PLR2004
            outcome, sentence = _ANSWERS.get(status, _TROUBLE)
            return FetchFailure(outcome, f"{sentence} (HTTP {status})")
    return None


def _now(page: Page, path: str) -> Mapping[str, object]:
    return record(page.evaluate(_state(path) + "return state;"))


def _state(path: str) -> str:
    return _STATE % {"path": json.dumps(path)}
