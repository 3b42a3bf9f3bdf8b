"""What a list names of Radarr and Sonarr: exactly one thing that is there, or a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.core.model import (
    Delivery,
    Downloader,
    Kind,
    ListProblem,
    Option,
    ProblemReason,
    ServiceOptions,
    ServiceSelection,
)
from reconciler.core.services import all_of, find_delivery

ANY, HD, OTHER_HD = Option(1, "Any"), Option(4, "HD-1080p"), Option(5, "hd-1080P")
MOVIES, KIDS, DOWNLOADS = Option(1, "/movies"), Option(2, "/Kids/"), Option(3, "D:\\films\\")
ANNA, FUN, FUNNY = Option(7, "anna"), Option(3, "fun"), Option(4, "Fun")
STOCK = ServiceOptions((ANY, HD), (MOVIES, KIDS, DOWNLOADS), (ANNA, FUN))
RADARR = Downloader(0, "Radarr", is_default=True, stock=STOCK)
SPARE = Downloader(1, "Spare", stock=ServiceOptions((Option(9, "Small"),)))
FOR_4K = Downloader(2, "Radarr 4K", is_4k=True, is_default=True, stock=STOCK)
ALL = (SPARE, FOR_4K, RADARR)
TWELVE_TAGS = ServiceOptions(tags=tuple(Option(n, f"t{n}") for n in range(12)))


def delivery_of(*there: Downloader, is_4k: bool = False, **wish: Any) -> Delivery | ListProblem:  # noqa: ANN401
    return find_delivery(ServiceSelection(**wish), Kind.MOVIE, there or ALL, is_4k=is_4k)


def at(downloader: Downloader) -> Option:
    return Option(downloader.id, downloader.name)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param({"server": "SPARE"}, Delivery(at(SPARE)), id="server by name, case-blind"),
        pytest.param({"server": 0}, Delivery(at(RADARR)), id="server 0"),
        pytest.param({"profile": "hd-1080p"}, Delivery(at(RADARR), HD), id="the default's profile"),
        pytest.param({"profile": 1}, Delivery(at(RADARR), ANY), id="profile by id"),
        pytest.param({"folder": "/kids"}, Delivery(at(RADARR), None, KIDS), id="path, no slash"),
        pytest.param({"folder": "/movies/"}, Delivery(at(RADARR), None, MOVIES), id="path, slash"),
        pytest.param(
            {"folder": "d:\\films"}, Delivery(at(RADARR), None, DOWNLOADS), id="path of Windows"
        ),
        pytest.param(
            {"tags": ("Anna", 3, "fun")},
            Delivery(at(RADARR), tags=(FUN, ANNA)),
            id="tags: each once, by id",
        ),
        pytest.param({"tags": ()}, Delivery(at(RADARR), tags=()), id="no tags"),
        pytest.param(
            {"server": 1, "profile": "Small"},
            Delivery(at(SPARE), Option(9, "Small")),
            id="the named one's profile",
        ),
        pytest.param(
            {"is_4k": True, "profile": 4}, Delivery(at(FOR_4K), HD), id="the default for 4K"
        ),
    ],
)
def test_a_name_means_the_one_thing_that_is_called_so(
    wish: dict[str, Any], expected: Delivery
) -> None:
    assert delivery_of(**wish) == expected


@pytest.mark.parametrize(
    ("there", "wish", "message", "reason"),
    [
        pytest.param(
            (replace(RADARR, stock=ServiceOptions((HD, OTHER_HD))),),
            {"profile": "HD-1080p"},
            "profile_id 'HD-1080p' matches several on Radarr (ids 4, 5); use the id",
            ProblemReason.AMBIGUOUS_OPTION,
            id="two profiles",
        ),
        pytest.param(
            (replace(RADARR, stock=ServiceOptions(tags=(FUN, FUNNY))),),
            {"tags": ("fun",)},
            "tags 'fun' matches several on Radarr (ids 3, 4); use the id",
            ProblemReason.AMBIGUOUS_OPTION,
            id="two tags",
        ),
        pytest.param(
            (RADARR, replace(SPARE, name="radarr")),
            {"server": "Radarr"},
            "server_id 'Radarr' matches several on the server (ids 0, 1); use the id",
            ProblemReason.AMBIGUOUS_OPTION,
            id="two servers",
        ),
        pytest.param(
            (RADARR,),
            {"server": 2},
            "server_id 2 does not exist on the server; options: 'Radarr' (0)",
            ProblemReason.UNKNOWN_SERVICE,
            id="no such server",
        ),
        pytest.param(
            (replace(RADARR, stock=ServiceOptions()),),
            {"tags": ("fun",)},
            "tags 'fun' does not exist on Radarr; options: none",
            ProblemReason.UNKNOWN_TAG,
            id="nothing offered",
        ),
        pytest.param(
            (replace(RADARR, stock=TWELVE_TAGS),),
            {"tags": (99,)},
            "tags 99 does not exist on Radarr; options: "
            + ", ".join(f"'t{n}' ({n})" for n in range(10))
            + " and 2 more",
            ProblemReason.UNKNOWN_TAG,
            id="more than can be shown",
        ),
        pytest.param(
            (SPARE, RADARR),
            {"is_4k": True, "profile": 1},
            "the server has no Radarr for 4K",
            ProblemReason.UNKNOWN_SERVICE,
            id="none for 4K",
        ),
        pytest.param(
            (SPARE,),
            {"profile": 9},
            "the server has no default Radarr; choose one with server_id",
            ProblemReason.UNKNOWN_SERVICE,
            id="no default",
        ),
        pytest.param(
            (replace(RADARR, stock=None),),
            {"profile": 1},
            "Radarr did not answer",
            ProblemReason.SERVICE_UNAVAILABLE,
            id="silent",
        ),
        pytest.param(
            (replace(RADARR, stock=None, trouble="it is away"),),
            {"folder": 1},
            "Radarr did not answer (the server says: it is away)",
            ProblemReason.SERVICE_UNAVAILABLE,
            id="silent, and why",
        ),
        pytest.param(
            (replace(RADARR, name="Main", stock=None, trouble="no response within 2.5 s"),),
            {"folder": 1},
            'Radarr "Main" did not answer within 2.5 s',
            ProblemReason.SERVICE_UNAVAILABLE,
            id="silent, with a name that does not tell the program",
        ),
        pytest.param(
            (RADARR,),
            {"profile": "HD-1080p", "folder": "/none"},
            "root_folder '/none' does not exist on Radarr; options: '/movies' (1), '/Kids/' (2), "
            "'D:\\\\films\\\\' (3)",
            ProblemReason.UNKNOWN_ROOT_FOLDER,
            id="one of several is not there",
        ),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_or_several_things_is_a_sentence(
    there: tuple[Downloader, ...], wish: dict[str, Any], message: str, reason: ProblemReason
) -> None:
    assert delivery_of(*there, **wish) == ListProblem(reason, message)


def test_a_downloader_that_is_only_named_need_not_say_what_it_offers() -> None:
    assert delivery_of(replace(RADARR, stock=None), server="Radarr") == Delivery(at(RADARR))


def test_of_several_problems_the_one_that_passes_by_itself_gives_the_reason() -> None:
    unknown = ListProblem(ProblemReason.UNKNOWN_PROFILE, "no such profile")
    away = ListProblem(ProblemReason.SERVICE_UNAVAILABLE, "Sonarr is away")
    both = ListProblem(ProblemReason.SERVICE_UNAVAILABLE, "no such profile; Sonarr is away")
    assert all_of([unknown, away]) == both
    assert all_of([unknown]) == unknown


def test_shows_go_to_sonarr() -> None:
    message = find_delivery(ServiceSelection(server=1), Kind.TV, (), is_4k=False)
    assert message == ListProblem(ProblemReason.UNKNOWN_SERVICE, "the server has no Sonarr")
