"""What a pass learns: of titles, of lists, and of who holds what was requested here. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.core.lookups import places
from reconciler.core.membership import readded
from reconciler.core.memory import looks_like_another_server, witness
from reconciler.core.model import Claim, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reconciler.core.desired import Fetched
    from reconciler.core.model import Baseline, Membership, Memory, Observed, Plan, Wishlist


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is remembered as a pass begins, but for the lists of the file."""

    memory: Memory
    departed: Mapping[str, Membership] = field(default_factory=dict)  # of lists it has no more


@dataclass(frozen=True, slots=True)
class Learned:
    """What is to be remembered of a pass's look: of titles, and by list name."""

    memory: Memory
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    baselines: Mapping[str, Baseline] = field(default_factory=dict)


def learn(
    known: Recollection,
    held: Sequence[Fetched],
    lists: Sequence[Wishlist],
    observed: Observed,
    now: datetime,
) -> Learned:
    """Memory and memberships after a look. What seems another server teaches nothing."""
    if looks_like_another_server(known.memory, observed):
        return Learned(known.memory)
    before = {lst.rules.name: lst.before for lst in held}
    back = readded(before, lists, known.departed.values())
    targets = {Target(media, lst.rules.is_4k) for lst, _, media in places(lists)}
    read_at = next((lst.at for lst in held if lst.at), now)
    left = {
        name: replace(one, left=read_at)
        for name, one in known.departed.items()
        if one.left is None and name not in before
    }
    return Learned(
        witness(known.memory, targets, observed, now, back),
        left | {lst.rules.name: lst.after for lst in held},
        {lst.rules.name: lst.fresh_baseline for lst in held if lst.fresh_baseline},
    )


def claims(lists: Sequence[Wishlist], memory: Memory, plan: Plan) -> dict[Target, frozenset[Claim]]:
    """Which lists hold now what was requested here, or will be."""
    ours = {own.target for own in memory.ours.values()} | {a.target for a in plan.actions}
    held: dict[Target, set[Claim]] = {}
    for lst, _, media in places(lists):
        if (target := Target(media, lst.rules.is_4k)) in ours:
            held.setdefault(target, set()).add(Claim(lst.name, str(lst.rules.source)))
    return {target: frozenset(those) for target, those in held.items()}
