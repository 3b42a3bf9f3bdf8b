"""Reading a list from an interface: call after call, and what that comes to.

A site says where a list begins and what an answer holds (``parse``). What is the same everywhere
stands here: following its calls to the end, counting against the total, telling a list that changed
while it was read, the first titles of a chart without an end, what statuses mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.core.model import ENDLESS_TOP, Outcome, Snapshot
from reconciler.sources.fields import UNKNOWN
from reconciler.sources.scrape import Setback, answered, numbered
from reconciler.sources.web import Web, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.core.model import Item, ListRef
    from reconciler.sources.scrape import Provider, Reach
    from reconciler.sources.web import Answer

ROUTE = "api"
LATER = "try again later"

_MOST_CALLS = 4000  # for one list
_OK = 200
_UNREAD = "take them off the list, or look for a newer version of listsync"
_NO_LIST = "check the address, or look for a newer version of listsync"
_TURNED_AWAY = (Outcome.BLOCKED, "the site does not let listsync in; try again later")
_OPEN = {202: _TURNED_AWAY, 403: _TURNED_AWAY, 405: _TURNED_AWAY}

Meanings = dict[int, tuple[Outcome, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """What to ask next. With a ``body`` it is posted."""

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """An answer's part of a list, in list order."""

    items: tuple[Item, ...] = ()
    total: int | None = None  # of the whole list, as the site declares it; None: it does not
    following: Call | None = None  # None: nothing follows
    short: str = ""  # what to do where the answer says that there is more, and not how to get it
    unsure: bool = False  # nothing tells whether this is all there is
    keys: tuple[str, ...] | None = None  # of its rows, where the items' own do not tell them apart


def keyed(name: str, where: str) -> Meanings:
    """What statuses mean at a site that wants a key. ``name``: of its section in the file."""
    refused = f"the site does not accept the key: check {name}, from {where}"
    return {401: (Outcome.BLOCKED, refused), 403: (Outcome.BLOCKED, refused)}


def without_key(provider: Provider, name: str, where: str) -> str | None:
    """Why a site cannot be read where the file gives no key; None: it gives one."""
    return (
        None
        if provider.key
        else f"this site is read with a key of your own: set {name}, from {where}"
    )


def without_browser(ref: ListRef, provider: Provider) -> bool:  # noqa: ARG001 - a site's
    """The ``needs_browser`` of a site that is asked through its interface alone."""
    return False


def open_to_all(ref: ListRef, provider: Provider) -> str | None:  # noqa: ARG001 - a site's
    """The ``objection`` of a site of which every list can be read."""
    return None


def blocked(why: str) -> Snapshot:
    """A list that is not even asked for."""
    return Setback(Outcome.BLOCKED, why).snapshot(ROUTE)


def read(  # noqa: PLR0913 - what a site knows of its list
    first: Call,
    parse: Callable[[Answer], Part | Setback | None],
    ref: ListRef,
    reach: Reach,
    *,
    meanings: Mapping[int, tuple[Outcome, str]] | None = None,
    refusal: Callable[[Answer], Part | Setback | None] = lambda _: None,
    joined: Callable[[Iterable[Item]], Iterable[Item]] = tuple,
    web: Web | None = None,
) -> Snapshot:
    """Read a list; trouble is an outcome.

    ``parse``: what an answer holds, a setback, or None where it is no list of this site's.
    ``meanings``: what a status means here, where that differs. ``refusal``: what an answer of
    another status than 200 says in words. ``joined``: several rows as one item, where a title may
    have several. ``web``: connections that are open already; they are closed, too.
    """
    so_far = _Reading(ref, reach.need.top, joined)
    call: Call | None = first
    with web or Web() as connections:
        while call is not None:
            answer = _asked(connections, call)
            if isinstance(answer, Setback):
                return so_far.stopped(answer)
            part = parse(answer) if answer.status == _OK else refusal(answer)
            part = part or _meaning(answer, _OPEN | dict(meanings or {}))
            if isinstance(part, Setback):
                return so_far.stopped(part)
            so_far.add(part)
            call = None if so_far.enough else part.following
    return so_far.judged()


def _asked(web: Web, call: Call) -> Answer | Setback:
    method = "GET" if call.body is None else "POST"
    return web.ask(method, call.url, headers=call.headers, params=call.params, body=call.body)


def _meaning(answer: Answer, meanings: Mapping[int, tuple[Outcome, str]]) -> Setback:
    if answer.status in meanings:
        outcome, what = meanings[answer.status]
        wait = retry_after(answer.headers)
        return Setback(outcome, f"{answer.url}: {what} ({answered(answer.status, wait)})", wait)
    if answer.status == _OK:
        error = f"{answer.url}: no list was found there; {_NO_LIST}"
        return Setback(Outcome.CHANGED_LAYOUT, error)
    return answer.setback()


class _Reading:
    """What has been read so far of one list."""

    def __init__(
        self,
        ref: ListRef,
        top: int | None,
        joined: Callable[[Iterable[Item]], Iterable[Item]] = tuple,
    ) -> None:
        self._most = (top or ENDLESS_TOP) if ref.endless else None
        self._joined = joined
        self._rows: list[Item] = []
        self._keys: set[str] = set()
        self._totals: set[int] = set()
        self._last: tuple[Item, ...] = ()
        self._parts = 0
        self._short = ""
        self._unsure = False
        self._moved = False  # a title came again in a later part
        self._stuck = False  # a part brought titles, and none of them was new

    @property
    def enough(self) -> bool:
        """Whether no more calls are needed, or none would help."""
        full = self._most is not None and len(self._rows) >= self._most
        return full or self._stuck or self._parts >= _MOST_CALLS

    def add(self, part: Part) -> None:
        """One more part."""
        names = part.keys
        if names is None:
            names = tuple("" if item.unsupported else item.key for item in part.items)
        keys = {*names} - {""}
        again = keys & self._keys
        twice = part.keys is not None and len(keys) < len(names)
        repeated = len(part.items) > 1 and part.items == self._last
        self._stuck |= repeated or (bool(again) and again == keys)
        self._moved |= bool(again) or twice or repeated
        self._short = self._short or part.short
        self._unsure |= part.unsure
        self._last = part.items
        if self._most is not None:  # a chart moves on while it is read: that is no trouble
            named = zip(part.items, names, strict=True)
            self._rows += [item for item, name in named if name not in again]
        else:
            self._rows += part.items
        self._keys |= keys
        self._totals |= set() if part.total is None else {part.total}
        self._parts += 1

    @property
    def _items(self) -> tuple[Item, ...]:
        return numbered(self._joined(self._rows[: self._most]))

    def judged(self) -> Snapshot:
        """What reading to the end came to."""
        items, count = self._items, len(self._rows)
        total = max(self._totals, default=None)
        unread = sum(item.unsupported == UNKNOWN for item in items)
        if items and unread == len(items):
            error = f"{count} entries were there, and none with a title or an id; {_NO_LIST}"
            return Snapshot(Outcome.CHANGED_LAYOUT, ROUTE, error=error)
        if self._most is not None:
            cut = count >= self._most
            note = f"the first {self._most:,}, since this chart has no end" if cut else None
            outcome = Outcome.UNVERIFIED if items else Outcome.EMPTY
            return Snapshot(outcome, ROUTE, items, note=note)
        if self._moved or len(self._totals) > 1:
            error = "the list changed while it was read; it is read again next time"
            return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)
        if self._short or self._parts >= _MOST_CALLS or total not in {None, count}:
            of = " of more" if total is None else f" of {total}"
            error = f"{count}{of} titles were there; {self._short or LATER}"
            return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)
        if unread and not self._unsure:  # what stands there was perhaps read before: it is not gone
            error = f"{unread} of {count} entries have neither a title nor an id; {_UNREAD}"
            return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error)
        outcome = Outcome.UNVERIFIED if self._unsure else Outcome.COMPLETE
        return Snapshot(outcome if items else Outcome.EMPTY, ROUTE, items, total)

    def stopped(self, why: Setback) -> Snapshot:
        """What reading came to where a call failed."""
        items = self._items
        if not items:
            return why.snapshot(ROUTE)
        error = f"{len(items)} titles were read, then a call failed: {why.error}"
        total = max(self._totals, default=None)
        return Snapshot(Outcome.INCOMPLETE, ROUTE, items, total, error, why.retry_after)
