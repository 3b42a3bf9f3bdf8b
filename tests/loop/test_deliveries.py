"""Where a list's requests go: Radarr and Sonarr, profile, folder and tags, by name or id."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import Service, Settings
from reconciler.core.model import ProblemReason
from reconciler.overseerr import OverseerrServer
from tests.loop.world import World, by_tmdb, decisions

RADARR = Service(
    0,
    "Radarr",
    profiles=((1, "Any"), (4, "HD-1080p"), (6, "Ultra-HD")),
    folders=((1, "/movies"), (2, "/kids/")),
    tags=((1, "anna"), (2, "kids")),
)
SPARE = Service(1, "Spare", profiles=((9, "Small"),), folders=((1, "/spare"),), is_default=False)
RADARR_4K = Service(2, "Radarr 4K", is4k=True, profiles=((7, "Ultra-HD"),))
SONARR = Service(0, "Sonarr", profiles=((3, "HD-1080p"),), folders=((5, "/tv"),))
FILM, OTHER, SHOW = by_tmdb(FILMS[0]), by_tmdb(FILMS[1]), by_tmdb(SHOWS[0])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, Settings(radarr=(RADARR, SPARE, RADARR_4K), sonarr=(SONARR,)))
    with made.sandbox:
        yield made


def stored(world: World) -> list[dict[str, Any]]:
    """The service options of each request on the server, oldest first."""
    return [dict(row.options) for row in world.sandbox.state.requests.values()]


def service_calls(world: World) -> int:
    """How often a look asks what Radarr or Sonarr is there, or offers."""
    return sum("/service/" in call.path for call in world.calls(world.look))


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"server_id": "spare"}, {"serverId": 1}),
        ({"server_id": 1, "profile_id": "SMALL"}, {"serverId": 1, "profileId": 9}),
        ({"profile_id": 4}, {"serverId": 0, "profileId": 4}),
        ({"root_folder": "/kids"}, {"serverId": 0, "rootFolder": "/kids/"}),
        ({"root_folder": 1}, {"serverId": 0, "rootFolder": "/movies"}),
        ({"tags": ["Kids", 1]}, {"serverId": 0, "tags": [1, 2]}),
        ({"tags": []}, {"serverId": 0, "tags": []}),
        ({"4k": True, "profile_id": "ultra-hd"}, {"serverId": 2, "profileId": 7}),
        ({}, {}),
    ],
    ids=["server", "server and profile", "profile", "path", "folder id", "tags", "none", "4K", "-"],
)
def test_a_request_goes_where_its_list_says(
    world: World, options: dict[str, Any], fields: dict[str, Any]
) -> None:
    world.follow(FILM, **options)
    world.apply()
    assert stored(world) == [fields]


def test_a_name_means_for_each_kind_what_is_called_so_there(world: World) -> None:
    world.follow(FILM, SHOW, profile_id="HD-1080p")
    world.apply()
    services = {(row["serverId"], row["profileId"]) for row in stored(world)}
    assert services == {(0, 4), (0, 3)}


def test_what_only_radarr_knows_holds_the_shows_of_the_list_and_no_film(world: World) -> None:
    world.follow(FILM, SHOW, profile_id="Ultra-HD")
    reconciliation = world.look()
    assert decisions(reconciliation) == {FILM.title: "request", SHOW.title: "not-permitted"}
    assert "'HD-1080p' (3)" in reconciliation.plan.verdicts[0].detail


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"server_id": "Radar"},
            "server_id 'Radar' does not exist on the server, did you mean 'Radarr'?",
        ),
        ({"server_id": "Radarr 4K"}, "options: 'Radarr' (0), 'Spare' (1)"),
        ({"profile_id": "Ultra HD"}, "did you mean 'Ultra-HD'?"),
        ({"profile_id": 5}, "options: 'Any' (1), 'HD-1080p' (4), 'Ultra-HD' (6)"),
        ({"root_folder": "/films"}, "options: '/movies' (1), '/kids/' (2)"),
        ({"tags": ["bob"]}, "tags 'bob' does not exist on Radarr; options: 'anna' (1), 'kids' (2)"),
    ],
)
def test_a_list_that_names_what_is_not_there_does_nothing_and_the_others_go_on(
    world: World, options: dict[str, Any], message: str
) -> None:
    world.lists.hold("imdb:ls000000001", [FILM])
    world.lists.hold("imdb:ls000000002", [OTHER])
    lists = {
        "odd": {"source": "imdb:ls000000001", **options},
        "good": {"source": "imdb:ls000000002"},
    }
    world.write(lists)
    reconciliation = world.look()
    assert message in str(reconciliation.lists[0].problem)
    assert decisions(reconciliation) == {FILM.title: "not-permitted", OTHER.title: "request"}


def test_a_sonarr_that_is_away_is_its_lists_problem_and_not_remembered(world: World) -> None:
    world.follow(SHOW, profile_id="HD-1080p")
    world.sandbox.faults.sonarr_down = True
    problem = world.look().lists[0].problem
    assert problem
    assert problem.reason is ProblemReason.SERVICE_UNAVAILABLE
    assert problem.message.startswith(
        "Sonarr did not answer (the server says: /service/sonarr/0 failed"
    )
    world.sandbox.faults.sonarr_down = False
    assert decisions(world.look()) == {SHOW.title: "request"}


def test_a_sonarr_that_is_away_takes_nothing_from_what_it_offered_today(world: World) -> None:
    world.lists.hold("imdb:ls000000002", [by_tmdb(SHOWS[1])])
    good = {"source": "imdb:ls000000001", "profile_id": "HD-1080p", "seasons": "first"}
    odd = {"source": "imdb:ls000000002", "profile_id": "Nope"}
    world.follow(SHOW, **{k: v for k, v in good.items() if k != "source"})
    world.apply()
    world.sandbox.faults.sonarr_down = True
    world.write({"good": {**good, "seasons": "all"}, "odd": odd})
    world.look()  # which asks, for the title that waits
    world.write({"good": {**good, "seasons": "all"}})
    assert decisions(world.look()) == {SHOW.title: "extend"}


def test_a_radarr_that_is_away_delays_a_plan_by_seconds_and_only_its_titles_wait(
    world: World,
) -> None:
    world.server_type = partial(OverseerrServer, services_timeout=0.2)
    world.follow(FILM, SHOW, root_folder=1, server_id=0)
    world.sandbox.services.sonarr = (replace(SONARR, folders=((1, "/tv"),)),)
    world.sandbox.faults.radarr_down = True
    before = time.monotonic()
    reconciliation = world.look()
    assert time.monotonic() - before < 4  # World's client waits 5 s for other calls
    assert decisions(reconciliation) == {FILM.title: "not-permitted", SHOW.title: "request"}
    (verdict,) = reconciliation.plan.verdicts
    assert "Radarr did not answer within" in verdict.detail


def test_what_a_radarr_offered_today_is_good_while_it_is_away(world: World) -> None:
    world.server_type = partial(OverseerrServer, services_timeout=0.2)
    world.follow(OTHER, profile_id=4)
    world.look()
    world.sandbox.faults.radarr_down = True
    world.lists.hold("imdb:ls000000002", [FILM])
    lists: dict[str, dict[str, Any]] = {
        "odd": {"source": "imdb:ls000000001", "profile_id": "Nope"},
        "good": {"source": "imdb:ls000000002", "profile_id": 4},
    }
    world.write(lists)
    reconciliation = world.look()
    assert decisions(reconciliation) == {OTHER.title: "not-permitted", FILM.title: "request"}
    assert (
        "does not exist on Radarr as of its last response (the server says: "
        in reconciliation.plan.verdicts[0].detail
    )


def test_an_exclude_list_sends_nothing_and_so_asks_nobody_where_to(world: World) -> None:
    world.lists.hold("imdb:ls000000002", [OTHER])
    never = {"source": "imdb:ls000000002", "role": "exclude", "profile_id": "Nope"}
    world.write({"wishes": {"source": "imdb:ls000000001"}, "never": never})
    world.lists.hold("imdb:ls000000001", [FILM])
    assert [lst.problem for lst in world.look().lists[:2]] == [None, None]
    assert service_calls(world) == 0


def test_what_failed_is_retried_while_its_list_names_what_is_not_there(world: World) -> None:
    world.sandbox.state.seed([FILMS[0]], requested_by=1, status=3)
    world.follow(FILM)
    world.apply()
    (failed,) = world.sandbox.state.requests.values()
    failed.status = 4
    world.follow(FILM, profile_id="Nope")
    retry = f"/api/v1/request/{failed.id}/retry"
    assert retry in [call.path for call in world.calls(world.apply)]


def test_more_seasons_go_where_the_list_says_too(world: World) -> None:
    world.follow(SHOW, seasons="first")
    world.apply()
    world.follow(SHOW, root_folder="/tv")
    assert decisions(world.look()) == {SHOW.title: "extend"}
    world.apply()
    assert stored(world) == [{}, {"serverId": 0, "rootFolder": "/tv"}]


def test_what_is_offered_is_asked_once_a_day(world: World) -> None:
    world.follow(FILM, profile_id=4, tags=["kids"])
    assert (service_calls(world), service_calls(world)) == (2, 0)
    world.clock.moment += timedelta(days=1)
    assert service_calls(world) == 2


def test_a_quiet_run_keeps_its_bound_of_calls(world: World) -> None:
    world.follow(FILM, profile_id=4)
    world.apply()
    assert len(world.calls(world.apply)) <= 2 + 6


def test_a_name_that_one_kind_lacks_costs_no_call_while_no_title_waits_for_it(
    world: World,
) -> None:
    world.sandbox.state.seed([SHOWS[0]], requested_by=1, status=5)
    world.follow(FILM, SHOW, profile_id="Ultra-HD", seasons="first")
    world.apply()
    assert decisions(world.look()) == {FILM.title: "processing", SHOW.title: "available"}
    assert service_calls(world) == 0
    assert len(world.calls(world.apply)) <= 2 + 6


def test_a_name_that_a_title_waits_for_is_found_as_soon_as_it_is_there(world: World) -> None:
    world.follow(FILM, SHOW, profile_id="Ultra-HD")
    world.apply()
    assert (decisions(world.look())[SHOW.title], service_calls(world)) == ("not-permitted", 2)
    made = replace(SONARR, profiles=((3, "HD-1080p"), (8, "Ultra-HD")))
    world.sandbox.services.sonarr = (made,)
    world.apply()
    assert stored(world)[-1] == {"serverId": 0, "profileId": 8}


def make_the_profile(world: World) -> None:
    """Somebody adds to Sonarr the profile that only Radarr had."""
    made = replace(SONARR, profiles=((3, "HD-1080p"), (8, "Ultra-HD")))
    world.sandbox.services.sonarr = (made,)


def test_a_name_that_new_seasons_wait_for_is_found_as_soon_as_it_is_there(world: World) -> None:
    world.follow(FILM, SHOW, seasons="first")
    world.apply()
    world.follow(FILM, SHOW, profile_id="Ultra-HD")
    assert decisions(world.look())[SHOW.title] == "not-permitted"
    make_the_profile(world)
    assert decisions(world.look())[SHOW.title] == "extend"


def test_a_name_that_a_title_put_back_waits_for_is_found_as_soon_as_it_is_there(
    world: World,
) -> None:
    others = [by_tmdb(film) for film in FILMS[2:6]]
    world.follow(FILM, SHOW, *others)
    world.apply()
    world.person("DELETE", f"/request/{world.number(SHOWS[0])}")
    world.follow(FILM, *others, profile_id="Ultra-HD")
    world.apply()
    world.follow(FILM, SHOW, *others, profile_id="Ultra-HD")
    assert decisions(world.look())[SHOW.title] == "not-permitted"
    make_the_profile(world)
    assert decisions(world.look())[SHOW.title] == "request"


def test_who_names_nothing_costs_no_call(world: World) -> None:
    world.follow(FILM)
    assert not any("/service/" in call.path for call in world.calls(world.look))


def test_a_name_without_which_a_whole_list_goes_nowhere_is_found_as_soon_as_it_is_there(
    world: World,
) -> None:
    world.sandbox.state.seed([FILMS[0]], requested_by=1, status=5)
    world.follow(FILM, tags=["bob"])
    assert [world.look().lists[0].problem is None, service_calls(world)] == [False, 2]
    world.sandbox.services.radarr = (replace(RADARR, tags=((7, "Bob"),)),)
    assert world.look().lists[0].problem is None
    assert (decisions(world.look()), service_calls(world)) == ({FILM.title: "available"}, 0)


def test_a_run_asks_each_program_once_though_titles_wait_for_it(world: World) -> None:
    world.follow(FILM, SHOW, profile_id="Nope")
    assert [service_calls(world), service_calls(world)] == [4, 4]


def test_an_unknown_requester_is_said_before_a_name_that_is_not_there(world: World) -> None:
    world.follow(FILM, profile_id="Nope", requester="nobody")
    problem = world.look().lists[0].problem
    assert problem
    assert problem.reason is ProblemReason.UNKNOWN_REQUESTER
