"""The user that a list requests as, and what the server will do with the request.

Bits and rules: docs/internals/media-servers/permissions.md. An administrator may do everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.core.model.lists import ListProblem, MediaKey, Target
from reconciler.core.model.plan import Requester
from reconciler.core.model.server import Flavour, User
from reconciler.core.model.terms import Approval, Expected, Kind, ProblemReason

ADMIN = 2
MANAGE_USERS = 8
MANAGE_REQUESTS = 16
VIEW_REQUESTS = 16384
MANAGE_BLOCKLIST = 268435456
VIEW_BLOCKLIST = 1073741824


@dataclass(frozen=True, slots=True)
class Right:
    """What it lets a user do, its name on the server, and the bits; any one of them is enough."""

    purpose: str
    name: str
    bits: int


SEE_REQUESTS = Right(
    "see everyone's requests",
    '"View Requests" or "Manage Requests"',
    VIEW_REQUESTS | MANAGE_REQUESTS,
)
READ_BLOCKLIST = Right(
    "read the blocklist",
    '"View blocklisted media" or "Manage Blocklist"',
    VIEW_BLOCKLIST | MANAGE_BLOCKLIST,
)
SEE_USERS = Right("see other users' quotas and e-mail addresses", '"Manage Users"', MANAGE_USERS)
MAKE_REQUESTS = Right("make requests", '"Request"', 32)
DECIDE_REQUESTS = Right("retry and delete requests", '"Manage Requests"', MANAGE_REQUESTS)

# (is_4k, kind) → the bits any of which suffices
_MAY_REQUEST = {
    (False, Kind.MOVIE): 32 | 262144,
    (False, Kind.TV): 32 | 524288,
    (True, Kind.MOVIE): 1024 | 2048,
    (True, Kind.TV): 1024 | 4096,
}
_AUTO_APPROVED = {
    (False, Kind.MOVIE): MANAGE_REQUESTS | 128 | 256,
    (False, Kind.TV): MANAGE_REQUESTS | 128 | 512,
    (True, Kind.MOVIE): MANAGE_REQUESTS | 32768 | 65536,
    (True, Kind.TV): MANAGE_REQUESTS | 32768 | 131072,
}
_REACH = {Expected.REFUSED: 0, Expected.PENDING: 1, Expected.APPROVED: 2}


def has_right(user: User, right: Right) -> bool:
    """Whether a user has a right, an administrator every one."""
    return bool(user.permissions & (ADMIN | right.bits))


def lacks(owner: User, right: Right) -> str:
    """The sentence for a right that the owner of the API key lacks."""
    lack = f"lacks the permission to {right.purpose} ({right.name})"
    return f"{owner.name}, the owner of the API key, {lack}"


def unplannable(owner: User, flavour: Flavour) -> str | None:
    """Which right the owner of the API key lacks without which nothing can be planned; None: none.

    What cannot be seen may have been declined or blocklisted, so that nothing may be requested.
    """
    needed = (SEE_REQUESTS,) if flavour is Flavour.OVERSEERR else (SEE_REQUESTS, READ_BLOCKLIST)
    missing = [lacks(owner, right) for right in needed if not has_right(owner, right)]
    return "; ".join(missing) or None


def expected(user: User, target: Target) -> Expected:
    """Whether a request for ``target`` by ``user`` will be approved, wait, or be refused."""
    if user.permissions & ADMIN:
        return Expected.APPROVED
    key = (target.is_4k, target.media.kind)
    if not user.permissions & _MAY_REQUEST[key]:
        return Expected.REFUSED
    if user.permissions & _AUTO_APPROVED[key]:
        return Expected.APPROVED
    return Expected.PENDING


def outlook(requester: Requester, target: Target) -> Expected:
    """What becomes of a requester's request; one that the owner makes for them is approved."""
    own = expected(requester.user, target)
    return Expected.APPROVED if requester.approved and own is not Expected.REFUSED else own


def bypasses_quota(user: User) -> bool:
    """Whether the server applies no quota to this user."""
    return bool(user.permissions & (ADMIN | MANAGE_USERS))


def has_more_rights(user: User, other: User, *, is_4k: bool) -> bool:
    """Whether a request of ``user`` gets further than one of ``other``, or past a quota."""
    targets = [Target(MediaKey(kind, 0), is_4k) for kind in Kind]
    return any(
        _REACH[expected(user, target)] > _REACH[expected(other, target)] for target in targets
    ) or (bypasses_quota(user) and not bypasses_quota(other))


def find_requester(
    selector: int | str | None,
    users: Sequence[User],
    owner: User,
    approval: Approval = Approval.REQUESTER,
) -> Requester | ListProblem:
    """The requester, or the problem with it (never the owner instead).

    An integer is an id, a text a name or an e-mail address, compared case-blind; it must fit
    exactly one user. None: the key's owner. With ``approval: auto`` the owner asks on the user's
    behalf, which takes rights of the owner's own.
    """
    if selector is None:
        return Requester(owner)
    matching = find_users(selector, users)
    if len(matching) == 1:
        return _speaking_for(matching[0], owner, approval)
    if matching:
        ids = ", ".join(str(user.id) for user in matching)
        return ListProblem(
            ProblemReason.AMBIGUOUS_REQUESTER,
            f"requester {selector!r} matches several users on the server (ids {ids}); use the id",
        )
    if isinstance(selector, str) and "@" in selector and not has_right(owner, SEE_USERS):
        message = f"requester {selector!r} cannot be found: {lacks(owner, SEE_USERS)}"
        return ListProblem(ProblemReason.KEY_LACKS_RIGHTS, message)
    return ListProblem(
        ProblemReason.UNKNOWN_REQUESTER, f"requester {selector!r} is not a user of the server"
    )


def find_users(selector: int | str, users: Sequence[User]) -> list[User]:
    """The users that a requester in the file may mean: by id, or by name or e-mail address."""
    if isinstance(selector, int):
        return [user for user in users if user.id == selector]
    name = selector.casefold()
    return [
        user for user in users if name in {alias.casefold() for alias in (user.name, *user.aliases)}
    ]


def _speaking_for(user: User, owner: User, approval: Approval) -> Requester | ListProblem:
    if user.id == owner.id:
        return Requester(user)
    if approval is Approval.REQUESTER:
        if bypasses_quota(user) or has_right(owner, SEE_USERS):
            return Requester(user, is_owner=False)
        return ListProblem(ProblemReason.KEY_LACKS_RIGHTS, lacks(owner, SEE_USERS))
    both = MANAGE_USERS | MANAGE_REQUESTS  # which it takes to name another requester
    if not (owner.permissions & ADMIN or owner.permissions & both == both):
        return ListProblem(
            ProblemReason.KEY_LACKS_RIGHTS,
            "approval: auto requires the permissions to manage users and requests, which "
            f"{owner.name}, the owner of the API key, does not have",
        )
    return Requester(user, is_owner=False, approved=True)
