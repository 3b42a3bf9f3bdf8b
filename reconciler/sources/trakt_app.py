"""Trakt's web app in the browser: what its page shows, and scrolling through it to the end."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from reconciler.core.model import Outcome
from reconciler.errors import BrowserError
from reconciler.sources.scrape import Setback, changed_layout, unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.ports import Page
    from reconciler.sources.scrape import Patience

_PRIVATE = (Outcome.PRIVATE, "the list is private; its owner can make it public")
_MISSING = (Outcome.MISSING, "there is no such list; check the address")
_TROUBLE = (Outcome.UNREACHABLE, "the app could not load the list; try again later")
_TOO_OFTEN = (Outcome.RATE_LIMITED, "the app got too many requests; it is read again later")
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
_MAX_SCREENS = 2000


def probe(path: str) -> str:
    """A script that gives the page's state once there is something to go by."""
    return _state(path) + _READY % {"says": json.dumps("|".join(_SAYS))}


def without_cards(state: Mapping[str, object], url: str) -> Setback:
    """What a page without a single card says it is."""
    failed = state.get("failed")
    for status in failed if isinstance(failed, list) else []:
        outcome, sentence = _ANSWERS.get(status, _TROUBLE)
        return Setback(outcome, f"{url}: {sentence} (HTTP {status})")
    for pattern, (outcome, sentence) in _SAYS.items():
        if re.search(pattern, str(state.get("says")), re.IGNORECASE):
            return Setback(outcome, f"{url}: {sentence}")
    if state.get("emptied"):
        return Setback(_EMPTY[0], f"{url}: {_EMPTY[1]}")
    return changed_layout(url)


def scroll(
    page: Page, path: str, patience: Patience
) -> tuple[list[Mapping[str, object]], Setback | None]:
    """Every card of the list at ``path``, and what kept the rest away."""
    cards: dict[object, Mapping[str, object]] = {}
    try:
        page.evaluate(_COUNT_OPEN)
        state = _now(page, path)
        for _ in range(_MAX_SCREENS):
            fresh = {card.get("path"): card for card in _cards(state)}
            at_end = state.get("bottom") and fresh.keys() <= cards.keys()
            cards |= fresh
            if at_end and not _grows(page, path, state, patience):
                return list(cards.values()), _missing_rest(page, path)
            state = _read(page.evaluate(_NEXT % {"state": _state(path)}))
    except BrowserError as error:
        return list(cards.values()), unreachable(error)
    return list(cards.values()), Setback(Outcome.INCOMPLETE, "the page has no end")


def _grows(page: Page, path: str, state: Mapping[str, object], patience: Patience) -> bool:
    """Whether more comes into view by itself; an open question is waited for longer."""
    changed = _state(path) + f"return state.mark !== {json.dumps(state.get('mark'))};"
    if page.wait_for(changed, patience.settle):
        return True
    return bool(_now(page, path).get("open")) and bool(page.wait_for(changed, patience.content))


def _missing_rest(page: Page, path: str) -> Setback | None:
    state = _now(page, path)
    if state.get("open"):
        return Setback(Outcome.INCOMPLETE, "the rest of the page did not come; try again later")
    failed = state.get("failed")
    for status in failed if isinstance(failed, list) else []:
        if status == 429 or status >= 500:  # noqa: PLR2004
            outcome, sentence = _ANSWERS.get(status, _TROUBLE)
            return Setback(outcome, f"{sentence} (HTTP {status})")
    return None


def _now(page: Page, path: str) -> Mapping[str, object]:
    return _read(page.evaluate(_state(path) + "return state;"))


def _state(path: str) -> str:
    return _STATE % {"path": json.dumps(path)}


def _read(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _cards(state: Mapping[str, object]) -> list[Mapping[str, object]]:
    cards = state.get("cards")
    return [card for card in cards if isinstance(card, dict)] if isinstance(cards, list) else []
