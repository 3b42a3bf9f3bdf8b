"""What runs remember of each other: a person's word holds until a title is put back (law 5)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import SandboxServer, Service, Settings
from examples.sandbox.titles import Title
from reconciler.core.model import Item, Kind, ListRef, MediaKey, Outcome, Reason, Result, Why
from reconciler.sync.apply import Applier
from reconciler.sync.explain import explain
from reconciler.sync.reconcile import reconcile_lists
from tests.loop.world import World, by_imdb, by_tmdb, decisions

Refusal: TypeAlias = Callable[[World, Title], None]

LIST = "imdb:ls000000001"
FILM, SHOW = FILMS[0], SHOWS[1]
OTHERS = [by_tmdb(film) for film in FILMS[1:5]]


def decision(world: World, title: Title = FILM) -> str:
    return decisions(world.look())[title.title]


def decline(world: World, title: Title) -> None:
    world.person("POST", f"/request/{world.number(title)}/decline")


def delete_request(world: World, title: Title) -> None:
    world.person("DELETE", f"/request/{world.number(title)}")


def delete_media(world: World, title: Title) -> None:
    media = world.sandbox.state.media_of(title.kind, title.tmdb)
    assert media
    world.person("DELETE", f"/media/{media.id}")


def requested_once(world: World, title: Title = FILM) -> None:
    """The title was requested among others, and everything is quiet."""
    world.follow(*OTHERS, by_imdb(title))
    world.apply()
    assert decision(world, title) in {"processing", "requested"}


NO = [(decline, "declined"), (delete_request, "handled"), (delete_media, "handled")]
NOS = pytest.mark.parametrize(
    ("refuse", "verdict"), NO, ids=["declined", "request deleted", "media deleted"]
)


@NOS
@pytest.mark.parametrize("title", [FILM, SHOW], ids=["a film", "a show"])
def test_a_no_on_the_server_is_final(
    world: World, refuse: Refusal, verdict: str, title: Title
) -> None:
    requested_once(world, title)
    refuse(world, title)
    for _ in range(3):
        assert decision(world, title) == verdict
        assert world.apply() == ()
        world.clock.forward(days=30)


def without(world: World) -> None:
    world.lists.hold(LIST, OTHERS)
    world.apply()


def back(world: World, title: Title = FILM) -> None:
    world.lists.hold(LIST, [*OTHERS, by_imdb(title)])


@NOS
@pytest.mark.parametrize("title", [FILM, SHOW], ids=["a film", "a show"])
def test_a_title_that_was_taken_off_and_put_back_is_requested_again(
    world: World, refuse: Refusal, verdict: str, title: Title
) -> None:
    requested_once(world, title)
    refuse(world, title)
    without(world)
    back(world, title)
    (action,) = world.look().plan.actions
    assert (action.item.title, action.why) == (title.title, Why.READDED)
    world.apply()
    assert world.look().plan.actions == ()
    refuse(world, title)
    assert decision(world, title) == verdict


def test_a_lost_request_is_not_mistaken_for_an_older_one_of_the_title(world: World) -> None:
    """The older one was fulfilled and the film then taken away, by hand, on both ends."""
    requested_once(world)
    (old,) = world.sandbox.state.requests_for("movie", FILM.tmdb)
    old.status, old.media.status = 5, 1
    without(world)
    back(world)
    world.sandbox.faults.drop_before_commit = 1
    ((_, lost),) = world.apply()
    assert lost.result is Result.UNKNOWN
    ((_, sent),) = world.apply()
    assert sent.result is Result.CREATED


@pytest.mark.parametrize(
    ("items", "outcome"),
    [
        (OTHERS, Outcome.INCOMPLETE),
        (OTHERS, Outcome.UNVERIFIED),
        ([], Outcome.EMPTY),
        ([], Outcome.UNREACHABLE),
        (OTHERS[:2], Outcome.COMPLETE),
    ],
    ids=["incomplete", "unverified", "empty", "unreachable", "shrunk"],
)
def test_half_a_list_takes_nothing_off(world: World, items: list[Item], outcome: Outcome) -> None:
    requested_once(world)
    decline(world, FILM)
    world.lists.hold(LIST, items, outcome)
    world.apply()
    back(world)
    assert decision(world) == "declined"


def test_a_list_that_stays_small_for_a_week_is_believed(world: World) -> None:
    requested_once(world)
    decline(world, FILM)
    for _ in range(8):
        world.lists.hold(LIST, OTHERS[:2])
        world.apply()
        world.clock.forward(days=1)
    back(world)
    assert decision(world) == "request"


def test_a_plan_alone_sees_no_title_leave(world: World) -> None:
    requested_once(world)
    decline(world, FILM)
    world.lists.hold(LIST, OTHERS)
    world.look()
    back(world)
    assert decision(world) == "declined"


def test_a_title_that_another_list_still_holds_was_not_taken_off(world: World) -> None:
    requested_once(world)
    world.lists.hold("imdb:ls000000002", [by_imdb(FILM), *map(by_tmdb, FILMS[5:9])])
    world.write({"wishes": {"source": LIST}, "other": {"source": "imdb:ls000000002"}})
    world.apply()
    decline(world, FILM)
    without(world)
    back(world)
    assert decision(world) == "declined"


def both(world: World, *names: str) -> None:
    """A file with these lists of two; one holds the film, the other has lost it."""
    sources = {"wishes": LIST, "other": "imdb:ls000000002", "renamed": "imdb:ls000000002"}
    world.write({name: {"source": sources[name]} for name in names})


@pytest.fixture
def declined(world: World) -> World:
    """The film was declined, was taken off the one list, and is on the other."""
    requested_once(world)
    world.lists.hold("imdb:ls000000002", [by_imdb(FILM), *map(by_tmdb, FILMS[5:9])])
    both(world, "wishes", "other")
    world.apply()
    decline(world, FILM)
    without(world)
    return world


def test_a_title_that_moves_from_a_list_taken_out_of_the_file_was_not_taken_off(
    declined: World,
) -> None:
    both(declined, "wishes")
    back(declined)
    assert decision(declined) == "declined"
    declined.apply()
    assert decision(declined) == "declined"


def test_a_title_that_was_on_no_list_of_the_file_and_comes_back_is_readded(
    declined: World,
) -> None:
    both(declined, "wishes")
    declined.apply()
    back(declined)
    assert decision(declined) == "request"


def test_a_renamed_list_that_cannot_be_read_holds_what_it_held(declined: World) -> None:
    items = declined.lists.fetch(ListRef("imdb", "ls000000002")).items
    declined.lists.hold("imdb:ls000000002", (), Outcome.UNREACHABLE)
    both(declined, "wishes", "renamed")
    declined.apply()
    back(declined)
    assert decision(declined) == "declined"
    declined.lists.hold("imdb:ls000000002", items)
    declined.apply()
    assert decision(declined) == "declined"


def test_a_list_that_comes_back_into_the_file_puts_nothing_back(declined: World) -> None:
    both(declined, "wishes")
    declined.apply()
    both(declined, "wishes", "other")
    declined.apply()
    assert decision(declined) == "declined"


def test_a_chart_puts_nothing_back(world: World) -> None:
    world.write({"chart": {"source": "imdb:top"}})
    world.lists.hold("imdb:top", [*OTHERS, by_imdb(FILM)])
    world.apply()
    decline(world, FILM)
    world.lists.hold("imdb:top", OTHERS)
    world.apply()
    world.lists.hold("imdb:top", [*OTHERS, by_imdb(FILM)])
    assert decision(world) == "declined"


def test_a_title_seen_in_the_library_and_deleted_there_is_not_requested(world: World) -> None:
    world.sandbox.state.seed([FILM])
    world.follow(*OTHERS, by_tmdb(FILM))
    world.apply()
    assert decision(world) == "available"
    delete_media(world, FILM)
    assert decision(world) == "handled"


def test_memory_outlives_a_renamed_list(world: World) -> None:
    requested_once(world)
    delete_media(world, FILM)
    world.write({"renamed": {"source": LIST}})
    assert decision(world) == "handled"


def test_a_blocklisted_title_is_left_alone_and_then_free_again(world: World) -> None:
    world.follow(by_tmdb(FILM))
    entry = {"tmdbId": FILM.tmdb, "mediaType": "movie", "user": 1}
    world.person("POST", "/blocklist", entry)
    assert decision(world) == "blocklisted"
    assert world.apply() == ()
    world.person("DELETE", f"/blocklist/{FILM.tmdb}")
    assert decision(world) == "request"


# ---------------------------------------------------------------------------------- another server


def test_a_server_on_which_most_is_gone_is_taken_for_another_one(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:12]))
    world.apply()
    world.sandbox.state.reset()
    for _ in range(2):
        reconciliation = world.look()
        assert [stop.reason for stop in reconciliation.plan.stops] == [Reason.UNRESOLVED]
        assert "12 of 12 known titles" in reconciliation.plan.stops[0].message
        assert world.apply() == ()
    assert world.requested() == []


def test_another_address_is_another_memory(world: World, tmp_path: Path) -> None:
    requested_once(world)
    delete_media(world, FILM)
    other = World(tmp_path)
    with other.sandbox:
        other.follow(*OTHERS, by_imdb(FILM))
        assert len(other.look().plan.actions) == 5
    assert decision(world) == "handled"


# --------------------------------------------------------------------------------- failed requests


def test_a_failed_request_is_retried_twice_with_growing_pauses(tmp_path: Path) -> None:
    world = World(tmp_path, Settings(radarr=(Service(0, "Radarr"),)))
    with world.sandbox:
        world.sandbox.faults.radarr_down = True
        world.follow(by_tmdb(FILM))
        world.apply()
        decisions_by_day = []
        for minutes in (0, 9, 2, 0, 19, 2):
            world.clock.forward(minutes=minutes)
            decisions_by_day.append(decision(world))
            world.apply()
        assert decisions_by_day == ["retry", "backing-off", "retry", "failed", "failed", "failed"]
        assert len(world.requested()) == 1


def test_a_retry_that_helps_ends_in_the_library(tmp_path: Path) -> None:
    world = World(tmp_path, Settings(radarr=(Service(0, "Radarr"),)))
    with world.sandbox:
        world.sandbox.faults.radarr_down = True
        world.follow(by_tmdb(FILM))
        world.apply()
        world.sandbox.faults.radarr_down = False
        world.apply()
        assert decision(world) == "processing"


@pytest.mark.parametrize("flavour", ["overseerr", "jellyseerr", "seerr"])
def test_the_three_servers_come_to_the_same(tmp_path: Path, flavour: str) -> None:
    world = World(tmp_path)
    world.sandbox = SandboxServer(
        flavour=flavour,  # type: ignore[arg-type]
        settings=Settings(clock=world.clock.now),
    )
    with world.sandbox:
        requested_once(world)
        decline(world, FILM)
        assert decision(world) == "declined"
        without(world)
        back(world)
        assert decision(world) == "request"


def test_what_is_forgotten_while_a_run_goes_on_is_asked_for_by_the_next(world: World) -> None:
    requested_once(world)
    delete_media(world, FILM)
    world.apply()
    with world.open_context() as context, context.ledger.lock():
        reconciliation = reconcile_lists(world.config, context)
        assert decisions(reconciliation)[FILM.title] == "handled"
        with world.open_context() as beside:
            beside.ledger.memory.forget([MediaKey(Kind.MOVIE, FILM.tmdb)], {}, [])
        Applier(context, 1, world.stopping).apply(reconciliation, reconciliation.plan.actions)

    assert decision(world) == "request"


@pytest.mark.parametrize("title", [FILM, SHOW], ids=["a film", "a show"])
def test_a_declined_title_is_asked_for_again_after_the_time_its_list_gives(
    world: World, title: Title
) -> None:
    requested_once(world, title)
    world.follow(*OTHERS, by_imdb(title), rerequest="after 90d")
    for _ in range(2):
        decline(world, title)
        assert world.apply() == ()
        world.clock.forward(days=89)
        assert world.apply() == ()
        (explanation,) = explain(world.look(), title.title)
        assert explanation["verdict"]["word"] == "declined"
        assert "requested again after" in explanation["verdict"]["detail"]
        world.clock.forward(days=1)
        ((action, done),) = world.apply()
        assert (action.target.media.tmdb, done.result) == (title.tmdb, Result.CREATED)
