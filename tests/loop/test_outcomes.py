"""The result of a request: the server's answer, what people see, and what the ledger keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from examples.sandbox.catalogue import Catalogue
from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import Flavour, SandboxServer, Service, Settings
from examples.sandbox.titles import show
from reconciler.core.model import Attempts, Kind, MediaKey, Result, Target
from reconciler.ledger import SqliteLedger
from tests.e2e.household import Household
from tests.loop.serving import pass_time, served
from tests.loop.world import ALICE, World, by_tmdb, decisions, posts

FILM, SHOW = FILMS[0], SHOWS[0]
NO_TVDB_ID = show(8_600_001, None, None, "The Paper Hunter", "2015-01-01", (2, 3))
LONELY = show(8_600_002, None, 465000, "Lonely Shadow", "2015-01-01", (2,))
SAME_TVDB_ID = show(8_600_003, None, 465000, "Lonely Shadow Again", "2016-01-01", (2,))
AWAY = {"radarr": (Service(0, "Radarr"),), "sonarr": (Service(0, "Sonarr"),)}


@pytest.fixture
def away(tmp_path: Path) -> Iterator[World]:
    """A server whose Radarr and Sonarr are away."""
    world = World(tmp_path, Settings(**AWAY))  # type: ignore[arg-type]
    with world.sandbox:
        world.sandbox.faults.radarr_down = world.sandbox.faults.sonarr_down = True
        yield world


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    """The same with the command."""
    with SandboxServer(settings=Settings(**AWAY)) as server:  # type: ignore[arg-type]
        server.faults.radarr_down = True
        yield Household(tmp_path, server)


def attempts(world: World, media: MediaKey) -> Attempts:
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        return ledger.memory.read().attempts.get(Target(media), Attempts())


def result(world: World) -> Result:
    ((_, done),) = world.apply()
    return done.result


# ------------------------------------------------------------------------ not taken by Radarr


def test_a_request_that_is_failed_in_the_answer_is_ours_and_no_success(away: World) -> None:
    away.sandbox.faults.tells_failures = True
    away.follow(by_tmdb(FILM))
    ((_, done),) = away.apply()
    assert (done.result, done.request_id) == (Result.UNDELIVERED, 1)
    assert "check Radarr in the server's settings" in done.message
    with SqliteLedger(away.ledger, away.sandbox.url) as ledger:
        assert list(ledger.memory.read().ours) == [1]
        assert len(ledger.memory.read().created) == 1
    assert decisions(away.look()) == {FILM.title: "backing-off"}
    away.clock.forward(minutes=11)
    assert decisions(away.look()) == {FILM.title: "retry"}


@pytest.mark.parametrize("tells", [True, False], ids=["its answer says 4", "its answer says 2"])
@pytest.mark.parametrize("title", [FILM, SHOW], ids=["a film", "a show"])
def test_of_a_retry_the_look_after_it_is_believed_whatever_its_answer_says(
    away: World,
    tells: bool,  # noqa: FBT001
    title: object,
) -> None:
    away.follow(by_tmdb(title))  # type: ignore[arg-type]
    away.apply()
    away.sandbox.faults.tells_failures = tells
    away.clock.forward(hours=1)
    assert result(away) is Result.UNDELIVERED


def test_a_retry_that_is_taken_is_a_success(away: World) -> None:
    away.follow(by_tmdb(FILM))
    away.apply()
    away.sandbox.faults.radarr_down = False
    away.clock.forward(hours=1)
    assert result(away) is Result.RETRIED
    assert decisions(away.look()) == {FILM.title: "processing"}


def test_a_retry_of_what_was_retried_by_hand_meanwhile_does_nothing(away: World) -> None:
    away.follow(by_tmdb(FILM))
    away.apply()
    away.clock.forward(hours=1)
    away.sandbox.faults.radarr_down = False
    away.person("POST", "/request/1/retry")
    before = away.sandbox.state.requests[1].updated
    with away.open_context() as context:
        assert context.server.retry(1).result is Result.RETRIED
    assert away.sandbox.state.requests[1].updated == before


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("text", "  ! Dune"),
        ("markdown", "undelivered"),
        ("json", '"result": "undelivered"'),
    ],
)
def test_what_is_not_taken_is_marked_and_makes_the_exit_code_1(
    household: Household, output: str, shown: str
) -> None:
    household.server.faults.tells_failures = True
    household.wish([next(film for film in FILMS if film.title == "Dune")])
    done = household.run("apply", "--yes", "-o", output)
    assert done.code == 1
    assert shown in done.out
    assert "✓" not in done.out
    assert "could not send it to Radarr" in done.out
    (run,) = household.run("history", "-o", "json").document["runs"]
    assert (run["exit_code"], run["results"]) == (1, {"undelivered": 1})


def test_a_run_of_the_controller_keeps_the_exit_code_that_apply_would_have(
    away: World, tmp_path: Path
) -> None:
    away.sandbox.faults.tells_failures = True
    away.follow(by_tmdb(FILM))
    with served(away, tmp_path) as service:
        pass_time(away, service, seconds=1)
    with SqliteLedger(away.ledger, away.sandbox.url) as ledger:
        (run,) = ledger.journal.history()[1]
    assert (run.exit_code, run.counts) == (1, {"undelivered": 1})


# ------------------------------------------------------------------------- certain failures


def automatic(world: World, title: object) -> None:
    """Alice's watchlist had the server make a request."""
    world.sandbox.state.seed([title], status=3, requested_by=ALICE)  # type: ignore[list-item]
    (made,) = world.sandbox.state.requests.values()
    made.is_auto = True
    made.seasons = made.seasons[:1]


def test_an_automatic_request_in_the_way_is_a_failure_that_names_who_can_remove_it(
    world: World,
) -> None:
    automatic(world, SHOW)
    world.follow(by_tmdb(SHOW), requester="alice")
    ((action, done),) = world.apply()
    assert (done.result, done.http_status) == (Result.FAILED, 409)
    assert "as alice or an administrator, then run" in done.message
    assert f"listsync forget tmdb:tv:{SHOW.tmdb}" in done.message
    with SqliteLedger(world.ledger, world.sandbox.url) as ledger:
        remembered = {slot.season for slot in ledger.memory.read().slots}
    assert not remembered & set(action.seasons or ()), "nothing new is remembered as present"
    assert decisions(world.look()) == {SHOW.title: "backing-off"}
    waits = [attempts(world, action.target.media).not_before]
    world.clock.forward(hours=1)
    assert result(world) is Result.FAILED
    waits.append(attempts(world, action.target.media).not_before)
    assert waits[1] - world.clock.now() == timedelta(minutes=20)  # type: ignore[operator]


def test_following_the_advice_about_an_automatic_request_has_the_title_requested(
    tmp_path: Path,
) -> None:
    with SandboxServer() as server:
        household = Household(tmp_path, server)
        household.wish([SHOW], requester="alice")
        server.state.seed([SHOW], status=3, requested_by=ALICE)
        (made,) = server.state.requests.values()
        made.is_auto, made.seasons = True, made.seasons[:1]
        failed = household.run("apply", "--yes", "-o", "json").document["actions"][0]
        assert failed["result"] == "failed"
        command = failed["message"].partition("`listsync ")[2].partition("`")[0].split()
        server.state.remove_request(made)
        made.media.status = 1
        assert household.run(*command).code == 0
        assert household.run("apply", "--yes", "-o", "json").results() == ["created"]


def test_another_requester_is_not_in_the_way_of_an_automatic_request(world: World) -> None:
    automatic(world, SHOW)
    world.follow(by_tmdb(SHOW))
    assert result(world) is Result.CREATED


CERTAIN = [
    ("overseerr", NO_TVDB_ID, "no TVDB id"),
    ("seerr", NO_TVDB_ID, "no TVDB id"),
    ("overseerr", SAME_TVDB_ID, "same TVDB id"),
    ("jellyseerr", SAME_TVDB_ID, "same TVDB id"),
    ("seerr", SAME_TVDB_ID, "same TVDB id"),
]


@pytest.mark.parametrize("postgresql", [False, True], ids=["SQLite", "PostgreSQL"])
@pytest.mark.parametrize(
    ("flavour", "title", "why"), CERTAIN, ids=[f"{row[0]}, {row[2]}" for row in CERTAIN]
)
def test_what_the_server_cannot_store_fails_with_a_reason_and_waits_longer_each_time(
    tmp_path: Path,
    flavour: Flavour,
    title: object,
    why: str,
    postgresql: bool,  # noqa: FBT001
) -> None:
    world = World(tmp_path)
    world.sandbox = SandboxServer(
        flavour=flavour,
        catalogue=Catalogue([NO_TVDB_ID, LONELY, SAME_TVDB_ID]),
        settings=Settings(clock=world.clock.now, sonarr=AWAY["sonarr"]),
    )
    with world.sandbox:
        world.sandbox.faults.postgresql = postgresql
        world.sandbox.state.seed([LONELY], status=5)
        world.follow(by_tmdb(title))  # type: ignore[arg-type]
        ((_, done),) = world.apply()
        assert (done.result, why in done.message) == (Result.FAILED, True)
        calls = world.calls(world.apply)
        assert posts(calls) == [], "it waits"
        world.clock.forward(minutes=11)
        world.apply()
        media = MediaKey(Kind.TV, title.tmdb)  # type: ignore[attr-defined]
        assert attempts(world, media).failures == 2
        assert world.requested() == []
