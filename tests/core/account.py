"""The content of lists, computed independently from the rules about sets of titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.core.model import ListRules, MediaKey, Outcome, Prune

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Fetch:
    """A list's fetch."""

    outcome: Outcome
    shown: frozenset[MediaKey]


@dataclass(frozen=True)
class Turn:
    """What a pass makes of the lists; by name but for ``back``: what is re-added."""

    back: frozenset[MediaKey]
    complete: frozenset[str]
    confirming: frozenset[str]  # what they miss is known now; of an empty one, too
    members: Mapping[str, frozenset[MediaKey]]  # what counts as on them
    absent: Mapping[str, Mapping[MediaKey, datetime]]  # since when they miss what may be pruned


@dataclass
class Shelf:
    """One list, by its name.

    ``members``: its content at the last trusted fetch. ``removed``: its earlier content.
    ``missing``: since when a fetch that can show it has not shown a title. ``left``: since when it
    is not in the file. ``canceled``: titles whose request we canceled; fetches are still compared
    with them.
    """

    source: str
    members: frozenset[MediaKey] = frozenset()
    removed: frozenset[MediaKey] = frozenset()
    canceled: frozenset[MediaKey] = frozenset()
    missing: dict[MediaKey, datetime] = field(default_factory=dict)
    read: datetime | None = None
    small: tuple[frozenset[MediaKey], datetime] | None = None  # seen since then, not believed
    left: datetime | None = None

    def fetch(self, fetch: Fetch, now: datetime, prune_after: timedelta) -> tuple[bool, bool]:
        """Whether a fetch shows the list's whole content, and whether it shows what is missing."""
        shown = fetch.shown
        self.missing = {m: at for m, at in self.missing.items() if m not in shown}
        complete = fetch.outcome is Outcome.COMPLETE and bool(shown)
        if not complete and not (fetch.outcome is Outcome.EMPTY and self.members):
            return False, False
        believed = self.members | self.canceled
        if len(believed & shown) * 10 < len(believed) * 7:
            if self.small is None or self.small[0] != shown:
                self.small = shown, now
            waited = now - self.small[1]
            if waited < prune_after:
                return False, False
            if not shown or waited < WEEK:
                self._miss(shown, now)
                return False, True
        self._miss(shown, now)
        self.removed = (self.removed | self.members) - shown
        self.members, self.small, self.canceled = shown, None, frozenset()
        return True, True

    def give_up(self, media: MediaKey) -> None:
        """The request for a title that the list misses was canceled: the title is gone from it."""
        if media in self.missing and media in self.members:
            self.members, self.removed = self.members - {media}, self.removed | {media}
            self.canceled |= {media}

    def _miss(self, shown: frozenset[MediaKey], now: datetime) -> None:
        lost = (self.members | self.removed) - shown
        self.missing = dict.fromkeys(lost, now) | self.missing
        self.read = now


class Shelves:
    """All lists that were ever in the file."""

    def __init__(self) -> None:
        """Nothing was ever read."""
        self.lists: dict[str, Shelf] = {}

    def rename(self, file: Sequence[ListRules]) -> list[tuple[str, str]]:
        """Give a renamed list the shelf of its ``was``, unless the new name was read already."""
        names = []
        for lst in file:
            own = self.lists.get(lst.name)
            if lst.was in self.lists and not (own and own.read):
                self.lists[lst.name] = self.lists.pop(lst.was)
                names.append((lst.was, lst.name))
        return names

    def turn(self, file: Sequence[ListRules], fetches: Mapping[str, Fetch], now: datetime) -> Turn:
        """Move the account on by a pass that reads some lists of the file."""
        before = {lst.name: copy(self._shelf(lst)) for lst in file}
        out = {name: shelf for name, shelf in self.lists.items() if name not in before}
        readings = {
            lst.name: self.lists[lst.name].fetch(fetches[lst.name], now, lst.prune_after)
            for lst in file
            if lst.name in fetches
        }
        complete = frozenset(name for name, (is_whole, _) in readings.items() if is_whole)
        confirming = frozenset(name for name, (_, is_judged) in readings.items() if is_judged)
        shown = {n: fetches[n].shown if n in fetches else frozenset() for n in before}
        back = _back(before, shown, complete, list(out.values()))
        for shelf in out.values():
            shelf.left = shelf.left or now
        return Turn(
            back,
            complete,
            confirming,
            {n: shown[n] if n in complete else shown[n] | before[n].members for n in before},
            {
                lst.name: self.lists[lst.name].missing
                for lst in file
                if lst.prune is not Prune.KEEP
                and (lst.name not in fetches or lst.name in confirming)
            },
        )

    def _shelf(self, lst: ListRules) -> Shelf:
        shelf = self.lists.setdefault(lst.name, Shelf(str(lst.source)))
        shelf.left = None
        return shelf


def _back(
    before: Mapping[str, Shelf],
    shown: Mapping[str, frozenset[MediaKey]],
    complete: frozenset[str],
    out: Sequence[Shelf],
) -> frozenset[MediaKey]:
    """The titles that no list contained any more, and that a complete fetch shows again."""
    unread = {shelf.source for shelf in before.values() if shelf.read is None}
    members = {media for shelf in before.values() for media in shelf.members}
    members |= {
        m for n, shelf in before.items() if not shelf.read and n not in complete for m in shown[n]
    }
    members |= {
        m for shelf in out if not shelf.left or shelf.source in unread for m in shelf.members
    }
    return frozenset(
        media
        for name in complete
        for media in (before[name].removed & shown[name]) - members
        if all(_knows(before[name], shelf.left) for shelf in out if media in shelf.members)
    )


def _knows(shelf: Shelf, left: datetime | None) -> bool:
    """Whether a list was read, and its fetch trusted, since another list left the file."""
    return bool(shelf.read and left and shelf.read >= left and not shelf.small)
