"""The middle of a run: wanted titles, the state of the server, and memory → a plan.

Everything that a run decides and remembers is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.core.desired import MergedFetch, PriorState, places
from reconciler.core.membership import departed, readded
from reconciler.core.memory import looks_like_another_server, observe
from reconciler.core.model.lists import MediaKey, Target
from reconciler.core.model.memory import Baseline, Claim, Membership, Memory
from reconciler.core.model.plan import Action, DesiredList, Plan, Verdict, View
from reconciler.core.model.server import Observed
from reconciler.core.model.terms import Role
from reconciler.core.plan import calculate
from reconciler.core.wants import entry_identity, item_identity


@dataclass(frozen=True, slots=True)
class NewState:
    """What to store after a run's observation: by title, and by list name."""

    memory: Memory
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)  # adopted by this run


@dataclass(frozen=True, slots=True)
class Decision:
    """A run's decision, and the state to store with it."""

    plan: Plan
    accounts: Mapping[str, ListAccount]  # where each list's titles are in the plan
    state: NewState
    claims: Mapping[Target, frozenset[Claim]]  # the lists with what was or will be requested here


def reconcile(lists: Sequence[DesiredList], state: NewState, view: View) -> Decision:
    """Decide a run over these lists, which include the config's exclusions."""
    plan = calculate(lists, view.observed, view.memory, view.policy, view.now)
    return Decision(plan, list_accounts(lists, plan), state, _claims(lists, view.memory, plan))


def put_back(
    recalled: PriorState, fetches: Sequence[MergedFetch], lists: Sequence[DesiredList]
) -> frozenset[MediaKey]:
    """The titles that these fetches put back on a list after they had left it."""
    before = {lst.rules.name: lst.before for lst in fetches}
    left_file = departed(recalled.memberships, (lst.rules for lst in fetches))
    return readded(before, lists, left_file.values())


def update_state(
    recalled: PriorState,
    fetches: Sequence[MergedFetch],
    lists: Sequence[DesiredList],
    observed: Observed,
    now: datetime,
) -> NewState:
    """Memory and memberships after a look. What seems to be another server changes nothing."""
    if looks_like_another_server(recalled.memory, observed):
        return NewState(recalled.memory)
    back = put_back(recalled, fetches, lists)
    targets = {Target(media, lst.rules.is_4k) for lst, _, media in places(lists)}
    read_at = next((lst.at for lst in fetches if lst.at), now)
    rules = {lst.rules.name: lst.rules for lst in fetches}
    left = {
        name: replace(membership, left=read_at)
        for name, membership in departed(recalled.memberships, rules.values()).items()
        if membership.left is None and name not in rules
    }
    return NewState(
        observe(recalled.memory, targets, observed, now, back),
        left | {lst.rules.name: lst.after for lst in fetches},
        {lst.rules.name: lst.fresh_baseline for lst in fetches if lst.fresh_baseline},
    )


def _claims(
    lists: Sequence[DesiredList], memory: Memory, plan: Plan
) -> dict[Target, frozenset[Claim]]:
    """The lists that have each title that was, or will be, requested here."""
    ours = {own.target for own in memory.ours.values()} | {a.target for a in plan.actions}
    claims: dict[Target, set[Claim]] = {}
    for lst, _, media in places(lists):
        if (target := Target(media, lst.rules.is_4k)) in ours:
            claims.setdefault(target, set()).add(Claim(lst.name, str(lst.rules.source)))
    return {target: frozenset(claimants) for target, claimants in claims.items()}


@dataclass(frozen=True, slots=True)
class ListAccount:
    """The titles that a list gave in this run: each is counted exactly once."""

    own: int = 0  # have rows of their own under this list
    elsewhere: Mapping[str, int] = field(default_factory=dict)  # by the list they belong to
    repeated: int = 0  # stand on this list a second time

    @property
    def total(self) -> int:
        return self.own + sum(self.elsewhere.values()) + self.repeated


def list_accounts(lists: Sequence[DesiredList], plan: Plan) -> dict[str, ListAccount]:
    """The account of each list that requests, by name."""
    rows: tuple[Action | Verdict, ...] = (*plan.actions, *plan.verdicts)
    owners: dict[Target | str, str] = {
        row.target or item_identity(row.lists[0], row.item): row.lists[0] for row in rows
    }
    accounts = {}
    for lst in lists:
        if lst.rules.role is Role.REQUEST:
            identities = Counter(entry_identity(lst, entry) for entry in lst.entries if entry.fresh)
            elsewhere = Counter(owners[identity] for identity in identities)
            own = elsewhere.pop(lst.name, 0)
            repeated = identities.total() - len(identities)
            accounts[lst.name] = ListAccount(own, dict(elsewhere), repeated)
    return accounts
