"""Which user of the server a list's requests are made as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.model import Requester

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.model import User


def find_requester(wanted: int | str | None, users: Sequence[User], owner: User) -> Requester | str:
    """The requester, or the sentence that says why there is none (never the owner instead).

    An integer is an id, a text a name or an e-mail address, compared case-blind; it must fit
    exactly one user. None: the key's owner.
    """
    if wanted is None:
        return Requester(owner)
    if isinstance(wanted, int):
        found = [user for user in users if user.id == wanted]
    else:
        name = wanted.casefold()
        found = [
            user
            for user in users
            if name in {known.casefold() for known in (user.name, *user.aliases)}
        ]
    if len(found) == 1:
        return Requester(found[0], is_owner=found[0].id == owner.id)
    if found:
        ids = ", ".join(str(user.id) for user in found)
        return f"requester {wanted!r} fits several users of the server (ids {ids}); name the id"
    return f"requester {wanted!r} is not a user of the server"
