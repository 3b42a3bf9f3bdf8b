"""The server's data about Radarr and Sonarr, parsed strictly: it may send anything."""

from __future__ import annotations

import pytest

from reconciler.core.model import Downloader, Kind, ServiceOptions
from reconciler.errors import TransientError
from reconciler.overseerr import OverseerrServer
from reconciler.overseerr.services import PATIENCE, downloaders
from tests.edges.made_up import KEY
from tests.edges.scripted import Scripted, says


@pytest.mark.parametrize(
    ("value", "is_so"),
    [(True, True), (False, False), ("false", False), ("true", False), (1, False), (None, False)],
)
def test_only_a_plain_yes_makes_a_downloader_the_default_or_one_for_4k(
    value: object, *, is_so: bool
) -> None:
    row = {"id": 0, "name": "Radarr", "isDefault": value, "is4k": value}
    assert downloaders([row]) == (Downloader(0, "Radarr", is_so, is_so),)


def test_what_says_neither_is_neither() -> None:
    assert downloaders([{"id": 0, "name": "Radarr"}]) == (Downloader(0, "Radarr"),)


@pytest.mark.parametrize("row", [{"id": "0", "name": "A"}, {"name": "A"}, {"id": 1}, {"id": True}])
def test_one_without_an_id_or_a_name_is_none(row: dict[str, object]) -> None:
    assert downloaders([row]) == ()


def test_those_that_do_not_answer_take_a_few_seconds_all_together() -> None:
    assert PATIENCE <= 5
    with Scripted() as script:
        script.then(script.hangs)
        with OverseerrServer(script.url, KEY, services_timeout=0.4) as server:
            for number, seconds in enumerate(("0.2", "0.1", "0.05")):
                with pytest.raises(TransientError, match=f"not complete after {seconds} s"):
                    server.service_options(Kind.MOVIE, number)
            script.then(says({"profiles": []}))
            assert server.service_options(Kind.TV, 0) == ServiceOptions()


def test_an_answer_in_time_takes_nothing_from_the_others() -> None:
    with (
        Scripted(says({})) as script,
        OverseerrServer(script.url, KEY, services_timeout=0.4) as server,
    ):
        for _ in range(5):
            server.service_options(Kind.MOVIE, 0)
        script.then(script.hangs)
        with pytest.raises(TransientError, match=r"not complete after 0\.2 s"):
            server.service_options(Kind.MOVIE, 0)
