"""A server that is set up so that a plan would be wrong, or in vain: nothing is planned then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import Permission, Settings, User
from reconciler.core.model import Item, Kind
from reconciler.errors import CsrfProtectionError, MissingRightError
from tests.loop.world import World, by_tmdb, decisions, posts

VIEWER = Permission.REQUEST | Permission.REQUEST_VIEW | Permission.VIEW_BLOCKLIST
FILM = by_tmdb(FILMS[0])


def without_admin(rights: Permission) -> Settings:
    """The key's owner is not an administrator."""
    return Settings(users=(User(1, "keeper", rights), User(2, "alice", Permission.REQUEST, 5, 7)))


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(tmp_path, getattr(request, "param", None))
    with made.sandbox:
        yield made


@pytest.mark.parametrize(
    ("world", "right"),
    [
        pytest.param(
            without_admin(VIEWER & ~Permission.VIEW_BLOCKLIST), "Manage Blocklist", id="b"
        ),
        pytest.param(without_admin(VIEWER & ~Permission.REQUEST_VIEW), "View Requests", id="r"),
    ],
    indirect=["world"],
)
def test_what_the_keys_owner_may_not_see_stops_the_plan_and_names_the_right(
    world: World, right: str
) -> None:
    world.follow(FILM)
    with pytest.raises(MissingRightError) as raised:
        world.apply()
    assert "keeper, the owner of the API key, lacks the permission" in raised.value.message
    assert f'"{right}"' in raised.value.message
    assert "API key is refused" not in str(raised.value)
    assert world.requested() == []


@pytest.mark.parametrize("world", [without_admin(VIEWER)], indirect=True)
def test_an_owner_who_may_see_all_needs_to_be_no_administrator(world: World) -> None:
    world.follow(FILM)
    world.apply()
    assert world.requested() == [FILMS[0].tmdb]


@pytest.mark.parametrize("world", [without_admin(VIEWER)], indirect=True)
def test_a_quota_that_may_not_be_seen_stops_its_list_alone(world: World) -> None:
    world.lists.hold("imdb:ls000000001", [FILM])
    world.lists.hold("imdb:ls000000002", [by_tmdb(FILMS[1])])
    world.write(
        {
            "hers": {"source": "imdb:ls000000001", "requester": "alice"},
            "mine": {"source": "imdb:ls000000002"},
        }
    )
    reconciliation = world.look()
    assert decisions(reconciliation) == {FILM.title: "not-permitted", FILMS[1].title: "request"}
    assert '"Manage Users"' in str(reconciliation.lists[0].problem)


def test_csrf_protection_is_found_before_anything_is_sent(world: World) -> None:
    world.follow(FILM)
    world.sandbox.faults.csrf_protection = True
    with pytest.raises(CsrfProtectionError, match="CSRF protection") as raised:
        world.look()
    assert "turn off" in raised.value.hint
    with pytest.raises(CsrfProtectionError):
        world.apply()
    assert posts(world.sandbox.state.calls) == []
    world.sandbox.faults.csrf_protection = False
    world.apply()
    assert world.requested() == [FILMS[0].tmdb]


@pytest.mark.parametrize("world", [Settings(locale="fr")], indirect=True)
def test_an_english_list_is_found_on_a_french_server(world: World) -> None:
    amelie = next(title for title in FILMS if title.title != title.original_title)
    world.follow(Item(1, amelie.title, amelie.year, Kind.MOVIE))
    assert decisions(world.look()) == {amelie.title: "request"}
