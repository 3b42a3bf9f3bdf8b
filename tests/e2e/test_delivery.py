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
def household(household: Household) -> Household:
    household.server.services.radarr = (RADARR, RADARR_4K)
    household.server.services.sonarr = (SONARR,)
    return household


def requests_sent(household: Household) -> list[tuple[int, bool, dict[str, Any]]]:
    """Each request on the server, by title: which, whether in 4K, and where it goes."""
    rows = household.server.state.requests.values()
    result = [(row.media.tmdb, row.is4k, dict(row.options)) for row in rows]
    return sorted(result, key=lambda row: row[:2])


def test_a_plan_shows_where_requests_go_and_apply_sends_them_there(household: Household) -> None:
    household.wish([DUNE, SHOW], profile_id="hd", root_folder=None, tags=["Kids"], seasons="first")
    shown = household.run("plan")
    assert shown.code == 0
    explained = " ".join(household.run("explain", f"imdb:{SHOW.imdb}").out.split())
    assert "requester admin, auto-approved · to Sonarr: profile HD, tags kids next" in explained
    assert "· to Radarr: profile HD, tags kids · to Sonarr: profile HD, tags kids" in shown.out
    assert household.run("apply", "--yes").code == 0
    assert requests_sent(household) == [
        (SHOW.tmdb, False, {"serverId": 0, "profileId": 3, "tags": [9]}),
        (DUNE.tmdb, False, {"serverId": 0, "profileId": 4, "tags": [2]}),
    ]
    assert "No changes." in household.run("plan").out


def test_a_list_that_names_what_is_not_there_is_refused_alone_and_explained(
    household: Household,
) -> None:
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    (household.folder / "b.txt").write_text(f"imdb:{HEAT.imdb}\n")
    household.write(
        {
            "odd": {"source": "file:a.txt", "profile_id": "Sharp"},
            "good": {"source": "file:b.txt", "profile_id": 4},
        }
    )
    text = "profile_id 'Sharp' does not exist on Radarr; options: 'Any' (1), 'HD' (4)"
    shown = household.run("plan")
    assert shown.code == 1
    assert f"! {text}" in shown.out
    assert household.run("apply", "--yes").code == 1
    assert household.stored() == numbers([HEAT])
    explained = household.run("explain", f"imdb:{DUNE.imdb}").out
    assert text in explained
    assert "to values that exist in Radarr or Sonarr" in explained
    assert "asked" not in explained


def checks(household: Household) -> tuple[int, Mapping[str, dict[str, Any]]]:
    result = household.run("doctor", "-o", "json")
    return result.code, {check["name"]: check for check in result.document["checks"]}


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        ({"server_id": 0}, "movie: Radarr; tv: Sonarr"),
        ({"profile_id": "HD", "tags": ["kids"]}, "movie: Radarr; tv: Sonarr"),
        (
            {"server_id": "Radarr"},
            "movie: Radarr; tv: server_id 'Radarr' does not exist on the server",
        ),
        ({"4k": True, "profile_id": 7}, "movie: Radarr 4K; tv: the server has no Sonarr for 4K"),
    ],
    ids=["ids of both", "names of both", "of Radarr alone", "4K films alone"],
)
def test_doctor_says_where_a_lists_requests_go(
    household: Household, options: dict[str, Any], matches: str
) -> None:
    household.wish([DUNE], **options)
    code, result = checks(household)
    check = result["downloader of wishes"]
    assert (code, check["ok"], check["found"][: len(matches)]) == (0, True, matches)


def test_doctor_finds_a_name_that_means_nothing_anywhere(household: Household) -> None:
    household.wish([DUNE], tags=["bob"])
    code, result = checks(household)
    check = result["downloader of wishes"]
    assert (code, check["ok"]) == (1, False)
    assert check["found"] == (
        "tags 'bob' does not exist on Radarr; options: 'kids' (2); "
        "tags 'bob' does not exist on Sonarr; options: 'kids' (9)"
    )
    assert check["todo"].startswith("use a name or id that the server has")


def test_doctor_finds_a_sonarr_that_is_away(household: Household) -> None:
    household.server.faults.sonarr_down = True
    household.wish([SHOW], profile_id="HD", filter={"types": ["tv"]})
    code, result = checks(household)
    assert code == 1
    check = result["downloader of wishes"]
    assert "Sonarr did not answer (the server says: " in check["found"]
    assert check["todo"] == "check that Sonarr is running and that the server reaches it"


def test_doctor_looks_where_the_kinds_go_that_a_lists_filter_wants(household: Household) -> None:
    household.wish([DUNE], server_id="Radarr", filter={"types": ["tv"]})
    code, result = checks(household)
    check = result["downloader of wishes"]
    assert (code, check["ok"]) == (1, False)
    assert check["found"].startswith("server_id 'Radarr' does not exist on the server")


def test_doctor_asks_no_radarr_for_a_list_that_names_none(household: Household) -> None:
    household.wish([DUNE])
    assert "downloader of wishes" not in checks(household)[1]


# ----------------------------------------------------------------------------------------------- 4K

MAY = Permission.REQUEST
MAY_4K = MAY | Permission.REQUEST_4K


def grant(household: Household, rights: Permission, films_a_week: int | None = None) -> None:
    """Alice has these rights from now on."""
    household.server.state.users[ALICE] = User(ALICE, "alice", rights, films_a_week, 7)


@pytest.mark.parametrize(
    ("sonarr", "matches", "todo"),
    [
        ((SONARR,), "the server has 4K turned off for shows: it accepts the requests but", True),
        ((SONARR_4K,), "the server has a default 4K Radarr and Sonarr", False),
    ],
    ids=["off for shows", "on"],
)
def test_doctor_has_a_word_on_a_list_that_asks_for_4k(
    household: Household,
    sonarr: tuple[Service, ...],
    matches: str,
    todo: bool,  # noqa: FBT001
) -> None:
    household.server.services.sonarr = sonarr
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    household.write(
        {"plain": {"source": "file:a.txt"}, "sharp": {"source": "file:a.txt", "4k": True}}
    )
    code, result = checks(household)
    assert "4K of plain" not in result
    check = result["4K of sharp"]
    assert (code, check["ok"], check["found"][: len(matches)]) == (0, True, matches)
    assert bool(check["todo"]) is todo


@pytest.mark.parametrize(
    ("rights", "result", "status"),
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
    household: Household,
    rights: Permission,
    result: str | None,
    status: int | None,
) -> None:
    grant(household, rights)
    household.wish([DUNE], requester="alice", **{"4k": True})
    document = household.run("plan", "-o", "json").document
    assert [row["expected"] for row in document["actions"]] == [result] * bool(result)
    assert [row["reason"] for row in document["verdicts"]] == ["not-permitted"] * (not result)
    household.run("apply", "--yes")
    rows = household.server.state.requests.values()
    assert [(row.is4k, row.status) for row in rows] == [(True, status)] * bool(result)


def test_a_title_that_is_there_is_another_one_in_4k(household: Household) -> None:
    household.server.state.seed([DUNE], requested_by=1, status=5)
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\n")
    household.write(
        {"plain": {"source": "file:a.txt"}, "sharp": {"source": "file:a.txt", "4k": True}}
    )
    document = household.run("plan", "-o", "json").document
    assert [(row["is_4k"], row["lists"]) for row in document["actions"]] == [(True, ["sharp"])]
    assert [(row["is_4k"], row["reason"]) for row in document["verdicts"]] == [(False, "available")]
    assert household.run("apply", "--yes").code == 0
    assert requests_sent(household)[-1] == (DUNE.tmdb, True, {})
    assert "No changes." in household.run("plan").out


def test_4k_and_not_share_one_quota(household: Household) -> None:
    grant(household, MAY_4K, films_a_week=2)
    (household.folder / "a.txt").write_text(f"imdb:{DUNE.imdb}\nimdb:{HEAT.imdb}\n")
    both = {"source": "file:a.txt", "requester": "alice"}
    household.write({"plain": both, "sharp": {**both, "4k": True}})
    document = household.run("plan", "-o", "json").document
    assert len(document["actions"]) == 2
    assert {(row["is_4k"], row["reason"]) for row in document["verdicts"]} == {(True, "quota")}
    assert household.run("apply", "--yes").code == 0
    assert len(household.stored()) == 2
