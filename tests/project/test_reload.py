"""What ``run`` does when the file changes is what docs/controller/config-changes.md says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.config import Config, load
from reconciler.config.lists import ListOptions
from reconciler.config.models import File
from reconciler.controller.results import config_hash
from reconciler.sources.registry import recognize_list
from tests.project import places
from tests.project.test_rules import keys

TABLE = places.table(
    places.DOCS / "controller" / "config-changes.md", "## When a change takes effect"
)
BEFORE: dict[str, Any] = {
    "server": {"url": "http://s:5055", "api_key": "made-up"},
    "lists": {"films": {"source": "imdb:top"}, "shows": {"source": "trakt:trending/shows"}},
}
ALL = ["films", "shows"]
CHANGED: dict[str, tuple[Any, list[str]]] = {  # by key: another word, and whose turn is now
    "server": ({"url": "http://other:5055", "api_key": "made-up"}, ALL),
    "ledger": ("other.db", []),
    "exclude": (["tmdb:movie:550"], []),
    "map": ({"imdb:tt28479262": "tmdb:movie:1155828"}, []),
    "budget": ("100/week", []),
    "providers": ({"trakt": {"base_url": "http://t"}}, ["shows"]),
    "browser": ({"sessions": 2}, []),
    "controller": ({"workers": 5}, []),
    "notify": ({"urls": ["ntfy://ntfy.sh/a"], "events": ["stalled"]}, []),
    "defaults": ({"filter": {"years": "1990.."}}, ALL),
    "include": (["lists.d/*.yaml"], []),
    "lists": (BEFORE["lists"] | {"films": {"source": "imdb:top", "top": 5}}, ["films"]),
}
OPTIONS: dict[str, Any] = {  # of a list: another word than the built-in one
    "interval": "1h", "retry_interval": "1h", "requester": "anna", "approval": "auto",
    "4k": True, "server_id": 1, "profile_id": 1, "root_folder": "/m", "tags": ["a"],
    "seasons": "first", "episodes": "series", "filter": {"min_votes": 10}, "rerequest": "never",
    "retry_failed": 0, "prune": "report", "prune_after": "1d", "start": "new-only",
    "suspend": True, "top": 5, "max_per_run": 5, "role": "exclude",
}  # fmt: skip


def config_of(file: dict[str, Any]) -> Config:
    text = json.dumps(file)
    return load(text, name="f", env={}, read=lambda _: "made-up", recognize_list=recognize_list)


def changed_lists(after: dict[str, Any], before: dict[str, Any] | None = None) -> list[str]:
    """The lists whose configuration this change of the file touches."""
    old, new = config_of(BEFORE | (before or {})), config_of(BEFORE | after)
    hashes = {lst.name: config_hash(old, lst) for lst in old.lists}
    return [lst.name for lst in new.lists if config_hash(new, lst) != hashes[lst.name]]


def row_of(key: str) -> str:
    """What the page says of a key."""
    (cell,) = [row[1] for row in TABLE if f"`{key}`" in row[0]]
    return cell


def test_the_page_speaks_of_every_key_of_the_file() -> None:
    assert [key for key in sorted(keys(File)) if not row_of(key)] == []


@pytest.mark.parametrize("key", sorted(keys(File)))
def test_only_where_the_page_says_immediately_a_change_runs_lists(key: str) -> None:
    value, names = CHANGED[key]
    assert changed_lists({key: value}) == names
    assert bool(names) is ("immediately:" in row_of(key) or "immediately, for" in row_of(key))


@pytest.mark.parametrize("option", sorted(keys(ListOptions)))
def test_every_option_of_a_list_gives_it_its_turn(option: str) -> None:
    films = {"source": "imdb:top", option: OPTIONS[option]}
    assert changed_lists({"lists": BEFORE["lists"] | {"films": films}}) == ["films"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"server": BEFORE["server"] | {"api_key": "another"}}),
        ({}, {"server": BEFORE["server"] | {"rate": "1/s"}}),
        (
            {"providers": {"trakt": {"client_id": "one"}}},
            {"providers": {"trakt": {"client_id": "two"}}},
        ),
    ],
    ids=["another key of the server", "another rate", "another client id"],
)
def test_another_key_waits_for_the_next_turn(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changed_lists(after, before) == []
