"""Which user of the server a list's requests are made as."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.model import Approval, ListProblem, ProblemReason, Requester, User
from reconciler.core.rights import (
    SEE_USERS,
    bypasses_quota,
    has_right,
    lacks,
    may_ask_for_others,
)


def find_requester(
    wanted: int | str | None,
    users: Sequence[User],
    owner: User,
    approval: Approval = Approval.REQUESTER,
) -> Requester | ListProblem:
    """The requester, or why there is none (never the owner instead).

    An integer is an id, a text a name or an e-mail address, compared case-blind; it must fit
    exactly one user. None: the key's owner. With ``approval: auto`` the owner asks on the user's
    behalf, which takes rights of the owner's own.
    """
    if wanted is None:
        return Requester(owner)
    found = users_named(wanted, users)
    if len(found) == 1:
        return _speaking_for(found[0], owner, approval)
    if found:
        ids = ", ".join(str(user.id) for user in found)
        return ListProblem(
            ProblemReason.AMBIGUOUS_REQUESTER,
            f"requester {wanted!r} fits several users of the server (ids {ids}); name the id",
        )
    if isinstance(wanted, str) and "@" in wanted and not has_right(owner, SEE_USERS):
        message = f"requester {wanted!r} cannot be found: {lacks(owner, SEE_USERS)}"
        return ListProblem(ProblemReason.KEY_LACKS_RIGHTS, message)
    return ListProblem(
        ProblemReason.UNKNOWN_REQUESTER, f"requester {wanted!r} is not a user of the server"
    )


def users_named(wanted: int | str, users: Sequence[User]) -> list[User]:
    """The users that a requester in the file may mean: by id, or by name or e-mail address."""
    if isinstance(wanted, int):
        return [user for user in users if user.id == wanted]
    name = wanted.casefold()
    return [
        user for user in users if name in {known.casefold() for known in (user.name, *user.aliases)}
    ]


def _speaking_for(user: User, owner: User, approval: Approval) -> Requester | ListProblem:
    if user.id == owner.id:
        return Requester(user)
    if approval is Approval.REQUESTER:
        if bypasses_quota(user) or has_right(owner, SEE_USERS):
            return Requester(user, is_owner=False)
        return ListProblem(ProblemReason.KEY_LACKS_RIGHTS, lacks(owner, SEE_USERS))
    if not may_ask_for_others(owner):
        return ListProblem(
            ProblemReason.KEY_LACKS_RIGHTS,
            f"approval: auto takes the rights to manage users and requests, which {owner.name}, "
            "the owner of the API key, has not",
        )
    return Requester(user, is_owner=False, approved=True)
