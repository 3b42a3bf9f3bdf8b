"""What is kept of a file in the ledger while a change of it waits."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from reconciler.config import Config, file_rights, load, restored_exclusions, restored_list
from reconciler.sources.registry import recognize_list
from tests.project.test_reload import OPTIONS

SECRET = "SK-5d1b2c-made-up"
ADDRESS = f"json:https://lists.example/mine.json?apikey={SECRET}"
OTHERS: dict[str, Any] = {
    "filter": {
        "types": ["movie"],
        "years": "1990..",
        "min_rating": 7.5,
        "min_votes": 10,
        "genres": ["Drama"],
        "exclude_genres": ["Horror"],
        "languages": ["en"],
        "exclude_titles": ["Cats (2019)"],
    },
    "rerequest": "after 90d",
    "seasons": [1, 4],
    "tags": [],
}


def config_of(options: dict[str, Any], **sections: Any) -> Config:  # noqa: ANN401 - YAML
    file = {
        "server": {"url": "http://s:5055", "api_key": "made-up-key"},
        "lists": {"films": {"source": "imdb:top", **options}},
        **sections,
    }
    return load(json.dumps(file), name="f", env={}, read=str, recognize_list=recognize_list)


@pytest.mark.parametrize("options", [{}, OPTIONS, OTHERS], ids=["none", "every one", "others"])
def test_a_list_is_restored_as_it_was(options: dict[str, Any]) -> None:
    (lst,) = config_of(options).lists

    restored = restored_list("films", file_rights(config_of(options)).lists["films"], [])
    assert restored == lst
    assert restored.model_dump_json() == lst.model_dump_json()


def test_an_address_with_a_key_is_not_kept_and_taken_from_the_file() -> None:
    config = config_of({"source": ADDRESS})
    rights = file_rights(config)

    assert SECRET not in repr(rights)
    assert (
        restored_list("films", rights.lists["films"], [config.lists[0].source]) == config.lists[0]
    )
    assert not restored_list("films", rights.lists["films"], []).source.address


@pytest.mark.parametrize("settings", ["", "{", "[]", "{}"])
def test_settings_that_cannot_be_read_make_a_list_that_requests_nothing(settings: str) -> None:
    config = config_of({"requester": "alice", "role": "exclude"})
    rights = replace(file_rights(config).lists["films"], settings=settings)
    restored = restored_list("films", rights, [config.lists[0].source])

    assert restored.suspend
    assert (restored.name, str(restored.source)) == ("films", "imdb:top")
    assert (restored.requester, restored.role) == ("alice", config.lists[0].role)


def test_exclusions_are_restored_by_their_keys() -> None:
    entries = ["imdb:tt0944947", "tmdb:movie:550", "trakt:show:severance", 'title:"Cats (2019)"']
    config = config_of({}, exclude=entries)

    restored = restored_exclusions(file_rights(config).excluded)
    assert {item.key for item in restored} == {item.key for item in config.exclude}
    assert {(i.ids, i.title, i.year, i.kind) for i in restored} == {
        (i.ids, i.title, i.year, i.kind) for i in config.exclude
    }


def test_defaults_are_kept_apart_from_the_lists_and_from_the_generation() -> None:
    plain = config_of({"requester": "alice"})
    moved = config_of({"requester": "alice"}, defaults={"requester": "bob", "4k": True})

    assert file_rights(moved).defaults.requester == "bob"
    assert file_rights(moved).lists["films"].rights.requester == "alice"
    assert file_rights(moved).lists["films"].rights.is_4k
    assert config_of({"requester": "alice"}, defaults={"requester": "bob"}).generation == (
        plain.generation
    )
