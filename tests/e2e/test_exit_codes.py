"""If several exit codes apply, the first of 64/78, 75, 3, 1, 2, 0 is used."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from reconciler.ledger.lock import WriterLock
from tests.e2e.household import DUNE, Household

APPLY = ("apply", "--yes", "--detailed-exitcode")
WISHES = {"source": "file:wishes.txt"}
UNREAD = {"source": "file:none.txt"}  # 1: a list that cannot be read
NEVER = {"source": "file:none.txt", "role": "exclude"}  # 3: a safety rule
INVALID = {"source": "file:wishes.txt", "top": "many"}  # 78: an invalid file


@pytest.mark.parametrize(
    ("arguments", "lists", "locked", "code"),
    [
        (("apply", "--detailed-exitcode"), [UNREAD, NEVER], True, 64),
        ((*APPLY, "--expect", "0"), [UNREAD, NEVER], True, 64),
        (APPLY, [UNREAD, NEVER, INVALID], True, 78),
        (APPLY, [UNREAD, NEVER], True, 75),
        ((*APPLY, "--expect", "0" * 8), [UNREAD], True, 75),
        (APPLY, [UNREAD, NEVER], False, 3),
        ((*APPLY, "--expect", "0" * 8), [UNREAD], False, 3),
        (APPLY, [UNREAD], False, 1),
        (("plan", "--detailed-exitcode"), [UNREAD, NEVER], True, 3),
        (("plan", "--detailed-exitcode"), [UNREAD], True, 1),
        (("plan", "--detailed-exitcode"), [], True, 2),
        (("plan",), [], True, 0),
        (APPLY, [], False, 2),
        (("apply", "--yes"), [], False, 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_first_of_several_exit_codes_is_returned(
    household: Household,
    arguments: tuple[str, ...],
    lists: list[dict[str, str]],
    locked: bool,  # noqa: FBT001 - a column
    code: int,
) -> None:
    household.wish([DUNE])
    household.write({f"list-{n}": source for n, source in enumerate([WISHES, *lists])})
    with ExitStack() as stack:
        if locked:
            stack.enter_context(WriterLock(household.ledger.resolve()))
        assert household.run(*arguments).code == code
    acted = arguments[0] == "apply" and code in {0, 1, 2}
    assert household.stored() == ([DUNE.tmdb] if acted else [])
