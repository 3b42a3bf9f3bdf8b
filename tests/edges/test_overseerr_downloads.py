"""What the server tells of Radarr and Sonarr, read strictly: it may send anything."""

from __future__ import annotations

import pytest

from reconciler.core.model import Downloader
from reconciler.overseerr.downloads import downloaders


@pytest.mark.parametrize(
    ("told", "is_so"),
    [(True, True), (False, False), ("false", False), ("true", False), (1, False), (None, False)],
)
def test_only_a_plain_yes_makes_a_downloader_the_default_or_one_for_4k(
    told: object, *, is_so: bool
) -> None:
    row = {"id": 0, "name": "Radarr", "isDefault": told, "is4k": told}
    assert downloaders([row]) == (Downloader(0, "Radarr", is_so, is_so),)


def test_what_says_neither_is_neither() -> None:
    assert downloaders([{"id": 0, "name": "Radarr"}]) == (Downloader(0, "Radarr"),)


@pytest.mark.parametrize("row", [{"id": "0", "name": "A"}, {"name": "A"}, {"id": 1}, {"id": True}])
def test_one_without_an_id_or_a_name_is_none(row: dict[str, object]) -> None:
    assert downloaders([row]) == ()
