"""What the server will make of a user's request, from its permission bits.

Bits and rules: docs/media-servers.md, "Rights". An administrator may do everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model import Expected, Kind, Target

if TYPE_CHECKING:
    from reconciler.core.model import Requester, User

ADMIN = 2
MANAGE_USERS = 8
MANAGE_REQUESTS = 16

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


def expected(user: User, target: Target) -> Expected:
    """Whether a request for ``target`` by ``user`` will be approved, wait, or be refused."""
    if user.permissions & ADMIN:
        return Expected.APPROVED
    wanted = (target.is_4k, target.media.kind)
    if not user.permissions & _MAY_REQUEST[wanted]:
        return Expected.REFUSED
    if user.permissions & _AUTO_APPROVED[wanted]:
        return Expected.APPROVED
    return Expected.PENDING


def outlook(requester: Requester, target: Target) -> Expected:
    """What becomes of a requester's request; one that the owner makes for them is approved."""
    own = expected(requester.user, target)
    return Expected.APPROVED if requester.approved and own is not Expected.REFUSED else own


def may_ask_for_others(user: User) -> bool:
    """Whether the server lets this user name another one as a request's requester."""
    both = MANAGE_USERS | MANAGE_REQUESTS
    return bool(user.permissions & ADMIN) or user.permissions & both == both


def bypasses_quota(user: User) -> bool:
    """Whether the server applies no quota to this user."""
    return bool(user.permissions & (ADMIN | MANAGE_USERS))
