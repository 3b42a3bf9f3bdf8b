"""Counting where each title of a list is in a plan, so that a list's numbers add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.core.model import Action, DesiredList, Plan, Role, Target, Verdict
from reconciler.core.wants import entry_identity, item_identity


@dataclass(frozen=True, slots=True)
class ListAccount:
    """The titles that a list gave in this run: each is counted exactly once."""

    own: int = 0  # have rows of their own under this list
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # by the list they belong to
    repeated: int = 0  # stand on this list a second time

    @property
    def total(self) -> int:
        """All of them."""
        return self.own + sum(self.elsewhere.values()) + self.repeated


def list_accounts(lists: Sequence[DesiredList], plan: Plan) -> dict[str, ListAccount]:
    """The account of each list that requests, by name."""
    rows: tuple[Action | Verdict, ...] = (*plan.actions, *plan.verdicts)
    owners: dict[Target | str, str] = {
        row.target or item_identity(row.lists[0], row.item): row.lists[0] for row in rows
    }
    return {lst.name: _account(lst, owners) for lst in lists if lst.rules.role is Role.REQUEST}


def _account(lst: DesiredList, owners: Mapping[Target | str, str]) -> ListAccount:
    identities = Counter(entry_identity(lst, entry) for entry in lst.entries if entry.fresh)
    places = Counter(owners[identity] for identity in identities)
    own = places.pop(lst.name, 0)
    return ListAccount(own, dict(places), identities.total() - len(identities))
