"""What the file lets listsync do, as far as more of it needs a person (law 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.core.model.terms import Approval, Episodes, Prune, Role


@dataclass(frozen=True, slots=True)
class Rights:
    """The options of a list that say what it may do."""

    role: Role = Role.REQUEST
    requester: int | str | None = None  # None: the owner of the API key
    approval: Approval = Approval.REQUESTER
    is_4k: bool = False
    prune: Prune = Prune.KEEP
    top: int | None = None  # of an exclude list, these two say how much it excludes
    episodes: Episodes = Episodes.SKIP


@dataclass(frozen=True, slots=True)
class ListRights:
    """One list: its rights, and all its settings as text that only their writer reads."""

    source: str
    rights: Rights
    settings: str = ""


@dataclass(frozen=True, slots=True)
class FileRights:
    """The rights of a whole file. ``former``: the rights that lists had when they left it."""

    server_url: str
    excluded: frozenset[str] = frozenset()  # the keys of the items under ``exclude``
    defaults: Rights = Rights()
    lists: Mapping[str, ListRights] = field(default_factory=dict)  # by name, in the file's order
    former: Mapping[str, ListRights] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Widening:
    """A change that gives more rights: in a list, named as it is in effect, or in the whole file.

    ``value`` tells two changes of one setting apart; ``words`` says the change to people.
    """

    list: str  # WHOLE: server, exclude or defaults
    setting: str
    value: str
    words: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class RightsState:
    """What the ledger knows: the accepted rights, and since when each widening waits."""

    accepted: FileRights | None = None  # None: no ``run`` has started with this ledger yet
    waiting: Mapping[Widening, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A widening as people see it. ``until`` None: the grace is not known."""

    list: str
    words: str
    since: datetime
    until: datetime | None
