"""The result of a request, from the requester's permission bits.

The numbers are the servers' own: REQUEST 32, its film and show parts 262144 and 524288,
AUTO_APPROVE 128 (256, 512), REQUEST_4K 1024 (2048, 4096), AUTO_APPROVE_4K 32768 (65536, 131072).
"""

from __future__ import annotations

import pytest

from reconciler.core.model import Expected, Flavour, Kind, MediaKey, Requester, Target, User
from reconciler.core.rights import bypasses_quota, expected, outlook, unplannable

FILM, SHOW = MediaKey(Kind.MOVIE, 1), MediaKey(Kind.TV, 1)
TARGETS = {
    "film": Target(FILM),
    "show": Target(SHOW),
    "4K film": Target(FILM, is_4k=True),
    "4K show": Target(SHOW, is_4k=True),
}


def outlooks(bits: int) -> dict[str, str]:
    user = User(4, "anna", bits)
    return {name: str(expected(user, target)) for name, target in TARGETS.items()}


REFUSED = dict.fromkeys(TARGETS, str(Expected.REFUSED))


@pytest.mark.parametrize(
    ("bits", "allowed"),
    [
        pytest.param(0, {}, id="nothing"),
        pytest.param(2, dict.fromkeys(TARGETS, "approved"), id="admin"),
        pytest.param(32, {"film": "pending", "show": "pending"}, id="request"),
        pytest.param(262144, {"film": "pending"}, id="request films"),
        pytest.param(524288, {"show": "pending"}, id="request shows"),
        pytest.param(1024, {"4K film": "pending", "4K show": "pending"}, id="request 4K"),
        pytest.param(2048, {"4K film": "pending"}, id="request 4K films"),
        pytest.param(4096, {"4K show": "pending"}, id="request 4K shows"),
        pytest.param(32 | 128, {"film": "approved", "show": "approved"}, id="auto-approve"),
        pytest.param(32 | 256, {"film": "approved", "show": "pending"}, id="auto-approve films"),
        pytest.param(32 | 512, {"film": "pending", "show": "approved"}, id="auto-approve shows"),
        pytest.param(
            1024 | 128, {"4K film": "pending", "4K show": "pending"}, id="auto-approve is not 4K"
        ),
        pytest.param(
            1024 | 32768, {"4K film": "approved", "4K show": "approved"}, id="auto-approve 4K"
        ),
        pytest.param(
            1024 | 65536, {"4K film": "approved", "4K show": "pending"}, id="auto-approve 4K films"
        ),
        pytest.param(
            1024 | 131072, {"4K film": "pending", "4K show": "approved"}, id="auto-approve 4K shows"
        ),
        pytest.param(128 | 32768, {}, id="auto-approve alone may not request"),
        pytest.param(16, {}, id="managing requests alone may not request"),
        pytest.param(
            16 | 32 | 1024, dict.fromkeys(TARGETS, "approved"), id="who manages requests approves"
        ),
        pytest.param(8, {}, id="managing users alone may not request"),
        pytest.param(8192 | 16384, {}, id="other bits"),
    ],
)
def test_the_bits_decide_what_becomes_of_a_request(bits: int, allowed: dict[str, str]) -> None:
    assert outlooks(bits) == REFUSED | allowed


@pytest.mark.parametrize(
    ("bits", "free"),
    [(2, True), (8, True), (2 | 32, True), (16, False), (32, False), (32 | 128, False), (0, False)],
)
def test_only_admins_and_managers_of_users_are_free_of_quotas(bits: int, *, free: bool) -> None:
    assert bypasses_quota(User(4, "anna", bits)) is free


@pytest.mark.parametrize(
    ("bits", "approved", "hopes"),
    [
        pytest.param(32, False, Expected.PENDING, id="asks, and waits"),
        pytest.param(32, True, Expected.APPROVED, id="the owner asks on their behalf"),
        pytest.param(0, True, Expected.REFUSED, id="the owner cannot give a right to request"),
    ],
)
def test_what_the_owner_asks_on_somebodys_behalf_is_approved(
    bits: int, *, approved: bool, hopes: Expected
) -> None:
    anna = Requester(User(4, "anna", bits), is_owner=False, approved=approved)
    assert outlook(anna, Target(MediaKey(Kind.MOVIE, 1))) is hopes


SEERS, READERS = 16384, 1073741824


@pytest.mark.parametrize(
    ("bits", "flavour", "lacking"),
    [
        pytest.param(2, Flavour.SEERR, [], id="administrator"),
        pytest.param(SEERS | READERS, Flavour.SEERR, [], id="who views both"),
        pytest.param(16 | 268435456, Flavour.JELLYSEERR, [], id="who manages both"),
        pytest.param(32 | READERS, Flavour.SEERR, ["View Requests"], id="requests unseen"),
        pytest.param(
            32 | SEERS, Flavour.JELLYSEERR, ["View blocklisted media"], id="a blocklist unseen"
        ),
        pytest.param(32, Flavour.SEERR, ["View Requests", "View blocklisted media"], id="neither"),
        pytest.param(SEERS, Flavour.OVERSEERR, [], id="Overseerr has no blocklist"),
        pytest.param(32, Flavour.OVERSEERR, ["View Requests"], id="requests unseen on Overseerr"),
    ],
)
def test_nothing_is_planned_past_what_the_owner_of_the_key_may_not_see(
    bits: int, flavour: Flavour, lacking: list[str]
) -> None:
    sentence = unplannable(User(1, "admin", bits), flavour)
    assert (sentence is None) is (lacking == [])
    assert all(f'"{name}"' in str(sentence) for name in lacking)
    assert str(sentence).count("the owner of the API key") == len(lacking)
