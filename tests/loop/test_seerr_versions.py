"""What differs between versions of Seerr, and must not differ here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS
from examples.sandbox.media_server import RequestStatus
from examples.sandbox.tricky_titles import TRICKY
from tests.loop.world import ALICE, World, by_tmdb, decisions

RECORDED, NEWEST = "3.1.0", "3.4.1"
BOTH = pytest.mark.parametrize("version", [RECORDED, NEWEST])
FILM, SHOW = (title for title in TRICKY if title.tmdb == 9_100_009)  # one number for both


@pytest.fixture
def world(tmp_path: Path, version: str) -> Iterator[World]:
    made = World(tmp_path, version=version)
    with made.sandbox:
        yield made


def block(world: World, kind: str) -> None:
    world.person("POST", "/blocklist", {"tmdbId": FILM.tmdb, "mediaType": kind, "user": 1})


@BOTH
@pytest.mark.parametrize("blocked", [FILM, SHOW], ids=["the film", "the show"])
def test_what_is_blocklisted_is_not_requested_and_its_namesake_by_number_is(
    world: World, blocked: object
) -> None:
    world.follow(by_tmdb(FILM), by_tmdb(SHOW))
    block(world, "movie" if blocked is FILM else "tv")
    film, show = decisions(world.look())[FILM.title], decisions(world.look())[SHOW.title]
    assert (film, show) == (
        ("blocklisted", "request") if blocked is FILM else ("request", "blocklisted")
    )


@pytest.mark.parametrize(("version", "film"), [(RECORDED, "blocklisted"), (NEWEST, "requested")])
def test_a_film_that_the_server_blocks_along_with_a_show_is_believed_blocklisted(
    world: World, film: str
) -> None:
    """Up to 3.1 the film's row is marked, and the server would refuse it."""
    world.follow(by_tmdb(FILM), by_tmdb(SHOW))
    world.person(
        "POST", "/request", {"mediaType": "movie", "mediaId": FILM.tmdb, "is4k": False}, ALICE
    )
    block(world, "tv")
    assert decisions(world.look()) == {FILM.title: film, SHOW.title: "blocklisted"}


@pytest.mark.parametrize("version", [NEWEST])
def test_both_of_one_number_can_be_blocklisted(world: World) -> None:
    world.follow(by_tmdb(FILM), by_tmdb(SHOW))
    block(world, "movie")
    block(world, "tv")
    assert set(decisions(world.look()).values()) == {"blocklisted"}


@pytest.mark.parametrize("version", [NEWEST])
def test_the_next_slot_of_a_quota_is_that_of_the_oldest_request_that_counts(world: World) -> None:
    first, *films = FILMS[:7]
    world.person(
        "POST",
        "/request",
        {
            "mediaType": "movie",
            "mediaId": first.tmdb,
            "is4k": False,
            "userId": ALICE,
            "ignoreQuota": True,
        },
    )
    world.clock.forward(days=2)
    world.follow(*map(by_tmdb, films), requester="alice")
    (waiting,) = (row for row in world.look().plan.verdicts if str(row.reason) == "quota")
    assert "alice has 0 of 5 movies per 7 days left" in waiting.detail
    world.apply()
    (waiting,) = (row for row in world.look().plan.verdicts if str(row.reason) == "quota")
    assert "the next slot opens 2026-12-01 12:00" in waiting.detail


@BOTH
def test_a_film_that_is_there_needs_nothing_whatever_became_of_its_request(world: World) -> None:
    world.follow(by_tmdb(FILMS[0]))
    world.sandbox.state.seed(FILMS[:1])
    body = {"mediaType": "movie", "mediaId": FILMS[0].tmdb, "is4k": False}
    world.person("POST", "/request", body)
    (request,) = world.sandbox.state.requests.values()
    assert request.status in {RequestStatus.APPROVED, RequestStatus.COMPLETED}
    assert decisions(world.look()) == {FILMS[0].title: "available"}
