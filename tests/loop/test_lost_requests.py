"""Requests that the server accepted and does not show: lost, detached, orphaned or deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import AnswerAfter, Flavour, SandboxServer, Settings
from examples.sandbox.titles import Title
from reconciler.core.model import MediaKey, RequestState, RequestTrace, Result, Sighting, Why
from reconciler.core.own_requests import MOST_TRACED
from reconciler.core.titles import MOST_LOST
from reconciler.errors import MissingRightError
from reconciler.ledger import SqliteLedger
from reconciler.overseerr import OverseerrServer
from reconciler.sync.apply import Applier
from reconciler.sync.reconcile import reconcile_lists
from tests.loop.world import World, by_tmdb, decisions, posts

FILM, SHOW = FILMS[0], SHOWS[0]
EITHER = pytest.mark.parametrize("title", [FILM, SHOW], ids=["a film", "a show"])


def decision(world: World, title: Title = FILM) -> str:
    return decisions(world.look())[title.title]


def by_id(world: World) -> list[str]:
    """The requests that a look asks for by their id, and the titles that it reads."""
    calls = world.calls(world.look)
    paths = (call.path.partition("?")[0].removeprefix("/api/v1") for call in calls)
    return [path for path in paths if path.startswith(("/request/", "/movie/", "/tv/"))]


def sightings(world: World) -> list[Sighting | None]:
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        return [own.sighting for own in ledger.memory.read().ours.values()]


def request_title(world: World, title: Title = FILM, **faults: object) -> None:
    """A title was requested, with what the server then did to it."""
    world.follow(by_tmdb(title))
    world.sandbox.faults.set(faults)
    ((_, done),) = world.apply()
    assert (done.result, done.http_status) == (Result.CREATED, 201)


# --------------------------------------------------------------------------------------- lost


@EITHER
def test_a_request_that_was_not_kept_is_made_again_and_its_reason_is_said(
    world: World, title: Title
) -> None:
    request_title(world, title, roll_back=1)
    assert world.requested() == []
    (action,) = world.look().plan.actions
    assert (action.why, action.detail) == (
        Why.LOST,
        "the server accepted request 1 but did not store it",
    )
    ((_, done),) = world.apply()
    assert done.result is Result.CREATED
    assert world.requested() == [title.tmdb]
    assert decision(world, title) == "processing"
    assert world.apply() == ()


@EITHER
def test_to_know_that_it_is_lost_takes_two_calls(world: World, title: Title) -> None:
    request_title(world, title, roll_back=1)
    assert by_id(world) == ["/request/1", f"/{title.kind}/{title.tmdb}"]


def test_a_server_that_keeps_nothing_is_not_asked_for_ever(world: World) -> None:
    world.follow(by_tmdb(FILM))
    world.sandbox.faults.roll_back = 99
    sent = [len(posts(world.calls(world.apply))) for _ in range(6)]
    assert sent == [1] * MOST_LOST + [0] * (6 - MOST_LOST)
    assert decision(world) == "failed"
    (verdict,) = world.look().plan.verdicts
    assert verdict.detail == "the server accepted request 1, 2, 3 but did not store it"
    world.sandbox.faults.roll_back = 0
    body = {"mediaType": "movie", "mediaId": FILM.tmdb, "is4k": False}
    world.person("POST", "/request", body)  # as `explain` advises
    assert decision(world) == "processing"


def delete_request(world: World, title: Title) -> None:
    world.person("DELETE", f"/request/{world.number(title)}")


def clear_data(world: World, title: Title) -> None:
    media = world.sandbox.state.media_of(title.kind, title.tmdb)
    assert media
    world.person("DELETE", f"/media/{media.id}")


@EITHER
@pytest.mark.parametrize("delete", [delete_request, clear_data])
def test_what_a_person_deleted_before_any_look_is_handled(
    world: World, title: Title, delete: Callable[[World, Title], None]
) -> None:
    request_title(world, title)
    delete(world, title)
    assert by_id(world) == []
    assert decision(world, title) == "handled"
    assert world.apply() == ()
    assert sightings(world) == [Sighting.GONE]


@EITHER
def test_what_was_seen_once_and_is_gone_is_handled_whatever_its_row_says(
    world: World, title: Title
) -> None:
    request_title(world, title)
    world.apply()
    assert sightings(world) == [Sighting.LISTED]
    (request,) = world.sandbox.state.requests.values()
    world.sandbox.state.remove_request(request)
    assert request.media.status == 3
    assert decision(world, title) == "handled"
    assert by_id(world) == []
    assert world.apply() == ()


def test_a_person_who_deletes_it_between_two_calls_of_a_look_is_heeded(world: World) -> None:
    """The media table still has the row at 3, the table of requests is read after the deletion."""
    request_title(world)

    class Deleting(OverseerrServer):
        def requests(self) -> tuple[RequestState, ...]:
            if world.sandbox.state.requests:
                delete_request(world, FILM)
            return super().requests()

    world.server_type = Deleting
    assert decisions(world.look())[FILM.title] == "handled"


def test_a_request_that_only_the_table_missed_is_not_made_again(world: World) -> None:
    """It is made by another process right after the table was read."""
    request_title(world)

    class Hasty(OverseerrServer):
        def requests(self) -> tuple[RequestState, ...]:
            return ()

    world.server_type = Hasty
    assert decisions(world.look())[FILM.title] == "processing"


@pytest.mark.parametrize("status", [403, 500, 503])
def test_where_nobody_says_what_became_of_it_nothing_is_requested(
    world: World, status: int
) -> None:
    request_title(world, roll_back=1)

    class Silent(OverseerrServer):
        def trace_request(self, request_id: int, media: MediaKey) -> RequestTrace:
            world.sandbox.faults.answer_after = AnswerAfter(calls=0, status=status)
            try:
                return super().trace_request(request_id, media)
            finally:
                world.sandbox.faults.answer_after = None

    world.server_type = Silent
    assert decisions(world.look())[FILM.title] == "processing"


def test_tmdb_being_down_leaves_it_in_doubt(world: World) -> None:
    request_title(world, roll_back=1)
    world.sandbox.faults.tmdb_down = True
    assert decision(world) == "processing"
    world.sandbox.faults.tmdb_down = False
    assert decision(world) == "request"


def test_two_processes_do_not_both_make_it_again(world: World) -> None:
    request_title(world, roll_back=1)
    with world.open_context() as context:
        stale = reconcile_lists(world.config, context)
    world.apply()
    with world.open_context() as context, context.ledger.lock():
        ((_, done),) = Applier(context, 1, world.stopping).apply(stale, stale.plan.actions)
    assert done.result is Result.EXISTS
    assert world.requested() == [FILM.tmdb]


def test_a_look_that_is_not_acted_on_asks_again_and_changes_nothing(world: World) -> None:
    request_title(world, roll_back=1)
    assert [decision(world), decision(world)] == ["request", "request"]
    assert sightings(world) == [None]


def test_an_unlisted_title_is_not_asked_about(world: World) -> None:
    request_title(world, roll_back=1)
    world.follow(by_tmdb(FILMS[1]))
    assert "/request/1" not in by_id(world)


def test_at_most_twenty_requests_are_asked_about_in_a_run(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:30]))
    world.sandbox.faults.roll_back = 30
    world.apply()
    assert sum(path.startswith("/request/") for path in by_id(world)) == MOST_TRACED


# ----------------------------------------------------------------------------------- detached


@pytest.mark.parametrize("flavour", ["overseerr", "jellyseerr", "seerr"])
def test_a_detached_request_is_processing_and_asked_about_once(
    tmp_path: Path, flavour: Flavour
) -> None:
    world = World(tmp_path)
    world.sandbox = SandboxServer(flavour=flavour, settings=Settings(clock=world.clock.now))
    with world.sandbox:
        request_title(world, detach=1)
        assert by_id(world) == ["/request/1"]
        assert decision(world) == "processing"
        assert world.apply() == ()
        assert sightings(world) == [Sighting.DETACHED]
        assert by_id(world) == []
        assert decision(world) == "processing"
        (media,) = world.sandbox.state.media.values()
        media.status = 5
        assert decision(world) == "available"


# ------------------------------------------------------------------------------------- orphans


@pytest.mark.parametrize("flavour", ["overseerr", "jellyseerr", "seerr"])
def test_the_row_that_a_stopped_server_leaves_is_no_request(
    tmp_path: Path, flavour: Flavour
) -> None:
    world = World(tmp_path)
    world.sandbox = SandboxServer(flavour=flavour, settings=Settings(clock=world.clock.now))
    with world.sandbox:
        world.follow(by_tmdb(FILM))
        world.sandbox.faults.drop_between_saves = 1
        ((_, done),) = world.apply()
        assert done.result is Result.UNKNOWN
        (media,) = world.sandbox.state.media.values()
        assert (media.status, world.requested()) == (2, [])
        ((action, done),) = world.apply()
        assert (action.why, done.result) == (Why.MISSING, Result.CREATED)
        assert world.requested() == [FILM.tmdb]
        assert world.apply() == ()


def test_a_row_at_2_beside_a_request_that_may_not_be_seen_is_not_taken_for_an_orphan(
    world: World,
) -> None:
    """Without the right to see everybody's requests nothing is planned at all."""
    world.follow(by_tmdb(FILM))
    users = world.sandbox.state.users
    world.person("POST", "/request", {"mediaType": "movie", "mediaId": FILM.tmdb, "is4k": False}, 2)
    owner = users[1]
    users[1] = type(owner)(1, "admin", 32 | 268435456)
    with pytest.raises(MissingRightError):
        world.look()


# -------------------------------------------------------------------------------------- ledger


def test_a_quiet_run_asks_for_no_request_by_its_id(world: World) -> None:
    world.follow(*map(by_tmdb, FILMS[:10]))
    world.apply()
    calls = world.calls(world.apply)
    assert not [call for call in calls if "/request/" in call.path]
    assert len(calls) <= 8


def test_what_a_look_found_after_a_lost_answer_counts_as_seen(world: World) -> None:
    world.follow(by_tmdb(FILM))
    world.sandbox.faults.drop_after_commit = 1
    ((_, done),) = world.apply()
    assert (done.result, done.http_status) == (Result.CREATED, None)
    assert sightings(world) == [Sighting.LISTED]
