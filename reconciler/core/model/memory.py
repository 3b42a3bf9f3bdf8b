"""What the ledger remembers of titles and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.core.model.lists import Item, Match, Target


@dataclass(frozen=True, slots=True, order=True)
class MemoryKey:
    """What memory is kept for: a film (season None), a show's season, or a whole show."""

    target: Target
    season: int | None = None


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """What the ledger knows of a slot.

    ``present``: it was there when last looked at (requested, covered or declined); False: it was
    there once and is gone, which is a person's decision (law 5).
    ``readded``: it has come back to a list since, which lifts *declined* and *handled* until it is
    requested again.
    ``refused``: since when every look has shown it declined or gone; None: it is neither, or no
    look has shown it since.
    """

    present: bool = True
    readded: bool = False
    refused: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """A target's refused requests and retries; ``not_before``: the earliest next try."""

    failures: int = 0
    retries: int = 0
    not_before: datetime | None = None


class Sighting(StrEnum):
    """How a look has shown a request since it was made."""

    LISTED = "listed"  # in the server's table
    DETACHED = "detached"  # by its id alone: it has lost its title
    GONE = "gone"  # not at all, while its title's row waited for nothing: it is over


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request that was made here: what it asked for, as whom, and for which lists.

    ``sighting`` None: no look has shown it since the server's answer.
    """

    target: Target
    requester: int  # the user's id on the server
    lists: tuple[str, ...]
    seasons: tuple[int, ...] | None = None
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """A list that held a target that was requested here, with the source it had then."""

    list: str
    source: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows of one server."""

    slots: Mapping[MemoryKey, MemoryEntry] = field(default_factory=dict)
    attempts: Mapping[Target, Attempts] = field(default_factory=dict)
    created: tuple[datetime, ...] = ()  # when our requests and extensions were made
    ours: Mapping[int, OwnRequest] = field(default_factory=dict)  # by the request's id
    claims: Mapping[Target, frozenset[Claim]] = field(default_factory=dict)  # of those requests


@dataclass(frozen=True, slots=True)
class Member:
    """One item a list held, and whether it still did at the last fetch that counts.

    ``missed``: when a fetch first missed it that says what is not on the list; None: it was shown
    since. A list that stays empty misses its items, but they are not gone (``present``): what it
    shows again one day is not a re-add.
    ``canceled``: our request for it was canceled while the list missed it. To show it again is a
    re-add. It still belongs to the content that a fetch is compared with (the 30 % rule), until a
    fetch that is believed says that it is gone.
    """

    item: Item
    match: Match | None
    present: bool = True
    missed: datetime | None = None
    canceled: bool = False

    @property
    def is_held(self) -> bool:
        """Whether the list has the title, and our request for it was not canceled."""
        return self.present and not self.canceled


@dataclass(frozen=True, slots=True)
class Absence:
    """A title that a list held once, and since when it has been missing there."""

    item: Item
    match: Match
    since: datetime


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was on a list when it was adopted: its items are not requested."""

    source: str
    taken: datetime
    keys: frozenset[str]  # of the items


@dataclass(frozen=True, slots=True)
class Membership:
    """A list's last complete content. ``source`` shows whether the list's source has changed.

    ``left``: since when no list of the file is called so and has this source; None: one is and has,
    or no run has acted without it yet.
    """

    source: str
    completed: datetime | None = None  # when a fetch was last complete; None: never
    members: Mapping[str, Member] = field(default_factory=dict)  # by item key
    shrunk: str | None = None  # fingerprint of a suspiciously small fetch that is waited out
    shrunk_since: datetime | None = None
    left: datetime | None = None
