"""``was``: which former names a file may give its lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.config import Config
from reconciler.controller.results import config_hash

SERVER = "server: {url: 'http://s', api_key: k}\nlists:\n"
A, B = "  a: {source: 'imdb:top', was: old}\n", "  b: {source: 'imdb:ls1'}\n"


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        pytest.param(
            "  a: {source: 'imdb:top', was: b}\n" + B,
            ["3:32 lists.a.was: the file still has a list b; remove `was`, or rename that list"],
            id="still in the file",
        ),
        pytest.param(
            "  a: {source: 'imdb:top', was: a}\n",
            ["3:32 lists.a.was: the file still has a list a; remove `was`, or rename that list"],
            id="its own name",
        ),
        pytest.param(
            "  a: {source: 'imdb:top', was: b}\n  b: {source: 'imdb:ls1', was: a}\n",
            [
                "3:32 lists.a.was: the file still has a list b; remove `was`, or rename that list",
                "4:32 lists.b.was: the file still has a list a; remove `was`, or rename that list",
            ],
            id="names swapped",
        ),
        pytest.param(
            A + "  b: {source: 'imdb:ls1', was: old}\n",
            ["4:32 lists.b.was: lists.a was also renamed from old; remove one `was`"],
            id="claimed twice",
        ),
        pytest.param(
            "  a: {source: 'imdb:top', was: 'a b'}\n",
            ["3:32 lists.a.was: a list name must be 1 to 64 letters, digits, - _ or ."],
            id="not a list name",
        ),
    ],
)
def test_a_name_that_does_not_fit_is_an_error_at_its_place(
    problems_of: Callable[..., list[str]], lists: str, expected: list[str]
) -> None:
    assert problems_of(SERVER + lists) == [f"listsync.yaml:{line}" for line in expected]


def test_was_is_not_inherited(problems_of: Callable[..., list[str]]) -> None:
    (problem,) = problems_of(f"{SERVER}{B}defaults: {{was: old}}\n")

    assert "defaults.was: unknown key" in problem


@pytest.mark.parametrize("text", ["", ", was: ''", ", was: null", ", was: '${WAS:-}'"])
def test_without_a_name_the_generation_is_as_before(
    read_config: Callable[..., Config], text: str
) -> None:
    config = read_config(f"{SERVER}  a: {{source: 'imdb:top'{text}}}\n", {})

    assert config.lists[0].was is None
    assert config.generation == read_config(f"{SERVER}  a: {{source: 'imdb:top'}}\n").generation


def test_a_former_name_changes_the_generation_and_runs_no_list(
    read_config: Callable[..., Config],
) -> None:
    plain = read_config(SERVER + A.replace(", was: old", ""))
    config = read_config(SERVER + A)

    assert config.rules[0].was == "old"
    assert config.generation != plain.generation
    assert config_hash(config, config.lists[0]) == config_hash(plain, plain.lists[0])
