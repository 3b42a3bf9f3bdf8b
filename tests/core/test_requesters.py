"""Which user a list's requests are made as: never the owner instead of an unknown one."""

from __future__ import annotations

import pytest

from reconciler.core.model import Approval, ListProblem, ProblemReason, Requester, User
from reconciler.core.rights import find_requester

OWNER = User(1, "admin", 2, ("admin@example.org",))
ANNA = User(4, "Anna", 32, ("anna@example.org", "anna_plex"))
BOB = User(5, "bob", 32, ("bob@example.org",))
OTHER_BOB = User(6, "Bob", 32)
USERS = (OWNER, ANNA, BOB, OTHER_BOB)
UNKNOWN, AMBIGUOUS = ProblemReason.UNKNOWN_REQUESTER, ProblemReason.AMBIGUOUS_REQUESTER


@pytest.mark.parametrize(
    ("selector", "user"),
    [
        pytest.param(None, OWNER, id="nobody named: the key's owner"),
        pytest.param(4, ANNA, id="id"),
        pytest.param("anna", ANNA, id="name, case-blind"),
        pytest.param("ANNA@example.org", ANNA, id="e-mail, case-blind"),
        pytest.param("anna_plex", ANNA, id="name of another log-in"),
        pytest.param("bob@example.org", BOB, id="an e-mail tells namesakes apart"),
        pytest.param(6, OTHER_BOB, id="an id tells namesakes apart"),
    ],
)
def test_a_requester_is_found_by_id_name_or_address(selector: int | str | None, user: User) -> None:
    assert find_requester(selector, USERS, OWNER) == Requester(user, is_owner=user is OWNER)


def test_the_owner_named_is_the_owner() -> None:
    assert find_requester("admin", USERS, OWNER) == Requester(OWNER, is_owner=True)


@pytest.mark.parametrize(
    ("selector", "says", "reason"),
    [
        pytest.param(
            "dora",
            "requester 'dora' is not a user of the server",
            ProblemReason.UNKNOWN_REQUESTER,
            id="unknown name",
        ),
        pytest.param(
            99,
            "requester 99 is not a user of the server",
            ProblemReason.UNKNOWN_REQUESTER,
            id="unknown id",
        ),
        pytest.param(
            "4",
            "requester '4' is not a user of the server",
            ProblemReason.UNKNOWN_REQUESTER,
            id="a text is no id",
        ),
        pytest.param(
            "bob",
            "several users on the server (ids 5, 6)",
            ProblemReason.AMBIGUOUS_REQUESTER,
            id="two of a name",
        ),
        pytest.param(
            "",
            "requester '' is not a user of the server",
            ProblemReason.UNKNOWN_REQUESTER,
            id="empty",
        ),
    ],
)
def test_an_unknown_requester_is_a_sentence(
    selector: int | str, says: str, reason: ProblemReason
) -> None:
    answer = find_requester(selector, USERS, OWNER)

    assert isinstance(answer, ListProblem)
    assert answer.reason is reason
    assert says in answer.message


MANAGER = User(1, "manager", 8 | 16)


@pytest.mark.parametrize(
    ("owner", "answer"),
    [
        pytest.param(OWNER, Requester(ANNA, is_owner=False, approved=True), id="administrator"),
        pytest.param(MANAGER, Requester(ANNA, is_owner=False, approved=True), id="manager of both"),
        pytest.param(
            User(1, "half", 16),
            ListProblem(
                ProblemReason.KEY_LACKS_RIGHTS,
                "approval: auto requires the permissions to manage users and requests, which half, "
                "the owner of the API key, does not have",
            ),
            id="manager of requests alone",
        ),
    ],
)
def test_the_owner_approves_for_others_where_it_may(
    owner: User, answer: Requester | ListProblem
) -> None:
    assert find_requester("anna", USERS, owner, Approval.AUTO) == answer


def test_the_owner_needs_nobody_to_approve() -> None:
    assert find_requester("admin", USERS, OWNER, Approval.AUTO) == Requester(OWNER)


@pytest.mark.parametrize(
    ("bits", "selector", "answer"),
    [
        pytest.param(32, 4, "lacks the permission to see other users' quotas", id="a quota unseen"),
        pytest.param(32, "bob@example.org", "'bob@example.org' cannot be found", id="an address"),
        pytest.param(8 | 32, 4, Requester(ANNA, is_owner=False), id="who manages users"),
        pytest.param(32, 7, Requester(User(7, "free", 8), is_owner=False), id="no quota binds"),
        pytest.param(32, 1, Requester(User(1, "keeper", 32)), id="the owner's own quota"),
    ],
)
def test_an_owner_who_does_not_manage_users_sees_neither_quotas_nor_addresses_of_others(
    bits: int, selector: int | str, answer: Requester | str
) -> None:
    owner = User(1, "keeper", bits)
    without_addresses = (owner, User(4, "Anna", 32, ANNA.aliases), User(7, "free", 8))
    requester = find_requester(selector, without_addresses, owner)
    if isinstance(answer, Requester):
        assert requester == answer
    else:
        assert isinstance(requester, ListProblem)
        assert requester.reason is ProblemReason.KEY_LACKS_RIGHTS
        assert answer in requester.message
        assert '("Manage Users")' in requester.message
