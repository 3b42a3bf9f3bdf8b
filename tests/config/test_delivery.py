"""``server_id``, ``profile_id``, ``root_folder``, ``tags``: what they mean, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.config import Config

HEAD = "server: {url: 'http://seerr:5055', api_key: '${KEY}'}\n"


def one_list(option: str) -> str:
    return f"{HEAD}lists:\n  kids:\n    source: imdb:top\n    {option}\n"


@pytest.mark.parametrize(
    ("option", "key", "expected"),
    [
        pytest.param("server_id: 0", "server_id", 0, id="the first server"),
        pytest.param("server_id: Radarr 4K", "server_id", "Radarr 4K", id="a server by name"),
        pytest.param("profile_id: 4", "profile_id", 4, id="a profile by id"),
        pytest.param("profile_id: '4'", "profile_id", "4", id="a profile called like a number"),
        pytest.param("profile_id: HD-1080p", "profile_id", "HD-1080p", id="a profile by name"),
        pytest.param("profile_id: No", "profile_id", "No", id="a name that YAML takes for false"),
        pytest.param("root_folder: /movies/kids", "root_folder", "/movies/kids", id="a path"),
        pytest.param("root_folder: 1", "root_folder", 1, id="a folder by id"),
        pytest.param("tags: [kids, 4, '4']", "tags", ("kids", 4, "4"), id="tags"),
        pytest.param("tags: []", "tags", (), id="no tags"),
        pytest.param("tags: null", "tags", None, id="the server's own tags"),
        pytest.param("top: 3", "tags", None, id="nothing said"),
        pytest.param("server_id: null", "server_id", None, id="the server's own choice"),
    ],
)
def test_an_id_is_a_number_without_quotes_and_all_else_a_name(
    read_config: Callable[..., Config], option: str, key: str, expected: object
) -> None:
    value: Any = getattr(read_config(one_list(option)).lists[0], key)
    assert (type(value), value) == (type(expected), expected)


EMPTY = "is empty; use a name or an id, or remove the key"
SINGLE = "must be a single value, not a list or a mapping"


@pytest.mark.parametrize(
    ("option", "where", "problem"),
    [
        ("server_id: ''", "16 server_id", EMPTY),
        ("server_id: [1]", "16 server_id", SINGLE),
        ("profile_id: ' '", "17 profile_id", EMPTY),
        ("profile_id: {name: HD}", "17 profile_id", SINGLE),
        ("root_folder: ''", "18 root_folder", EMPTY),
        ("tags: kids", "11 tags", "must be a list, such as [kids, 4]"),
        ("tags: {kids: 4}", "11 tags", "must be a list, such as [kids, 4]"),
        ("tags: [[kids]]", "12 tags[0]", SINGLE),
        ("tags: [kids, '']", "18 tags[1]", EMPTY),
        ("profil_id: 4", "5 profil_id", 'unknown key, did you mean "profile_id"?'),
    ],
)
def test_a_mistake_is_reported_at_its_place(
    problems_of: Callable[..., list[str]], option: str, where: str, problem: str
) -> None:
    column, key = where.split()
    error = f"listsync.yaml:5:{column} lists.kids.{key}: {problem}"
    assert problems_of(one_list(option)) == [error]


def test_a_list_overrides_the_defaults_and_null_takes_them_away(
    read_config: Callable[..., Config],
) -> None:
    config = read_config(
        f"{HEAD}defaults: {{profile_id: HD, tags: [all]}}\n"
        "lists:\n"
        "  same: {source: imdb:top}\n"
        "  own: {source: imdb:top, tags: [kids]}\n"
        "  none: {source: imdb:top, profile_id: null, tags: null}\n"
    )
    assert [(lst.profile_id, lst.tags) for lst in config.lists] == [
        ("HD", ("all",)),
        ("HD", ("kids",)),
        (None, None),
    ]
