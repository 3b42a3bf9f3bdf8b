"""Lists with ``4k`` on a server that has 4K off: reported, and requested nevertheless."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.sandbox.known_titles import FILMS, SHOWS
from examples.sandbox.media_server import Service, Settings
from reconciler.render.markdown import plan_markdown
from reconciler.sync.explain import explain
from tests.loop.test_prune_text import document_of
from tests.loop.world import World, by_tmdb, explain_text, plan_text, posts

FILM, SHOW = by_tmdb(FILMS[0]), by_tmdb(SHOWS[0])
PLAIN, UHD = Service(0, "Plain"), Service(1, "UHD", is4k=True)
SPARE = Service(1, "UHD", is4k=True, is_default=False)
BOTH_OFF = (
    "the server has 4K turned off for films and shows: it accepts the requests but sends them "
    "nowhere, because no Radarr or Sonarr is the default for 4K"
)
FILMS_OFF = (
    "the server has 4K turned off for films: it accepts the requests but sends them nowhere, "
    "because no Radarr is the default for 4K"
)
SHOWS_OFF = FILMS_OFF.replace("films", "shows").replace("Radarr", "Sonarr")
LIST = "imdb:ls000000001"


def notice(world: World) -> str | None:
    (row,) = document_of(world.look())["lists"]
    return row["notice"]


@pytest.mark.parametrize(
    ("settings", "options", "says"),
    [
        pytest.param(Settings(), {"4k": True}, BOTH_OFF, id="no Radarr, no Sonarr"),
        pytest.param(Settings((), (PLAIN,), (PLAIN,)), {"4k": True}, BOTH_OFF, id="none for 4K"),
        pytest.param(Settings((), (SPARE,), (UHD,)), {"4k": True}, FILMS_OFF, id="no default"),
        pytest.param(Settings((), (UHD,), ()), {"4k": True}, SHOWS_OFF, id="films alone"),
        pytest.param(Settings((), (UHD,), (UHD,)), {"4k": True}, None, id="both"),
        pytest.param(Settings(), {}, None, id="a list that does not ask for it"),
        pytest.param(
            Settings((), (SPARE,), (SPARE,)),
            {"4k": True, "server_id": "UHD"},
            None,
            id="a list that names its own",
        ),
    ],
)
def test_a_4k_list_says_where_the_server_has_4k_off(
    tmp_path: Path, settings: Settings, options: dict[str, object], says: str | None
) -> None:
    users = Settings().users
    world = World(tmp_path, Settings(users, settings.radarr, settings.sonarr))
    with world.sandbox:
        world.follow(FILM, SHOW, **options)
        assert notice(world) == says


@pytest.mark.parametrize("listed", [FILM, SHOW], ids=["films", "shows"])
def test_only_the_kinds_on_the_list_are_named(world: World, listed: object) -> None:
    world.follow(listed, **{"4k": True})  # type: ignore[arg-type]
    assert notice(world) == (FILMS_OFF if listed is FILM else SHOWS_OFF)


def test_the_notice_is_in_every_form_of_the_plan_and_in_explain(world: World) -> None:
    world.follow(FILM, **{"4k": True})
    reconciliation = world.look()
    assert f"  i {FILMS_OFF}\n" in plan_text(document_of(reconciliation))
    assert FILMS_OFF in plan_markdown(document_of(reconciliation)).replace("\\", "")
    assert FILMS_OFF in explain_text(explain(reconciliation, FILM.title), FILM.title)


def test_the_notice_is_shown_with_the_lists_other_notices(world: World) -> None:
    world.follow(FILM, **{"4k": True, "start": "new-only"})
    assert notice(world) == f"adopted 1 title (no ledger found); {FILMS_OFF}"


def test_such_requests_are_made_as_the_server_takes_them(world: World) -> None:
    world.follow(FILM, SHOW, **{"4k": True})
    assert [call.status for call in posts(world.calls(world.apply))] == [201, 201]
    assert [row.is4k for row in world.sandbox.state.requests.values()] == [True, True]


def test_asking_for_4k_costs_no_call(world: World) -> None:
    quiet = []
    for options in ({}, {"4k": True}):
        world.follow(FILM, **options)
        world.apply()
        quiet.append(len(world.calls(world.look)))
    assert quiet[0] == quiet[1]
