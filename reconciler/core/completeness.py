"""Whether a list was read completely (law 7), decided here for every source.

A source turns each answer of its site into a ``Page`` and hands it to a ``ListReading``. Nothing
else judges a list: no site's module can report half a list as complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter

from reconciler.core.model.lists import LONGEST_LIST, LONGEST_TITLE, Item, Snapshot
from reconciler.core.model.terms import Outcome

UNREADABLE = "unknown"
"""The kind of an entry that does not say which title it is."""

TRY_LATER = "try again later"

_MOST_PAGES = 4000
_REMOVE = "remove them from the list, or update listsync"
_NO_LIST = "check the address, or update listsync"
# An item without its position: ``replace`` would ask for every field again, and take twice as long.
_WITHOUT_POSITION = attrgetter(*(field.name for field in fields(Item) if field.name != "position"))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's part of a list, in list order."""

    items: tuple[Item, ...] = ()
    total: int | None = None  # entries of the whole list, as the site declares; None: it does not
    unreadable: int = 0  # entries that gave no item at all
    unreadable_hint: str = ""  # which those are, or what to do about them
    version: str = ""  # changes whenever the list does, where the site gives one
    cut_off: str = ""  # the hint, if the response shows that entries are missing from it
    more: bool = False  # the response says that another page follows, whatever the total
    end_unknown: bool = False  # the response does not show whether more follows
    ranked: bool = False  # a chart: its positions are 1 to ``total``, each once
    keys: tuple[str, ...] | None = None  # of its rows, if the items' own keys are not distinct
    document: bool = False  # written as one piece: its author may name a title twice
    planned: bool = False  # the next call is fixed: a page without new entries is not the end
    following: object = None  # the next page's call, in its source's own terms; None: last page

    @property
    def entries(self) -> int:
        return len(self.items) + self.unreadable


class ListReading:
    """The pages of one list, read so far, and what they come to.

    The first row that applies decides:

    =====================================================  =================
    what was read                                          outcome
    =====================================================  =================
    a page failed, and no title had been read              the outcome of that failure
    a page failed after titles had been read               incomplete
    entries, but none identifies a title                    changed-layout
    more entries than the limit of a list                  incomplete
    the list changed while it was read                     incomplete
    a response that is cut off, or endless pages           incomplete
    an entry that appears twice in one response            incomplete
    fewer or more entries than declared                    incomplete
    a chart with a gap or a repetition in its ranks        incomplete
    an entry that cannot be read                           incomplete
    no entries                                             empty
    the first titles of an endless chart                   unverified
    entries, and no mark of the end of the list            unverified
    as many entries as declared, or all up to the end      complete
    =====================================================  =================

    *Changed*: the site declares another total or another version than before, or an entry of an
    earlier page comes again. Where the site gives the list a version, a title may be on it twice.
    An endless chart moves all the time: entries that come again are left out, and its totals
    are ignored. *Endless pages*: a page brings nothing new.

    *Twice*: in place of an entry that is missing now, perhaps, so that repeats do not count towards
    a total. A document such as a file is what its author wrote, and may name a title twice.

    *Declared*: a total that on every page is that page's own number of entries counts the page and
    says nothing about the list.
    """

    def __init__(
        self,
        route: str,
        most: int | None = None,
        merge: Callable[[Iterable[Item]], Iterable[Item]] = tuple,
        *,
        longest: int = LONGEST_LIST,
    ) -> None:
        """``most``: titles to read of an endless chart; None: the list has an end.

        ``merge``: rows as items, where several rows may be one title. ``longest``: entries to read
        of any list.
        """
        self._longest = longest
        self._route = route
        self._most = most
        self._merge = merge
        self._pages: list[Page] = []
        self._rows: list[Item] = []
        self._names_read: set[str | tuple[int, str]] = set()  # keys, and keys with their positions
        self._moved = False
        self._twice = 0  # rows that came before in what is one answer of the site
        self._repeats = 0  # rows that came before, whichever way
        self._stuck = False
        self._too_long = False

    @property
    def entries(self) -> int:
        return self._delivered - self._repeats

    @property
    def _delivered(self) -> int:
        return len(self._rows) + sum(page.unreadable for page in self._pages)

    @property
    def finished(self) -> bool:
        """Whether another page is not needed, or would not help."""
        enough = self._most is not None and len(self._rows) >= self._most
        return enough or self._stuck or self._too_long or len(self._pages) >= _MOST_PAGES

    def add(self, page: Page) -> None:
        room = self._longest - len(self._rows)
        self._too_long |= len(page.items) > room
        items = tuple(map(_marked, page.items[:room]))
        keys = tuple(map(_key, items)) if page.keys is None else page.keys[:room]
        places = [(item.position, key) for item, key in zip(items, keys, strict=True)]
        names = places if page.version else keys
        again = [
            bool(key) and name in self._names_read for key, name in zip(keys, names, strict=True)
        ]
        twice = [] if page.document else _repeated(keys, names)
        same = len(items) > 1 and bool(self._pages) and page.items == self._pages[-1].items
        nothing_new = same or (any(again) and sum(again) == sum(map(bool, keys)))
        nothing_new &= not page.planned
        self._stuck |= nothing_new
        self._moved |= any(again) and not (page.version or page.planned or nothing_new)
        self._twice += len(twice) + (sum(again) if page.planned else 0)
        if not nothing_new:
            repeats = {*twice, *(at for at, repeated in enumerate(again) if repeated)}
            leave_out = repeats if page.version or self._most is not None else set()
            self._rows += [item for at, item in enumerate(items) if at not in leave_out]
            self._repeats += len(repeats - leave_out)
        self._names_read.update(keys, places)
        self._pages.append(page)

    def fail(self, failure: Snapshot) -> Snapshot:
        """The list after its next page failed. ``failure``: the outcome of that page."""
        if not self._rows:
            return failure
        error = f"{_titles(len(self._items))} were read, then this failed: {failure.error}"
        return replace(self._snapshot(Outcome.INCOMPLETE, error), retry_after=failure.retry_after)

    def snapshot(self) -> Snapshot:
        marked = sum(item.unsupported == UNREADABLE for item in self._rows)
        if marked and marked == self._delivered:
            error = f"{_entries(marked)}, none of them with a title or an id; {_NO_LIST}"
            return Snapshot(Outcome.CHANGED_LAYOUT, self._route, error=error)
        if doubt := next(self._doubts(marked), None):
            error, delivered = doubt
            return replace(self._snapshot(Outcome.INCOMPLETE, error), delivered=delivered)
        if not self._rows:
            return self._snapshot(Outcome.EMPTY)
        if self._most is not None:
            cut = len(self._rows) >= self._most
            note = f"only the first {self._most:,} of an endless chart" if cut else None
            return replace(self._snapshot(Outcome.UNVERIFIED), note=note)
        has_end = not any(page.end_unknown for page in self._pages)
        return self._snapshot(Outcome.COMPLETE if has_end else Outcome.UNVERIFIED)

    def _doubts(self, marked: int) -> Iterator[tuple[str, int | None]]:
        """What shows that this is not the whole list; the entries, where their number does."""
        total, entries = self._total, self.entries
        versions = {page.version for page in self._pages} - {""}
        totals = set() if total is None else self._totals
        cut_off = next((page.cut_off for page in self._pages if page.cut_off), "")
        has_end = self._most is None
        if has_end and self._too_long:
            yield (
                f"only the first {self._longest:,} entries of a list are read; split the list",
                None,
            )
        if has_end and (self._moved or len(versions) > 1 or len(totals) > 1):
            yield "the list changed while it was being read; it is read again on the next run", None
        if has_end and (cut_off or self._stuck or len(self._pages) >= _MOST_PAGES):
            of = "" if total is None else f" of {total:,}"
            repeats = ", and the next page repeats them" if self._stuck else ""
            number = f"only {entries:,}{of} entries were delivered{repeats}"
            yield f"{number}; {cut_off or TRY_LATER}", None
        if has_end and self._twice:
            problem = f"{_entries(self._twice)} appeared twice, so others may be missing"
            yield f"{problem}; {TRY_LATER}, or remove duplicates from the list", None
        if has_end and total is not None and total != entries:
            problem = f"the site reports {_titles(total)} but delivered {entries:,}"
            yield f"{problem}; {TRY_LATER}", entries
        if has_end and total is not None and any(page.ranked for page in self._pages):
            ranks = {item.position for item in self._rows}
            if len(ranks) < len(self._rows) or ranks - set(range(1, entries + 1)):
                yield f"some ranks from 1 to {entries:,} are missing; {TRY_LATER}", None
        if unreadable := marked + sum(page.unreadable for page in self._pages):
            hints = (page.unreadable_hint for page in self._pages if page.unreadable_hint)
            problem = f"{unreadable:,} of {_entries(self._delivered)} cannot be read"
            yield f"{problem}: {next(hints, _REMOVE)}", None

    @property
    def _totals(self) -> set[int]:
        return {page.total for page in self._pages if page.total is not None}

    @property
    def _total(self) -> int | None:
        """The entries of the whole list, as far as the site declares them."""
        by_page = len(self._pages) > 1 and all(page.total == page.entries for page in self._pages)
        return None if by_page else max(self._totals, default=None)

    @property
    def _items(self) -> tuple[Item, ...]:
        return numbered(self._merge(self._rows[: self._most]))

    def _snapshot(self, outcome: Outcome, error: str | None = None) -> Snapshot:
        total = self._total if self._most is None else None
        return Snapshot(outcome, self._route, self._items, total, error)


def checked(snapshot: Snapshot) -> Snapshot:
    """A list that a source outside this project judged: unreadable entries count there, too."""
    if snapshot.outcome not in {Outcome.COMPLETE, Outcome.UNVERIFIED}:
        return snapshot
    unverified = snapshot.outcome is Outcome.UNVERIFIED
    page = Page(snapshot.items, end_unknown=unverified, document=True)
    recounted = snapshot_of(page, snapshot.route)
    return replace(recounted, declared_total=snapshot.declared_total, note=snapshot.note)


def compared(snapshot: Snapshot, before: Snapshot | None, site: str) -> Snapshot:
    """A list compared with its last reading: a total missed twice by the same number is never met.

    Trakt counts titles that it hides, for example: to try again later does not help.
    """
    if snapshot.delivered is None or before is None:
        return snapshot
    reported, delivered = snapshot.declared_total, snapshot.delivered
    if (reported, delivered) != (before.declared_total, before.delivered):
        return snapshot
    error = (
        f"{site} reports {_titles(reported or 0)} but delivers {delivered:,}, as it did last time; "
        "the site's total may include titles that it hides. New titles are still requested, and no "
        "title counts as removed from the list"
    )
    return replace(snapshot, error=error)


def is_readable(item: Item) -> bool:
    """Whether an entry says which title, or which thing of another kind, it is."""
    return item.unsupported != UNREADABLE and bool(item.title.strip() or any(item.ids.items()))


def snapshot_of(page: Page, route: str, longest: int = LONGEST_LIST) -> Snapshot:
    """A list that consists of one page."""
    reading = ListReading(route, longest=longest)
    reading.add(page)
    return reading.snapshot()


def numbered(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items in list order: by position if the positions have no gaps, otherwise as read."""
    rows = tuple(items)
    by_position = sorted(rows, key=attrgetter("position"))
    if [item.position for item in by_position] == list(range(1, len(rows) + 1)):
        return tuple(by_position)
    return tuple(Item(place, *_WITHOUT_POSITION(item)) for place, item in enumerate(rows, start=1))


def _marked(item: Item) -> Item:
    if max(len(item.title), len(item.original_title or "")) > LONGEST_TITLE:
        original = item.original_title and item.original_title[:LONGEST_TITLE]
        item = replace(item, title=item.title[:LONGEST_TITLE], original_title=original)
    return item if is_readable(item) else replace(item, unsupported=UNREADABLE)


def _key(item: Item) -> str:
    """What tells an entry from the others of its list; empty: nothing sure does."""
    return "" if item.unsupported and not item.ids.imdb else item.key


def _repeated(keys: Sequence[str], names: Sequence[object]) -> list[int]:
    """Where an entry of the same answer comes again; one without a key never does."""
    if len(set(names)) == len(names):
        return []
    first = {name: at for at, name in reversed([*enumerate(names)])}
    return [at for at, name in enumerate(names) if keys[at] and first[name] != at]


def _titles(number: int) -> str:
    return "1 title" if number == 1 else f"{number:,} titles"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"
