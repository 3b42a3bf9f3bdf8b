"""Where requests go, and in 4K: shown by the plan, checked by doctor, done by apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from examples.sandbox.known_titles import SHOWS
from examples.sandbox.media_server import Permission, Service, User
from tests.e2e.household import ALICE, DUNE, HEAT, Household, numbers

RADARR = Service(
    0, "Radarr", profiles=((1, "Any"), (4, "HD")), folders=((1, "/movies"),), tags=((2, "kids"),)
)
SONARR_4K = Service(1, "Sonarr 4K", is4k=True)
RADARR_4K = Service(3, "Radarr 4K", is4k=True, profiles=((7, "UHD"),))
SONARR = Service(0, "Sonarr", profiles=((3, "HD"),), folders=((5, "/tv"),), tags=((9, "kids"),))
SHOW = SHOWS[0]


@pytest.fixture
def house(house: Household) -> Household:
    house.server.services.radarr = (RADARR, RADARR_4K)
    house.server.services.sonarr = (SONARR,)
    return house


def sent(house: Household) -> list[tuple[int, bool, dict[str, Any]]]:
    """Each request on the server, by title: which, whether in 4K, and where it goes."""
    rows = house.server.state.requests.values()
    told = [(row.media.tmdb, row.is4k, dict(row.options)) for row in rows]
    return sorted(told, key=lambda row: row[:2])


def test_a_plan_shows_where_requests_go_and_apply_sends_them_there(house: Household) -> None:
    house.wish([DUNE, SHOW], profile_id="hd", root_folder=None, tags=["Kids"], seasons="first")
    shown = house.run("plan")
    assert shown.code == 0
    explained = " ".join(house.run("explain", f"imdb:{SHOW.imdb}").out.split())
    assert (
        "requester admin, auto-approved · to Sonarr: profile HD, tags kids to change" in explained
    )
    assert "· to Radarr: profile HD, tags kids · to Sonarr: profile HD, tags kids" in shown.out
    assert house.run("apply", "--yes").code == 0
    assert sent(house) == [
        (SHOW.tmdb, False, {"serverId": 0, "profileId": 3, "tags": [9]}),
        (DUNE.tmdb, False, {"serverId": 0, "profileId": 4, "tags": [2]}),
    ]
    assert "0 to request" in house.run("plan").out


def test_a_list_that_names_what_is_not_there_is_refused_alone_and_explained(
    house: Household,
) -> None:
    (house.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    (house.folder / "b.txt").write_text(f"imdb:{HEAT.imdb}\n")
    house.write(
        {
            "odd": {"source": "file:a.txt", "profile_id": "Sharp"},
            "good": {"source": "file:b.txt", "profile_id": 4},
        }
    )
    said = "profile_id 'Sharp' is not at Radarr; it offers 'Any' (1), 'HD' (4)"
    shown = house.run("plan")
    assert shown.code == 1
    assert f"! {said}" in shown.out
    assert house.run("apply", "--yes").code == 1
    assert house.stored() == numbers([HEAT])
    explained = house.run("explain", f"imdb:{DUNE.imdb}").out
    assert said in explained
    assert "of Radarr and Sonarr, name what is there" in explained
    assert "asked" not in explained


def checks(house: Household) -> tuple[int, Mapping[str, dict[str, Any]]]:
    told = house.run("doctor", "-o", "json")
    return told.code, {check["name"]: check for check in told.document["checks"]}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"server_id": 0}, "movie: Radarr; tv: Sonarr"),
        ({"profile_id": "HD", "tags": ["kids"]}, "movie: Radarr; tv: Sonarr"),
        ({"server_id": "Radarr"}, "movie: Radarr; tv: server_id 'Radarr' is not at the server"),
        ({"4k": True, "profile_id": 7}, "movie: Radarr 4K; tv: the server has no Sonarr for 4K"),
    ],
    ids=["ids of both", "names of both", "of Radarr alone", "4K films alone"],
)
def test_doctor_says_where_a_lists_requests_go(
    house: Household, options: dict[str, Any], found: str
) -> None:
    house.wish([DUNE], **options)
    code, told = checks(house)
    check = told["downloader of wishes"]
    assert (code, check["ok"], check["found"][: len(found)]) == (0, True, found)


def test_doctor_finds_a_name_that_means_nothing_anywhere(house: Household) -> None:
    house.wish([DUNE], tags=["bob"])
    code, told = checks(house)
    check = told["downloader of wishes"]
    assert (code, check["ok"]) == (1, False)
    assert check["found"] == (
        "tags 'bob' is not at Radarr; it offers 'kids' (2); "
        "tags 'bob' is not at Sonarr; it offers 'kids' (9)"
    )
    assert check["todo"].startswith("use one of these names or ids")


def test_doctor_finds_a_sonarr_that_is_away(house: Household) -> None:
    house.server.faults.sonarr_down = True
    house.wish([SHOW], profile_id="HD", filter={"types": ["tv"]})
    code, told = checks(house)
    assert code == 1
    check = told["downloader of wishes"]
    assert "Sonarr did not answer (the server says: " in check["found"]
    assert check["todo"] == "check that Sonarr is running and that the server reaches it"


def test_doctor_looks_where_the_kinds_go_that_a_lists_filter_wants(house: Household) -> None:
    house.wish([DUNE], server_id="Radarr", filter={"types": ["tv"]})
    code, told = checks(house)
    check = told["downloader of wishes"]
    assert (code, check["ok"]) == (1, False)
    assert check["found"].startswith("server_id 'Radarr' is not at the server")


def test_doctor_asks_no_radarr_for_a_list_that_names_none(house: Household) -> None:
    house.wish([DUNE])
    assert "downloader of wishes" not in checks(house)[1]


# ----------------------------------------------------------------------------------------------- 4K

MAY = Permission.REQUEST
MAY_4K = MAY | Permission.REQUEST_4K


def grant(house: Household, rights: Permission, films_a_week: int | None = None) -> None:
    """Alice has these rights from now on."""
    house.server.state.users[ALICE] = User(ALICE, "alice", rights, films_a_week, 7)


@pytest.mark.parametrize(
    ("sonarr", "found", "todo"),
    [
        ((SONARR,), "4K is off on the server for shows: it takes the requests and", True),
        ((SONARR_4K,), "the server has a default 4K Radarr and Sonarr", False),
    ],
    ids=["off for shows", "on"],
)
def test_doctor_has_a_word_on_a_list_that_asks_for_4k(
    house: Household,
    sonarr: tuple[Service, ...],
    found: str,
    todo: bool,  # noqa: FBT001
) -> None:
    house.server.services.sonarr = sonarr
    (house.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    house.write({"plain": {"source": "file:a.txt"}, "sharp": {"source": "file:a.txt", "4k": True}})
    code, told = checks(house)
    assert "4K of plain" not in told
    check = told["4K of sharp"]
    assert (code, check["ok"], check["found"][: len(found)]) == (0, True, found)
    assert bool(check["todo"]) is todo


@pytest.mark.parametrize(
    ("rights", "told", "status"),
    [
        (MAY, None, None),
        (MAY_4K, "pending", 1),
        (MAY | Permission.REQUEST_4K_MOVIE, "pending", 1),
        (MAY | Permission.REQUEST_4K_TV, None, None),
        (MAY_4K | Permission.AUTO_APPROVE, "pending", 1),
        (MAY_4K | Permission.AUTO_APPROVE_4K, "approved", 2),
        (MAY_4K | Permission.AUTO_APPROVE_4K_TV, "pending", 1),
    ],
)
def test_what_a_plan_expects_of_a_4k_request_is_what_the_server_does(
    house: Household,
    rights: Permission,
    told: str | None,
    status: int | None,
) -> None:
    grant(house, rights)
    house.wish([DUNE], requester="alice", **{"4k": True})
    document = house.run("plan", "-o", "json").document
    assert [row["expected"] for row in document["actions"]] == [told] * bool(told)
    assert [row["reason"] for row in document["verdicts"]] == ["not-permitted"] * (not told)
    house.run("apply", "--yes")
    rows = house.server.state.requests.values()
    assert [(row.is4k, row.status) for row in rows] == [(True, status)] * bool(told)


def test_a_title_that_is_there_is_another_one_in_4k(house: Household) -> None:
    house.server.state.seed([DUNE], requested_by=1, status=5)
    (house.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    house.write({"plain": {"source": "file:a.txt"}, "sharp": {"source": "file:a.txt", "4k": True}})
    document = house.run("plan", "-o", "json").document
    assert [(row["is_4k"], row["lists"]) for row in document["actions"]] == [(True, ["sharp"])]
    assert [(row["is_4k"], row["reason"]) for row in document["verdicts"]] == [(False, "available")]
    assert house.run("apply", "--yes").code == 0
    assert sent(house)[-1] == (DUNE.tmdb, True, {})
    assert "0 to request" in house.run("plan").out


def test_4k_and_not_share_one_quota(house: Household) -> None:
    grant(house, MAY_4K, films_a_week=2)
    (house.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\nimdb:{HEAT.imdb}\n")
    both = {"source": "file:a.txt", "requester": "alice"}
    house.write({"plain": both, "sharp": {**both, "4k": True}})
    document = house.run("plan", "-o", "json").document
    assert len(document["actions"]) == 2
    assert {(row["is_4k"], row["reason"]) for row in document["verdicts"]} == {(True, "quota")}
    assert house.run("apply", "--yes").code == 0
    assert len(house.stored()) == 2
